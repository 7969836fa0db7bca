"""One lead walked through both doors to a closed case and a moved scorecard.

Every amount is compared to the cent, every event has its actor, and the forbidden short cuts
on the way are tried and refused with their reason.
"""

import json
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.services import create_payment_term
from aftersales.models import Case, Improvement, Survey
from aftersales.tasks import send_surveys
from approvals.models import ApprovalRequest
from approvals.services import create_rule
from contracts.models import Contract
from crm.models import Event
from inventory import services as inventory
from inventory.models import PurchaseRequest, StockLevel
from opportunities.models import Opportunity, Quotation
from orders.models import Order, Shipment
from performance.models import ScorecardLine
from receivables.models import Payment, Receivable
from tests.doors import Pages, Refusal, Rest
from tests.factories.inventory import WarehouseFactory
from tests.factories.orders import CarrierFactory
from tests.factories.products import ProductFactory
from users.models import User

START = date(2026, 3, 2)
# 3 × 1,234.56 less 5 % = 3,518.496 and 7 × 89.99 = 629.93, each rounded half up to the cent.
LINES = [Decimal("3518.50"), Decimal("629.93")]
TOTAL = Decimal("4148.43")
PARTS = [Decimal("1244.53"), Decimal("2489.06"), Decimal("414.84")]


def refused(result, status, words):
    """The result is a Refusal with this status, and its words say why."""
    assert isinstance(result, Refusal), f"{result!r} should have been refused: {words}"
    assert result.status == status, result
    assert words.lower() in result.words.lower(), result
    return True


def done(result, state):
    assert not isinstance(result, Refusal), result
    assert result.state == state
    return result


class Story:
    """The cast, the goods and the clock."""

    def __init__(self, door, people):
        self.door = door
        self.__dict__.update(people)
        self.day = START
        self.traveller = None

    def on(self, day):
        """Move the clock to ten in the morning of a day."""
        if self.traveller:
            self.traveller.stop()
        self.day = day
        moment = timezone.make_aware(datetime.combine(day, time(10)))
        self.traveller = time_machine.travel(moment, tick=True)
        self.traveller.start()

    def later(self, days):
        self.on(self.day + timedelta(days=days))


@pytest.fixture(params=[Pages, Rest], ids=["pages", "rest"])
def story(
    request, transactional_db, rep, teammate, manager, legal, finance, warehouse, service, outsider
):
    people = {
        "rep": rep,
        "teammate": teammate,
        "manager": manager,
        "legal": legal,
        "finance": finance,
        "warehouse": warehouse,
        "service": service,
        "outsider": outsider,
    }
    story = Story(request.param(), people)
    story.on(START)
    story.pump = ProductFactory(code="PUMP", price=Decimal("1234.56"), cost=700)
    story.seal = ProductFactory(code="SEAL", price=Decimal("89.99"), cost=30)
    story.store = WarehouseFactory()
    story.carrier = CarrierFactory()
    inventory.receive(story.pump, story.store, Decimal(2), by=None)
    inventory.receive(story.seal, story.store, Decimal(50), by=None)
    story.term = create_payment_term(
        by=None,
        name="30/60/10",
        lines=[
            {"label": "advance", "percent": 30, "event": "signing", "days": 0},
            {"label": "delivery", "percent": 60, "event": "delivery", "days": 0},
            {"label": "retention", "percent": None, "event": "delivery", "days": 30},
        ],
    )
    create_rule(
        by=None,
        name="discount over 3 %",
        kind="quotation",
        conditions=[{"fact": "discount", "operator": "over", "value": 3}],
        levels=[{"approver": "superior"}],
    )
    yield story
    story.traveller.stop()


def test_one_lead_becomes_a_paid_delivered_and_surveyed_deal(story):
    opportunity = from_lead_to_deal(story)
    contract = from_deal_to_contract(story, opportunity)
    order = from_contract_to_order(story, contract)
    delivered = from_order_to_delivery(story, order)
    from_delivery_to_money(story, delivered)
    from_money_to_improvement(story, delivered)
    every_event_has_its_actor(story)


