"""Money received, and what it pays for."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import Account
from crm.fields import MoneyField
from crm.lifecycle import condition
from crm.models import Currency, RecordModel, StatefulModel, acts
from crm.money import ZERO
from receivables.models.receivable import Receivable
from receivables.querysets import AllocationQuerySet, PaymentQuerySet


class Payment(StatefulModel, RecordModel):
    """What is not allocated stays as the customer's credit, until it is refunded.

    `allocated` and `refunded` are kept by receivables.services under the row's lock.
    """

    class State(models.TextChoices):
        RECORDED = "recorded", _("recorded")
        CLEARED = "cleared", _("cleared")
        BOUNCED = "bounced", _("bounced")

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("bank transfer")
        CASH = "cash", _("cash")
        CHEQUE = "cheque", _("cheque")
        ONLINE = "online", _("online payment")
        CREDIT = "credit", _("credit note")
        OTHER = "other", _("other")

    BADGES = {State.RECORDED: "amber", State.CLEARED: "green", State.BOUNCED: "red"}
    EDITABLE = ()
    journey_stage = 80

    state = FSMField(
        _("state"), choices=State.choices, default=State.RECORDED, protected=True, editable=False
    )
    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="payments", verbose_name=_("customer")
    )
    method = models.CharField(
        _("method"), max_length=10, choices=Method.choices, default=Method.TRANSFER
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, default="CNY", verbose_name=_("currency")
    )
    rate = models.DecimalField(
        _("exchange rate"), max_digits=18, decimal_places=8, null=True, blank=True, editable=False
    )
    amount = MoneyField(_("amount"), validators=[MinValueValidator(0)])
    received_on = models.DateField(_("received on"), default=timezone.localdate)
    payer = models.CharField(_("payer"), max_length=200, blank=True)
    reference = models.CharField(_("bank reference"), max_length=100, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    allocated = MoneyField(_("allocated"), default=0, editable=False)
    refunded = MoneyField(_("refunded"), default=0, editable=False)
    # Money that bounced never came: nothing of it is left.
    unallocated = models.GeneratedField(
        expression=models.Case(
            models.When(state="bounced", then=models.Value(ZERO)),
            default=F("amount") - F("allocated") - F("refunded"),
        ),
        output_field=MoneyField(),
        db_persist=True,
        verbose_name=_("not allocated"),
    )

    objects = PaymentQuerySet.as_manager()
    search_fields = ("number", "account__name", "payer", "reference")
    is_searched = True
    remote_select = True

    class Meta:
        ordering = ["-received_on", "-pk"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        permissions = acts("payment", "clear", "bounce", "allocate", "reverse_allocation", "refund")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(
                    amount__gte=F("allocated") + F("refunded"), allocated__gte=0, refunded__gte=0
                ),
                name="payment_never_overspent",
            ),
        ]

    def __str__(self):
        return self.number

    @condition(_("Part of it has been refunded to the customer."))
    def is_not_refunded(self):
        return self.refunded == 0

    @condition(_("A credit note is not money that could bounce."))
    def is_money(self):
        return self.method != self.Method.CREDIT

    @transition(
        state,
        State.RECORDED,
        State.CLEARED,
        permission="receivables.clear_payment",
        custom={"label": _("Money arrived"), "style": "primary"},
    )
    def clear(self):
        pass

    @transition(
        state,
        [State.RECORDED, State.CLEARED],
        State.BOUNCED,
        conditions=[is_not_refunded, is_money],
        permission="receivables.bounce_payment",
        custom={"label": _("Bounced"), "style": "danger", "form": "crm.forms.ReasonForm"},
    )
    def bounce(self, reason):
        """The service reverses its allocations first."""


class PaymentAllocation(models.Model):
    """Part of a payment that pays part of a receivable. Taken back by reversal, never deleted."""

    payment = models.ForeignKey(
        Payment, models.PROTECT, related_name="allocations", verbose_name=_("payment")
    )
    receivable = models.ForeignKey(
        Receivable, models.PROTECT, related_name="allocations", verbose_name=_("receivable")
    )
    amount = MoneyField(_("amount"))
    allocated_on = models.DateField(_("allocated on"), default=timezone.localdate)
    reversed_at = models.DateTimeField(_("reversed at"), null=True, blank=True)
    reverse_reason = models.CharField(_("reason reversed"), max_length=300, blank=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_allocation_positive")
        ]
        indexes = [
            models.Index(
                fields=["receivable"], condition=Q(reversed_at=None), name="allocation_live"
            )
        ]

    def __str__(self):
        return f"{self.payment} → {self.receivable}"
