"""Figures kept for speed: paid and outstanding on the order, credit in use on the customer.

Credit in use of a customer, in the company's currency:
    balances of open receivables
  + confirmed orders as far as they are not due for payment yet
  + what uncleared money has paid (a cheque is not cash until it clears)
  − cleared money that is not allocated.
"""

from django.db import transaction
from django.db.models import DecimalField, F, Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services import record_exposure
from crm.locks import lock, lock_one
from crm.models import Company
from crm.money import ZERO, round_money
from orders.models import Order
from orders.services import record_received
from receivables.models import Payment, PaymentAllocation, Receivable, WriteOff
from receivables.querysets import UNPAID
from receivables.services.states import change_figures, write_figures

BASE = DecimalField(max_digits=26, decimal_places=10)


@transaction.atomic
def refresh(*, orders=(), accounts=(), by=None):
    """Bring the figures of these orders and customers up to date, after their rows changed.

    The caller holds the locks of the orders; the customers are locked here, before the sums.
    """
    for order in sorted(orders, key=lambda order: order.pk):
        record_received(order, **order_figures(order), by=by)
    keys = {account if isinstance(account, int) else account.pk for account in accounts}
    # no_key: rows that name the customer are inserted before, by several people at once, and
    # each insert holds the customer's key; a full lock would wait for them and they for it.
    locked = Account.objects.select_for_update(of=("self",), no_key=True)
    found = list(locked.filter(pk__in=keys).order_by("pk"))
    used = exposures(found) if found else {}
    for account in found:
        record_exposure(account, used[account.pk])


def order_figures(order):
    """{received, outstanding, due} of an order, in its currency: planned parts are outstanding,
    but not due."""
    figures = order.receivables.exclude(state="cancelled").aggregate(
        received=Sum("allocated"),
        outstanding=Sum("balance"),
        due=Sum("balance", filter=Q(state__in=UNPAID)),
    )
    return {name: value or ZERO for name, value in figures.items()}


def exposures(accounts):
    """{account pk: credit in use} in the company's currency, by the rates of the documents."""
    confirmed = Q(order__confirmed_on__isnull=False) & ~Q(order__state="cancelled")
    document_rate = _rate("order__rate", "contract__rate")
    receivables = Receivable.objects.filter(
        Q(state__in=UNPAID) | Q(state="planned") & confirmed, account__in=accounts
    )
    unplanned = Order.objects.filter(
        confirmed_on__isnull=False, receivables=None, account__in=accounts
    ).exclude(state__in=["cancelled", "completed"])
    uncleared = PaymentAllocation.objects.live().filter(
        payment__state="recorded", payment__account__in=accounts
    )
    credits = Payment.objects.filter(state="cleared", account__in=accounts)
    sums = [
        (receivables, "account", F("balance") * document_rate),
        (unplanned, "account", (F("amount") + F("freight")) * _rate("rate")),
        (uncleared, "payment__account", F("amount") * _rate("payment__rate")),
        (credits, "account", F("unallocated") * _rate("rate") * -1),
    ]
    first, *rest = (
        rows.order_by().values_list(account).annotate(sum=Sum(amount, output_field=BASE))
        for rows, account, amount in sums
    )
    found = {account.pk: ZERO for account in accounts}
    for pk, total in first.union(*rest, all=True):
        found[pk] += total
    currency = Company.current().currency_id
    return {pk: round_money(total, currency) for pk, total in found.items()}


def _rate(*fields):
    return Coalesce(*fields, Value(1), output_field=BASE)


def differences():
    """Sentences, one per stored figure that differs from the rows under it."""
    found = []
    live = Sum("allocations__amount", filter=Q(allocations__reversed_at=None), default=ZERO)
    for kind in (Payment, Receivable):
        rows = kind.objects.order_by("pk").annotate(rows_sum=live).exclude(allocated=F("rows_sum"))
        for row in rows:
            found.append(_sentence(row, _("allocated"), row.allocated, row.rows_sum))
    given_up = Sum("write_offs__amount", filter=Q(write_offs__state="approved"), default=ZERO)
    rows = Receivable.objects.order_by("pk").annotate(rows_sum=given_up)
    for row in rows.exclude(written_off=F("rows_sum")):
        found.append(_sentence(row, _("written off"), row.written_off, row.rows_sum))
    parts = Q(receivables__state__in=[state for state in Receivable.State if state != "cancelled"])
    orders = Order.objects.order_by("pk").annotate(
        rows_received=Sum("receivables__allocated", filter=parts, default=ZERO),
        rows_outstanding=Sum("receivables__balance", filter=parts, default=ZERO),
        rows_due=Sum("receivables__balance", filter=Q(receivables__state__in=UNPAID), default=ZERO),
    )
    for order in orders.exclude(
        received=F("rows_received"), outstanding=F("rows_outstanding"), due=F("rows_due")
    ):
        stored = f"{order.received} / {order.outstanding} / {order.due}"
        rows_make = f"{order.rows_received} / {order.rows_outstanding} / {order.rows_due}"
        found.append(_sentence(order, _("paid / outstanding / due"), stored, rows_make))
    for accounts in _chunks(Account.objects.order_by("pk")):
        right = exposures(accounts)
        for account in accounts:
            if account.exposure != right[account.pk]:
                words = _("credit in use")
                found.append(_sentence(account, words, account.exposure, right[account.pk]))
    return found


def _sentence(row, figure, stored, rows):
    return _("%(record)s: %(figure)s is %(stored)s, its rows make %(rows)s") % {
        "record": row,
        "figure": figure,
        "stored": stored,
        "rows": rows,
    }


def _chunks(queryset, size=500):
    last = 0
    while rows := list(queryset.filter(pk__gt=last)[:size]):
        yield rows
        last = rows[-1].pk


@transaction.atomic
def rebuild_figures(*, by=None):
    """Write every stored figure anew from its rows; changes nothing when all are right."""
    orders = lock(Order.objects.exclude(receivables=None))
    for payment in Payment.objects.order_by("pk"):
        _rebuild(payment, by=by, allocated=_live(payment.allocations))
    for receivable in Receivable.objects.order_by("pk"):
        given_up = WriteOff.objects.filter(receivable=receivable, state="approved")
        total = given_up.aggregate(total=Sum("amount"))["total"] or ZERO
        _rebuild(receivable, by=by, allocated=_live(receivable.allocations), written_off=total)
    refresh(orders=orders, accounts=Account.objects.values_list("pk", flat=True), by=by)


def _live(allocations):
    return allocations.filter(reversed_at=None).aggregate(total=Sum("amount"))["total"] or ZERO


def _rebuild(row, *, by, **figures):
    if any(getattr(row, name) != value for name, value in figures.items()):
        change = change_figures if isinstance(row, Receivable) else write_figures
        change(lock_one(row), by=by, **figures)
