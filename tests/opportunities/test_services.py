from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import Account
from activities.services import create_task
from crm.errors import WrongMoment
from crm.models import Event, ExchangeRate
from crm.money import in_company_currency
from opportunities import services
from opportunities.models import Demo, NeedsSheet, Opportunity, Phase, Quotation, SalesProcess
from tests.factories.accounts import AccountFactory
from tests.factories.opportunities import (
    DemoFactory,
    NeedsSheetFactory,
    OpportunityFactory,
    QuotationFactory,
    SalesProcessFactory,
)
from tests.factories.products import ProductFactory

VERBS = services.OPPORTUNITY_VERBS


def run(obj, verb, by, **data):
    return VERBS[verb].run(obj, by=by, **data)


def test_every_transition_is_a_verb():
    pairs = [
        (Opportunity, services.OPPORTUNITY_VERBS),
        (NeedsSheet, services.NEEDSSHEET_VERBS),
        (Demo, services.DEMO_VERBS),
        (Quotation, services.QUOTATION_VERBS),
    ]
    for model, verbs in pairs:
        doors = {
            transition.name
            for transition in model.state_field().get_all_transitions(model)
            if not transition.custom.get("automatic")
        }
        assert doors <= set(verbs)


def test_a_new_deal_is_ones_own_and_starts_at_the_first_step_of_the_default_process(rep):
    deal = services.create_opportunity(by=rep, name="Pumps", account=OpportunityFactory().account)
    assert (deal.owner, deal.state, deal.probability) == (rep, Phase.NEEDS, 10)
    assert deal.process.is_default
    assert [step.probability for step in deal.process.steps.all()] == [10, 30, 50, 70]


def test_a_phase_opens_only_when_its_conditions_hold(rep):
    deal = OpportunityFactory(owner=rep)
    with pytest.raises(WrongMoment, match="needs sheet confirmed"):
        run(deal, "present", rep)
    NeedsSheetFactory(opportunity=deal, feasible=True)
    deal = run(deal, "present", rep)
    assert (deal.state, deal.probability, deal.step.phase) == ("presentation", 30, "presentation")
    with pytest.raises(WrongMoment, match="demo has to be held"):
        run(deal, "quote", rep)
    DemoFactory(opportunity=deal, held=True)
    deal = run(deal, "quote", rep)
    with pytest.raises(WrongMoment, match="quotation has to be sent"):
        run(deal, "negotiate", rep)
    QuotationFactory(opportunity=deal, sent=True)
    deal = run(deal, "negotiate", rep)
    with pytest.raises(WrongMoment, match="accepted quotation is missing"):
        run(deal, "win", rep)
    QuotationFactory(opportunity=deal, accepted=True)
    deal = run(deal, "win", rep)
    assert (deal.state, deal.probability, deal.closed_on) == ("won", 100, timezone.localdate())
    assert Account.objects.get(pk=deal.account_id).status == Account.Status.CUSTOMER
    assert Event.objects.filter(name="opportunity.won", actor=rep).count() == 1


def test_a_process_without_demos_lets_a_deal_be_quoted_from_its_needs(rep):
    process = SalesProcessFactory(needs_demo=False)
    deal = OpportunityFactory(owner=rep, process=process)
    NeedsSheetFactory(opportunity=deal, feasible=True)
    assert run(deal, "quote", rep).state == Phase.QUOTATION


def test_required_items_of_the_checklist_hold_the_deal_until_they_are_ticked(rep):
    process = SalesProcessFactory(needs_demo=False)
    step = process.steps.get(phase=Phase.NEEDS)
    item = step.items.create(text="Budget asked", is_required=True)
    deal = OpportunityFactory(owner=rep, process=process)
    NeedsSheetFactory(opportunity=deal, feasible=True)
    with pytest.raises(WrongMoment, match="not ticked"):
        run(deal, "quote", rep)
    run(deal, "tick", rep, items=[item])
    assert Event.objects.get(name="opportunity.ticked").data["changes"]["checklist"] == [
        [],
        ["Budget asked"],
    ]
    assert run(deal, "quote", rep).state == Phase.QUOTATION


