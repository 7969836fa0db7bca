"""A real Chromium before the test server, and the people of the cast at their desks."""

import os
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import expect

from performance.management.commands import seed_demo
from tests.browser.desk import PASSWORD, Desk, Watch
from tests.requirements import chromium, require
from users.models import User

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LAPTOP = {"width": 1440, "height": 900}
DESK = {
    "viewport": LAPTOP,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "reduced_motion": "reduce",
}
PHONE = {"width": 360, "height": 740}
SMALL = {"ACCOUNTS": 12, "DEALS": 8, "LEADS": 8}


@pytest.fixture(scope="session")
def _browser_at_hand():
    require("browser")
    # Playwright keeps an event loop in this thread, in which Django would refuse to query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args(_browser_at_hand, browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": chromium(), "args": ARGUMENTS}


@pytest.fixture
def watch():
    """What no page may do; the test fails at its end, when it has shown everything."""
    watch = Watch()
    yield watch
    assert not watch.faults, "\n".join(dict.fromkeys(watch.faults))


def session_of(person):
    """The cookie that whoever has logged in keeps."""
    client = Client()
    client.force_login(person, backend="users.backends.RoleBackend")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    return {"name": cookie.key, "value": cookie.value}


@pytest.fixture
def desk(transactional_db, live_server, new_context, watch, request):
    """`desk(person)` -> their browser, logged in unless they do that themselves on the log-in page;
    `desk(None)` -> a customer's. Chinese on a laptop, unless `options` of the browser context say
    otherwise."""
    folder = request.config.rootpath / "artefacts" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    def sit_down(person, log_in=True, **options):
        cache.clear()
        page = new_context(**{**DESK, **options}).new_page()
        watch.look_at(page)
        desk = Desk(page, live_server.url, person, folder)
        if person:
            person.set_password(PASSWORD)
            person.save()
        if person and log_in:
            page.context.add_cookies([{**session_of(person), "url": live_server.url}])
        return desk

    return sit_down


@pytest.fixture
def refused(watch):
    """`refused(seat, path, status, *secrets)`: typed into the address bar it is refused, on a page
    that says so, leads on, and has no word of the secrets."""

    def refuse(seat, path, status, *secrets):
        with watch.refusing(seat.page, status):
            seat.go(path)
        expect(seat.page.locator("main h1")).to_be_visible()
        expect(seat.page.locator("main a").first).to_be_visible()
        assert not [secret for secret in secrets if secret in seat.page.content()]

    return refuse


@pytest.fixture
def company(transactional_db):
    """The sample company, a small one: {log-in: person}."""
    with patch.multiple(seed_demo, **SMALL):
        call_command("seed_demo", verbosity=0)
    return {user.username: user for user in User.objects.all()}


@pytest.fixture
def cast(settings, rep, manager, legal, warehouse, finance, service):
    """The people of a Chinese company by role, under names that say what they do."""
    settings.LANGUAGE_CODE = "zh-hans"
    people = {
        "rep": (rep, "销售代表"),
        "manager": (manager, "销售经理"),
        "legal": (legal, "法务专员"),
        "warehouse": (warehouse, "仓库主管"),
        "finance": (finance, "财务专员"),
        "service": (service, "客服专员"),
    }
    for person, name in people.values():
        person.name, person.language = name, "zh-hans"
        person.save()
    rep.team.name = "华东销售部"
    rep.team.save()
    return {role: person for role, (person, _name) in people.items()}


@pytest.fixture
def seat(desk, administrator, settings):
    """An administrator who reads Chinese."""
    settings.LANGUAGE_CODE = administrator.language = "zh-hans"
    administrator.save()
    return desk(administrator, accept_downloads=True)
