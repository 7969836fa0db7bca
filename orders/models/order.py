"""Orders: goods and prices promised to one account."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import GET_STATE, FSMField, transition

from accounts.models import Account, Contact, PaymentTerm
from contracts.models import Contract
from crm.fields import MoneyField, QuantityField
from crm.lifecycle import condition
from crm.models import CustomisedModel, JourneyModel, OwnedModel, StatefulModel, acts
from crm.money import ZERO
from inventory.models import Warehouse
from orders.querysets import OrderQuerySet
from products.models import PricedDocument, PricedLine


class Order(StatefulModel, PricedDocument, OwnedModel, JourneyModel, CustomisedModel):
    """Amount is the sum of the lines; the customer owes `total`, which adds the freight.

    `received`, `outstanding` and the part of it that has fallen `due` are written by
    services.record_received once there are receivables, `open_returns` by record_open_returns.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        UNDER_REVIEW = "under_review", _("under review")
        APPROVED = "approved", pgettext_lazy("order", "approved")
        CONFIRMED = "confirmed", _("confirmed by the customer")
        FULFILLING = "fulfilling", _("being fulfilled")
        SHIPPED = "shipped", _("shipped")
        DELIVERED = "delivered", _("delivered")
        COMPLETED = "completed", _("completed")
        ON_HOLD = "on_hold", _("on hold")
        CANCELLED = "cancelled", _("cancelled")

    class Channel(models.TextChoices):
        CONTRACT = "contract", _("contract")
        PHONE = "phone", _("phone")
        FAX = "fax", _("fax")
        MAIL = "mail", _("mail")
        WEB = "web", _("web")
        API = "api", _("API")

    BADGES = {
        State.UNDER_REVIEW: "amber",
        State.APPROVED: "blue",
        State.CONFIRMED: "blue",
        State.FULFILLING: "blue",
        State.SHIPPED: "blue",
        State.DELIVERED: "blue",
        State.COMPLETED: "green",
        State.ON_HOLD: "amber",
        State.CANCELLED: "red",
    }
    EDITABLE = (State.RECEIVED,)
    HOLDABLE = (State.APPROVED, State.CONFIRMED, State.FULFILLING)
    journey_stage = 50

    state = FSMField(
        _("state"),
        choices=State.choices,
        default=State.RECEIVED,
        protected=True,
        editable=False,
        db_index=True,
    )
    number = models.CharField(_("number"), max_length=30, blank=True, editable=False)
    contract = models.OneToOneField(
        Contract,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="order",
        verbose_name=_("contract"),
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="orders", verbose_name=_("customer")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    channel = models.CharField(
        pgettext_lazy("order", "received by"),
        max_length=10,
        choices=Channel.choices,
        default=Channel.PHONE,
    )
    customer_reference = models.CharField(_("customer's reference"), max_length=60, blank=True)
    ordered_on = models.DateField(_("ordered on"), default=timezone.localdate)
    requested_on = models.DateField(_("delivery wanted by"), null=True, blank=True)
    payment_term = models.ForeignKey(
        PaymentTerm,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment term"),
    )
    recipient = models.CharField(_("recipient"), max_length=100, blank=True)
    recipient_phone = models.CharField(_("recipient's phone"), max_length=40, blank=True)
    address = models.CharField(_("delivery address"), max_length=300, blank=True)
    freight = MoneyField(_("freight"), default=0)
    notes = models.TextField(_("notes"), blank=True)
    confirmed_by = models.CharField(_("confirmed by"), max_length=100, blank=True, editable=False)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True, editable=False)
    confirmed_how = models.CharField(_("how confirmed"), max_length=200, blank=True, editable=False)
    held_from = models.CharField(max_length=15, blank=True, editable=False)
    hold_reason = models.CharField(_("reason on hold"), max_length=300, blank=True, editable=False)
    cancel_reason = models.CharField(
        _("reason cancelled"), max_length=300, blank=True, editable=False
    )
    shipped_on = models.DateField(_("shipped on"), null=True, blank=True, editable=False)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True, editable=False)
    completed_on = models.DateField(_("completed on"), null=True, blank=True, editable=False)
    received = MoneyField(_("paid"), default=0, editable=False)
    outstanding = MoneyField(_("outstanding"), default=0, editable=False)
    due = MoneyField(_("open receivables"), default=0, editable=False)
    open_returns = models.PositiveSmallIntegerField(_("open returns"), default=0, editable=False)

    objects = OrderQuerySet.as_manager()
    shared_fields = ("account", "owner", "state")
    search_fields = ("number", "account__name", "customer_reference")
    is_searched = True
    remote_select = True

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        permissions = acts(
            "order",
            "submit",
            "waive",
            "approve",
            "return_for_changes",
            "confirm",
            "fulfil",
            "allocate",
            "complete",
            "hold",
            "unhold",
            "cancel",
        )
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="one_order_a_number"
            ),
            models.CheckConstraint(condition=Q(freight__gte=0), name="freight_not_negative"),
        ]
        indexes = [models.Index(fields=["owner", "state"], name="order_owner_state")]

    def __str__(self):
        return self.number or f"{capfirst(_('order'))} · {self.account}"

    @property
    def total(self):
        """What the customer owes for the order, in its currency."""
        return self.amount + self.freight

    def totals(self):
        rows = [(_("Amount"), self.amount), (_("Tax included"), self.tax)]
        return [*rows, (_("Freight"), self.freight), (_("Total"), self.total)]

    @property
    def carrier(self):
        """Who took the goods that left last."""
        return self._left and self._left.carrier

    @property
    def warehouse(self):
        """Where the goods came from that left last."""
        return self._left and self._left.warehouse

    @property
    def _left(self):
        return next((row for row in self.shipments.all() if row.dispatched_at), None)

    @property
    def is_late(self):
        return self.requested_on is not None and self.requested_on < timezone.localdate()

    @condition(_("The order has no lines."))
    def has_lines(self):
        return self.lines.exists()

    @condition(_("A check of the review has failed and is not waived."))
    def has_passed_review(self):
        return not self.checks.filter(result=OrderCheck.Result.FAILED).exists()

    @condition(_("Goods are still to be shipped."))
    def is_shipped_whole(self):
        return all(line.to_ship() <= 0 for line in self.lines.all())

    @condition(_("A shipment has not arrived yet."))
    def is_delivered_whole(self):
        ended = ["delivered", "returned", "cancelled"]
        return not self.shipments.exclude(state__in=ended).exists()

    @condition(_("The order is not paid in full."))
    def is_paid(self):
        return self.outstanding <= 0

    @condition(_("An exception of the order is still open."))
    def has_no_open_exception(self):
        return not self.exceptions.exclude(state="closed").exists()

    @condition(_("A return of the order is still open."))
    def has_no_open_return(self):
        return self.open_returns == 0

    @condition(_("Something has already been shipped."))
    def nothing_shipped(self):
        inside = ["planned", "picking", "cancelled", "returned"]
        return not self.shipments.exclude(state__in=inside).exists()

    @transition(
        state,
        State.RECEIVED,
        State.UNDER_REVIEW,
        conditions=[has_lines],
        permission="orders.submit_order",
        custom={"label": _("Submit for review"), "style": "primary"},
    )
    def submit(self, number):
        self.number = number

    @transition(
        state,
        State.UNDER_REVIEW,
        State.APPROVED,
        conditions=[has_passed_review],
        permission="orders.approve_order",
        custom={"label": pgettext_lazy("order", "Approve"), "style": "primary"},
    )
    def approve(self):
        pass

    @transition(
        state,
        State.UNDER_REVIEW,
        State.RECEIVED,
        permission="orders.return_for_changes_order",
        custom={"label": _("Return for changes"), "form": "crm.forms.CommentForm"},
    )
    def return_for_changes(self, comment):
        pass

    @transition(
        state,
        State.APPROVED,
        State.CONFIRMED,
        permission="orders.confirm_order",
        custom={
            "label": _("Customer confirmed"),
            "style": "primary",
            "form": "orders.forms.ConfirmOrderForm",
        },
    )
    def confirm(self, confirmed_by, confirmed_on, confirmed_how, rate, is_settled=False):
        self.confirmed_by = confirmed_by
        self.confirmed_on = confirmed_on
        self.confirmed_how = confirmed_how
        self.rate = rate
        self.outstanding = ZERO if is_settled else self.total - self.received

    @transition(
        state,
        State.CONFIRMED,
        State.FULFILLING,
        permission="orders.fulfil_order",
        custom={"label": _("Hand to the warehouse"), "style": "primary"},
    )
    def fulfil(self):
        pass

    @transition(
        state,
        State.FULFILLING,
        State.SHIPPED,
        conditions=[is_shipped_whole],
        custom={"label": _("Shipped"), "automatic": True},
    )
    def ship(self, shipped_on):
        self.shipped_on = shipped_on

    @transition(
        state,
        State.SHIPPED,
        State.FULFILLING,
        custom={"label": _("Goods came back"), "automatic": True},
    )
    def resume(self):
        self.shipped_on = None

    @transition(
        state,
        State.SHIPPED,
        State.DELIVERED,
        conditions=[is_delivered_whole],
        custom={"label": _("Delivered"), "automatic": True},
    )
    def deliver(self, delivered_on):
        self.delivered_on = delivered_on

    @transition(
        state,
        State.DELIVERED,
        State.COMPLETED,
        conditions=[is_paid, has_no_open_exception, has_no_open_return],
        permission="orders.complete_order",
        custom={"label": _("Complete"), "style": "primary"},
    )
    def complete(self, completed_on=None):
        self.completed_on = completed_on or timezone.localdate()

    @transition(
        state,
        list(HOLDABLE),
        State.ON_HOLD,
        permission="orders.hold_order",
        custom={"label": _("Hold"), "form": "crm.forms.ReasonForm"},
    )
    def hold(self, reason):
        self.held_from = self.state
        self.hold_reason = reason

    @transition(
        state,
        State.ON_HOLD,
        GET_STATE(lambda self: self.held_from, states=HOLDABLE),
        permission="orders.unhold_order",
        custom={"label": _("Release from hold"), "style": "primary"},
    )
    def unhold(self):
        self.hold_reason = ""

    @transition(
        state,
        [
            State.RECEIVED,
            State.UNDER_REVIEW,
            State.APPROVED,
            State.CONFIRMED,
            State.FULFILLING,
            State.ON_HOLD,
        ],
        State.CANCELLED,
        conditions=[nothing_shipped],
        permission="orders.cancel_order",
        custom={"label": _("Cancel"), "style": "danger", "form": "crm.forms.ReasonForm"},
    )
    def cancel(self, reason):
        self.cancel_reason = reason


