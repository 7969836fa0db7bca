"""Returns: goods that come back under a policy, and what the customer gets for them.

The order's lock is the queue for all its returns: nothing is returned twice.
"""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from aftersales.models import Return, ReturnLine, ReturnPolicy
from crm import lifecycle
from crm.delivery import figure_check
from crm.errors import DomainError
from crm.lifecycle import advance
from crm.locks import lock, lock_one
from crm.money import ZERO
from crm.numbers import next_number
from crm.verbs import ABSENT, Verbs
from inventory.services import receive
from orders.models import Order, ShipmentLine
from orders.services import record_open_returns
from receivables.services import credit_customer

NOTHING = Decimal("0.000")


def delivered_lines(order):
    """{order line pk: (quantity delivered, last day of delivery)} of an order."""
    rows = (
        ShipmentLine.objects.filter(shipment__order=order, shipment__state="delivered")
        .values("line")
        .annotate(total=Sum("quantity"), last=Max("shipment__delivered_on"))
    )
    return {row["line"]: (row["total"], row["last"]) for row in rows}


def returned_quantities(order, *, exclude=None):
    """{order line pk: quantity} of every return of an order that was not rejected."""
    rows = ReturnLine.objects.filter(claim__order=order).exclude(claim__state="rejected")
    if exclude is not None:
        rows = rows.exclude(claim=exclude)
    return dict(rows.values_list("line").annotate(Sum("quantity")))


def returnable_lines(order):
    """[(order line, quantity that can still be returned)] of an order, delivered lines only."""
    delivered, returned = delivered_lines(order), returned_quantities(order)
    found = []
    for line in order.lines.select_related("product").filter(pk__in=delivered):
        left = delivered[line.pk][0] - returned.get(line.pk, NOTHING)
        if left > 0:
            found.append((line, left))
    return found


def return_refusal(order):
    """Why no return can be requested for an order now; absent before anything was shipped."""
    if order.state not in ("fulfilling", "shipped", "delivered", "completed", "on_hold"):
        return ABSENT
    if not returnable_lines(order):
        return _("Nothing has been delivered that is not returned already.")
    return None


@transaction.atomic
def create_return(*, by, order, kind, reason, lines, policy=None, case=None):
    """Request a return of delivered goods and let the policy judge it.

    lines: [{line, quantity}], at most what was delivered and not returned yet, in the product's
    unit. policy: the default one if not given. Locks the order.
    """
    lifecycle.require(by, "aftersales.add_return")
    order = lock_one(order)
    if case is not None and case.account_id != order.account_id:
        raise ValidationError({"case": _("This case belongs to another customer.")})
    policy = policy or ReturnPolicy.objects.filter(is_default=True).first()
    if policy is None:
        raise DomainError(_("There is no return policy yet."))
    quantities = _checked(order, lines)
    claim = Return(
        order=order, kind=kind, reason=reason, policy=policy, case=case, journey=order.journey
    )
    _judge(claim, quantities)
    claim.number = next_number("RT")
    claim = lifecycle.create(
        claim,
        by=by,
        check=False,
        lines=[[str(line), quantity] for line, quantity in quantities.items()],
    )
    ReturnLine.objects.bulk_create(
        [
            ReturnLine(claim=claim, line=line, quantity=quantity)
            for line, quantity in quantities.items()
        ]
    )
    _record_open(order)
    return claim


def request_return(order, *, by, **data):
    return create_return(by=by, order=order, **data)


def _checked(order, lines):
    """{order line: quantity} of what is to be returned; refuses what was not delivered."""
    left = {line.pk: (line, quantity) for line, quantity in returnable_lines(order)}
    found = {}
    for entry in lines:
        line, quantity = entry["line"], entry["quantity"]
        if line.order_id != order.pk:
            raise ValidationError({"lines": _("A line belongs to another order.")})
        if quantity <= 0 or line in found:
            raise ValidationError({"lines": _("Give each line one quantity above zero.")})
        if quantity > left.get(line.pk, (line, NOTHING))[1]:
            raise DomainError(
                _("More than was delivered and not yet returned: %(line)s.") % {"line": line}
            )
        found[line] = quantity
    if not found:
        raise ValidationError({"lines": _("Say how much of what comes back.")})
    return found


def _judge(claim, lines):
    """Set the policy's verdict; the line that was delivered first decides."""
    delivered = delivered_lines(claim.order)
    days = [delivered[line.pk][1] for line in lines if delivered[line.pk][1]]
    since = min(days, default=claim.order.delivered_on or timezone.localdate())
    requested = timezone.localdate(claim.created_at) if claim.created_at else timezone.localdate()
    claim.days_passed = (requested - since).days
    claim.days_allowed = claim.policy.days_for(claim.kind)
    claim.is_within_policy = claim.days_passed <= claim.days_allowed


