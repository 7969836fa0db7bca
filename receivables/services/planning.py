"""Planning the parts of a payment term, and opening each when its event has happened."""

from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import TermPart
from crm import lifecycle
from crm.errors import DomainError, WrongMoment
from crm.events import emit
from crm.locks import lock, lock_one
from crm.money import ZERO, split
from orders.models import Order
from receivables.models import Invoice, Receivable, WriteOff
from receivables.services.figures import refresh
from receivables.services.states import settle_state

Event = TermPart.Event
HUNDRED = Decimal(100)
# After the first day overdue the owner is told again every so many days.
DAYS_BETWEEN_NOTICES = 7


@transaction.atomic
def plan_receivables(*, by, contract=None, order=None):
    """Make the parts of a contract or of an order without one, and open what is due already.

    Planning twice gives the same parts. The amount is the contract's, without one the order's
    with freight. Without a payment term the whole falls due on delivery.
    """
    if order is not None and contract is None:
        contract = order.contract
    if contract is not None:
        lock_one(contract)
        order = order or Order.objects.filter(contract=contract).first()
    if order is not None:
        order = lock_one(order)
    same = Q(order=order) if order else Q(pk__in=[])
    if contract is not None:
        same |= Q(contract=contract)
    if not Receivable.objects.filter(same).exists():
        document = contract or order
        amount = contract.amount if contract else order.total
        for position, part in enumerate(_parts(document, amount), start=1):
            _make(document, contract, order, position=position, by=by, **part)
    open_parts(Receivable.objects.filter(same), by=by)
    rows = Receivable.objects.filter(same).order_by("position", "pk")
    account = (contract or order).account_id
    refresh(orders=[order] if order else [], accounts=[account], by=by)
    return list(rows)


def _parts(document, amount):
    """The parts of a document's payment term as fields: their amounts add up to `amount`."""
    if amount == 0:
        return []
    term = document.payment_term
    parts = list(term.parts.all()) if term else []
    if not parts:
        whole = pgettext("part of a payment term", "Whole amount")
        return [{"label": whole, "event": Event.DELIVERY, "days": 0, "amount": amount}]
    given = sum((part.percent for part in parts if part.percent is not None), Decimal(0))
    if given > HUNDRED:
        raise DomainError(
            _("The parts of the payment term %(term)s are more than the whole.") % {"term": term}
        )
    # The rest takes what rounding left; where no part is the rest, the last one is.
    rest = next((part for part in parts if part.percent is None), parts[-1])
    ordered = [*(part for part in parts if part != rest), rest]
    percentages = [*(part.percent for part in ordered[:-1]), None]
    amounts = dict(zip(ordered, split(amount, percentages, document.currency_id), strict=True))
    return [
        {
            "label": part.label,
            "event": part.event,
            "days": part.days,
            "amount": amounts[part],
            "due_on": part.date + timedelta(part.days) if part.event == Event.DATE else None,
        }
        for part in parts
        if amounts[part]
    ]


def _make(document, contract, order, *, by, **fields):
    receivable = Receivable(
        account=document.account,
        contract=contract,
        order=order,
        currency_id=document.currency_id,
        journey=document.journey,
        **fields,
    )
    return lifecycle.create(receivable, by=by, check=False)


@transaction.atomic
def plan_order(order, *, by):
    """Plan a confirmed order: all of it, or what it costs beyond the contract, such as freight."""
    rows = plan_receivables(order=order, by=by)
    order = lock_one(order)
    planned = sum((row.amount for row in rows), ZERO)
    extra = order.total - planned
    if not rows or extra <= 0:
        return rows
    words = pgettext("part of a payment term", "Freight and additions")
    position = max(row.position for row in rows) + 1
    fields = {"label": words, "event": Event.DELIVERY, "days": 0, "amount": extra}
    _make(order, order.contract, order, position=position, by=by, **fields)
    return plan_receivables(order=order, by=by)