class OrderLine(PricedLine):
    """Quantities shipped and allocated are kept by orders.services, under the order's lock."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    allocated = QuantityField(_("allocated"), default=0, editable=False)
    shipped = QuantityField(_("shipped"), default=0, editable=False)

    class Meta(PricedLine.Meta):
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    shipped__gte=0, allocated__gte=0, quantity__gte=F("shipped") + F("allocated")
                ),
                name="line_not_over_shipped",
            )
        ]

    def to_ship(self):
        return self.quantity - self.shipped

    def to_allocate(self):
        return self.quantity - self.shipped - self.allocated


class Allocation(models.Model):
    """Stock of one warehouse reserved for one line and not yet dispatched."""

    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="allocations")
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, related_name="+", verbose_name=_("warehouse")
    )
    quantity = QuantityField(_("quantity"))

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.UniqueConstraint(fields=["line", "warehouse"], name="one_allocation_a_place"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="allocation_positive"),
        ]

    def __str__(self):
        return f"{self.line} · {self.warehouse}"


class OrderCheck(models.Model):
    """One check of the review: passed, failed, or waived with reason and name.

    reasons: [{"code": …, facts}], put in words by `detail` in the reader's language.
    """

    class Kind(models.TextChoices):
        QUANTITY = "quantity", _("quantities")
        PRICE = "price", _("prices")
        PAYMENT = "payment", _("payment terms")
        ADDRESS = "address", _("address")
        PRODUCT = "product", _("products on sale")
        CREDIT = "credit", _("credit")
        STOCK = "stock", _("stock")

    class Result(models.TextChoices):
        PASSED = "passed", _("passed")
        WARNING = "warning", _("warning")
        FAILED = "failed", _("failed")
        WAIVED = "waived", _("waived")

    BADGES = {
        Result.PASSED: "green",
        Result.WARNING: "amber",
        Result.FAILED: "red",
        Result.WAIVED: "blue",
    }
    SENTENCES = {
        "not_positive": _("%(product)s: the quantity is not above zero."),
        "over_contract": _("%(product)s: %(quantity)s ordered, %(agreed)s in the contract."),
        "not_in_contract": _("%(product)s is not in the contract."),
        "off_contract_price": _("%(product)s: %(price)s is not the price of the contract."),
        "below_list_price": _("%(product)s: %(price)s is below the list price of %(list)s."),
        "no_payment_term": _("No payment term is given."),
        "other_payment_term": _("The contract has another payment term: %(agreed)s."),
        "no_address": _("No delivery address is given."),
        "off_sale": _("%(product)s is off sale."),
        "no_limit": _("No credit limit is set."),
        "within_limit": _("%(used)s in use, %(amount)s for this order; the limit is %(limit)s."),
        "over_limit": _(
            "%(used)s in use, %(amount)s for this order: above the limit of %(limit)s."
        ),
        "short": _("%(product)s: %(quantity)s ordered, %(available)s available."),
    }

    order = models.ForeignKey(Order, models.CASCADE, related_name="checks")
    kind = models.CharField(_("check"), max_length=10, choices=Kind.choices)
    result = models.CharField(_("result"), max_length=10, choices=Result.choices)
    reasons = models.JSONField(default=list, editable=False)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("waived by"),
    )
    waive_reason = models.CharField(_("reason waived"), max_length=300, blank=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        constraints = [models.UniqueConstraint(fields=["order", "kind"], name="one_check_a_kind")]

    def __str__(self):
        return self.get_kind_display()

    @property
    def badge(self):
        return self.BADGES[self.result]

    @property
    def detail(self):
        """Why, in words: one sentence a reason."""
        return " ".join(str(self.SENTENCES[reason["code"]]) % reason for reason in self.reasons)
