"""What customers owe: receivables, the invoices for them, and what is written off."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from accounts.models import Account, TermPart
from contracts.models import Contract
from crm.cells import money
from crm.fields import MoneyField
from crm.lifecycle import condition
from crm.models import Currency, JourneyModel, OwnedModel, RecordModel, StatefulModel, acts
from orders.models import Order
from receivables.querysets import OfAccountQuerySet, OfReceivableQuerySet, ReceivableQuerySet


class Receivable(StatefulModel, JourneyModel, RecordModel):
    """One part of a payment term. amount = allocated + written_off + balance, in the database.

    Planned until its event has happened; then due_on is set and it is open (a part counted from
    a date knows its due_on beforehand). Overdue is derived.
    `allocated` and `written_off` are kept by receivables.services under the row's lock.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        OPEN = "open", _("to be paid")
        PART_PAID = "part_paid", _("partly paid")
        PAID = "paid", _("paid")
        DISPUTED = "disputed", _("disputed")
        WRITTEN_OFF = "written_off", _("written off")
        CANCELLED = "cancelled", _("cancelled")

    BADGES = {
        State.OPEN: "amber",
        State.PART_PAID: "amber",
        State.PAID: "green",
        State.DISPUTED: "red",
        State.WRITTEN_OFF: "red",
        State.CANCELLED: "grey",
    }
    EDITABLE = ()
    journey_stage = 70

    state = FSMField(
        _("state"),
        choices=State.choices,
        default=State.PLANNED,
        protected=True,
        editable=False,
        db_index=True,
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="receivables", verbose_name=_("customer")
    )
    contract = models.ForeignKey(
        Contract,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="receivables",
        verbose_name=_("contract"),
    )
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="receivables",
        verbose_name=_("order"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    label = models.CharField(_("part"), max_length=60)
    event = models.CharField(_("counted from"), max_length=15, choices=TermPart.Event.choices)
    days = models.PositiveSmallIntegerField(_("days after"), default=0)
    currency = models.ForeignKey(Currency, models.PROTECT, verbose_name=_("currency"))
    amount = MoneyField(_("amount"))
    allocated = MoneyField(_("paid"), default=0)
    written_off = MoneyField(_("written off"), default=0)
    balance = models.GeneratedField(
        expression=F("amount") - F("allocated") - F("written_off"),
        output_field=MoneyField(),
        db_persist=True,
        verbose_name=_("balance"),
    )
    opened_on = models.DateField(_("open since"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True, editable=False)
    dispute_reason = models.CharField(_("reason disputed"), max_length=300, blank=True)
    # The last local date on which the owner was told that it is overdue.
    notified_on = models.DateField(null=True, blank=True, editable=False)

    objects = ReceivableQuerySet.as_manager()
    search_fields = ("order__number", "contract__number", "account__name", "label")

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("receivable")
        verbose_name_plural = _("receivables")
        permissions = acts("receivable", "dispute", "settle_dispute", "request_write_off")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    amount__gte=F("allocated") + F("written_off"),
                    allocated__gte=0,
                    written_off__gte=0,
                ),
                name="receivable_never_overpaid",
            ),
            models.UniqueConstraint(
                fields=["order", "position"],
                condition=Q(order__isnull=False),
                name="one_part_an_order",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(state__in=["open", "part_paid", "disputed"]),
                name="receivable_due",
            )
        ]

    def __str__(self):
        return f"{self.order or self.contract} · {self.label}"

    @property
    def days_overdue(self):
        """Days since the due date of what is owed, 0 when nothing is late; as of the day the
        row was asked for by with_balance_on(), else today."""
        on = getattr(self, "seen_on", None) or timezone.localdate()
        owed = self.opened_on and (self.cancelled_on is None or self.cancelled_on > on)
        if not owed or getattr(self, "balance_on", self.balance) <= 0:
            return 0
        return max((on - self.due_on).days, 0)

    @property
    def is_overdue(self):
        return self.days_overdue > 0

    def settled_state(self):
        """The state that follows from the figures."""
        if self.allocated + self.written_off >= self.amount:
            return self.State.PAID if self.allocated else self.State.WRITTEN_OFF
        return self.State.PART_PAID if self.allocated else self.State.OPEN

    @transition(
        state,
        State.PLANNED,
        State.OPEN,
        custom={"label": pgettext_lazy("receivable", "Due"), "automatic": True},
    )
    def open(self, opened_on, due_on):
        self.opened_on = opened_on
        self.due_on = due_on

    @transition(
        state,
        [State.OPEN, State.PART_PAID, State.PAID, State.WRITTEN_OFF],
        State.PART_PAID,
        custom={"label": _("Partly paid"), "automatic": True},
    )
    def pay_partly(self):
        pass

    @transition(
        state,
        [State.OPEN, State.PART_PAID, State.DISPUTED, State.WRITTEN_OFF],
        State.PAID,
        custom={"label": _("Paid"), "automatic": True},
    )
    def pay(self):
        pass

    @transition(
        state,
        [State.PART_PAID, State.PAID, State.WRITTEN_OFF],
        State.OPEN,
        custom={"label": _("Open again"), "automatic": True},
    )
    def reopen(self):
        pass

    @transition(
        state,
        [State.OPEN, State.PART_PAID, State.DISPUTED],
        State.WRITTEN_OFF,
        custom={"label": _("Written off"), "automatic": True},
    )
    def write_off(self):
        pass

    @transition(
        state,
        [State.OPEN, State.PART_PAID],
        State.DISPUTED,
        permission="receivables.dispute_receivable",
        custom={"label": _("Dispute"), "form": "crm.forms.ReasonForm"},
    )
    def dispute(self, reason):
        self.dispute_reason = reason

    @transition(
        state,
        State.DISPUTED,
        State.OPEN,
        permission="receivables.settle_dispute_receivable",
        custom={
            "label": _("Settle the dispute"),
            "style": "primary",
            "form": "crm.forms.CommentForm",
        },
    )
    def settle_dispute(self, comment):
        """The service moves it on to part_paid when something was paid."""
        self.dispute_reason = ""

    @transition(
        state,
        [State.PLANNED, State.OPEN, State.DISPUTED],
        State.CANCELLED,
        custom={"label": _("Cancelled"), "automatic": True},
    )
    def cancel(self):
        self.cancelled_on = timezone.localdate()


