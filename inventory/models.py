"""Stock: an append-only ledger of moves, and a level per product and warehouse."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from crm.fields import QuantityField
from crm.models import OwnedModel, Permitted, RecordModel, StatefulModel, acts
from crm.querysets import ConfigurationQuerySet
from inventory.querysets import PurchaseRequestQuerySet, StockLevelQuerySet
from products.models import Product


class Warehouse(RecordModel):
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    address = models.CharField(_("address"), max_length=300, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    # Allocation tries warehouses in this order.
    priority = models.PositiveSmallIntegerField(_("priority"), default=10)

    objects = ConfigurationQuerySet.as_manager()
    search_fields = ("code", "name")

    class Meta:
        ordering = ["priority", "code"]
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")

    def __str__(self):
        return self.name


class StockLevel(RecordModel):
    """What lies in one warehouse of one product; its row lock is the queue for the stock."""

    product = models.ForeignKey(
        Product, models.PROTECT, related_name="stock_levels", verbose_name=_("product")
    )
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, related_name="stock_levels", verbose_name=_("warehouse")
    )
    on_hand = QuantityField(_("on hand"), default=0, editable=False)
    reserved = QuantityField(_("reserved"), default=0, editable=False)
    reorder_point = QuantityField(_("reorder point"), default=0, validators=[MinValueValidator(0)])
    reorder_quantity = QuantityField(
        _("reorder quantity"), default=0, validators=[MinValueValidator(0)]
    )

    objects = StockLevelQuerySet.as_manager()
    search_fields = ("product__code", "product__name", "warehouse__name")

    class Meta:
        ordering = ["product__code", "warehouse__priority"]
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        permissions = acts("stocklevel", "receive", "adjust", "transfer")
        constraints = [
            models.UniqueConstraint(fields=["product", "warehouse"], name="one_level_a_place"),
            models.CheckConstraint(
                condition=Q(on_hand__gte=F("reserved"), reserved__gte=0),
                name="stock_never_promised_twice",
            ),
        ]

    def __str__(self):
        return f"{self.product} · {self.warehouse}"

    @property
    def available(self):
        return self.on_hand - self.reserved


class StockMove(Permitted, models.Model):
    """A line of the ledger: never changed, never deleted. on_hand = sum of `quantity`."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("receipt")
        DISPATCH = "dispatch", _("dispatch")
        RETURN = "return", _("return")
        ADJUSTMENT = "adjustment", _("adjustment")
        TRANSFER = "transfer", _("transfer")

    level = models.ForeignKey(
        StockLevel, models.PROTECT, related_name="moves", verbose_name=_("stock")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    quantity = QuantityField(_("quantity"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    # The document behind it by its number, such as SH-2026-000001.
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = ConfigurationQuerySet.as_manager()
    search_fields = ("level__product__code", "level__product__name", "reference")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("stock move")
        verbose_name_plural = _("stock moves")

    get_absolute_url = RecordModel.get_absolute_url

    def __str__(self):
        return f"{self.get_kind_display()} {self.quantity.normalize():f}"


class PurchaseRequest(StatefulModel, OwnedModel):
    """Goods to be bought because stock runs short; received goods enter the ledger."""

    class State(models.TextChoices):
        SUGGESTED = "suggested", _("suggested")
        SUBMITTED = "submitted", _("submitted")
        APPROVED = "approved", _("approved")
        ORDERED = "ordered", _("ordered")
        RECEIVED = "received", pgettext_lazy("purchase request", "received")
        CANCELLED = "cancelled", _("cancelled")

    BADGES = {
        State.SUBMITTED: "amber",
        State.APPROVED: "blue",
        State.ORDERED: "blue",
        State.RECEIVED: "green",
        State.CANCELLED: "red",
    }
    EDITABLE = (State.SUGGESTED,)

    state = FSMField(
        _("state"), choices=State.choices, default=State.SUGGESTED, protected=True, editable=False
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="+", verbose_name=_("product")
    )
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, related_name="+", verbose_name=_("warehouse")
    )
    quantity = QuantityField(_("quantity"), validators=[MinValueValidator(Decimal("0.001"))])
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)

    objects = PurchaseRequestQuerySet.as_manager()
    search_fields = ("product__code", "product__name", "reason")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("purchase request")
        verbose_name_plural = _("purchase requests")
        permissions = acts("purchaserequest", "submit", "approve", "order", "receive", "cancel")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="purchase_quantity_positive")
        ]

    def __str__(self):
        return f"{self.product} × {self.quantity.normalize():f}"

    @transition(
        state,
        State.SUGGESTED,
        State.SUBMITTED,
        permission="inventory.submit_purchaserequest",
        custom={"label": _("Submit"), "style": "primary"},
    )
    def submit(self):
        pass

    @transition(
        state,
        State.SUBMITTED,
        State.APPROVED,
        permission="inventory.approve_purchaserequest",
        custom={"label": _("Approve"), "style": "primary"},
    )
    def approve(self):
        pass

    @transition(
        state,
        State.APPROVED,
        State.ORDERED,
        permission="inventory.order_purchaserequest",
        custom={
            "label": _("Order placed"),
            "style": "primary",
            "form": "inventory.forms.OrderPlacedForm",
        },
    )
    def order(self, expected_on=None):
        self.expected_on = expected_on

    @transition(
        state,
        State.ORDERED,
        State.RECEIVED,
        permission="inventory.receive_purchaserequest",
        custom={"label": _("Goods received"), "style": "primary"},
    )
    def receive(self):
        pass

    @transition(
        state,
        [State.SUGGESTED, State.SUBMITTED, State.APPROVED, State.ORDERED],
        State.CANCELLED,
        permission="inventory.cancel_purchaserequest",
        custom={"label": _("Cancel"), "style": "danger"},
    )
    def cancel(self):
        pass
