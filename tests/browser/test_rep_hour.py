"""A rep's hour: what is done all day takes a click or two, and the company is in order after it."""

import json

import pytest
from django.core import mail
from django.urls import resolve

from accounts.models import Account
from activities.models import Activity, Task
from leads.models import Lead
from opportunities.models import Opportunity, Quotation
from tests.browser.rep_hour import CALL, CALLS, MOST_CLICKS, NEXT, RepHour, watch_pages

pytestmark = pytest.mark.browser

DAILY = {
    "log in",
    "log a call with its next step",
    "claim",
    "open a customer by search",
    "enter a lead, the duplicate question answered",
    "qualify a lead",
    "convert a lead, the duplicate question answered",
    "send a quotation mail",
    "move a card",
    "export a filtered list",
}


def at(model, path):
    return model.objects.get(pk=resolve(path).kwargs["pk"])


def test_a_reps_hour_takes_few_clicks(company, desk, watch, request):
    rep = company["rep1"]
    customers = Account.objects.count()
    seat = desk(rep, log_in=False)
    watch_pages(seat.page.context)
    hour = RepHour(seat).run()

    report = {"clicks": hour.clicks, "milliseconds to interactive": hour.pages()}
    file = request.config.rootpath / "artefacts" / "rep_hour.json"
    file.write_text(json.dumps(report, indent=1, ensure_ascii=False))
    assert hour.clicks.keys() >= DAILY
    assert not {act: n for act, n in hour.clicks.items() if act in DAILY and max(n) > MOST_CLICKS}

    calls = Activity.objects.filter(owner=rep, kind="call", subject__startswith=CALL)
    assert calls.count() == CALLS
    assert Task.objects.filter(owner=rep, subject__startswith=NEXT).count() == CALLS
    assert at(Lead, hour.claimed).owner == rep
    lead, deal = at(Lead, hour.lead), at(Opportunity, hour.deal)
    assert (lead.state, lead.account.name, deal.lead) == ("converted", hour.customer, lead)
    assert Account.objects.count() == customers
    quotation = at(Quotation, hour.quotation)
    assert (quotation.state, quotation.opportunity) == ("sent", deal)
    assert [lead.email] in [message.to for message in mail.outbox]
    assert at(Opportunity, hour.moved).state == hour.phase
    assert [row[0] for row in hour.exported] == [name.strip() for name in hour.shown]
    # What is asked before a duplicate is saved is the only refusal of the hour.
    assert not [fault for fault in watch.faults if "409" not in fault or "/leads/new/" not in fault]
    watch.faults.clear()
