"""What pages cost: the number of queries is bounded, and does not grow with the rows."""

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.custom.fields import is_customised
from crm.pages import Pages
from crm.urls import router
from tests.records import MAKERS

FEW, MANY = 3, 20
# Every page asks for session, person, rights, unread notifications and waiting approvals; a list
# for its rows, their count and its saved views, and with one query more for the choices of a filter or a total.
LIST = 9
RECORD = 15
BOARD = 15
REST = 8
# Lists with more filters that offer rows to choose from, or that show own fields of other kinds.
LISTS = {
    "accounts.account": 12,
    "accounts.address": 10,
    "accounts.duplicatepair": 10,
    "aftersales.case": 13,
    "aftersales.improvement": 10,
    "aftersales.return": 10,
    "aftersales.survey": 12,
    "approvals.approvalrequest": 11,
    "approvals.approvalrule": 11,
    "contracts.contract": 12,
    "inventory.purchaserequest": 11,
    "inventory.stocklevel": 11,
    "inventory.stockmove": 10,
    "leads.lead": 13,
    "opportunities.opportunity": 15,
    "opportunities.quotation": 12,
    "orders.order": 12,
    "orders.shipment": 10,
    "performance.target": 13,
    "planning.campaign": 10,
    "receivables.invoice": 13,
    "receivables.payment": 12,
    "receivables.receivable": 15,
    "users.delegation": 10,
    "users.team": 10,
    "users.user": 11,
}
# Documents with many parts: each has a table of its own, or decides on a verb. The tab that is
# shown first is part of the page; all other tabs are counted in one query.
RECORDS = {
    "accounts.duplicatepair": 16,
    "aftersales.case": 20,
    "aftersales.improvement": 16,
    "approvals.approvalrequest": 18,
    "contracts.contract": 22,
    "leads.lead": 19,
    "opportunities.opportunity": 22,
    "opportunities.quotation": 21,
    "orders.order": 21,
    "planning.campaign": 16,
}
# One query for all sums, one for the cards of each column that has any, and the filters' choices.
BOARDS = {"opportunities.opportunity": 16}
KINDS = sorted(model._meta.label_lower for model in Pages.registry)
BOARD_KINDS = [model._meta.label_lower for model, pages in Pages.registry.items() if pages.board]
PREFIXES = {viewset.model._meta.label_lower: prefix for prefix, viewset, _b in router.registry}


def cost(client, url):
    """(number of queries, their statements) of a warm request."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries), "\n".join(query["sql"][:300] for query in queries.captured_queries)


def fill(kind, owners, count):
    for n in range(count):
        MAKERS[kind](owners[n % len(owners)])


def assert_flat(client, url, kind, owners, most):
    fill(kind, owners, FEW)
    few, _statements = cost(client, url)
    fill(kind, owners, MANY - FEW)
    many, statements = cost(client, url)
    assert many <= few, f"{few} queries for {FEW} rows, {many} for {MANY}:\n{statements}"
    assert many <= most, f"{many} queries instead of {most}:\n{statements}"


def own(kind):
    """A query more for kinds that may have fields of the company's own."""
    return int(is_customised(apps.get_model(kind)))


@pytest.fixture
def owners(rep, teammate, outsider):
    return [rep, teammate, outsider]


def base_of(kind):
    app_label, model = kind.split(".")
    return reverse(f"{app_label}:{model}_list")


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_costs_the_same_for_few_rows_and_many(kind, login, administrator, owners):
    assert_flat(
        login(administrator), base_of(kind), kind, owners, LISTS.get(kind, LIST) + own(kind)
    )


@pytest.mark.parametrize("kind", BOARD_KINDS)
def test_a_board_costs_the_same_for_few_cards_and_many(kind, login, administrator, owners):
    assert_flat(
        login(administrator), f"{base_of(kind)}board/", kind, owners, BOARDS.get(kind, BOARD)
    )


@pytest.mark.parametrize("kind", sorted(PREFIXES))
def test_a_rest_list_costs_the_same_for_few_rows_and_many(kind, login, administrator, owners):
    url = f"/api/v1/{PREFIXES[kind]}/"
    assert_flat(login(administrator), url, kind, owners, REST + own(kind))


@pytest.mark.parametrize("role", ["administrator", "manager"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_record_page_keeps_to_its_budget(kind, role, login, administrator, manager, rep):
    row = MAKERS[kind](rep)
    person = {"administrator": administrator, "manager": manager}[role]
    if not type(row).objects.visible_to(person).filter(pk=row.pk).exists():
        assert login(person).get(row.get_absolute_url()).status_code in (403, 404)
        return
    spent, statements = cost(login(person), row.get_absolute_url())
    most = RECORDS.get(kind, RECORD) + own(kind)
    assert spent <= most, f"{spent} queries instead of {most}:\n{statements}"
