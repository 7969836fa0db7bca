"""Invoices: drafted from an order, numbered without gaps, taken back by a reversing invoice."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import lifecycle
from crm.errors import DomainError, WrongMoment
from crm.locks import lock_one
from crm.money import ZERO, round_money
from crm.numbers import next_number
from orders.models import Order
from receivables.models import Invoice

# A reversed invoice still counts: the reversing one, issued with a negative amount, balances it.
NUMBERED = (Invoice.State.ISSUED, Invoice.State.REVERSED)


def invoiced(order):
    """{amount, tax} of the numbered invoices of an order, reversals deducted."""
    rows = Invoice.objects.filter(order=order, state__in=NUMBERED)
    figures = rows.aggregate(amount=Sum("amount"), tax=Sum("tax"))
    return {name: value or ZERO for name, value in figures.items()}


def to_invoice(order):
    """What may still be invoiced for an order, in its currency."""
    return order.total - invoiced(order)["amount"]


def _checked(order, amount):
    """(amount, tax) that may be invoiced for the locked `order`; the last invoice takes the rest
    of the tax."""
    if order.state == Order.State.CANCELLED or not (order.confirmed_on or order.contract_id):
        raise WrongMoment(_("Only a confirmed order can be invoiced."))
    done = invoiced(order)
    left = order.total - done["amount"]
    amount = left if amount is None else amount
    if amount > left:
        raise DomainError(
            _("Only %(left)s of %(order)s is left to invoice.") % {"left": left, "order": order}
        )
    if amount <= 0:
        raise ValidationError({"amount": _("The amount has to be more than zero.")})
    if round_money(amount, order.currency_id) != amount:
        raise ValidationError({"amount": _("The amount has too many digits after the point.")})
    if amount == left:
        return amount, order.tax - done["tax"]
    return amount, round_money(order.tax * amount / order.total, order.currency_id)


@transaction.atomic
def create_invoice(*, by, order, amount=None, title="", tax_number="", **fields):
    """Draft an invoice; title and tax number come from the customer, the amount is what is left."""
    order = lock_one(order)
    amount, tax = _checked(order, amount)
    account = order.account
    invoice = Invoice(
        order=order,
        account=account,
        owner=order.owner,
        currency_id=order.currency_id,
        title=title or account.invoice_title or account.name,
        tax_number=tax_number or account.tax_number,
        amount=amount,
        tax=tax,
        **fields,
    )
    return lifecycle.create(invoice, by=by)


@transaction.atomic
def edit_invoice(invoice, *, by, version=None, **changes):
    """Change a draft; the tax follows the amount. The order stays."""
    order = lock_one(invoice.order)
    if "order" in changes and changes.pop("order") != order:
        raise ValidationError({"order": _("An invoice stays with its order.")})
    if changes.get("amount") is not None and lifecycle.editable(lock_one(invoice)):
        changes["amount"], changes["tax"] = _checked(order, changes["amount"])
    return lifecycle.edit(invoice, by=by, version=version, **changes)


@transaction.atomic
def issue_invoice(invoice, *, by):
    """Give a draft its number; from then on it never changes."""
    order = lock_one(invoice.order)
    invoice = lock_one(invoice)
    if invoice.state == Invoice.State.DRAFT:
        amount, tax = _checked(order, invoice.amount)
        if tax != invoice.tax:
            invoice = lifecycle.write(invoice, by=by, tax=tax)
    return lifecycle.advance(
        invoice, "issue", by=by, number=next_number("INV"), issued_on=timezone.localdate()
    )


@transaction.atomic
def reverse_invoice(invoice, *, reason, by):
    """Take an issued invoice back; return the reversing one, with a number of its own."""
    lock_one(invoice.order)
    invoice = lifecycle.advance(invoice, "reverse", by=by, reason=reason)
    reversing = Invoice(
        state=Invoice.State.ISSUED,
        number=next_number("INV"),
        issued_on=timezone.localdate(),
        kind=invoice.kind,
        order=invoice.order,
        account=invoice.account,
        owner=invoice.owner,
        reverses=invoice,
        title=invoice.title,
        tax_number=invoice.tax_number,
        currency_id=invoice.currency_id,
        amount=-invoice.amount,
        tax=-invoice.tax,
        reverse_reason=reason,
    )
    return lifecycle.create(reversing, by=by, check=False, reason=reason)
