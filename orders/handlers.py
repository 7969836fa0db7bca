"""What orders do when contracts and stock change, and who is told of their own events."""

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.handlers import people_of_document
from activities.kinds import register_mail
from crm import events
from crm.cells import decimal, money
from crm.delivery import figure_check
from orders.models import Order, OrderLine
from orders.services import create_from_contract
from orders.tasks import allocate_waiting

events.label("order.reviewed", gettext_lazy("Reviewed"))
events.label("order.check_waived", gettext_lazy("Check waived"))
events.label("order.allocated", gettext_lazy("Stock allocated"))
events.label("shipment.tracked", gettext_lazy("Tracking"))

register_mail(
    Order,
    people=people_of_document,
    placeholders={
        "account.name": (gettext_lazy("customer: name"), lambda order: order.account.name),
        "order.number": (gettext_lazy("order: number"), lambda order: order.number),
        "order.reference": (
            gettext_lazy("order: customer's reference"),
            lambda order: order.customer_reference,
        ),
        "order.total": (
            gettext_lazy("order: total"),
            lambda order: money(order.total, order.currency_id),
        ),
        "order.requested_on": (
            gettext_lazy("order: delivery wanted by"),
            lambda order: order.requested_on and date_format(order.requested_on),
        ),
    },
)


@events.on("contract.active")
def take_in_contract(event, contract):
    create_from_contract(contract, by=event.actor)


@events.on("stocklevel.received", "stocklevel.adjusted")
def serve_waiting(event, level):
    # After the commit: here the stock is locked, and orders are locked before stock.
    if Order.objects.short_of([level.product_id]).exists():
        allocate_waiting.delay_on_commit([level.product_id])


@events.audience("order.shipped", "order.delivered", "order.completed", "order.on_hold")
def order_owner(event, order):
    return [order.owner]


@events.audience("order.under_review")
def reviewer(event, order):
    return [order.owner.superior] if order.owner else []


@events.audience("shipment.failed", "shipment.returned")
def shipment_owner(event, shipment):
    return [shipment.order.owner]


@events.audience("orderexception.created")
def exception_owner(event, exception):
    return {exception.owner, exception.order.owner}


@figure_check
def lines_are_the_sum_of_their_goods():
    """What a line says is allocated and shipped, against allocations and shipments."""
    left = ["dispatched", "in_transit", "delivered", "failed"]
    quantity = OrderLine._meta.get_field("quantity")
    gone = Sum("shipment_lines__quantity", filter=Q(shipment_lines__shipment__state__in=left))
    shipped = (
        OrderLine.objects.filter(product__is_stocked=True)
        .annotate(rows=Coalesce(gone, 0, output_field=quantity))
        .exclude(shipped=F("rows"))
    )
    held = Coalesce(Sum("allocations__quantity"), 0, output_field=quantity)
    allocated = OrderLine.objects.annotate(rows=held).exclude(allocated=F("rows"))
    return [
        _("%(order)s, %(line)s: %(stored)s shipped, but the shipments say %(rows)s")
        % {
            "order": line.order,
            "line": line,
            "stored": decimal(line.shipped),
            "rows": decimal(line.rows),
        }
        for line in shipped.select_related("order__account", "product")
    ] + [
        _("%(order)s, %(line)s: %(stored)s allocated, but the allocations say %(rows)s")
        % {
            "order": line.order,
            "line": line,
            "stored": decimal(line.allocated),
            "rows": decimal(line.rows),
        }
        for line in allocated.select_related("order__account", "product")
    ]
