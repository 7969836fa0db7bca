"""Addresses nobody would type by hand, and what is sent with them: never an error of ours."""

import base64
import json

import pytest
from django.urls import reverse

from tests.crm.record import about
from tests.factories.accounts import AccountFactory
from tests.factories.users import UserFactory


@pytest.fixture
def admin(client, db):
    client.force_login(UserFactory(role="administrator"))
    AccountFactory.create_batch(2)
    return client


def cursor(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize("view", ["day", "week", "month"])
@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31", "10000-01-01", "today", ""])
def test_a_calendar_of_no_year_is_that_of_today(admin, view, on):
    here = reverse("activities:calendar")
    asked = admin.get(here, {"view": view, "on": on})
    assert asked.status_code == 200
    assert asked.context["label"] == admin.get(here, {"view": view}).context["label"]


@pytest.mark.parametrize(
    "place",
    [
        cursor(float("inf"), 1, False),
        cursor("a\0", 1, False),
        cursor("Name", 10**30, True),
        base64.urlsafe_b64encode(b"[" * 9000).decode(),
        "Ünsinn",
    ],
)
@pytest.mark.parametrize("order", ["pk", "name", "employees", "annual_revenue", "created_at"])
def test_a_broken_place_in_a_list_is_its_beginning(admin, place, order):
    answer = admin.get(reverse("accounts:account_list"), {"o": order, "cursor": place})
    assert answer.status_code == 200
    assert len(answer.context["rows"]) in (0, 2)


@pytest.mark.parametrize("on", ["0001-01-01", "0026-11-22", "2026-13-45"])
def test_a_year_nobody_means_is_no_filter(admin, on):
    assert admin.get(reverse("receivables:ageing"), {"on": on}).status_code == 200
    bucket = {"as_of": on, "bucket": "1_30"}
    rows = admin.get(reverse("receivables:receivable_list"), bucket)
    assert (rows.status_code, rows.context["rows"]) == (200, [])
    assert admin.get(reverse("api:receivables-list"), bucket).status_code in (200, 400)


def test_a_figure_that_is_no_number_is_passed_over(admin):
    account = AccountFactory()
    for url, query in (
        (reverse("notifications"), {"before": "²"}),
        (about(account, "timeline"), {"before": "²"}),
        (reverse("api:accounts-list"), {"page_size": "²"}),
    ):
        assert admin.get(url, query).status_code == 200
    stale = admin.patch(
        f"{reverse('api:accounts-list')}{account.pk}/",
        {"phone": "1"},
        content_type="application/json",
        headers={"If-Match": '"²"'},
    )
    assert stale.status_code == 412


def test_zero_bytes_are_refused(admin):
    account = AccountFactory()
    options = reverse("crm:options", args=["users", "user"])
    assert admin.get(options, {"q": "\0"}).status_code == 400
    assert admin.get(about(account, "history"), {"field": "\0"}).status_code == 400
    assert admin.post(about(account, "comment"), {"body": "\0"}).status_code == 400
    condition = {"w1": "name", "w1o": "is", "w1v": "\0"}
    assert admin.get(reverse("api:accounts-list"), condition).status_code in (200, 400)