def from_lead_to_deal(s):
    door = s.door
    lead = door.make(
        s.rep,
        "leads.lead",
        name="Wang Fang",
        company="Hengrun Water Co., Ltd.",
        phone="13800000001",
        email="wang@example.org",
    )
    done(lead, "new")
    assert door.see(s.teammate, lead) == 404
    refused(door.do(s.teammate, lead, "start_work"), 404, "")
    refused(door.do(s.rep, lead, "qualify"), 409, "not possible")
    lead = done(door.do(s.rep, lead, "start_work"), "working")
    refused(door.do(s.rep, lead, "qualify"), 409, "need has not been written down")
    answers = {
        "need": "Two pumps",
        "has_budget": "yes",
        "has_authority": "unknown",
        "has_timing": "yes",
    }
    edit_lead(s, lead, answers)
    refused(door.do(s.rep, lead, "convert", new_account="on"), 409, "not possible")
    lead = done(door.do(s.rep, lead, "qualify"), "qualified")

    s.later(1)
    converted = door.do(
        s.rep, lead, "convert", new_account="on", name="Hengrun pumps", amount="4000"
    )
    done(converted, "converted")
    refused(door.do(s.rep, lead, "convert", new_account="on"), 409, "Hengrun")
    opportunity = Opportunity.objects.get(lead=lead)
    assert opportunity.journey == lead.journey
    assert (opportunity.owner, opportunity.account.name) == (s.rep, lead.company)
    assert opportunity.account.contacts.get().email == "wang@example.org"
    return opportunity


def edit_lead(s, lead, answers):
    """Pages send the whole form, REST what changes."""
    if s.door.name == "rest":
        url = f"{s.door.base(type(lead))}{lead.pk}/"
        answer = s.door.client(s.rep).patch(url, answers, content_type="application/json")
        assert answer.status_code == 200, answer.content
        return
    url = f"{lead.get_absolute_url()}edit/"
    page = s.door.client(s.rep).get(url)
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = s.door.client(s.rep).post(url, {**data, **answers})
    assert answer.status_code == 302, answer.content.decode()[-3000:]


def from_deal_to_contract(s, opportunity):
    door, rep = s.door, s.rep
    done(opportunity, "needs")
    refused(door.do(rep, opportunity, "present"), 409, "needs sheet confirmed by the customer")
    refused(door.do(rep, opportunity, "win"), 409, "not possible")
    sheet = door.make(
        rep,
        "opportunities.needssheet",
        opportunity=opportunity.pk,
        summary="Two pumps with spare seals",
        budget="5000",
        lines=[{"product": s.pump.pk, "requirement": "5.5 kW", "quantity": "3"}],
    )
    confirmed = {"confirmed_by": "Wang Fang", "confirmed_on": s.day, "confirmed_how": "mail"}
    sheet = done(door.do(rep, sheet, "confirm", **confirmed), "confirmed")
    refused(door.do(rep, opportunity, "present"), 409, "judged feasible")
    done(door.do(rep, sheet, "judge", is_feasible="yes", judgement="in stock"), "confirmed")
    opportunity = done(door.do(rep, opportunity, "present"), "presentation")

    refused(door.do(rep, opportunity, "quote"), 409, "demo has to be held")
    demo = door.make(
        rep,
        "opportunities.demo",
        opportunity=opportunity.pk,
        subject="Pump on the test bench",
        scheduled_at=f"{s.day}T09:00",
    )
    done(door.do(rep, demo, "hold", held_on=s.day, reaction="interested"), "held")
    opportunity = done(door.do(rep, opportunity, "quote"), "quotation")
    refused(door.do(rep, opportunity, "negotiate"), 409, "quotation has to be sent")
    refused(door.do(rep, opportunity, "win"), 409, "accepted quotation is missing")

    s.later(1)
    quotation = door.make(
        rep,
        "opportunities.quotation",
        opportunity=opportunity.pk,
        valid_until=s.day + timedelta(days=30),
        payment_term=s.term.pk,
        currency="CNY",
        lines=[
            {"product": s.pump.pk, "quantity": "3", "discount": "5"},
            {"product": s.seal.pk, "quantity": "7"},
        ],
    )
    done(quotation, "draft")
    assert [line.amount for line in quotation.lines.all()] == LINES
    assert quotation.amount == TOTAL
    refused(door.do(rep, quotation, "send"), 409, "not possible")
    quotation = done(door.do(rep, quotation, "submit"), "in_approval")
    assert quotation.number.startswith("QT-2026-")
    request = ApprovalRequest.objects.get(state="pending")
    assert request.target == quotation
    refused(door.do(rep, quotation, "send"), 409, "not possible")
    assert isinstance(door.do(rep, request, "approve"), Refusal), "nobody approves his own"
    done(door.do(s.manager, request, "approve", comment="fine"), "approved")
    quotation.refresh_from_db()
    done(quotation, "approved")
    refused(
        door.do(rep, quotation, "accept", decided_by="Wang", decided_how="x"), 409, "not possible"
    )
    mail.outbox.clear()
    quotation = done(door.do(rep, quotation, "send"), "sent")
    [offer] = [m for m in mail.outbox if m.to == ["wang@example.org"]]
    link = re.search(r"https?://[^/\s]+(/\S+)", offer.body).group(1)
    opportunity = done(door.do(rep, opportunity, "negotiate"), "negotiation")

    customer = Client(headers={"accept-language": "en"})
    assert customer.get(link).status_code == 200
    assert customer.get(link[:-6] + "xxxxx/").status_code == 404
    answer = customer.post(link, {"answer": "accept", "accept-decided_by": "Wang Fang"})
    assert answer.status_code in (200, 302), answer.content
    quotation.refresh_from_db()
    done(quotation, "accepted")
    assert quotation.decided_by == "Wang Fang"
    again = customer.post(link, {"answer": "decline", "decline-decided_by": "Wang Fang"})
    assert again.status_code in (404, 409, 410)
    quotation.refresh_from_db()
    done(quotation, "accepted")
    refused(door.do(s.outsider, opportunity, "win"), 404, "")
    done(door.do(rep, opportunity, "win"), "won")
    contract = Contract.objects.get(quotation=quotation)
    assert (contract.amount, contract.payment_term) == (TOTAL, s.term)
    return contract


