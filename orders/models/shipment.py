"""Shipments on their way, and what goes wrong with an order."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from crm.fields import QuantityField
from crm.lifecycle import condition
from crm.models import JourneyModel, OwnedModel, RecordModel, StatefulModel, acts
from crm.querysets import ConfigurationQuerySet
from inventory.models import Warehouse
from orders.models.order import Order, OrderCheck, OrderLine
from orders.querysets import OfOrderQuerySet, ShipmentQuerySet


class Carrier(RecordModel):
    name = models.CharField(_("name"), max_length=100, unique=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")

    def __str__(self):
        return self.name


class Shipment(StatefulModel, JourneyModel, RecordModel):
    """Goods of one order leaving one warehouse together."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        PICKING = "picking", _("being picked")
        DISPATCHED = "dispatched", _("dispatched")
        IN_TRANSIT = "in_transit", _("in transit")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("delivery failed")
        RETURNED = "returned", _("came back")
        CANCELLED = "cancelled", _("cancelled")

    BADGES = {
        State.PICKING: "blue",
        State.DISPATCHED: "blue",
        State.IN_TRANSIT: "blue",
        State.DELIVERED: "green",
        State.FAILED: "red",
        State.RETURNED: "red",
        State.CANCELLED: "red",
    }
    EDITABLE = (State.PLANNED, State.PICKING)
    journey_stage = 60

    state = FSMField(
        _("state"), choices=State.choices, default=State.PLANNED, protected=True, editable=False
    )
    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    order = models.ForeignKey(
        Order, models.PROTECT, related_name="shipments", editable=False, verbose_name=_("order")
    )
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, related_name="+", editable=False, verbose_name=_("warehouse")
    )
    carrier = models.ForeignKey(
        Carrier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("carrier")
    )
    tracking_number = models.CharField(_("tracking number"), max_length=60, blank=True)
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    dispatched_at = models.DateTimeField(_("dispatched at"), null=True, blank=True, editable=False)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True, editable=False)
    received_by = models.CharField(_("received by"), max_length=100, blank=True, editable=False)
    failure = models.CharField(
        _("reason delivery failed"), max_length=300, blank=True, editable=False
    )
    notes = models.TextField(_("notes"), blank=True)

    objects = ShipmentQuerySet.as_manager()
    search_fields = ("number", "tracking_number", "order__number")
    is_searched = True
    remote_select = True

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        permissions = acts(
            "shipment", "pick", "dispatch", "track", "deliver", "fail", "take_back", "cancel"
        )

    def __str__(self):
        return self.number

    @property
    def is_late(self):
        return self.planned_on is not None and self.planned_on < timezone.localdate()

    @condition(_("The order is on hold or no longer being fulfilled."))
    def is_order_fulfilling(self):
        return self.order.state == Order.State.FULFILLING

    @condition(_("The order is on hold or no longer being fulfilled."))
    def is_order_under_way(self):
        # Once the last goods have left, what came back undelivered may leave again.
        return self.order.state in (Order.State.FULFILLING, Order.State.SHIPPED)

    @condition(_("The customer is above the credit limit: goods leave when credit is free again."))
    def is_credit_good(self):
        account = self.order.account
        if account.credit_limit is None or account.exposure <= account.credit_limit:
            return True
        waived = {"kind": OrderCheck.Kind.CREDIT, "result": OrderCheck.Result.WAIVED}
        return self.order.checks.filter(**waived).exists()

    @transition(
        state,
        State.PLANNED,
        State.PICKING,
        conditions=[is_order_fulfilling],
        permission="orders.pick_shipment",
        custom={"label": _("Start picking"), "style": "primary"},
    )
    def pick(self):
        pass

    @transition(
        state,
        [State.PICKING, State.FAILED],
        State.DISPATCHED,
        conditions=[is_order_under_way, is_credit_good],
        permission="orders.dispatch_shipment",
        custom={"label": _("Dispatch"), "style": "primary", "form": "orders.forms.DispatchForm"},
    )
    def dispatch(self, carrier=None, tracking_number="", dispatched_at=None):
        self.carrier = carrier or self.carrier
        if self.carrier is None:
            raise ValidationError({"carrier": _("A carrier is needed before dispatch.")})
        self.tracking_number = tracking_number or self.tracking_number
        self.dispatched_at = dispatched_at or timezone.now()
        if self.dispatched_at > timezone.now():
            raise ValidationError({"dispatched_at": _("This lies in the future.")})

    @transition(
        state,
        State.DISPATCHED,
        State.IN_TRANSIT,
        permission="orders.track_shipment",
        custom={"label": _("In transit"), "automatic": True},
    )
    def move(self):
        pass

    @transition(
        state,
        [State.DISPATCHED, State.IN_TRANSIT],
        State.DELIVERED,
        permission="orders.deliver_shipment",
        custom={"label": _("Delivered"), "style": "primary", "form": "orders.forms.DeliverForm"},
    )
    def deliver(self, received_by, delivered_on):
        if delivered_on < timezone.localdate(self.dispatched_at):
            raise ValidationError({"delivered_on": _("This is before the goods were dispatched.")})
        if delivered_on > timezone.localdate():
            raise ValidationError({"delivered_on": _("This lies in the future.")})
        self.received_by = received_by
        self.delivered_on = delivered_on

    @transition(
        state,
        [State.DISPATCHED, State.IN_TRANSIT],
        State.FAILED,
        permission="orders.fail_shipment",
        custom={"label": _("Delivery failed"), "style": "danger", "form": "crm.forms.ReasonForm"},
    )
    def fail(self, reason):
        self.failure = reason

    @transition(
        state,
        State.FAILED,
        State.RETURNED,
        permission="orders.take_back_shipment",
        custom={"label": _("Goods came back")},
    )
    def take_back(self):
        pass

    @transition(
        state,
        [State.PLANNED, State.PICKING],
        State.CANCELLED,
        permission="orders.cancel_shipment",
        custom={"label": _("Cancel"), "style": "danger"},
    )
    def cancel(self):
        pass


