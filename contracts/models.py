"""Contracts: clauses from a template, reviewed, signed by both, then the law of the order."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from accounts.models import Account, Contact, PaymentTerm
from contracts.querysets import ContractQuerySet, OfContractQuerySet
from crm.lifecycle import condition
from crm.models import (
    Attachment,
    CustomisedModel,
    JourneyModel,
    OwnedModel,
    RecordModel,
    StatefulModel,
    acts,
)
from crm.querysets import ConfigurationQuerySet
from opportunities.models import Opportunity, Quotation
from products.models import PricedDocument, PricedLine


class ContractTemplate(RecordModel):
    name = models.CharField(_("name"), max_length=100, unique=True)
    is_default = models.BooleanField(_("default"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("contract template")
        verbose_name_plural = _("contract templates")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_template"
            )
        ]

    def __str__(self):
        return self.name

    @property
    def lines(self):
        """Its clauses, under the name that the doors use for the parts of any record."""
        return self.clauses


class ClauseModel(models.Model):
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    interpretation = models.TextField(_("interpretation"), blank=True)
    is_mandatory = models.BooleanField(_("mandatory"), default=False)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title


class TemplateClause(ClauseModel):
    template = models.ForeignKey(ContractTemplate, models.CASCADE, related_name="clauses")

    class Meta(ClauseModel.Meta):
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")


class TemplateCheck(models.Model):
    """A question of the compliance checklist."""

    template = models.ForeignKey(ContractTemplate, models.CASCADE, related_name="checks")
    text = models.CharField(_("text"), max_length=300)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("compliance check")
        verbose_name_plural = _("compliance checks")

    def __str__(self):
        return self.text


class Contract(StatefulModel, PricedDocument, OwnedModel, JourneyModel, CustomisedModel):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        CHANGES_REQUESTED = "changes_requested", _("changes requested")
        APPROVED = "approved", _("approved")
        SIGNING = "signing", _("being signed")
        ACTIVE = "active", pgettext_lazy("contract", "active")
        COMPLETED = "completed", _("completed")
        TERMINATED = "terminated", _("terminated")
        EXPIRED = "expired", _("expired")
        CANCELLED = "cancelled", _("cancelled")

    BADGES = {
        State.IN_REVIEW: "amber",
        State.CHANGES_REQUESTED: "red",
        State.APPROVED: "blue",
        State.SIGNING: "amber",
        State.ACTIVE: "blue",
        State.COMPLETED: "green",
        State.TERMINATED: "red",
        State.EXPIRED: "red",
        State.CANCELLED: "red",
    }
    EDITABLE = (State.DRAFT, State.CHANGES_REQUESTED)
    journey_stage = 40

    state = FSMField(
        _("state"), choices=State.choices, default=State.DRAFT, protected=True, editable=False
    )
    number = models.CharField(_("number"), max_length=30, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    quotation = models.OneToOneField(
        Quotation,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="contract",
        verbose_name=_("quotation"),
    )
    opportunity = models.ForeignKey(
        Opportunity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name=_("opportunity"),
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="contracts", verbose_name=_("customer")
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    template = models.ForeignKey(
        ContractTemplate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("template"),
    )
    payment_term = models.ForeignKey(
        PaymentTerm, models.PROTECT, related_name="+", verbose_name=_("payment term")
    )
    delivery = models.CharField(_("delivery method and time"), max_length=200, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    our_signer = models.CharField(_("signed for us by"), max_length=100, blank=True, editable=False)
    our_signed_on = models.DateField(_("signed by us on"), null=True, blank=True, editable=False)
    their_signer = models.CharField(
        _("signed for the customer by"), max_length=100, blank=True, editable=False
    )
    their_signed_on = models.DateField(
        _("signed by the customer on"), null=True, blank=True, editable=False
    )
    signing_place = models.CharField(
        _("place of signing"), max_length=200, blank=True, editable=False
    )
    activated_on = models.DateField(_("active since"), null=True, blank=True, editable=False)
    ended_reason = models.CharField(_("reason ended"), max_length=300, blank=True, editable=False)
    attachments = GenericRelation(Attachment)

    objects = ContractQuerySet.as_manager()
    search_fields = ("number", "title", "account__name")
    remote_select = True

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        permissions = acts(
            "contract",
            "submit",
            "check",
            "assess",
            "begin_signing",
            "sign",
            "activate",
            "complete",
            "terminate",
            "cancel",
        )
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="one_contract_a_number"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="contract_dates",
                violation_error_message=_("The contract cannot end before it starts."),
            ),
        ]

    def __str__(self):
        return self.number or self.title

    def clean(self):
        if self.account_id is None:
            return
        if self.contact and self.contact.account_id != self.account_id:
            raise ValidationError({"contact": _("This person belongs to another customer.")})
        if self.opportunity and self.opportunity.account_id not in (None, self.account_id):
            raise ValidationError({"opportunity": _("This deal is with another customer.")})

    @condition(_("The contract has no lines."))
    def has_lines(self):
        return self.lines.exists()

    @condition(_("A mandatory clause is missing or empty."))
    def has_mandatory_clauses(self):
        texts = {c.title: c.body.strip() for c in self.clauses.all()}
        wanted = {c.title for c in self.clauses.all() if c.is_mandatory}
        if self.template:
            wanted |= set(
                self.template.clauses.filter(is_mandatory=True).values_list("title", flat=True)
            )
        return all(texts.get(title) for title in wanted)

    @condition(
        _("The compliance checklist is not complete: every point must be checked and passed.")
    )
    def is_compliant(self):
        return not self.checks.exclude(passed=True).exists()

    @condition(_("A high risk has no measure against it."))
    def has_measures(self):
        return not self.risks.filter(level=Risk.Level.HIGH, measure="").exists()

    @condition(_("Both signatures with their dates are needed."))
    def is_signed(self):
        return bool(
            self.our_signer and self.our_signed_on and self.their_signer and self.their_signed_on
        )

    @condition(_("The signed copy has to be attached."))
    def has_signed_copy(self):
        return self.attachments.filter(kind="signed_copy").exists()

    @transition(
        state,
        [State.DRAFT, State.CHANGES_REQUESTED],
        State.IN_REVIEW,
        conditions=[has_lines, has_mandatory_clauses],
        permission="contracts.submit_contract",
        custom={"label": _("Submit for review"), "style": "primary"},
    )
    def submit(self, number):
        self.number = number

    @transition(
        state,
        State.IN_REVIEW,
        State.CHANGES_REQUESTED,
        custom={"label": _("Changes requested"), "automatic": True},
    )
    def request_changes(self, comment=""):
        pass

    @transition(
        state,
        State.IN_REVIEW,
        State.APPROVED,
        conditions=[is_compliant, has_measures],
        custom={"label": _("Approved"), "automatic": True},
    )
    def approve(self):
        pass

    @transition(
        state,
        State.APPROVED,
        State.SIGNING,
        permission="contracts.begin_signing_contract",
        custom={
            "label": _("Start signing"),
            "style": "primary",
            "form": "contracts.forms.BeginSigningForm",
        },
    )
    def begin_signing(self, signing_place=""):
        self.signing_place = signing_place

    @transition(
        state,
        State.SIGNING,
        State.ACTIVE,
        conditions=[is_signed, has_signed_copy],
        permission="contracts.activate_contract",
        custom={"label": pgettext_lazy("contract", "Activate"), "style": "primary"},
    )
    def activate(self, rate):
        self.rate = rate
        self.activated_on = timezone.localdate()

    @transition(
        state,
        State.ACTIVE,
        State.COMPLETED,
        permission="contracts.complete_contract",
        custom={"label": _("Complete")},
    )
    def complete(self):
        pass

    @transition(
        state,
        State.ACTIVE,
        State.TERMINATED,
        permission="contracts.terminate_contract",
        custom={"label": _("Terminate"), "style": "danger", "form": "crm.forms.ReasonForm"},
    )
    def terminate(self, reason):
        self.ended_reason = reason

    @transition(
        state, State.ACTIVE, State.EXPIRED, custom={"label": _("Expired"), "automatic": True}
    )
    def expire(self):
        pass

    @transition(
        state,
        [State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED, State.SIGNING],
        State.CANCELLED,
        permission="contracts.cancel_contract",
        custom={"label": _("Cancel"), "style": "danger", "form": "crm.forms.ReasonForm"},
    )
    def cancel(self, reason):
        self.ended_reason = reason


class ContractLine(PricedLine):
    contract = models.ForeignKey(Contract, models.CASCADE, related_name="lines")

    class Meta(PricedLine.Meta):
        verbose_name = _("contract line")
        verbose_name_plural = _("contract lines")


class ContractClause(ClauseModel):
    contract = models.ForeignKey(Contract, models.CASCADE, related_name="clauses")

    class Meta(ClauseModel.Meta):
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")


class ComplianceCheck(models.Model):
    contract = models.ForeignKey(Contract, models.CASCADE, related_name="checks")
    text = models.CharField(_("text"), max_length=300)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    passed = models.BooleanField(_("passed"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("compliance check")
        verbose_name_plural = _("compliance checks")

    def __str__(self):
        return self.text


class Risk(models.Model):
    class Level(models.TextChoices):
        LOW = "low", _("low")
        MEDIUM = "medium", _("medium")
        HIGH = "high", _("high")

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="risks")
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    description = models.CharField(_("risk"), max_length=300)
    measure = models.CharField(_("measure"), max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("risk")
        verbose_name_plural = _("risks")

    def __str__(self):
        return self.description


class Amendment(StatefulModel, RecordModel):
    """A change agreed after signing; the contract itself keeps its wording."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        APPROVED = "approved", _("approved")
        EFFECTIVE = "effective", _("effective")
        CANCELLED = "cancelled", _("cancelled")

    BADGES = {
        State.IN_REVIEW: "amber",
        State.APPROVED: "blue",
        State.EFFECTIVE: "green",
        State.CANCELLED: "red",
    }
    EDITABLE = (State.DRAFT,)

    state = FSMField(
        _("state"), choices=State.choices, default=State.DRAFT, protected=True, editable=False
    )
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="amendments", verbose_name=_("contract")
    )
    title = models.CharField(_("title"), max_length=200)
    changes = models.TextField(_("what changes"))
    effective_on = models.DateField(_("effective on"))

    objects = OfContractQuerySet.as_manager()
    search_fields = ("title", "contract__number")

    class Meta:
        ordering = ["effective_on", "pk"]
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        permissions = acts("amendment", "submit", "put_into_effect", "cancel")

    def __str__(self):
        return self.title

    @condition(_("Only an active contract can be amended."))
    def amends_active_contract(self):
        return self.contract.state == Contract.State.ACTIVE

    @condition(_("The day on which it takes effect has not come."))
    def is_due(self):
        return self.effective_on <= timezone.localdate()

    @transition(
        state,
        State.DRAFT,
        State.IN_REVIEW,
        conditions=[amends_active_contract],
        permission="contracts.submit_amendment",
        custom={"label": _("Submit for review"), "style": "primary"},
    )
    def submit(self):
        pass

    @transition(
        state, State.IN_REVIEW, State.APPROVED, custom={"label": _("Approved"), "automatic": True}
    )
    def approve(self):
        pass

    @transition(
        state, State.IN_REVIEW, State.DRAFT, custom={"label": _("Sent back"), "automatic": True}
    )
    def send_back(self, comment=""):
        pass

    @transition(
        state,
        State.APPROVED,
        State.EFFECTIVE,
        conditions=[amends_active_contract, is_due],
        permission="contracts.put_into_effect_amendment",
        custom={"label": _("Put into effect"), "style": "primary"},
    )
    def put_into_effect(self):
        pass

    @transition(
        state,
        [State.DRAFT, State.IN_REVIEW, State.APPROVED],
        State.CANCELLED,
        permission="contracts.cancel_amendment",
        custom={"label": _("Cancel"), "style": "danger", "form": "crm.forms.ReasonForm"},
    )
    def cancel(self, reason):
        pass
