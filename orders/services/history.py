"""Orders of the past, as they stand in another system; and taking back what a file brought."""

from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import lifecycle
from crm.custom.fields import gap
from crm.errors import WrongMoment
from crm.lifecycle import advance
from crm.locks import lock
from crm.numbers import keep_ahead
from inventory import services as inventory
from orders.models import Order, OrderCheck, OrderLine
from orders.services.fulfilment import cancel_order, free_stock, fulfil_order, lock_lines
from orders.services.orders import approve_order, confirm_order, create_order
from orders.services.review import submit_order, waive_check
from orders.services.shipments import make_shipment

State = Order.State
# The way of an order that nothing stops.
WAY = (
    State.RECEIVED,
    State.UNDER_REVIEW,
    State.APPROVED,
    State.CONFIRMED,
    State.FULFILLING,
    State.SHIPPED,
    State.DELIVERED,
    State.COMPLETED,
)
# From where on an order has a day.
DAYS = {
    "confirmed_on": State.CONFIRMED,
    "shipped_on": State.SHIPPED,
    "delivered_on": State.DELIVERED,
    "completed_on": State.COMPLETED,
}


@dataclass
class Past:
    """What is told of an order beside its fields. Without a state it is where its days say."""

    state: str = ""
    number: str = ""
    confirmed_by: str = ""
    confirmed_on: date | None = None
    confirmed_how: str = ""
    shipped_on: date | None = None
    carrier: Any = None
    warehouse: Any = None
    delivered_on: date | None = None
    completed_on: date | None = None
    hold_reason: str = ""
    cancel_reason: str = ""

    def __post_init__(self):
        days = [state for name, state in DAYS.items() if getattr(self, name)]
        self.end = self.state or max(days, key=WAY.index, default=State.RECEIVED)

    @property
    def goal(self):
        """How far it went before it was stopped, or else is now."""
        if self.end not in (State.ON_HOLD, State.CANCELLED):
            return self.end
        if self.confirmed_on or self.confirmed_by:
            return State.CONFIRMED
        if self.end == State.ON_HOLD:
            return State.APPROVED
        return State.UNDER_REVIEW if self.number else State.RECEIVED

    def reaches(self, state):
        return WAY.index(self.goal) >= WAY.index(state)

    def check(self):
        errors = {}
        for name, state in DAYS.items():
            on = getattr(self, name)
            if on and not self.reaches(state):
                words = State(self.end).label
                errors[name] = _("An order that is “%(state)s” has no such day.") % {"state": words}
            elif on and on > timezone.localdate():
                errors[name] = _("This lies in the future.")
        if errors:
            raise ValidationError(errors)

    def complete(self, order):
        """Fill in what nobody said, from what is known of the order."""
        self.confirmed_by = self.confirmed_by or order.recipient or order.account.name[:100]
        self.confirmed_on = self.confirmed_on or order.ordered_on
        last = self.completed_on or self.delivered_on or self.shipped_on or order.ordered_on
        self.shipped_on = self.shipped_on or self.delivered_on or last
        self.delivered_on = self.delivered_on or last
        self.completed_on = self.completed_on or last


HISTORY = tuple(field.name for field in fields(Past))


@transaction.atomic
def take_over_order(*, by, **data):
    """An order of a file: new, or as it stands elsewhere when the file says so (see Past).

    It goes the way of every order, in the name of the system: checks that fail are waived as
    history. What was shipped left before our stock was counted and moves none; what was completed
    is paid and becomes no receivable. Raises PermissionDenied without the right to take over
    history, ValidationError for days that do not fit the state, WrongMoment where a person leaves
    out own fields that the state requires.
    """
    past = Past(**{name: data.pop(name) for name in HISTORY if name in data})
    if past == Past():
        return create_order(by=by, **data)
    lifecycle.require(by, "crm.take_over_history")
    past.check()
    order = create_order(by=by, number=past.number, **data)
    keep_ahead(past.number)
    past.complete(order)
    order = _walk(order, past)
    if past.end == State.ON_HOLD:
        order = advance(order, "hold", by=None, reason=past.hold_reason)
    if past.end == State.CANCELLED:
        order = cancel_order(order, by=None, reason=past.cancel_reason)
    if by is not None and (reason := gap(order, order.state)):
        raise WrongMoment(reason)
    return order


def _walk(order, past):
    if past.reaches(State.UNDER_REVIEW):
        order = submit_order(order, by=None)
    if past.reaches(State.APPROVED):
        for check in order.checks.filter(result=OrderCheck.Result.FAILED):
            waive_check(order, check=check, reason=_("Order of the past"), by=None)
        order = approve_order(order, by=None)
    if past.reaches(State.CONFIRMED):
        order = confirm_order(
            order,
            by=None,
            confirmed_by=past.confirmed_by,
            confirmed_on=past.confirmed_on,
            confirmed_how=past.confirmed_how,
            is_settled=past.goal == State.COMPLETED,
        )
    if past.goal == State.FULFILLING:
        return fulfil_order(order, by=None)
    if past.reaches(State.SHIPPED):
        order = _ship(order, past)
    if past.reaches(State.DELIVERED):
        for shipment in order.shipments.all():
            facts = {"received_by": order.recipient, "delivered_on": past.delivered_on}
            advance(shipment, "deliver", by=None, **facts)
        order = advance(order, "deliver", by=None, delivered_on=past.delivered_on)
    if past.reaches(State.COMPLETED):
        order = advance(order, "complete", by=None, completed_on=past.completed_on)
    return order


def _ship(order, past):
    order = advance(order, "fulfil", by=None)
    lines = lock_lines(order)
    for line in lines:
        line.shipped = line.quantity
    OrderLine.objects.bulk_update(lines, ["shipped"])
    goods = {line.pk: line.quantity for line in lines if line.product.is_stocked}
    if goods:
        shipment = make_shipment(
            order,
            goods,
            by=None,
            warehouse=past.warehouse or inventory.first_warehouse(),
            carrier=past.carrier,
            planned_on=past.shipped_on,
        )
        shipment = advance(shipment, "pick", by=None)
        noon = timezone.make_aware(datetime.combine(past.shipped_on, time(12)))
        advance(shipment, "dispatch", by=None, dispatched_at=min(noon, timezone.now()))
    return advance(order, "ship", by=None, shipped_on=past.shipped_on)


@transaction.atomic
def remove_orders(rows, *, by):
    """Take back orders that a mistaken file brought. Raises ProtectedError once others refer to
    one."""
    for order in lock(rows):
        free_stock(order, lock_lines(order), by=None)
    lifecycle.remove_all(rows, by=by)
