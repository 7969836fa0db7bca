import pytest

from tests.crm.importing import KIND, check, run, upload
from tests.factories.opportunities import OpportunityFactory


@pytest.fixture
def take_in(login, django_capture_on_commit_callbacks):
    """take_in(person, text, …) -> (client, Import, {row: WorkRow}): the whole wizard."""

    def through(person, text, kind=KIND, **data):
        client = login(person)
        found = upload(client, text, kind)
        found = check(client, found, django_capture_on_commit_callbacks, **data)
        return client, found, run(client, found, django_capture_on_commit_callbacks)

    return through


@pytest.fixture
def deal(rep):
    return OpportunityFactory(owner=rep, amount="1000.00", name="Pumps")
