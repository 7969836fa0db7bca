"""The cast: one person per role, in a small tree of teams.

`rep` and `teammate` share a team managed by `manager`; `outsider` is a rep of another team.
"""

from importlib import import_module

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.utils import timezone, translation

from crm.celery import app as celery_app
from tests.factories.users import TeamFactory, UserFactory


def pytest_configure():
    """Speak English from the start: the defaults in the test database are named only once."""
    django_settings.LANGUAGE_CODE = "en"


def pytest_sessionstart():
    """With the addresses, all pages are declared: tests walk through them."""
    import_module(django_settings.ROOT_URLCONF)


@pytest.fixture(autouse=True)
def _quiet(request, settings, tmp_path):
    """Files, mails and jobs stay in the test, unless it asks for a real `worker`."""
    if "worker" not in request.fixturenames:
        celery_app.conf.task_always_eager = True
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    # The last request of the test before may have been in another language.
    translation.deactivate()
    timezone.deactivate()
    yield
    celery_app.conf.task_always_eager = False


@pytest.fixture
def team(db):
    return TeamFactory(name="East")


@pytest.fixture
def manager(team):
    user = UserFactory(name="manager", team=team, role="manager")
    team.manager = user
    team.save()
    return user


@pytest.fixture
def rep(team, manager):
    return UserFactory(name="rep", team=team, role="rep")


@pytest.fixture
def teammate(team, manager):
    return UserFactory(name="teammate", team=team, role="rep")


@pytest.fixture
def outsider(db):
    return UserFactory(name="outsider", team=TeamFactory(name="West"), role="rep")


def _person(code):
    @pytest.fixture(name=code)
    def person(db):
        return UserFactory(name=code, role=code)

    return person


finance = _person("finance")
legal = _person("legal")
warehouse = _person("warehouse")
service = _person("service")
marketing = _person("marketing")
integrator = _person("integrator")


@pytest.fixture
def administrator(db):
    return UserFactory(name="administrator", role="administrator", is_staff=True)


@pytest.fixture
def login(client):
    """`login(user)` -> a Django test client of that person, answering in English."""

    def as_user(user):
        from django.test import Client

        person = Client(headers={"accept-language": "en"})
        person.force_login(user, backend="users.backends.RoleBackend")
        return person

    return as_user


@pytest.fixture
def api():
    """`api(user)` -> a REST client of that person, answering in English."""
    from rest_framework.test import APIClient

    def as_user(user):
        person = APIClient(headers={"accept-language": "en"})
        person.force_login(user, backend="users.backends.RoleBackend")
        return person

    return as_user
