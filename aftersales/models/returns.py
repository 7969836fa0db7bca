"""Returns and exchanges under a policy with conditions and a time limit."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from aftersales.models.case import Case
from aftersales.querysets import OfOrderQuerySet
from crm.fields import MoneyField, QuantityField
from crm.models import JourneyModel, RecordModel, StatefulModel, acts
from crm.money import round_money
from crm.querysets import ConfigurationQuerySet
from inventory.models import Warehouse
from orders.models import Order, OrderLine


class ReturnPolicy(RecordModel):
    """Until how many days after delivery goods are taken back, by what the customer wants."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_default = models.BooleanField(_("default"), default=False)
    refund_days = models.PositiveSmallIntegerField(_("days for a refund"), default=7)
    replacement_days = models.PositiveSmallIntegerField(_("days for a replacement"), default=15)
    repair_days = models.PositiveSmallIntegerField(_("days for a repair"), default=365)
    conditions = models.TextField(_("conditions"), blank=True)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("return policy")
        verbose_name_plural = _("return policies")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_policy"
            )
        ]

    def __str__(self):
        return self.name

    def days_for(self, kind):
        return getattr(self, f"{kind}_days")


class Return(StatefulModel, JourneyModel, RecordModel):
    """Goods coming back. The verdict follows from delivery, policy and kind, and is kept as found
    when the return was requested; override_reason: why it was set aside.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        RECEIVED = "received", _("goods received")
        INSPECTED = "inspected", _("inspected")
        SETTLED = "settled", _("settled")
        CLOSED = "closed", _("closed")

    class Kind(models.TextChoices):
        REFUND = "refund", _("refund")
        REPLACEMENT = "replacement", _("replacement")
        REPAIR = "repair", _("repair")

    BADGES = {
        State.REQUESTED: "amber",
        State.APPROVED: "blue",
        State.REJECTED: "red",
        State.RECEIVED: "blue",
        State.INSPECTED: "blue",
        State.SETTLED: "green",
        State.CLOSED: "green",
    }
    EDITABLE = (State.REQUESTED,)
    journey_stage = 95

    state = FSMField(
        _("state"), choices=State.choices, default=State.REQUESTED, protected=True, editable=False
    )
    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    order = models.ForeignKey(
        Order, models.PROTECT, related_name="returns", verbose_name=_("order")
    )
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="returns", verbose_name=_("case")
    )
    policy = models.ForeignKey(
        ReturnPolicy, models.PROTECT, related_name="+", verbose_name=_("policy")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=300)
    # The days the policy gave for this kind, and those that had passed since delivery.
    days_allowed = models.PositiveSmallIntegerField(_("days allowed"), default=0, editable=False)
    days_passed = models.IntegerField(_("days since delivery"), default=0, editable=False)
    is_within_policy = models.BooleanField(_("within the policy"), default=True, editable=False)
    override_reason = models.CharField(
        _("reason for the exception"), max_length=300, blank=True, editable=False
    )
    inspection = models.TextField(_("inspection"), blank=True, editable=False)
    refund = MoneyField(_("refund"), default=0, editable=False)
    settlement = models.TextField(_("settlement"), blank=True, editable=False)
    warehouse = models.ForeignKey(
        Warehouse,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("warehouse"),
    )

    objects = OfOrderQuerySet.as_manager()
    search_fields = ("number", "order__number", "reason")
    is_searched = True

    class Meta:
        ordering = ["-pk"]
        verbose_name = pgettext_lazy("document", "return")
        verbose_name_plural = _("returns")
        permissions = [
            *acts("return", "approve"),
            # No verb has its name: approving outside the policy asks for it.
            ("override_return", _("Can override return")),
            *acts("return", "reject", "receive", "inspect", "settle", "close"),
        ]

    def __str__(self):
        return self.number

    @property
    def currency_id(self):
        return self.order.currency_id

    @property
    def verdict(self):
        """What the policy says, in words."""
        facts = {"passed": self.days_passed, "allowed": self.days_allowed}
        if self.is_within_policy:
            return (
                _("Within the policy: %(passed)s days since delivery, %(allowed)s allowed.") % facts
            )
        return _("Outside the policy: %(passed)s days since delivery, %(allowed)s allowed.") % facts

    @transition(
        state,
        State.REQUESTED,
        State.APPROVED,
        permission="aftersales.approve_return",
        custom={
            "label": _("Approve"),
            "style": "primary",
            "form": "aftersales.forms.ApproveReturnForm",
        },
    )
    def approve(self, override_reason=""):
        """The service demands the reason, and the right to override, outside the policy."""
        self.override_reason = override_reason

    @transition(
        state,
        State.REQUESTED,
        State.REJECTED,
        permission="aftersales.reject_return",
        custom={"label": _("Reject"), "style": "danger", "form": "crm.forms.ReasonForm"},
    )
    def reject(self, reason):
        pass

    @transition(
        state,
        State.APPROVED,
        State.RECEIVED,
        permission="aftersales.receive_return",
        custom={
            "label": _("Goods received"),
            "style": "primary",
            "form": "aftersales.forms.ReceiveReturnForm",
        },
    )
    def receive(self, warehouse):
        self.warehouse = warehouse

    @transition(
        state,
        State.RECEIVED,
        State.INSPECTED,
        permission="aftersales.inspect_return",
        custom={
            "label": _("Inspect"),
            "style": "primary",
            "form": "aftersales.forms.InspectReturnForm",
        },
    )
    def inspect(self, inspection):
        self.inspection = inspection

    @transition(
        state,
        State.INSPECTED,
        State.SETTLED,
        permission="aftersales.settle_return",
        custom={
            "label": _("Settle"),
            "style": "primary",
            "form": "aftersales.forms.SettleReturnForm",
        },
    )
    def settle(self, settlement, refund=0):
        self.settlement = settlement
        self.refund = refund

    @transition(
        state,
        State.SETTLED,
        State.CLOSED,
        permission="aftersales.close_return",
        custom={"label": _("Close"), "style": "primary"},
    )
    def close(self):
        pass


class ReturnLine(models.Model):
    claim = models.ForeignKey(Return, models.CASCADE, related_name="lines")
    line = models.ForeignKey(
        OrderLine, models.PROTECT, related_name="return_lines", verbose_name=_("order line")
    )
    quantity = QuantityField(_("quantity"), validators=[MinValueValidator(0)])

    class Meta:
        ordering = ["pk"]
        verbose_name = _("return line")
        verbose_name_plural = _("return lines")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="return_positive")]

    def __str__(self):
        return f"{self.line.product} × {self.quantity.normalize():f}"

    @property
    def value(self):
        """What the customer paid for the returned part of the line, in the order's currency."""
        share = self.line.amount * self.quantity / self.line.quantity
        return round_money(share, self.line.order.currency_id)