def from_contract_to_order(s, contract):
    door, rep, legal = s.door, s.rep, s.legal
    refused(door.do(rep, contract, "activate"), 409, "not possible")
    contract = done(door.do(rep, contract, "submit"), "in_review")
    assert contract.number.startswith("CT-2026-")
    request = ApprovalRequest.objects.get(state="pending")
    refused(door.do(legal, request, "approve"), 409, "compliance checklist is not complete")
    assert isinstance(door.do(rep, request, "approve"), Refusal)
    answers = {f"passed_{check.pk}": "yes" for check in contract.checks.all()}
    done(door.do(legal, contract, "check", **answers), "in_review")
    risk = {"level": "high", "description": "late delivery"}
    done(door.do(legal, contract, "assess", **risk), "in_review")
    refused(door.do(legal, request, "approve"), 409, "high risk has no measure")
    measured = {"risk": contract.risks.get().pk, **risk, "measure": "buffer stock"}
    done(door.do(legal, contract, "assess", **measured), "in_review")
    done(door.do(legal, request, "approve"), "approved")
    contract.refresh_from_db()
    done(contract, "approved")

    s.later(2)
    contract = done(door.do(rep, contract, "begin_signing", signing_place="Suzhou"), "signing")
    refused(door.do(rep, contract, "activate"), 409, "signatures")
    door.do(rep, contract, "sign", side="ours", signer="Shen", signed_on=s.day)
    door.do(rep, contract, "sign", side="theirs", signer="Wang Fang", signed_on=s.day)
    refused(door.do(rep, contract, "activate"), 409, "signed copy")
    scan = SimpleUploadedFile("signed.pdf", b"%PDF-1.4 signed", content_type="application/pdf")
    done(door.do(rep, contract, "upload_copy", file=scan), "signing")
    assert not Order.objects.exists()
    s.signed_on = s.day
    contract = done(door.do(rep, contract, "activate"), "active")
    order = Order.objects.get()
    assert (order.contract, order.amount, order.journey) == (contract, TOTAL, contract.journey)
    parts = list(Receivable.objects.order_by("position"))
    assert [part.amount for part in parts] == PARTS
    assert [part.state for part in parts] == ["open", "planned", "planned"]
    assert [part.due_on for part in parts] == [s.signed_on, None, None]
    assert {part.order for part in parts} == {order}
    return order


