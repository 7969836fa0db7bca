from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crm.models import Event
from opportunities.models import Opportunity, Quotation
from opportunities.services import QUOTATION_VERBS
from tests.factories.opportunities import QuotationFactory

YES = {"answer": "accept", "accept-decided_by": "Buyer"}
NO = {"answer": "decline", "decline-decided_by": "Buyer", "decline-reason": "Too late"}


@pytest.fixture
def quotation(rep):
    return QuotationFactory(opportunity__owner=rep, sent=True, service_terms="One year")


@pytest.fixture
def customer():
    return Client(headers={"accept-language": "en"})


def url(quotation):
    return f"/opportunities/q/{quotation.token}/"


def test_the_customer_reads_lines_totals_and_terms_but_no_cost(customer, quotation):
    answer = customer.get(url(quotation))
    content = answer.content.decode()
    assert answer.status_code == 200
    for words in (quotation.lines.get().product.name, "1,000.00", "One year", "Accept this offer"):
        assert words in content
    assert "60.00" not in content
    assert "no-cache" in answer.headers["Cache-Control"]


def test_the_customer_accepts_with_a_name_time_and_address(customer, quotation):
    answer = customer.post(url(quotation), YES)
    assert (answer.status_code, answer.headers["Location"]) == (302, url(quotation))
    quotation.refresh_from_db()
    assert (quotation.state, quotation.decided_by) == ("accepted", "Buyer")
    event = Event.objects.get(name="quotation.accepted")
    assert event.actor.is_system
    assert (event.data["decided_by"], event.data["ip"]) == ("Buyer", "127.0.0.1")
    assert Opportunity.objects.get().amount == quotation.amount
    content = customer.get(url(quotation)).content.decode()
    assert "Buyer has accepted this offer" in content
    assert "Decline this offer" not in content


def test_a_name_is_needed(customer, quotation):
    answer = customer.post(url(quotation), {"answer": "accept", "accept-decided_by": ""})
    assert answer.status_code == 422
    quotation.refresh_from_db()
    assert quotation.state == "sent"


def test_the_customer_declines_with_a_reason(customer, quotation):
    assert customer.post(url(quotation), NO).status_code == 302
    quotation.refresh_from_db()
    assert (quotation.state, quotation.decline_reason) == ("declined", "Too late")


@pytest.mark.parametrize("first", [YES, NO])
def test_an_answered_offer_takes_no_other_answer(customer, quotation, first):
    customer.post(url(quotation), first)
    for answer in (YES, NO):
        assert customer.post(url(quotation), answer).status_code == 409
    assert Event.objects.filter(name__in=["quotation.accepted", "quotation.declined"]).count() == 1


def test_an_offer_past_its_last_day_cannot_be_accepted(customer, quotation):
    Quotation.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    assert "Accept this offer" not in customer.get(url(quotation)).content.decode()
    assert customer.post(url(quotation), YES).status_code == 409


def test_a_superseded_offer_says_so_and_cannot_be_accepted(customer, quotation, rep):
    QUOTATION_VERBS["revise"].run(quotation, by=rep)
    assert "replaced by a newer version" in customer.get(url(quotation)).content.decode()
    assert customer.post(url(quotation), YES).status_code == 409


@pytest.mark.parametrize("verb, data", [("revoke_link", {}), ("withdraw", {"reason": "Error"})])
def test_a_revoked_link_leads_nowhere(customer, quotation, rep, verb, data):
    QUOTATION_VERBS[verb].run(quotation, by=rep, **data)
    assert customer.get(url(quotation)).status_code == 404
    assert customer.post(url(quotation), YES).status_code == 404


def test_an_unknown_or_empty_token_leads_nowhere(customer, rep):
    QuotationFactory(opportunity__owner=rep)
    assert customer.get("/opportunities/q/unknown/").status_code == 404
    assert customer.get("/opportunities/q//").status_code == 404
