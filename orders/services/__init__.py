"""Every write of the orders app. The verbs of both doors are listed here."""

from django.utils.translation import gettext_lazy as _

from crm import lifecycle
from crm.verbs import Verb, Verbs
from orders.models import Carrier, Order, OrderException, Shipment
from orders.services.exceptions import (
    close_exception,
    edit_exception,
    exception_refusal,
    open_exception,
)
from orders.services.fulfilment import (
    allocate_order,
    allocate_refusal,
    allocate_waiting,
    cancel_order,
    fulfil_order,
)
from orders.services.history import HISTORY, remove_orders, take_over_order
from orders.services.orders import (
    approve_order,
    confirm_order,
    create_from_contract,
    create_order,
    edit_order,
    record_open_returns,
    record_received,
)
from orders.services.review import submit_order, waive_check, waive_refusal
from orders.services.shipments import (
    deliver_shipment,
    dispatch_shipment,
    edit_shipment,
    pick_shipment,
    plan_refusal,
    plan_shipment,
    take_back_shipment,
    track_refusal,
    track_shipment,
)

ORDER_VERBS = Verbs(
    Order,
    submit=submit_order,
    confirm=confirm_order,
    fulfil=fulfil_order,
    cancel=cancel_order,
    waive=Verb(
        run=waive_check,
        label=_("Waive a check"),
        permission="orders.waive_order",
        form="orders.forms.WaiveForm",
        refusal=waive_refusal,
    ),
    allocate=Verb(
        run=allocate_order,
        label=_("Allocate stock"),
        permission="orders.allocate_order",
        refusal=allocate_refusal,
    ),
    plan_shipment=Verb(
        run=plan_shipment,
        label=_("Plan a shipment"),
        permission="orders.add_shipment",
        form="orders.forms.PlanShipmentForm",
        refusal=plan_refusal,
        style="primary",
    ),
    open_exception=Verb(
        run=open_exception,
        label=_("Report an exception"),
        permission="orders.add_orderexception",
        form="orders.forms.OpenExceptionForm",
        refusal=exception_refusal,
    ),
)
ORDER_VERBS["cancel"] = ORDER_VERBS.pop("cancel")  # the last button, not the first
SHIPMENT_VERBS = Verbs(
    Shipment,
    dispatch=dispatch_shipment,
    deliver=deliver_shipment,
    take_back=take_back_shipment,
    track=Verb(
        run=track_shipment,
        label=_("Add a tracking event"),
        permission="orders.track_shipment",
        form="orders.forms.TrackForm",
        refusal=track_refusal,
    ),
)
SHIPMENT_VERBS["cancel"] = SHIPMENT_VERBS.pop("cancel")
EXCEPTION_VERBS = Verbs(OrderException, close=close_exception)


def create_carrier(*, by, **fields):
    return lifecycle.create(Carrier(**fields), by=by)


def edit_carrier(carrier, *, by, version=None, **changes):
    return lifecycle.edit(carrier, by=by, version=version, **changes)


__all__ = [
    "EXCEPTION_VERBS",
    "HISTORY",
    "ORDER_VERBS",
    "SHIPMENT_VERBS",
    "allocate_order",
    "allocate_waiting",
    "approve_order",
    "cancel_order",
    "close_exception",
    "confirm_order",
    "create_carrier",
    "create_from_contract",
    "create_order",
    "deliver_shipment",
    "dispatch_shipment",
    "edit_carrier",
    "edit_exception",
    "edit_order",
    "edit_shipment",
    "fulfil_order",
    "open_exception",
    "pick_shipment",
    "plan_shipment",
    "record_open_returns",
    "record_received",
    "remove_orders",
    "submit_order",
    "take_back_shipment",
    "take_over_order",
    "track_shipment",
    "waive_check",
]