class ShipmentLine(models.Model):
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines")
    line = models.ForeignKey(
        OrderLine, models.PROTECT, related_name="shipment_lines", verbose_name=_("order line")
    )
    quantity = QuantityField(_("quantity"), validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("shipment line")
        verbose_name_plural = _("shipment lines")
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_line_positive"),
        ]

    def __str__(self):
        return f"{self.line.product} × {self.quantity.normalize():f}"


class TrackingEvent(models.Model):
    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="tracking")
    at = models.DateTimeField(_("at"), default=timezone.now)
    place = models.CharField(_("place"), max_length=100, blank=True)
    text = models.CharField(_("what happened"), max_length=300)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")

    def __str__(self):
        return self.text


class OrderException(StatefulModel, OwnedModel):
    """Wrong data, shortage, delay, loss or damage: the customer is told, a solution agreed."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("order exception", "open")
        HANDLING = "handling", _("being handled")
        RESOLVED = "resolved", _("resolved")
        CLOSED = "closed", _("closed")

    class Kind(models.TextChoices):
        WRONG_DATA = "wrong_data", _("wrong order data")
        SHORTAGE = "shortage", _("shortage")
        DELAY = "delay", _("delay")
        LOSS = "loss", _("loss")
        DAMAGE = "damage", _("damage")
        REFUSED = "refused", _("refused by the customer")

    BADGES = {
        State.OPEN: "red",
        State.HANDLING: "amber",
        State.RESOLVED: "blue",
        State.CLOSED: "green",
    }
    EDITABLE = (State.OPEN, State.HANDLING)

    state = FSMField(
        _("state"), choices=State.choices, default=State.OPEN, protected=True, editable=False
    )
    order = models.ForeignKey(
        Order, models.PROTECT, related_name="exceptions", verbose_name=_("order")
    )
    shipment = models.ForeignKey(
        Shipment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="exceptions",
        verbose_name=_("shipment"),
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    cause = models.TextField(_("cause"))
    told_by = models.CharField(_("customer told by"), max_length=100, blank=True, editable=False)
    told_on = models.DateField(_("customer told on"), null=True, blank=True, editable=False)
    solution = models.TextField(_("agreed solution"), blank=True, editable=False)

    objects = OfOrderQuerySet.as_manager()
    search_fields = ("cause", "order__number")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("order exception")
        verbose_name_plural = _("order exceptions")
        permissions = acts("orderexception", "handle", "resolve", "close", "reopen")

    def __str__(self):
        return f"{self.get_kind_display()} · {self.order}"

    @transition(
        state,
        State.OPEN,
        State.HANDLING,
        permission="orders.handle_orderexception",
        custom={
            "label": _("Customer told"),
            "style": "primary",
            "form": "orders.forms.HandleExceptionForm",
        },
    )
    def handle(self, told_by, told_on):
        self.told_by = told_by
        self.told_on = told_on

    @transition(
        state,
        State.HANDLING,
        State.RESOLVED,
        permission="orders.resolve_orderexception",
        custom={
            "label": _("Solution agreed"),
            "style": "primary",
            "form": "orders.forms.ResolveExceptionForm",
        },
    )
    def resolve(self, solution):
        self.solution = solution

    @transition(
        state,
        State.RESOLVED,
        State.CLOSED,
        permission="orders.close_orderexception",
        custom={"label": _("Close"), "style": "primary"},
    )
    def close(self):
        pass

    @transition(
        state,
        [State.RESOLVED, State.CLOSED],
        State.HANDLING,
        permission="orders.reopen_orderexception",
        custom={"label": _("Reopen"), "form": "crm.forms.CommentForm"},
    )
    def reopen(self, comment):
        pass
