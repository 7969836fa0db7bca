"""Money received: recorded, cleared, allocated to receivables, taken back, refunded."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import lifecycle
from crm.errors import DomainError, WrongMoment
from crm.events import emit
from crm.locks import lock, lock_one
from crm.money import ZERO, rate_on, round_money
from crm.numbers import keep_ahead, next_number
from orders.models import Order
from receivables.models import Payment, PaymentAllocation, Receivable
from receivables.services.figures import refresh
from receivables.services.states import change_figures, write_figures

# What a file may tell of money that came in elsewhere.
PAST = ("number", "rate", "refunded")


@transaction.atomic
def record_payment(*, by, account, amount, currency=None, received_on=None, **fields):
    """Record money of a customer with the next number; it counts as cash once it is cleared."""
    lifecycle.require(by, "receivables.add_payment")
    payment = _payment(account, amount, currency=currency, received_on=received_on, **fields)
    return lifecycle.create(payment, by=by, check=False)


def _payment(account, amount, *, currency=None, received_on=None, rate=None, number="", **fields):
    """Unsaved money of a customer: at the rate of its day and with the next number, if it has
    none of its own."""
    received_on = received_on or timezone.localdate()
    if received_on > timezone.localdate():
        raise ValidationError({"received_on": _("This day has not come yet.")})
    currency = getattr(currency, "pk", currency) or account.currency_id
    _check_amount(amount, currency)
    if number:
        keep_ahead(number)
    return Payment(
        account=account,
        amount=amount,
        currency_id=currency,
        received_on=received_on,
        rate=rate or rate_on(currency, received_on),
        number=number or next_number("PM", year=received_on.year),
        **fields,
    )


@transaction.atomic
def take_over_payment(*, by, state="", account, amount, **fields):
    """Money of a file: recorded now, or as it stands elsewhere when the file says so.

    What it says is of Payment.State, its number, its rate, what was refunded, and a credit note.
    """
    past = {name for name in PAST if fields.get(name)}
    is_credit = fields.get("method") == Payment.Method.CREDIT
    if not (past or is_credit or state not in ("", Payment.State.RECORDED)):
        return record_payment(by=by, account=account, amount=amount, **fields)
    payment = _payment(account, amount, state=state or Payment.State.RECORDED, **fields)
    if payment.refunded < 0 or payment.refunded > amount:
        raise ValidationError({"refunded": _("More cannot be refunded than was paid.")})
    if payment.refunded and payment.state != Payment.State.CLEARED:
        raise ValidationError({"refunded": _("Only money that has arrived can be refunded.")})
    if is_credit and payment.state != Payment.State.CLEARED:
        raise ValidationError({"state": _("A credit note counts at once: it is cleared.")})
    payment = lifecycle.take_over(payment, by=by)
    refresh(accounts=[account], by=by)
    return payment


@transaction.atomic
def credit_customer(account, amount, *, reason, by, currency=None):
    """Give a customer credit without money, for a return or as goodwill; return the credit note.

    It pays receivables or is refunded like any payment. The caller has checked the right.
    """
    currency = currency or account.currency_id
    _check_amount(amount, currency)
    note = Payment(
        state=Payment.State.CLEARED,
        method=Payment.Method.CREDIT,
        account=account,
        amount=amount,
        currency_id=currency,
        rate=rate_on(currency, timezone.localdate()),
        number=next_number("PM"),
        notes=reason,
    )
    note = lifecycle.create(note, by=by, check=False, reason=reason)
    refresh(accounts=[account], by=by)
    return note


@transaction.atomic
def remove_payments(rows, *, by):
    """Take back money that a mistaken file recorded. Raises ProtectedError once some has paid."""
    accounts = list(rows.values_list("account_id", flat=True))
    lifecycle.remove_all(rows, by=by)
    refresh(accounts=accounts, by=by)


def _check_amount(amount, currency):
    if amount <= 0:
        raise ValidationError({"amount": _("The amount has to be more than zero.")})
    if round_money(amount, currency) != amount:
        raise ValidationError({"amount": _("The amount has too many digits after the point.")})


@transaction.atomic
def clear_payment(payment, *, by):
    """The money has arrived."""
    payment = lifecycle.advance(payment, "clear", by=by)
    refresh(accounts=[payment.account_id], by=by)
    return payment


# --- Allocation ---------------------------------------------------------------------------------


def payable(payment):
    """Receivables this payment could pay, oldest due first."""
    rows = Receivable.objects.unpaid().filter(
        account=payment.account_id, currency=payment.currency_id
    )
    return rows.order_by("due_on", "pk")


@transaction.atomic
def allocate_payment(payment, amounts, *, by):
    """Spread a payment over receivables of its payer, all or nothing; return the payment.

    `amounts` maps receivable pk to an amount (Decimal > 0) in the payment's currency. Locks the
    orders, the payment, then the receivables. Raises DomainError when an amount exceeds what is
    owed or what is left of the payment.
    """
    orders, payment, rows = _lock(payment, Receivable.objects.filter(pk__in=amounts))
    lifecycle.require(by, "receivables.allocate_payment", payment)
    return _allocate(payment, orders, rows, amounts, by=by)


@transaction.atomic
def allocate_oldest(payment, *, by):
    """Let a payment pay what has been due longest, as far as it goes; disputed parts are left."""
    rows = payable(payment).exclude(state="disputed")
    orders, payment, rows = _lock(payment, rows)
    lifecycle.require(by, "receivables.allocate_payment", payment)
    left, amounts = payment.unallocated, {}
    for row in sorted(rows, key=lambda row: (row.due_on, row.pk)):
        if amount := min(left, row.balance):
            amounts[row.pk] = amount
            left -= amount
    rows = [row for row in rows if row.pk in amounts]
    return _allocate(payment, orders, rows, amounts, by=by)


def _lock(payment, rows):
    """Lock orders, payment and receivables in this order: (orders, payment, receivables)."""
    keys = list(rows.values_list("pk", flat=True))
    orders = lock(Order.objects.filter(pk__in=rows.values("order").order_by()))
    payment = lock_one(payment)
    return orders, payment, lock(Receivable.objects.filter(pk__in=keys))


def _allocate(payment, orders, rows, amounts, *, by):
    if payment.state == Payment.State.BOUNCED:
        raise WrongMoment(_("The payment has bounced."))
    rows = {row.pk: row for row in rows}
    if not amounts:
        raise DomainError(_("There is nothing to allocate."))
    if rows.keys() != amounts.keys() or any(
        row.account_id != payment.account_id for row in rows.values()
    ):
        raise DomainError(_("A payment can only pay receivables of its own customer."))
    if sum(amounts.values(), ZERO) > payment.unallocated:
        raise DomainError(
            _("Only %(left)s of %(payment)s is left to allocate.")
            % {"left": payment.unallocated, "payment": payment}
        )
    for pk in sorted(amounts):
        row, amount = rows[pk], amounts[pk]
        _check(row, amount, payment)
        PaymentAllocation.objects.create(payment=payment, receivable=row, amount=amount)
        change_figures(row, by=by, allocated=row.allocated + amount)
    payment = write_figures(
        payment, by=by, allocated=payment.allocated + sum(amounts.values(), ZERO)
    )
    refresh(orders=orders, accounts=[payment.account_id], by=by)
    emit("payment.allocated", payment, by=by, amounts=amounts)
    return payment


def _check(row, amount, payment):
    if not isinstance(amount, Decimal) or amount <= 0:
        raise DomainError(_("The amount has to be more than zero."))
    if round_money(amount, payment.currency_id) != amount:
        raise DomainError(_("The amount has too many digits after the point."))
    if row.currency_id != payment.currency_id:
        raise DomainError(
            _("%(receivable)s is in %(currency)s, the payment is not.")
            % {"receivable": row, "currency": row.currency_id}
        )
    if row.state not in ("open", "part_paid", "disputed"):
        raise DomainError(
            _("%(receivable)s cannot be paid: it is %(state)s.")
            % {"receivable": row, "state": row.get_state_display()}
        )
    if amount > row.balance:
        raise DomainError(
            _("%(amount)s is more than is owed for %(receivable)s (%(balance)s).")
            % {"amount": amount, "receivable": row, "balance": row.balance}
        )


@transaction.atomic
def reverse_allocation(allocation, *, reason, by):
    """Take one allocation back: the payment is credit again, the receivable is owed again."""
    lifecycle.require(by, "receivables.reverse_allocation_payment", allocation.payment)
    rows = Receivable.objects.filter(pk=allocation.receivable_id)
    orders, payment, _rows = _lock(allocation.payment, rows)
    payment = _reverse(payment, [allocation.pk], reason=reason, by=by)
    refresh(orders=orders, accounts=[payment.account_id], by=by)
    return lock_one(allocation)


def _reverse(payment, keys, *, reason, by):
    """Reverse these live allocations of a locked payment whose receivables are locked, too."""
    allocations = lock(payment.allocations.filter(pk__in=keys))
    total = ZERO
    for allocation in allocations:
        if allocation.reversed_at is not None:
            raise WrongMoment(_("This allocation has been reversed already."))
        allocation.reversed_at = timezone.now()
        allocation.reverse_reason = reason
        allocation.save(update_fields=["reversed_at", "reverse_reason"])
        row = lock_one(allocation.receivable)
        change_figures(row, by=by, allocated=row.allocated - allocation.amount)
        total += allocation.amount
    payment = write_figures(payment, by=by, allocated=payment.allocated - total)
    amounts = {allocation.receivable_id: allocation.amount for allocation in allocations}
    emit("payment.reversed", payment, by=by, reason=reason, amounts=amounts)
    return payment


@transaction.atomic
def bounce_payment(payment, *, reason, by):
    """The money did not come or was called back: what it had paid is owed again."""
    live = PaymentAllocation.objects.live().filter(payment=payment)
    rows = Receivable.objects.filter(pk__in=live.values("receivable"))
    orders, payment, _rows = _lock(payment, rows)
    # Read after the lock: what was allocated while we waited has to come back, too.
    found = list(live.select_related("receivable__order"))
    orders = {*orders, *(row.receivable.order for row in found if row.receivable.order)}
    if found:
        payment = _reverse(payment, [row.pk for row in found], reason=reason, by=by)
    payment = lifecycle.advance(payment, "bounce", by=by, reason=reason)
    refresh(orders=orders, accounts=[payment.account_id], by=by)
    return payment


@transaction.atomic
def refund_payment(payment, *, amount, reason, by):
    """Pay back to the customer what is not allocated, or part of it."""
    payment = lock_one(payment)
    lifecycle.require(by, "receivables.refund_payment", payment)
    if refusal := refund_refusal(payment):
        raise WrongMoment(refusal)
    _check_amount(amount, payment.currency_id)
    if amount > payment.unallocated:
        raise DomainError(
            _("Only %(left)s of %(payment)s is left to refund.")
            % {"left": payment.unallocated, "payment": payment}
        )
    payment = write_figures(payment, by=by, refunded=payment.refunded + amount)
    emit("payment.refunded", payment, by=by, amount=amount, reason=reason)
    refresh(accounts=[payment.account_id], by=by)
    return payment


# --- Why not now --------------------------------------------------------------------------------


def allocate_refusal(payment):
    if payment.state == Payment.State.BOUNCED:
        return _("The payment has bounced.")
    if payment.unallocated <= 0:
        return _("Nothing of the payment is left to allocate.")
    return None


def refund_refusal(payment):
    if payment.state != Payment.State.CLEARED:
        return _("Only money that has arrived can be refunded.")
    if payment.unallocated <= 0:
        return _("Nothing of the payment is left to refund.")
    return None


def reverse_refusal(payment):
    return None if payment.allocated else _("Nothing of the payment is allocated.")
