import pytest

from receivables.services import differences


@pytest.fixture
def figures_agree(db):
    """Call it: every stored figure equals the rows under it."""

    def check():
        assert differences() == []

    return check