def test_going_back_leads_to_an_earlier_phase_only(rep):
    deal = OpportunityFactory(owner=rep, quotation=True)
    for phase in (Phase.QUOTATION, Phase.NEGOTIATION):
        with pytest.raises(WrongMoment, match="earlier phase"):
            run(deal, "back", rep, phase=phase, comment="Wrong")
    deal = run(deal, "back", rep, phase=Phase.NEEDS, comment="They want something else")
    assert (deal.state, deal.probability) == (Phase.NEEDS, 10)


def test_losing_a_deal_withdraws_its_open_quotations_and_cancels_its_open_tasks(rep, manager):
    deal = OpportunityFactory(owner=rep, quotation=True)
    open_one = QuotationFactory(opportunity=deal, sent=True)
    refused = QuotationFactory(opportunity=deal, state="declined", number="QT-T-X")
    task = create_task(by=rep, target=deal, subject="Call", due_at=timezone.now())
    deal = run(deal, "lose", rep, reason="Too dear", competitor="Rival")
    for row in (open_one, refused, task):
        row.refresh_from_db()
    assert (open_one.state, open_one.token) == ("withdrawn", "")
    assert refused.state == "declined"
    assert task.state == "cancelled"
    assert (deal.lost_in, deal.lost_reason, deal.probability) == ("quotation", "Too dear", 0)
    with pytest.raises(PermissionDenied):
        run(deal, "reopen", rep, comment="They called")
    deal = run(deal, "reopen", manager, comment="They called")
    assert (deal.state, deal.closed_on, deal.probability) == ("quotation", None, 50)


def test_a_deal_is_given_away_with_its_quotations_within_ones_teams(
    manager, rep, teammate, outsider
):
    deal = OpportunityFactory(owner=rep)
    quotation = QuotationFactory(opportunity=deal)
    with pytest.raises(PermissionDenied):
        run(deal, "assign", rep, owner=teammate)
    with pytest.raises(ValidationError):
        run(deal, "assign", manager, owner=outsider)
    run(deal, "assign", manager, owner=teammate, comment="Holiday")
    quotation.refresh_from_db()
    assert quotation.owner == teammate
    assert Opportunity.objects.visible_to(teammate).get() == deal
    assert not Opportunity.objects.visible_to(rep).exists()


def test_needs_are_confirmed_by_the_customer_then_judged_and_a_revision_forgets_the_verdict(rep):
    deal = OpportunityFactory(owner=rep)
    sheet = services.create_needs_sheet(
        by=rep, opportunity=deal, summary="Pumps", lines=[{"requirement": "5 kW", "quantity": 2}]
    )
    with pytest.raises(WrongMoment):
        services.judge_needs_sheet(sheet, by=rep, is_feasible=True, judgement="Yes")
    verbs = services.NEEDSSHEET_VERBS
    sheet = verbs["confirm"].run(sheet, by=rep, confirmed_by="Buyer", confirmed_on=date(2026, 1, 2))
    sheet = services.judge_needs_sheet(sheet, by=rep, is_feasible=True, judgement="In the range")
    assert (sheet.is_feasible, sheet.judged_by) == (True, rep)
    assert deal.has_feasible_needs()
    verbs["revise"].run(sheet, by=rep, comment="More of them")
    assert not deal.has_feasible_needs()


def test_only_an_open_deal_that_one_may_change_takes_needs_demos_rounds_and_quotations(
    rep, teammate
):
    theirs, closed = OpportunityFactory(owner=teammate), OpportunityFactory(owner=rep, lost=True)
    makers = [
        (services.create_needs_sheet, {"summary": "Pumps"}),
        (services.create_demo, {"subject": "Show", "scheduled_at": timezone.now()}),
        (services.create_round, {"their_ask": "Less", "our_offer": "This"}),
        (services.create_quotation, {}),
    ]
    for create, fields in makers:
        with pytest.raises(PermissionDenied):
            create(by=rep, opportunity=theirs, **fields)
        with pytest.raises(WrongMoment, match="closed"):
            create(by=rep, opportunity=closed, **fields)


def test_history_is_taken_over_in_its_phase_with_one_event(finance, manager):
    for by in (finance, manager):  # the manager may add deals, but only new ones
        with pytest.raises(PermissionDenied):
            services.import_opportunity(
                by=by, name="X", state=Phase.WON, opened_on=date(2017, 1, 2)
            )
    deal = services.import_opportunity(
        by=None,
        external_key="old:1",
        name="Old deal",
        state=Phase.WON,
        opened_on=date(2017, 1, 2),
        closed_on=date(2017, 3, 4),
        amount=Decimal(500),
    )
    events = Event.objects.about(deal)
    assert [event.name for event in events] == ["opportunity.imported"]
    assert (deal.probability, deal.account, deal.closed_on) == (100, None, date(2017, 3, 4))
    assert timezone.localtime(deal.phase_since).date() == date(2017, 3, 4)


