"""From confirmation to the last delivery: stock is promised line by line, and the order follows
its goods.

The order's lock is the mutex of its lines, allocations and shipments. Stock is locked after it,
product by product, so that two orders never wait for each other in a circle.
"""

from decimal import Decimal
from itertools import groupby

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.errors import WrongMoment
from crm.events import emit
from crm.lifecycle import advance, require
from crm.locks import lock, lock_one
from crm.verbs import ABSENT
from inventory import services as inventory
from inventory.models import PurchaseRequest
from orders.models import Allocation, Order, OrderLine
from orders.querysets import WAITING
from orders.services.orders import complete_if_settled


@transaction.atomic
def fulfil_order(order, *, by):
    """Hand the order to the warehouse and promise it stock as far as it goes.

    What is not kept in stock (a service) needs no shipment and counts as shipped from here on.
    """
    order = advance(order, "fulfil", by=by)
    lines = lock_lines(order)
    for line in lines:
        if not line.product.is_stocked:
            line.shipped = line.quantity
            line.save(update_fields=["shipped"])
    allocate(order, lines, by=by)
    return follow_goods(order, timezone.localdate())


@transaction.atomic
def allocate_order(order, *, by):
    """Promise the order whatever stock it still lacks, as far as it goes; order what is short."""
    order = lock_one(order)
    require(by, "orders.allocate_order", order)
    if order.state != Order.State.FULFILLING:
        raise WrongMoment(_("Stock is allocated while an order is being fulfilled."))
    allocate(order, lock_lines(order), by=by)
    return order


def allocate_refusal(order):
    if order.state != Order.State.FULFILLING:
        return ABSENT
    return None if any(line.to_allocate() > 0 for line in order.lines.all()) else ABSENT


def allocate_waiting(products):
    """Give fresh stock of `products` (pks) to the orders that wait for it, oldest first.

    Each order in its own transaction; return how many were looked at.
    """
    waiting = list(Order.objects.short_of(products))
    for order in waiting:
        with transaction.atomic():
            fresh = lock_one(order)
            if fresh.state == Order.State.FULFILLING:
                allocate(fresh, lock_lines(fresh), by=None)
    return len(waiting)


def lock_lines(order):
    return lock(order.lines.select_related("product"))


def allocate(order, lines, *, by):
    """Reserve stock for the locked `lines` of a locked order; suggest buying the rest."""
    waiting = [line for line in lines if line.to_allocate() > 0]
    waiting.sort(key=lambda line: (line.product_id, line.pk))
    held, promised, short = allocations(waiting), [], []
    for _product, group in groupby(waiting, key=lambda line: line.product_id):
        lacking = Decimal(0)
        for line in group:
            for warehouse, quantity in inventory.reserve(line.product, line.to_allocate(), by=by):
                key = (line.pk, warehouse.pk)
                row = held.setdefault(key, Allocation(line=line, warehouse=warehouse, quantity=0))
                row.quantity += quantity
                line.allocated += quantity
                promised.append({"line": line, "warehouse": warehouse, "quantity": quantity})
            lacking += line.to_allocate()
        if lacking:
            short.append({"product": line.product, "quantity": lacking})
            _buy(line.product, lacking, order, by=by)
    if promised:
        save_allocations(held.values())
        OrderLine.objects.bulk_update(waiting, ["allocated"])
        emit("order.allocated", order, by=by, allocated=promised, short=short)


def allocations(lines):
    """{(line pk, warehouse pk): Allocation} of locked order lines."""
    rows = Allocation.objects.filter(line__in=lines)
    return {(row.line_id, row.warehouse_id): row for row in rows}


def save_allocations(rows):
    """Keep `rows` with their quantities; what nothing is left of goes."""
    left = [row for row in rows if row.quantity]
    Allocation.objects.bulk_create([row for row in left if row.pk is None])
    if known := [row for row in left if row.pk is not None]:
        Allocation.objects.bulk_update(known, ["quantity"])
    if gone := [row.pk for row in rows if not row.quantity and row.pk is not None]:
        Allocation.objects.filter(pk__in=gone).delete()


def _buy(product, quantity, order, *, by):
    """Suggest to buy what the order lacks and is not under way for it already."""
    coming = PurchaseRequest.objects.filter(
        product=product,
        reason=order.number,
        state__in=[
            PurchaseRequest.State.SUBMITTED,
            PurchaseRequest.State.APPROVED,
            PurchaseRequest.State.ORDERED,
        ],
    ).aggregate(total=Sum("quantity"))["total"]
    if (missing := quantity - (coming or 0)) > 0:
        inventory.suggest_purchase(product, missing, by=by, reason=order.number)


@transaction.atomic
def cancel_order(order, *, by, reason):
    """Cancel before anything has left: stock becomes free, shipments not dispatched end."""
    order = lock_one(order)
    lines = lock_lines(order)
    for shipment in order.shipments.filter(state__in=WAITING).order_by("pk"):
        advance(shipment, "cancel", by=None)
    order = advance(order, "cancel", by=by, reason=reason)
    free_stock(order, lines, by=by)
    return order


def free_stock(order, lines, *, by):
    """Give back what is promised to the locked `lines` of a locked order; others may have it."""
    held = Allocation.objects.filter(line__in=lines).select_related("warehouse", "line__product")
    freed = set()
    for row in held.order_by("line__product", "warehouse"):
        inventory.release(row.line.product, row.warehouse, row.quantity, by=by)
        freed.add(row.line.product_id)
    held.delete()
    order.lines.update(allocated=0)
    if freed:
        _allocate_later(freed)


def _allocate_later(products):
    from orders.tasks import allocate_waiting

    allocate_waiting.delay_on_commit(sorted(products))


def follow_goods(order, on):
    """Bring a locked order to where its goods are on the local date `on`: shipped, delivered,
    completed; all in the name of the system."""
    if order.state == Order.State.FULFILLING and order.is_shipped_whole():
        order = advance(order, "ship", by=None, shipped_on=on)
    if order.state == Order.State.SHIPPED and order.is_delivered_whole():
        order = advance(order, "deliver", by=None, delivered_on=on)
    return complete_if_settled(order, on=on)
