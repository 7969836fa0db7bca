"""Giving up (part of) a receivable: asked for by one person, approved by another."""

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from approvals.services import request_approval
from crm import lifecycle
from crm.errors import DomainError, WrongMoment
from crm.locks import lock_one
from crm.models import Company
from crm.money import ZERO, round_money
from receivables.models import WriteOff
from receivables.querysets import UNPAID
from receivables.services.figures import refresh
from receivables.services.states import change_figures

KIND = "write_off"


@transaction.atomic
def request_write_off(receivable, *, amount, reason, by):
    """Ask for `amount` of a receivable to be given up; return the request.

    Refused when no rule says who approves it: nothing is written off without a second person.
    """
    if receivable.order_id:
        lock_one(receivable.order)
    receivable = lock_one(receivable)
    lifecycle.require(by, "receivables.request_write_off_receivable", receivable)
    if refusal := write_off_refusal(receivable):
        raise WrongMoment(refusal)
    waiting = receivable.write_offs.filter(state="in_approval").aggregate(total=Sum("amount"))
    _check_amount(receivable, amount, receivable.balance - (waiting["total"] or ZERO))
    write_off = WriteOff(receivable=receivable, amount=amount, reason=reason)
    write_off = lifecycle.create(write_off, by=by, check=False)
    if request_approval(write_off, kind=KIND, by=by) is None:
        raise DomainError(
            _("No rule says who approves write-offs. An administrator has to add one first."),
            code="no_rule",
        )
    return write_off


def company_amount(write_off):
    """The amount in the company's currency, at the rate of the order or contract."""
    document = write_off.receivable.order or write_off.receivable.contract
    amount = write_off.amount * (document.rate or 1)
    return round_money(amount, Company.current().currency_id)


def write_off_refusal(receivable):
    if receivable.state not in UNPAID or receivable.balance <= 0:
        return _("Only what is still owed can be written off.")
    return None


def _check_amount(receivable, amount, most):
    if amount <= 0:
        raise DomainError(_("The amount has to be more than zero."))
    if round_money(amount, receivable.currency_id) != amount:
        raise DomainError(_("The amount has too many digits after the point."))
    if amount > most:
        raise DomainError(
            _("%(amount)s is more than is still owed (%(balance)s).")
            % {"amount": amount, "balance": most}
        )


@transaction.atomic
def apply_write_off(write_off, *, by):
    """Write the approved amount off. Refuses when less is owed by now: it has to be sent back."""
    receivable = write_off.receivable
    orders = [lock_one(receivable.order)] if receivable.order_id else []
    receivable = lock_one(receivable)
    if refusal := write_off_refusal(receivable):
        raise WrongMoment(refusal)
    write_off = lifecycle.advance(write_off, "approve", by=by)
    _check_amount(receivable, write_off.amount, receivable.balance)
    figure = receivable.written_off + write_off.amount
    change_figures(receivable, by=by, written_off=figure)
    refresh(orders=orders, accounts=[receivable.account_id], by=by)
    return write_off


@transaction.atomic
def reject_write_off(write_off, *, by, comment=""):
    """The request was not approved; nothing changes for the receivable."""
    return lifecycle.advance(write_off, "reject", by=by, comment=comment)