def test_deals_without_next_step_and_stale_deals_are_found(rep):
    today = timezone.localdate()
    planned = OpportunityFactory(owner=rep, next_step_on=today)
    forgotten = OpportunityFactory(owner=rep)
    tasked = OpportunityFactory(owner=rep)
    create_task(by=rep, target=tasked, subject="Call", due_at=timezone.now())
    OpportunityFactory(owner=rep, lost=True)
    assert list(Opportunity.objects.without_next_step(today)) == [forgotten]
    long_ago = timezone.now() - timedelta(days=40)
    Opportunity.objects.filter(pk__in=[planned.pk, tasked.pk]).update(phase_since=long_ago)
    assert list(Opportunity.objects.stale(timezone.now())) == [planned]


def test_a_changed_process_keeps_the_steps_that_deals_are_in(manager, rep):
    process = SalesProcessFactory()
    deal = OpportunityFactory(owner=rep, process=process)
    step = deal.step
    lines = [
        {"phase": "needs", "name": "Discovery", "probability": 15, "items": [{"text": "Ask"}]},
        {"phase": "quotation", "name": "Offer", "probability": 55},
    ]
    process = services.edit_process(process, by=manager, lines=lines)
    step.refresh_from_db()
    assert (step.name, step.probability) == ("Discovery", 15)
    assert [str(s) for s in process.steps.all()] == ["Discovery", "Offer"]
    with pytest.raises(ValidationError, match="cannot be removed"):
        services.edit_process(process, by=manager, lines=lines[1:])


def test_a_new_default_process_takes_the_place_of_the_old_one(manager):
    old = services.default_process()
    new = services.create_process(by=manager, name="Renewals", is_default=True)
    old.refresh_from_db()
    assert not old.is_default
    assert services.default_process() == new
    assert new.steps.count() == 4
    assert SalesProcess.objects.filter(is_default=True).count() == 1


def test_amounts_are_summed_in_the_companys_currency(rep, db):
    from django.db.models import Sum

    from crm.models import ExchangeRate

    ExchangeRate.objects.create(currency_id="USD", on=timezone.localdate(), rate=Decimal(7))
    OpportunityFactory(owner=rep, amount=100)
    OpportunityFactory(owner=rep, amount=10, currency_id="USD")
    total = Opportunity.objects.aggregate(total=Sum(in_company_currency("amount")))["total"]
    assert total == Decimal(170)


def test_a_ticked_item_protects_nothing_when_the_checklist_changes(manager, rep):
    process = SalesProcessFactory()
    item = process.steps.first().items.create(text="Old item")
    deal = OpportunityFactory(owner=rep, process=process)
    run(deal, "tick", rep, items=[item])
    with pytest.raises(ProtectedError):
        item.delete()
    lines = [{"phase": s.phase, "name": s.name} for s in process.steps.all()]
    services.edit_process(process, by=manager, lines=lines)
    assert not process.steps.first().items.exists()


def test_a_deal_is_worth_the_list_price_of_its_product_until_somebody_says_more(rep):
    account = AccountFactory(owner=rep)
    ExchangeRate.objects.create(currency_id="USD", on=date(2020, 1, 1), rate=Decimal(7))
    pump = ProductFactory(price=Decimal("12.3456"), currency_id="USD")
    facts = {"by": rep, "name": "Deal", "account": account, "product": pump}
    deal = services.create_opportunity(**facts)
    assert (deal.amount, deal.currency_id) == (Decimal("12.35"), "USD")
    deal = services.create_opportunity(**facts, amount=None, currency_id="CNY")
    assert (deal.amount, deal.currency_id) == (Decimal("86.42"), "CNY")
    assert services.create_opportunity(**facts, amount=Decimal(0)).amount == 0
    assert services.create_opportunity(by=rep, name="Deal", account=account).amount == 0
    assert services.edit_opportunity(deal, by=rep, amount=Decimal(5)).amount == 5
    assert services.edit_opportunity(deal, by=rep, amount=None).amount == Decimal("86.42")
