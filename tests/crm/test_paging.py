"""Pages by key: every row once, in the order of the list, forwards and back again."""

import pytest
from django.utils import timezone

from accounts.models import Account
from crm import paging
from crm.paging import keyset_page
from tests.factories.accounts import AccountClassFactory, AccountFactory

ORDERS = ["name", "employees", "annual_revenue", "last_contact_at", "account_class__code", "pk"]
SIZE = 3


def walked(rows, order):
    """The primary keys of all pages from the first to the last, and of those back from there."""
    there, back, cursor = [], [], ""
    while True:
        page = keyset_page(rows, order, cursor, SIZE)
        there.append([row.pk for row in page.rows])
        if not page.next:
            break
        cursor = page.next
    while page.previous:
        page = keyset_page(rows, order, page.previous, SIZE)
        back.append([row.pk for row in page.rows])
    return there, back


@pytest.fixture
def customers(db):
    """Eleven, of which some share every value and some have none."""
    classes = [AccountClassFactory(code="A"), AccountClassFactory(code="B"), None]
    for n in range(11):
        last = timezone.now() - timezone.timedelta(days=n % 4)
        AccountFactory(
            name=f"Name {n % 4}",
            employees=(n % 3) or None,
            annual_revenue=f"{n % 5}.50" if n % 2 else None,
            last_contact_at=last if n % 3 else None,
            account_class=classes[n % 3],
        )
    return Account.objects.select_related("account_class")


def expected(rows, order):
    """By value and then key; those without a value after all others, whatever the direction."""
    name, descending = order.lstrip("-"), order.startswith("-")

    def value(row):
        for part in name.split("__"):
            row = getattr(row, part, None)
        return row

    filled = sorted(
        (row for row in rows if value(row) is not None),
        key=lambda row: (value(row), row.pk),
        reverse=descending,
    )
    empty = sorted(
        (row for row in rows if value(row) is None), key=lambda row: row.pk, reverse=descending
    )
    return [row.pk for row in (*filled, *empty)]


@pytest.mark.parametrize("order", [*ORDERS, *(f"-{name}" for name in ORDERS)])
def test_every_row_is_on_one_page_in_order_and_on_the_way_back(customers, order):
    there, back = walked(customers, order)
    assert [pk for page in there for pk in page] == expected(customers, order)
    assert list(reversed(back)) == there[:-1]


def test_a_page_that_ends_where_the_values_end_goes_on_with_those_without(customers):
    filled = customers.exclude(employees=None).count()
    page = keyset_page(customers, "employees", "", filled)
    assert page.next
    rest = keyset_page(customers, "employees", page.next, filled)
    assert [row.employees for row in rest.rows] == [None] * (11 - filled)
    assert not rest.next


def test_one_who_reads_on_after_all_values_were_emptied_still_sees_the_rest(customers):
    page = keyset_page(customers, "-employees", "", SIZE)
    Account.objects.update(employees=None)
    rest = keyset_page(customers, "-employees", page.next, 20)
    assert len(rest.rows) == 11


@pytest.mark.parametrize("cursor", ["x", "W10", "W3sieCI6MX0sIDEsIGZhbHNlXQ"])
def test_a_broken_cursor_means_the_first_page(customers, cursor):
    assert keyset_page(customers, "name", cursor, 20).rows == list(customers.order_by("name", "pk"))


def test_a_cursor_of_another_order_means_the_first_page(customers):
    names = keyset_page(customers, "name", "", SIZE)
    page = keyset_page(customers, "last_contact_at", names.next, SIZE)
    assert page.rows == keyset_page(customers, "last_contact_at", "", SIZE).rows


# --- How many ---------------------------------------------------------------------------------------


@pytest.fixture
def few_are_many(monkeypatch):
    monkeypatch.setattr(paging, "COUNT_UP_TO", 3)
    monkeypatch.setattr(paging, "ENOUGH", 5)


def test_more_than_are_counted_are_estimated_by_those_among_some_keys(customers, few_are_many):
    assert paging.count_label(customers) == "about 11"
    assert paging.count_label(customers.filter(name="Name 0")) == "3"


def test_an_estimate_has_no_more_figures_than_are_known(customers, few_are_many, monkeypatch):
    monkeypatch.setattr(paging, "estimate", lambda rows: 1_234_567)
    assert paging.count_label(customers) == "about 1,200,000"


def test_too_few_hits_are_no_estimate(customers, few_are_many, monkeypatch):
    monkeypatch.setattr(paging, "ENOUGH", 12)
    assert paging.count_label(customers) == "3+"
