import pytest
from rest_framework.test import APIClient

from tests.crm.importing import KIND, check, run, upload
from tests.factories.opportunities import OpportunityFactory
from users.models import ApiKey
from users.services import create_api_key


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


@pytest.fixture
def keyed(integrator):
    """keyed(scope, …) -> a REST client with a key of just these scopes."""

    def client(*scopes):
        found, key = create_api_key(by=integrator, name="Web shop", scopes=list(scopes))
        assert ApiKey.objects.get(pk=found.pk).scopes == list(scopes)
        person = APIClient()
        person.credentials(HTTP_AUTHORIZATION=f"Token {key}")
        return person

    return client