@transaction.atomic
def edit_return(claim, *, by, version=None, **changes):
    """Edit a return that is still requested; the policy judges it anew."""
    fresh = lock_one(claim)
    for name, value in changes.items():
        setattr(fresh, name, value)
    _judge(fresh, [row.line for row in fresh.lines.select_related("line")])
    for name in ("days_passed", "days_allowed", "is_within_policy"):
        changes[name] = getattr(fresh, name)
    return lifecycle.edit(claim, by=by, version=version, **changes)


@transaction.atomic
def approve_return(claim, *, by, override_reason=""):
    """Agree to take the goods back; outside the policy only with the right to and a reason."""
    fresh = lock_one(claim)
    if fresh.state == Return.State.REQUESTED and not fresh.is_within_policy:
        lifecycle.require(by, "aftersales.override_return", fresh)
        if not override_reason:
            raise DomainError(
                _("The policy does not allow this return: give the reason for an exception."),
                reasons=[fresh.verdict],
            )
    return advance(claim, "approve", by=by, override_reason=override_reason)


@transaction.atomic
def reject_return(claim, *, by, reason):
    order = lock_one(claim.order)
    claim = advance(claim, "reject", by=by, reason=reason)
    _record_open(order)
    return claim


@transaction.atomic
def receive_return(claim, *, by, warehouse):
    """Take the goods in. What is to be repaired stays the customer's and enters no stock."""
    claim = advance(claim, "receive", by=by, warehouse=warehouse)
    if claim.kind == Return.Kind.REPAIR:
        return claim
    for row in claim.lines.select_related("line__product").order_by("line__product"):
        if row.line.product.is_stocked:
            receive(
                row.line.product,
                warehouse,
                row.quantity,
                by=by,
                kind="return",
                reference=claim.number,
                reason=claim.reason[:200],
            )
    return claim


def returned_value(claim):
    """What the customer paid for the goods of a return, in the order's currency."""
    rows = claim.lines.select_related("line__order", "line__product")
    return sum((row.value for row in rows), ZERO)


@transaction.atomic
def settle_return(claim, *, by, settlement, refund=ZERO):
    """Record what the customer gets; a refund becomes the customer's credit.

    refund: in the order's currency, at most the value of the returned goods. Locks the account,
    then the return.
    """
    refund = refund or ZERO
    [account] = lock(Account.objects.filter(pk=claim.order.account_id))
    if refund and claim.kind != Return.Kind.REFUND:
        raise DomainError(_("Only a return for a refund is paid back."))
    if refund < 0 or refund > returned_value(claim):
        raise DomainError(
            _("The refund is more than the returned goods cost: %(most)s.")
            % {"most": returned_value(claim)}
        )
    claim = advance(claim, "settle", by=by, settlement=settlement, refund=refund)
    if refund:
        reason = f"{claim.number} {claim.reason}"[:300]
        credit_customer(account, refund, reason=reason, by=by, currency=claim.currency_id)
    return claim


@transaction.atomic
def close_return(claim, *, by):
    order = lock_one(claim.order)
    claim = advance(claim, "close", by=by)
    _record_open(order)
    return claim


def _record_open(order):
    record_open_returns(order, order.returns.open().count())


@figure_check
def check_open_returns():
    """Orders whose count of open returns differs from their returns."""
    differences = []
    wrong = set(Order.objects.filter(open_returns__gt=0)) | set(
        Order.objects.filter(returns__in=Return.objects.open())
    )
    for order in wrong:
        count = order.returns.open().count()
        if count != order.open_returns:
            differences.append(
                _("%(order)s counts %(stored)s open returns and has %(real)s")
                % {"order": order, "stored": order.open_returns, "real": count}
            )
    return differences


# --- Policies ---------------------------------------------------------------------------------


@transaction.atomic
def create_policy(*, by, **fields):
    lifecycle.require(by, "aftersales.add_returnpolicy")
    if fields.get("is_default"):
        _yield_default(by)
    return lifecycle.create(ReturnPolicy(**fields), by=by)


@transaction.atomic
def edit_policy(policy, *, by, version=None, **changes):
    """Edit a policy; returns that were judged already keep their verdict."""
    lifecycle.require(by, "aftersales.change_returnpolicy", policy)
    if changes.get("is_default"):
        _yield_default(by, exclude=policy)
    return lifecycle.edit(policy, by=by, version=version, **changes)


def _yield_default(by, exclude=None):
    """Only one policy is the default: the newest one chosen."""
    others = ReturnPolicy.objects.filter(is_default=True)
    if exclude is not None:
        others = others.exclude(pk=exclude.pk)
    for policy in lock(others):
        lifecycle.write(policy, by=by, is_default=False)


RETURN_VERBS = Verbs(
    Return,
    approve=approve_return,
    reject=reject_return,
    receive=receive_return,
    settle=settle_return,
    close=close_return,
)
