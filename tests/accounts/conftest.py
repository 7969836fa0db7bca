import pytest

from tests.factories.accounts import AccountFactory


@pytest.fixture
def twins(rep):
    """(kept, goes): the second one was edited later."""
    kept = AccountFactory(name="Acme Ltd", phone="021-1", region="East", needs="Pumps", owner=rep)
    goes = AccountFactory(
        name="ACME", phone="021-2", industry="Tools", needs="Valves", owner=rep, website="acme.com"
    )
    return kept, goes
