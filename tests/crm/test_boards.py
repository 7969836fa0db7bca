"""Boards: filtered as the list, counted once, and a move is the verb of the button."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.boards import CARDS
from crm.pages import Pages
from opportunities.models import Opportunity
from orders.services import submit_order
from tests.factories.aftersales import BuyerFactory, CaseFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.orders import OrderFactory, confirmed
from tests.factories.users import UserFactory
from tests.test_budgets import base_of

HTMX = {"HX-Request": "true"}
BOARDS = [model for model, pages in Pages.registry.items() if pages.board]


def columns(page, url):
    return {column["state"]: column for column in page.get(url).context["columns"]}


def test_there_are_boards_for_what_goes_through_states():
    kinds = {model._meta.label_lower for model in BOARDS}
    assert kinds >= {
        "leads.lead",
        "opportunities.opportunity",
        "orders.order",
        "aftersales.case",
    }


@pytest.mark.parametrize("model", BOARDS, ids=lambda model: model._meta.label_lower)
def test_a_board_names_states_of_its_kind(model):
    states = dict(model.state_field().flatchoices)
    assert set(Pages.registry[model].board) <= set(states)


def test_list_and_board_filter_alike_and_lead_to_each_other(login, rep, manager):
    mine = OpportunityFactory(owner=manager, name="Mine")
    OpportunityFactory(owner=rep, name="Theirs")
    page = login(manager)
    board = page.get("/opportunities/board/?mine=on&q=mi")
    shown = [card["pk"] for column in board.context["columns"] for card in column["cards"]]
    assert (
        shown == [mine.pk] == [r["pk"] for r in page.get("/opportunities/?mine=on").context["rows"]]
    )
    assert 'href="/opportunities/?mine=on&amp;q=mi"' in board.content.decode()
    assert board.context["active_filters"] == 1
    listed = page.get("/opportunities/?mine=on").content.decode()
    assert 'href="/opportunities/board/?mine=on"' in listed


def test_a_team_can_be_chosen(login, rep, outsider, administrator):
    OpportunityFactory(owner=rep)
    OpportunityFactory(owner=outsider)
    page = login(administrator)
    url = f"/opportunities/board/?team={rep.team_id}"
    assert [c["owner"] for c in columns(page, url)["needs"]["cards"]] == ["rep"]
    assert columns(page, "/opportunities/board/")["needs"]["count"] == 2


def test_a_filter_without_sense_shows_nothing(login, rep):
    OpportunityFactory(owner=rep)
    found = columns(login(rep), "/opportunities/board/?expected_close_on_after=soon")
    assert found["needs"]["count"] == 0
    assert not found["needs"]["cards"]


@pytest.mark.parametrize(
    "asked",
    [
        {"w1": "account__credit_limit", "w1o": "gte", "w1v": "0"},
        {"w1": "amount", "w1o": "contains", "w1v": "1"},
        {"w1": "amount", "w1o": "eq", "w1v": "many"},
        {"w1": "created_at", "w1o": "past", "w1v": "999999999999"},
    ],
)
@pytest.mark.parametrize("more", [{}, {"column": "needs"}])
def test_a_condition_that_cannot_be_understood_shows_nothing_and_says_so(login, rep, asked, more):
    OpportunityFactory(owner=rep)
    page, url = login(rep), "/opportunities/board/"
    answer = page.get(url, asked | more)
    assert answer.status_code == 200
    shown = answer.context["columns"] if not more else [answer.context["column"]]
    assert not [card for column in shown for card in column["cards"]]
    fragment = page.get(url, asked, headers=HTMX).content.decode()
    assert "cannot be understood" in fragment
    assert "cannot be understood" in page.get(url, asked).content.decode()
    assert "cannot be understood" not in page.get(url).content.decode()


def test_a_board_has_the_conditions_of_its_list(login, rep):
    OpportunityFactory(owner=rep, name="small", amount=5)
    big = OpportunityFactory(owner=rep, name="big", amount=500)
    page, asked = login(rep), {"w1": "amount", "w1o": "gte", "w1v": "100", "state": "won"}
    board = page.get("/opportunities/board/", asked)
    shown = [card["pk"] for column in board.context["columns"] for card in column["cards"]]
    assert shown == [big.pk]
    assert [row["number"] for row in board.context["conditions"]] == [1, 2]
    assert board.context["active_filters"] == 1
    content = board.content.decode()
    assert "data-remove-condition" in content
    assert 'hx-get="/opportunities/?condition=new"' in content


def test_columns_are_paged_under_the_filter_and_counted_whole(login, rep, teammate):
    OpportunityFactory.create_batch(CARDS + 5, owner=rep, amount=10)
    OpportunityFactory(owner=teammate)
    page = login(rep)
    column = columns(page, "/opportunities/board/?mine=on")["needs"]
    assert (column["count"], column["total"], len(column["cards"])) == (25, "¥250.00", CARDS)
    assert "mine=on" in column["more_url"]
    more = page.get(column["more_url"], headers=HTMX).context["column"]
    assert (len(more["cards"]), more["more_url"]) == (5, "")
    seen = [card["pk"] for card in column["cards"] + more["cards"]]
    assert len(set(seen)) == CARDS + 5
    assert page.get("/opportunities/board/?column=nonsense").status_code == 404


def test_counts_and_sums_of_all_columns_take_one_query(login, rep):
    OpportunityFactory(owner=rep)
    page = login(rep)
    page.get("/opportunities/board/")
    with CaptureQueriesContext(connection) as queries:
        page.get("/opportunities/board/")
    grouped = [q["sql"] for q in queries if "GROUP BY" in q["sql"]]
    assert len(grouped) == 1


def test_an_order_moves_by_its_verb_and_says_why_it_does_not(login, rep, manager):
    order = OrderFactory(owner=rep)
    page, url = login(rep), f"/orders/{order.pk}/move/"
    assert page.post(url, {"to": "under_review"}, headers=HTMX).status_code == 204
    order.refresh_from_db()
    assert order.state == "under_review"
    # The review is not the rep's; nobody jumps over it.
    assert page.post(url, {"to": "approved"}, headers=HTMX).status_code == 403
    refused = login(manager).post(url, {"to": "shipped"}, headers=HTMX)
    assert refused.status_code == 409
    assert refused["HX-Retarget"] == "#toasts"
    assert "cannot be moved from under review to shipped" in refused.content.decode()


def test_an_order_on_hold_goes_back_only_where_it_was(login, rep, manager):
    order = confirmed(OrderFactory(owner=rep))
    page, url = login(manager), f"/orders/{order.pk}/move/"
    asked = page.post(url, {"to": "on_hold"}, headers=HTMX)
    assert 'name="reason"' in asked.content.decode()
    page.post(f"/orders/{order.pk}/hold/", {"reason": "Credit"}, headers=HTMX)
    refused = page.post(url, {"to": "fulfilling"}, headers=HTMX)
    assert refused.status_code == 409
    assert "can only go to confirmed" in refused.content.decode()
    assert page.post(url, {"to": "confirmed"}, headers=HTMX).status_code == 204


def test_a_case_moves_by_its_verb(login, service):
    case = CaseFactory(owner=service, account=BuyerFactory(owner=service))
    page, url = login(service), f"/aftersales/cases/{case.pk}/move/"
    assert page.post(url, {"to": "in_progress"}, headers=HTMX).status_code == 204
    asked = page.post(url, {"to": "resolved"}, headers=HTMX)
    assert 'name="solution"' in asked.content.decode()


def test_a_card_says_what_it_is_about(login, rep, service):
    case = CaseFactory(owner=service, account=BuyerFactory(owner=service))
    content = login(service).get("/aftersales/cases/board/").content.decode()
    assert case.number in content
    order = submit_order(OrderFactory(owner=rep), by=None)
    [card] = columns(login(rep), "/orders/board/")["under_review"]["cards"]
    assert (card["title"], card["subtitle"]) == (order.number, str(order.account))


def test_moves_are_offered_to_those_who_may_run_the_verb(login, rep):
    OpportunityFactory(owner=rep)
    targets = columns(login(rep), "/opportunities/board/")["needs"]["verb_targets"]
    assert "presentation" in {target["state"] for target in targets}
    reader = UserFactory(role="finance")
    assert not columns(login(reader), "/opportunities/board/")["needs"]["verb_targets"]


def test_deals_out_of_sight_neither_show_nor_count(login, rep, outsider):
    OpportunityFactory(owner=outsider)
    assert columns(login(rep), "/opportunities/board/")["needs"]["count"] == 0
    hidden = Opportunity.objects.get()
    assert login(rep).post(f"/opportunities/{hidden.pk}/move/", {"to": "lost"}).status_code == 404


def test_every_board_answers_a_fragment_to_its_filters(login, administrator):
    page = login(administrator)
    for model in BOARDS:
        answer = page.get(f"{base_of(model._meta.label_lower)}board/?q=nobody", headers=HTMX)
        assert answer.status_code == 200
        assert answer.content.decode().lstrip().startswith('<div id="board"')


def test_a_card_says_in_words_what_comes_next_and_how_soon(login, rep, service):
    today = timezone.localdate()
    for days, step in ((-3, "Call back"), (1, "Send the offer"), (None, "")):
        on = today + timedelta(days=days) if days is not None else None
        OpportunityFactory(owner=rep, name=f"{days}", next_step=step, next_step_on=on)
    cards = columns(login(rep), "/opportunities/board/")["needs"]["cards"]
    assert {card["title"]: (card["next"], card["next_badge"]) for card in cards} == {
        "-3": ("Call back · 3 days late", "red"),
        "1": ("Send the offer · tomorrow", "green"),
        "None": ("No next step", "amber"),
    }
    OrderFactory(owner=rep, requested_on=today - timedelta(days=2))
    [card] = columns(login(rep), "/orders/board/")["received"]["cards"]
    assert (card["next"], card["next_badge"]) == ("2 days late", "red")
    LeadFactory(owner=rep)
    [card] = columns(login(rep), "/leads/board/")["new"]["cards"]
    assert (card["next"], card["next_badge"]) == ("Not contacted", "amber")
    past = timezone.now() - timedelta(days=4)
    CaseFactory(owner=service, account=BuyerFactory(owner=service), respond_by=past)
    [card] = columns(login(service), "/aftersales/cases/board/")["assigned"]["cards"]
    assert (card["next"], card["next_badge"]) == ("4 days late", "red")


def test_a_card_leaves_the_board_by_the_verb_that_ends_it(login, rep):
    deal = OpportunityFactory(owner=rep)
    page = login(rep)
    ends = {end["state"] for end in columns(page, "/opportunities/board/")["needs"]["verb_ends"]}
    assert "lost" in ends
    asked = page.post(f"/opportunities/{deal.pk}/move/", {"to": "lost"}, headers=HTMX)
    assert 'name="reason"' in asked.content.decode()
    reader = UserFactory(role="finance")
    assert not columns(login(reader), "/opportunities/board/")["needs"]["verb_ends"]
