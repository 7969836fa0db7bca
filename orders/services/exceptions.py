"""What goes wrong with an order: told to the customer, solved with them, then closed."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm import lifecycle
from crm.errors import WrongMoment
from crm.lifecycle import advance, require
from crm.locks import lock_one
from crm.verbs import ABSENT
from orders.models import Order, OrderException
from orders.services.orders import complete_if_settled

ENDED = (Order.State.COMPLETED, Order.State.CANCELLED)


@transaction.atomic
def open_exception(order, *, by, kind, cause, shipment=None, owner=None, check=True):
    """Note what went wrong with an order; it cannot be completed until this is closed.

    `check` False: opened by a rule, whoever's act it follows from.
    """
    order = lock_one(order)
    if check:
        require(by, OrderException.permission("add"), order)
    if exception_refusal(order):
        raise WrongMoment(
            _("%(record)s is %(state)s.") % {"record": order, "state": order.get_state_display()}
        )
    if shipment is not None and shipment.order_id != order.pk:
        raise ValidationError({"shipment": _("The shipment belongs to another order.")})
    found = OrderException(
        order=order, kind=kind, cause=cause, shipment=shipment, owner=owner or order.owner
    )
    return lifecycle.create(found, by=by, check=False)


def exception_refusal(order):
    return ABSENT if order.state in ENDED else None


def edit_exception(exception, *, by, version=None, **changes):
    changes.pop("order", None)  # an exception stays with its order
    return lifecycle.edit(exception, by=by, version=version, **changes)


@transaction.atomic
def close_exception(exception, *, by):
    """Close it; the order is completed when nothing else was missing."""
    order = lock_one(exception.order)
    exception = advance(exception, "close", by=by)
    complete_if_settled(order)
    return exception
