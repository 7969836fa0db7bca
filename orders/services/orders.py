"""Taking orders in, changing them while they are new, and closing them."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Address
from accounts.services import check_owner
from crm import lifecycle
from crm.events import emit
from crm.lifecycle import advance
from crm.locks import lock_one
from crm.money import ZERO, rate_on
from orders.models import Order, OrderLine
from products.services import lines_snapshot, write_lines

AGREED = ("product", "description", "quantity", "unit_price", "discount", "tax_rate")


@transaction.atomic
def create_order(*, by, account, lines=(), owner=None, external_key=None, **fields):
    """Take in an order of `account` over any channel; return it with its lines.

    `lines`: see products.services.write_lines. Owner, currency, payment term and delivery
    address default to the person, and to what is known of the customer. Dates may lie in the past.
    """
    owner = owner or by
    if owner != by:
        check_owner(owner, by=by, permission="orders.add_order")
    if not (fields.get("currency") or fields.get("currency_id")):
        fields["currency"] = account.currency
    if not fields.get("payment_term"):
        fields["payment_term"] = account.payment_term
    order = Order(account=account, owner=owner, external_key=external_key, **fields)
    return _take_in(order, lines, by=by)


@transaction.atomic
def create_from_contract(contract, *, by):
    """Turn an active contract into its order; a second call returns the same order."""
    contract = lock_one(contract)
    if order := Order.objects.filter(contract=contract).first():
        return order
    order = Order(
        contract=contract,
        account=contract.account,
        contact=contract.contact,
        owner=contract.owner,
        journey=contract.journey,
        currency=contract.currency,
        payment_term=contract.payment_term,
        channel=Order.Channel.CONTRACT,
    )
    return _take_in(order, _agreed(contract.lines), by=by, check=False)


def _agreed(lines):
    """Lines of a priced document as write_lines takes them."""
    rows = lines.select_related("product")
    return [{name: getattr(line, name) for name in AGREED} for line in rows]


def _take_in(order, lines, *, by, check=True):
    _check_contact(order)
    if not order.address:
        fill_address(order)
    order = lifecycle.create(order, by=by, check=check)
    if lines:
        write_lines(order, OrderLine, "order", lines)
        order.save(update_fields=["amount", "tax"])
    return order


def fill_address(order):
    """Send the goods to the customer's usual delivery address, if one is known."""
    usual = order.account.addresses.filter(kind=Address.Kind.SHIPPING)
    if address := usual.order_by("-is_default", "pk").first():
        order.address = str(address)[:300]
        order.recipient = order.recipient or address.recipient
        order.recipient_phone = order.recipient_phone or address.phone


def _check_contact(order):
    if order.contact is not None and order.contact.account_id != order.account_id:
        raise ValidationError({"contact": _("The contact belongs to another customer.")})


@transaction.atomic
def edit_order(order, *, by, version=None, lines=None, **changes):
    """Change a new order; `lines`, when given, replace the old ones. See lifecycle.edit."""
    order = lock_one(order)
    if order.contract_id and changes.get("account", order.account) != order.account:
        raise ValidationError({"account": _("The customer is the one of the contract.")})
    if changes.get("owner", order.owner) != order.owner:
        check_owner(changes["owner"], by=by, permission=Order.permission("change"))
    order = lifecycle.edit(order, by=by, version=version, **changes)
    _check_contact(order)
    if lines is None and "currency" in changes:
        lines = _agreed(order.lines)  # rounded anew, at the digits of the currency
    if lines is None:
        return order
    before = lines_snapshot(order)
    write_lines(order, OrderLine, "order", lines)
    after = lines_snapshot(order)
    if before != after:
        order.version += 1
        order.save(update_fields=["amount", "tax", "version", "updated_at"])
        emit("order.edited", order, by=by, changes={}, lines=[before, after])
    return order


def approve_order(order, *, by):
    return advance(order, "approve", by=by)


@transaction.atomic
def confirm_order(
    order, *, by, confirmed_by, confirmed_on=None, confirmed_how="", is_settled=False
):
    """Record that the customer confirmed, and fix the exchange rate of that day.

    `is_settled`: paid already, in another system; nothing of it becomes receivable here.
    """
    on = confirmed_on or timezone.localdate()
    if on > timezone.localdate():
        raise ValidationError({"confirmed_on": _("This lies in the future.")})
    facts = {"confirmed_by": confirmed_by, "confirmed_on": on, "confirmed_how": confirmed_how}
    if is_settled:
        facts["is_settled"] = True
    return advance(order, "confirm", by=by, rate=rate_on(order.currency_id, on), **facts)


@transaction.atomic
def record_received(order, *, received, outstanding, due=ZERO, by=None, on=None):
    """Keep what has been paid, what is left and how much of that has fallen due (order's
    currency); complete the order when that was the last thing missing, on the local date `on`
    (default: today).

    Called by receivables whenever its rows change; the same figures change nothing.
    """
    order = lock_one(order)
    if (order.received, order.outstanding, order.due) != (received, outstanding, due):
        order.received, order.outstanding, order.due = received, outstanding, due
        order.save(update_fields=["received", "outstanding", "due", "updated_at"])
    return complete_if_settled(order, on=on)


@transaction.atomic
def record_open_returns(order, count):
    """Keep how many returns of the order are under way; called by after-sales, repeatable."""
    order = lock_one(order)
    if order.open_returns != count:
        order.open_returns = count
        order.save(update_fields=["open_returns", "updated_at"])
    return complete_if_settled(order)


def complete_if_settled(order, on=None):
    """Complete a delivered order in the name of the system once nothing is open.

    `order` is locked and fresh.
    """
    if order.state != Order.State.DELIVERED or lifecycle.refusal(order, "complete"):
        return order
    return advance(order, "complete", by=None, completed_on=on or timezone.localdate())