class Invoice(StatefulModel, OwnedModel):
    """A tax invoice. Never edited once issued: a reversing invoice (negative) takes it back."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ISSUED = "issued", _("issued")
        REVERSED = "reversed", _("reversed")

    class Kind(models.TextChoices):
        NORMAL = "normal", _("ordinary VAT invoice")
        SPECIAL = "special", _("special VAT invoice")

    BADGES = {State.ISSUED: "green", State.REVERSED: "red"}
    EDITABLE = (State.DRAFT,)

    state = FSMField(
        _("state"), choices=State.choices, default=State.DRAFT, protected=True, editable=False
    )
    # Given at issue and without gaps.
    number = models.CharField(_("number"), max_length=30, blank=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.NORMAL)
    order = models.ForeignKey(
        Order, models.PROTECT, related_name="invoices", verbose_name=_("order")
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="invoices", editable=False, verbose_name=_("customer")
    )
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="reversed_by",
        verbose_name=_("reverses"),
    )
    title = models.CharField(_("invoice title"), max_length=200)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, editable=False, verbose_name=_("currency")
    )
    amount = MoneyField(_("amount including tax"))
    tax = MoneyField(_("tax included"), default=0, editable=False)
    issued_on = models.DateField(_("issued on"), null=True, blank=True, editable=False)
    reverse_reason = models.CharField(
        _("reason reversed"), max_length=300, blank=True, editable=False
    )

    objects = OfAccountQuerySet.as_manager()
    search_fields = ("number", "title", "order__number", "order__account__name")
    is_searched = True

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        permissions = acts("invoice", "issue", "reverse")
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="one_invoice_a_number"
            )
        ]

    def __str__(self):
        return self.number or f"{capfirst(_('invoice'))} · {self.order}"

    @condition(_("A special VAT invoice needs the customer's tax number."))
    def has_tax_number(self):
        return self.kind != self.Kind.SPECIAL or bool(self.tax_number)

    @condition(_("A reversing invoice cannot be reversed itself."))
    def is_original(self):
        return self.reverses_id is None

    @transition(
        state,
        State.DRAFT,
        State.ISSUED,
        conditions=[has_tax_number],
        permission="receivables.issue_invoice",
        custom={"label": _("Issue"), "style": "primary"},
    )
    def issue(self, number, issued_on):
        self.number = number
        self.issued_on = issued_on

    @transition(
        state,
        State.ISSUED,
        State.REVERSED,
        conditions=[is_original],
        permission="receivables.reverse_invoice",
        custom={"label": _("Reverse"), "style": "danger", "form": "crm.forms.ReasonForm"},
    )
    def reverse(self, reason):
        self.reverse_reason = reason


class WriteOff(StatefulModel, RecordModel):
    """A request to give up (part of) a receivable; takes effect when approved."""

    class State(models.TextChoices):
        IN_APPROVAL = "in_approval", _("in approval")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")

    BADGES = {State.IN_APPROVAL: "amber", State.APPROVED: "green", State.REJECTED: "red"}
    EDITABLE = ()

    state = FSMField(
        _("state"), choices=State.choices, default=State.IN_APPROVAL, protected=True, editable=False
    )
    receivable = models.ForeignKey(
        Receivable, models.PROTECT, related_name="write_offs", verbose_name=_("receivable")
    )
    amount = MoneyField(_("amount"))
    reason = models.CharField(_("reason"), max_length=300)
    decided_on = models.DateField(_("decided on"), null=True, blank=True, editable=False)

    objects = OfReceivableQuerySet.as_manager()
    search_fields = ("reason", "receivable__account__name")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("write-off")
        verbose_name_plural = _("write-offs")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="write_off_positive")]

    def __str__(self):
        return f"{self.receivable} · {money(self.amount, self.currency_id)}"

    @property
    def currency_id(self):
        return self.receivable.currency_id

    @transition(
        state, State.IN_APPROVAL, State.APPROVED, custom={"label": _("Approved"), "automatic": True}
    )
    def approve(self):
        self.decided_on = timezone.localdate()

    @transition(
        state, State.IN_APPROVAL, State.REJECTED, custom={"label": _("Rejected"), "automatic": True}
    )
    def reject(self, comment=""):
        self.decided_on = timezone.localdate()
