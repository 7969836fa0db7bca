"""A company's past: records in every state, with all that the acts on them leave behind."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.services import create_account, create_contact
from activities.services import (
    create_activity,
    create_task,
    finish_task,
    log_activity,
    send_reminders,
)
from aftersales.models import Case
from aftersales.services import CASE_VERBS, create_case
from crm import lifecycle
from inventory.services import open_stock
from leads.models import Lead
from leads.services import LEAD_VERBS, create_lead, mark_converted, release_lead
from opportunities.models import ProcessStep
from opportunities.services import import_opportunity
from orders.services import (
    approve_order,
    confirm_order,
    deliver_shipment,
    dispatch_shipment,
    fulfil_order,
    pick_shipment,
    plan_shipment,
    submit_order,
    take_over_order,
    waive_check,
)
from receivables.services import (
    bounce_payment,
    clear_payment,
    credit_customer,
    record_payment,
    refund_payment,
)
from tests.factories.leads import PoolFactory

LONG_AGO = datetime(2019, 3, 4, 8, 5, 6, 789, UTC)


def leads(by, owner, customer, person):
    """A lead in every state, one of them in the pool; returns the converted one."""
    facts = {"by": by, "need": "Pumps", "owner": owner}
    facts |= {f"has_{name}": "unknown" for name in ("budget", "authority", "timing")}

    def lead(name, *verbs):
        # How to reach who lies in the pool is shown to nobody, and stands in no file.
        wechat = "" if name == "released" else f"we-{name}"
        found = create_lead(name=name, wechat=wechat, **facts)
        for verb, data in verbs:
            found = LEAD_VERBS[verb].run(found, by=by, **data)
        Lead.objects.filter(pk=found.pk).update(owned_since=LONG_AGO)
        return Lead.objects.get(pk=found.pk)

    work, qualify = ("start_work", {}), ("qualify", {})
    later = {"resume_on": timezone.localdate() + timedelta(days=30)}
    lead("working", work)
    lead("nurturing", work, ("nurture", later))
    lead("resumed", work, ("nurture", later), ("resume", {}))
    lead("qualified", work, qualify)
    lead("disqualified", work, ("disqualify", {"reason": "No money"}))
    lead("reopened", ("disqualify", {"reason": "x"}), ("reopen", {"comment": "y"}))
    PoolFactory(name="Everybody's", is_default=True)
    released = release_lead(lead("released", work), by=by)
    Lead.objects.filter(pk=released.pk).update(released_at=LONG_AGO)
    converted = lead("converted", work, qualify)
    return mark_converted(converted, account=customer, contact=person, by=by)


def deals(by, owner, customer, process, lead):
    """An open deal in the middle of its phase that came of a lead, and one that was won; returns
    the first."""
    second = ProcessStep.objects.create(
        process=process, phase="quotation", name="Second look", position=9, probability=45
    )
    facts = {"by": by, "account": customer, "process": process, "owner": owner}
    facts["custom"] = {"depth": "deep"}
    deal = import_opportunity(
        name="Open",
        state="quotation",
        opened_on=date(2026, 1, 5),
        step=second,
        probability=47,
        phase_since=LONG_AGO,
        lost_in="needs",
        lead=lead,
        **facts,
    )
    import_opportunity(name="Won", state="won", opened_on=date(2025, 1, 5), **facts)
    return deal


def payments(by, customer):
    """Money that arrived, in part given back, that bounced, and a credit note."""
    money = {"by": by, "account": customer, "amount": Decimal(50), "currency": "CNY"}
    money["received_on"] = date(2026, 4, 1)
    cleared = clear_payment(record_payment(**money), by=by)
    refund_payment(cleared, amount=Decimal("12.34"), reason="too much", by=by)
    bounce_payment(record_payment(**money), reason="no cover", by=by)
    credit_customer(customer, Decimal(7), reason="goodwill", by=by, currency="CNY")


def customers(by):
    """(customer, person there) with a limit that was set."""
    customer = create_account(by=by, name="Past Ltd", credit_limit=Decimal("5000.50"))
    return customer, create_contact(by=by, account=customer, name="Sun")


def cases(by, customer, person, order, product, custom):
    """A case in every state, one with a value in every field; returns the last."""
    facts = {"by": by, "account": customer, "contact": person, "priority": "high"}
    steps = [
        ("start", {}),
        ("wait", {"comment": "asked"}),
        ("resume", {}),
        ("resolve", {"solution": "New seal", "cause": "Wear"}),
        ("close", {}),
        ("reopen", {"comment": "leaks again"}),
    ]
    create_case(subject="assigned", **facts)
    Case.objects.filter(pk=create_case(subject="new", **facts).pk).update(state="new", owner=None)
    for count in range(1, len(steps) + 1):
        case = create_case(subject=f"{count} steps", **facts)
        for verb, data in steps[:count]:
            case = CASE_VERBS[verb].run(case, by=by, **data)
    Case.objects.filter(subject="2 steps").update(channel="survey", responded_at=LONG_AGO)
    facts |= {"account": order.account, "contact": order.contact, "order": order}
    return create_case(
        subject="all",
        external_key="S-1",
        product=product,
        kind="repair",
        description="d",
        custom=custom,
        **facts,
    )


def activities(by, colleague, records):
    """A call about each of the records, by a colleague, and a note about nothing."""
    for hours, record in enumerate(records):
        at = LONG_AGO + timedelta(hours=hours)
        log_activity(
            record, by=by, owner=colleague, kind="call", subject=f"{hours}", happened_at=at
        )
    create_activity(by=by, kind="note", subject="=Note", body="a\nb", minutes=5, external_key="A-1")


def tasks(by, colleague, records):
    """A follow-up about each of the records, and others that are done, cancelled, reminded of."""
    later = timezone.now() + timedelta(days=3, minutes=1)
    for number, record in enumerate(records):
        create_task(by=by, target=record, subject=f"Next {number}", due_at=later)
    done = create_task(by=by, target=records[0], subject="Done", due_at=LONG_AGO)
    finish_task(done, by=by, result="Agreed")
    gone = create_task(by=by, subject="Gone", due_at=LONG_AGO, owner=colleague)
    lifecycle.advance(gone, "cancel", by=by)
    create_task(
        by=by,
        subject="Reminded",
        due_at=later,
        remind_at=LONG_AGO,
        body="b",
        priority="high",
        external_key="T-1",
    )
    send_reminders(at=timezone.now())


def live_order(by, order, place, carrier):
    """Take an order the whole way to the customer, through stock."""
    open_stock(order.lines.get().product, by=by, warehouse=place, on_hand=Decimal(5))
    order = submit_order(order, by=by)
    for failed in order.checks.filter(result="failed"):
        waive_check(order, check=failed, reason="Known", by=by)
    order = confirm_order(approve_order(order, by=by), by=by, confirmed_by="Li", confirmed_how="x")
    order = fulfil_order(order, by=by)
    goods = {line.pk: line.allocated for line in order.lines.all()}
    shipment = plan_shipment(order, by=by, warehouse=place, quantities=goods, carrier=carrier)
    shipment = dispatch_shipment(pick_shipment(shipment, by=by), by=by)
    deliver_shipment(shipment, by=by, received_by="Li")


def orders(facts, product, place, carrier):
    """Orders that ended, or stand, in each state where another system left them."""
    goods = {"product": product, "quantity": Decimal(2), "unit_price": Decimal(3)}
    left = {"shipped_on": date(2026, 1, 9), "carrier": carrier, "warehouse": place}
    arrived = left | {"delivered_on": date(2026, 1, 12), "completed_on": date(2026, 2, 1)}
    for state, told in (
        ("under_review", {}),
        ("approved", {}),
        ("confirmed", {"confirmed_by": "Li", "confirmed_how": "By phone"}),
        ("fulfilling", {}),
        ("shipped", left),
        ("completed", arrived),
        ("on_hold", {"confirmed_on": date(2026, 1, 7), "hold_reason": "Wait"}),
        ("cancelled", {"number": "OLD 7", "cancel_reason": "Dear"}),
    ):
        told = {"state": state, "ordered_on": date(2026, 1, 5), **told}
        take_over_order(**facts, lines=[goods], **told)


def live_through(by, colleague, process, order, product, custom):
    customer, person = customers(by)
    lead = leads(by, colleague, customer, person)
    deal = deals(by, colleague, customer, process, lead)
    payments(by, customer)
    case = cases(by, customer, person, order, product, custom)
    records = [customer, person, lead, deal, order, case]
    activities(by, colleague, records)
    tasks(by, colleague, records)
