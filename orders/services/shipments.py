"""Shipments: planned from what is allocated, dispatched out of stock, followed to the door."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import lifecycle
from crm.errors import WrongMoment
from crm.events import emit
from crm.lifecycle import advance, require
from crm.locks import lock_one
from crm.numbers import next_number
from crm.verbs import ABSENT
from inventory import services as inventory
from inventory.models import StockMove
from orders.models import (
    Allocation,
    Order,
    OrderException,
    OrderLine,
    Shipment,
    ShipmentLine,
    TrackingEvent,
)
from orders.querysets import WAITING
from orders.services.exceptions import open_exception
from orders.services.fulfilment import allocations, follow_goods, lock_lines, save_allocations

ON_THE_WAY = (Shipment.State.DISPATCHED, Shipment.State.IN_TRANSIT)


def plannable(order):
    """{(line pk, warehouse pk): (Allocation, quantity)} allocated and in no open shipment yet."""
    rows = Allocation.objects.filter(line__order=order).select_related("line__product", "warehouse")
    planned = (
        ShipmentLine.objects.filter(shipment__order=order, shipment__state__in=WAITING)
        .values_list("line", "shipment__warehouse")
        .annotate(total=Sum("quantity"))
    )
    taken = {(line, warehouse): total for line, warehouse, total in planned}
    found = {}
    for row in rows.order_by("warehouse__priority", "warehouse", "line__position", "line"):
        key = (row.line_id, row.warehouse_id)
        if (free := row.quantity - taken.get(key, Decimal(0))) > 0:
            found[key] = (row, free)
    return found


def plan_refusal(order):
    if order.state != Order.State.FULFILLING:
        return ABSENT
    return None if plannable(order) else _("Nothing is allocated that is not planned already.")


@transaction.atomic
def plan_shipment(order, *, by, warehouse, quantities, carrier=None, planned_on=None):
    """Plan goods of one warehouse to leave together; return the shipment.

    `quantities` maps line pk to Decimal (> 0), at most what is allocated there and not planned
    yet, else ValidationError.
    """
    order = lock_one(order)
    require(by, Shipment.permission("add"), order)
    if order.state != Order.State.FULFILLING:
        raise WrongMoment(_("Shipments are planned while an order is being fulfilled."))
    if not quantities:
        raise ValidationError(_("Choose at least one line to ship."))
    free = plannable(order)
    for line, quantity in quantities.items():
        row, most = free.get((line, warehouse.pk), (None, Decimal(0)))
        if not 0 < quantity <= most:
            raise ValidationError(
                _("%(line)s: at most %(most)s can be planned from %(warehouse)s.")
                % {
                    "line": row.line.product if row else line,
                    "most": f"{most.normalize():f}",
                    "warehouse": warehouse,
                }
            )
    return make_shipment(
        order, quantities, by=by, warehouse=warehouse, carrier=carrier, planned_on=planned_on
    )


def make_shipment(order, quantities, *, by, warehouse, carrier, planned_on):
    """A shipment of a locked order. `quantities`: {line pk: Decimal}."""
    shipment = Shipment(
        number=next_number("SH", year=(planned_on or timezone.localdate()).year),
        order=order,
        warehouse=warehouse,
        carrier=carrier,
        planned_on=planned_on,
        journey=order.journey,
    )
    shipment = lifecycle.create(
        shipment, by=by, check=False, quantities={str(k): v for k, v in quantities.items()}
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line_id=line, quantity=quantity)
        for line, quantity in quantities.items()
    )
    return shipment


def edit_shipment(shipment, *, by, version=None, **changes):
    return lifecycle.edit(shipment, by=by, version=version, **changes)


def pick_shipment(shipment, *, by):
    return advance(shipment, "pick", by=by)


def _lines_of(shipment, order):
    """[(locked order line, quantity)] of a shipment, in the order in which stock is locked."""
    lines = {line.pk: line for line in lock_lines(order)}
    rows = [(lines[row.line_id], row.quantity) for row in shipment.lines.all()]
    return sorted(rows, key=lambda row: (row[0].product_id, row[0].pk))


@transaction.atomic
def dispatch_shipment(shipment, *, by, carrier=None, tracking_number="", dispatched_at=None):
    """Let the goods leave: out of stock and of the order's allocation, once.

    After a failed delivery the goods are with the carrier already: no second stock move.
    """
    order = lock_one(shipment.order)
    has_left = lock_one(shipment).dispatched_at is not None
    shipment = advance(
        shipment,
        "dispatch",
        by=by,
        carrier=carrier,
        tracking_number=tracking_number,
        dispatched_at=dispatched_at,
    )
    if has_left:
        return shipment
    goods = _lines_of(shipment, order)
    held = allocations([line for line, _quantity in goods])
    for line, quantity in goods:
        inventory.dispatch(
            line.product, shipment.warehouse, quantity, by=by, reference=shipment.number
        )
        held[line.pk, shipment.warehouse_id].quantity -= quantity
        line.allocated -= quantity
        line.shipped += quantity
    save_allocations(held.values())
    OrderLine.objects.bulk_update([line for line, _quantity in goods], ["allocated", "shipped"])
    follow_goods(order, timezone.localdate(shipment.dispatched_at))
    return shipment


@transaction.atomic
def deliver_shipment(shipment, *, by, received_by, delivered_on=None):
    """Record the arrival; the order is delivered with its last shipment."""
    order = lock_one(shipment.order)
    on = delivered_on or timezone.localdate()
    shipment = advance(shipment, "deliver", by=by, received_by=received_by, delivered_on=on)
    last = order.shipments.order_by("-delivered_on").exclude(delivered_on=None).first()
    follow_goods(order, last.delivered_on)
    return shipment


@transaction.atomic
def take_back_shipment(shipment, *, by):
    """Take undelivered goods back into stock: the order has them to ship again.

    Opens an exception, because the customer has not got what was promised.
    """
    order = lock_one(shipment.order)
    shipment = advance(shipment, "take_back", by=by)
    for line, quantity in _lines_of(shipment, order):
        inventory.receive(
            line.product,
            shipment.warehouse,
            quantity,
            by=by,
            kind=StockMove.Kind.RETURN,
            reference=shipment.number,
            reason=shipment.failure[:200],
        )
        line.shipped -= quantity
        line.save(update_fields=["shipped"])
    if order.state == Order.State.SHIPPED:
        order = advance(order, "resume", by=None)
    open_exception(
        order,
        by=None,
        kind=OrderException.Kind.REFUSED,
        cause=shipment.failure or _("The goods came back."),
        shipment=shipment,
        check=False,
    )
    return shipment


@transaction.atomic
def track_shipment(shipment, *, by, text, place="", at=None):
    """Add what the carrier reports; the first report says that the goods are moving."""
    shipment = lock_one(shipment)
    require(by, "orders.track_shipment", shipment)
    if reason := track_refusal(shipment):
        raise WrongMoment(reason)
    if shipment.state == Shipment.State.DISPATCHED:
        shipment = advance(shipment, "move", by=by)
    row = TrackingEvent(shipment=shipment, place=place, text=text, at=at or timezone.now())
    row.full_clean()
    row.save()
    emit("shipment.tracked", shipment, by=by, place=place, body=text, happened_at=row.at)
    return shipment


def track_refusal(shipment):
    return None if shipment.state in (*ON_THE_WAY, Shipment.State.FAILED) else ABSENT