def from_order_to_delivery(s, order):
    door, rep = s.door, s.rep
    done(order, "received")
    refused(door.do(s.manager, order, "approve"), 409, "not possible")
    order = done(door.do(rep, order, "submit"), "under_review")
    assert order.number.startswith("SO-2026-")
    refused(
        door.do(rep, order, "confirm", confirmed_by="x", confirmed_how="x"), 409, "not possible"
    )
    failed = {check.kind for check in order.checks.filter(result="failed")}
    assert failed == {"address"}, "nobody has given a delivery address yet"
    refused(door.do(s.manager, order, "approve"), 409, "failed and is not waived")
    check = order.checks.get(kind="address")
    waiver = {"check": "address", "reason": "address follows by phone"}
    refused(door.do(rep, order, "waive", **waiver), 403, "")
    done(door.do(s.manager, order, "waive", **waiver), "under_review")
    check.refresh_from_db()
    assert (check.result, check.waived_by) == ("waived", s.manager)
    order = done(door.do(s.manager, order, "approve"), "approved")
    refused(door.do(rep, order, "fulfil"), 409, "not possible")
    confirmation = {"confirmed_by": "Wang Fang", "confirmed_on": s.day, "confirmed_how": "phone"}
    order = done(door.do(rep, order, "confirm", **confirmation), "confirmed")
    order = done(door.do(rep, order, "fulfil"), "fulfilling")
    pumps, seals = order.lines.all()
    assert (pumps.allocated, seals.allocated) == (2, 7), "only two pumps lie in stock"
    request = PurchaseRequest.objects.get()
    assert (request.product, request.quantity) == (s.pump, 1)

    first = ship(s, order, {pumps: 2, seals: 7})
    assert done(order_now(order), "fulfilling")
    receive_the_missing_pump(s, request)
    pumps.refresh_from_db()
    assert pumps.allocated == 1, "what came in goes to the order that waits"
    s.later(1)
    second = ship(s, order, {pumps: 1})
    assert done(order_now(order), "shipped")
    refused(door.do(rep, order_now(order), "cancel", reason="too late"), 409, "")
    refused(door.do(rep, order_now(order), "complete"), 409, "not possible")

    s.later(2)
    arrived = {"received_by": "Gate 2", "delivered_on": s.day}
    done(door.do(s.warehouse, first, "deliver", **arrived), "delivered")
    done(order_now(order), "shipped")
    done(door.do(s.warehouse, second, "deliver", **arrived), "delivered")
    order = done(order_now(order), "delivered")
    assert order.delivered_on == s.day
    level = StockLevel.objects.get(product=s.pump, warehouse=s.store)
    assert (level.on_hand, level.reserved) == (0, 0)
    return order


def order_now(order):
    return Order.objects.get(pk=order.pk)


def ship(s, order, quantities):
    before = set(Shipment.objects.values_list("pk", flat=True))
    too_many = {str(line.pk): str(quantity + 5) for line, quantity in quantities.items()}
    exact = {str(line.pk): str(quantity) for line, quantity in quantities.items()}

    def plan(amounts):
        if s.door.name == "rest":
            return {"quantities": amounts}
        return {"quantities": json.dumps(amounts)}

    common = {"warehouse": s.store.pk, "carrier": s.carrier.pk, "planned_on": s.day}
    over = s.door.do(s.warehouse, order_now(order), "plan_shipment", **common, **plan(too_many))
    assert isinstance(over, Refusal), "more than is allocated"
    planned = s.door.do(s.warehouse, order_now(order), "plan_shipment", **common, **plan(exact))
    assert not isinstance(planned, Refusal), planned
    shipment = Shipment.objects.exclude(pk__in=before).get()
    refused(s.door.do(s.warehouse, shipment, "dispatch"), 409, "not possible")
    shipment = done(s.door.do(s.warehouse, shipment, "pick"), "picking")
    return done(s.door.do(s.warehouse, shipment, "dispatch", tracking_number="YD1"), "dispatched")


def receive_the_missing_pump(s, request):
    done(s.door.do(s.warehouse, request, "submit"), "submitted")
    assert isinstance(s.door.do(s.warehouse, request, "approve"), Refusal), "not one's own request"
    done(s.door.do(s.manager, request, "approve"), "approved")
    done(s.door.do(s.warehouse, request, "order"), "ordered")
    done(s.door.do(s.warehouse, request, "receive"), "received")