def event_date(receivable):
    """The local date on which the event a part is counted from happened, or None."""
    contract, order = receivable.contract, receivable.order
    if receivable.event == Event.DATE:
        on = receivable.due_on - timedelta(receivable.days)
        return on if on <= timezone.localdate() else None
    if receivable.event == Event.SIGNING and contract is not None:
        if contract.activated_on is None:
            return None
        signed = [day for day in (contract.our_signed_on, contract.their_signed_on) if day]
        return max(signed, default=contract.activated_on)
    if order is None:
        return None
    if receivable.event == Event.SHIPMENT:
        return order.shipped_on
    if receivable.event == Event.DELIVERY:
        return order.delivered_on
    # Confirmation; and an order without contract is signed when it is confirmed.
    return order.confirmed_on


@transaction.atomic
def open_parts(rows, *, by):
    """Open the planned ones of `rows` whose event has happened; return how many.

    The caller holds the order's lock, and refreshes the figures afterwards.
    """
    opened = 0
    for row in lock(rows.filter(state="planned")):
        if on := event_date(row):
            due_on = on + timedelta(row.days)
            lifecycle.advance(row, "open", by=by, opened_on=on, due_on=due_on)
            opened += 1
    return opened


@transaction.atomic
def open_order_parts(order, *, by):
    """Open what falls due with the order's latest step (shipped, delivered)."""
    order = lock_one(order)
    if open_parts(order.receivables.all(), by=by):
        refresh(orders=[order], accounts=[order.account_id], by=by)


def open_due(*, on):
    """Open the parts counted from a date that has come; return how many."""
    opened = 0
    waiting = Receivable.objects.filter(state="planned", event=Event.DATE).select_related("order")
    for row in waiting.order_by("pk"):
        if row.due_on - timedelta(row.days) <= on:
            opened += _open_one(row)
    return opened


@transaction.atomic
def _open_one(row):
    order = lock_one(row.order) if row.order else None
    opened = open_parts(Receivable.objects.filter(pk=row.pk), by=None)
    refresh(orders=[order] if order else [], accounts=[row.account_id])
    return opened


@transaction.atomic
def cancel_order_parts(order, *, by):
    """Cancel what is unpaid of a cancelled order.

    Refuses while money is allocated to it or an invoice stands: both are taken back by a person.
    """
    order = lock_one(order)
    rows = lock(order.receivables.exclude(state__in=("cancelled", "written_off")))
    if any(row.allocated for row in rows):
        raise WrongMoment(
            _("Money is allocated to this order. Reverse the allocation first, then cancel it.")
        )
    if WriteOff.objects.filter(receivable__in=rows, state="in_approval").exists():
        raise WrongMoment(_("A write-off for this order is waiting for approval. Settle it first."))
    invoiced = Invoice.objects.filter(order=order, state__in=("issued", "reversed"))
    if invoiced.aggregate(total=Sum("amount"))["total"]:
        raise WrongMoment(_("An invoice was issued for this order. Reverse the invoice first."))
    for row in rows:
        lifecycle.advance(row, "cancel", by=by)
    refresh(orders=[order], accounts=[order.account_id], by=by)


@transaction.atomic
def settle_dispute(receivable, *, comment, by):
    """End a dispute; the part is open again, or partly paid when something was paid."""
    receivable = lifecycle.advance(receivable, "settle_dispute", by=by, comment=comment)
    return settle_state(receivable, by=by)


def notify_overdue(*, on):
    """Tell owners of overdue parts, on the first day and every seven days; return how many."""
    late = Receivable.objects.overdue(on).order_by("pk").values_list("pk", flat=True)
    return sum(_notify(pk, on) for pk in late)


@transaction.atomic
def _notify(pk, on):
    row = Receivable.objects.overdue(on).filter(pk=pk)
    row = row.select_for_update(of=("self",), skip_locked=True).first()
    if row is None or (row.notified_on and on < row.notified_on + timedelta(DAYS_BETWEEN_NOTICES)):
        return 0
    # Bookkeeping of the job, no change of the record: it must not make anybody's version stale.
    Receivable.objects.filter(pk=pk).update(notified_on=on)
    emit("receivable.overdue", row, days=(on - row.due_on).days, balance=row.balance)
    return 1