def from_delivery_to_money(s, order):
    door, finance = s.door, s.finance
    parts = list(Receivable.objects.order_by("position"))
    assert [part.due_on for part in parts] == [s.signed_on, s.day, s.day + timedelta(days=30)]
    assert {part.state for part in parts} == {"open"}
    refused(door.do(s.rep, order, "complete"), 409, "not paid in full")
    money = {
        "account": order.account_id,
        "currency": "CNY",
        "method": "transfer",
        "received_on": s.day,
    }
    assert isinstance(door.make(s.rep, "receivables.payment", amount="1", **money), Refusal)
    advance = door.make(finance, "receivables.payment", amount=str(PARTS[0]), **money)
    advance = done(door.do(finance, advance, "clear"), "cleared")
    too_much = door.do(finance, advance, "allocate", **amounts(s, {parts[0]: PARTS[0] + 1}))
    assert isinstance(too_much, Refusal)
    assert not isinstance(
        door.do(finance, advance, "allocate", **amounts(s, {parts[0]: PARTS[0]})), Refusal
    )
    assert order_now(order).received == PARTS[0]
    assert order_now(order).outstanding == TOTAL - PARTS[0]

    rest = door.make(finance, "receivables.payment", amount=str(TOTAL - PARTS[0]), **money)
    rest = done(door.do(finance, rest, "clear"), "cleared")
    split = {parts[1]: PARTS[1], parts[2]: PARTS[2]}
    assert not isinstance(door.do(finance, rest, "allocate", **amounts(s, split)), Refusal)
    assert sum(p.allocated for p in Payment.objects.all()) == TOTAL
    assert {r.state for r in Receivable.objects.all()} == {"paid"}
    assert all(r.balance == 0 for r in Receivable.objects.all())
    order = order_now(order)
    assert (order.received, order.outstanding) == (TOTAL, 0)
    done(order, "completed")
    assert Event.objects.get(name="order.completed").actor == User.objects.system()


def amounts(s, rows):
    given = {str(row.pk): str(amount) for row, amount in rows.items()}
    return {"amounts": given if s.door.name == "rest" else json.dumps(given)}


def from_money_to_improvement(s, order):
    s.later(8)
    mail.outbox.clear()
    send_surveys.delay()
    send_surveys.delay()
    [invitation] = [m for m in mail.outbox if m.to == ["wang@example.org"]]
    link = re.search(r"https?://[^/\s]+(/\S+)", invitation.body).group(1)
    survey = Survey.objects.get(order=order)
    customer = Client(headers={"accept-language": "en"})
    page = customer.get(link)
    assert page.status_code == 200
    answers = {
        question.field: ("3" if question.kind == "score" else "The pump came late")
        for question in survey.template.questions.all()
    }
    customer.post(link, answers)
    survey.refresh_from_db()
    done(survey, "answered")
    assert survey.score == Decimal("3.00")
    customer.post(link, answers)
    case = Case.objects.get()
    assert (case.kind, case.channel, case.order) == ("complaint", "survey", order)
    assert case.journey == order.journey
    assert Event.objects.get(name="case.created").actor == User.objects.system()

    door, service = s.door, s.service
    refused(door.do(service, case, "close"), 409, "not possible")
    case = done(door.do(service, case, "assign", owner=service.pk), "assigned")
    case = done(door.do(service, case, "start"), "in_progress")
    case = done(
        door.do(service, case, "resolve", solution="Spare pump lent", cause="shortage"), "resolved"
    )
    case = done(door.do(service, case, "close"), "closed")
    improvement = door.make(
        service,
        "aftersales.improvement",
        title="Keep three pumps",
        case=case.pk,
        description="Raise the reorder point",
        measure="late deliveries a month",
        baseline="4",
        owner=s.rep.pk,
    )
    improvement = done(door.do(s.manager, improvement, "accept"), "accepted")
    assert Improvement.objects.get().journey == case.journey

    card = door.make(
        s.manager,
        "performance.scorecard",
        person=s.rep.pk,
        starts_on=START,
        ends_on=START + timedelta(days=89),
    )
    actual = {line.metric: line.actual for line in ScorecardLine.objects.filter(scorecard=card)}
    assert actual["won"] == actual["ordered"] == actual["collected"] == TOTAL
    assert actual["satisfaction"] == Decimal("3.00")
    assert actual["quantity"] == 10


def every_event_has_its_actor(s):
    actors = {
        "lead.created": s.rep,
        "lead.converted": s.rep,
        "opportunity.created": s.rep,
        "quotation.in_approval": s.rep,
        "quotation.sent": s.rep,
        "quotation.accepted": User.objects.system(),
        "opportunity.won": s.rep,
        "contract.in_review": s.rep,
        "contract.active": s.rep,
        "order.confirmed": s.rep,
        "shipment.dispatched": s.warehouse,
        "shipment.delivered": s.warehouse,
        # What follows by itself from the last shipment is the system's doing.
        "order.delivered": User.objects.system(),
        "payment.created": s.finance,
        "survey.answered": User.objects.system(),
        "case.closed": s.service,
    }
    for name, actor in actors.items():
        found = {event.actor for event in Event.objects.filter(name=name)}
        assert found == {actor}, f"{name}: {found}"
    assert not Event.objects.filter(actor=None).exists()
    assert Quotation.objects.get().number
