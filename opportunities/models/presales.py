"""What a deal is made of before the offer: needs, demos, and the rounds of negotiation."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from crm.fields import MoneyField, QuantityField
from crm.lifecycle import condition
from crm.models import RecordModel, StatefulModel, acts
from opportunities.models.deal import Opportunity
from opportunities.querysets import OfOpportunityQuerySet
from products.models import Product


class NeedsSheet(StatefulModel, RecordModel):
    """What the customer needs, confirmed by the customer and judged by us."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        CONFIRMED = "confirmed", _("confirmed by the customer")

    BADGES = {State.DRAFT: "grey", State.CONFIRMED: "green"}
    EDITABLE = (State.DRAFT,)

    state = FSMField(
        _("state"), choices=State.choices, default=State.DRAFT, protected=True, editable=False
    )
    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, related_name="needs_sheets", verbose_name=_("opportunity")
    )
    summary = models.TextField(_("what is needed"))
    budget = MoneyField(_("budget"), null=True, blank=True)
    needed_on = models.DateField(_("delivery wanted by"), null=True, blank=True)
    confirmed_by = models.CharField(_("confirmed by"), max_length=100, blank=True, editable=False)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True, editable=False)
    confirmed_how = models.CharField(_("how confirmed"), max_length=200, blank=True, editable=False)
    is_feasible = models.BooleanField(_("feasible"), null=True, blank=True, editable=False)
    judgement = models.TextField(_("judgement"), blank=True, editable=False)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("judged by"),
    )

    objects = OfOpportunityQuerySet.as_manager()
    search_fields = ("summary", "opportunity__name")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("needs sheet")
        verbose_name_plural = _("needs sheets")
        permissions = acts("needssheet", "confirm", "judge", "revise")

    @property
    def currency_id(self):
        return self.opportunity.currency_id

    def __str__(self):
        return f"{capfirst(_('needs sheet'))} · {self.opportunity}"

    @condition(_("List at least one product or requirement with its quantity."))
    def has_lines(self):
        return self.lines.exists()

    @transition(
        state,
        State.DRAFT,
        State.CONFIRMED,
        conditions=[has_lines],
        permission="opportunities.confirm_needssheet",
        custom={
            "label": _("Customer confirmed"),
            "style": "primary",
            "form": "opportunities.forms.ConfirmNeedsForm",
        },
    )
    def confirm(self, confirmed_by, confirmed_on, confirmed_how=""):
        self.confirmed_by = confirmed_by
        self.confirmed_on = confirmed_on
        self.confirmed_how = confirmed_how

    @transition(
        state,
        State.CONFIRMED,
        State.DRAFT,
        permission="opportunities.revise_needssheet",
        custom={"label": _("Revise"), "form": "crm.forms.CommentForm"},
    )
    def revise(self, comment):
        self.is_feasible = None
        self.judged_by = None


class NeedsLine(models.Model):
    sheet = models.ForeignKey(NeedsSheet, models.CASCADE, related_name="lines")
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    requirement = models.CharField(_("requirement, specification"), max_length=300)
    quantity = QuantityField(_("quantity"), default=1, validators=[MinValueValidator(0)])
    is_must = models.BooleanField(_("must have"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")

    def __str__(self):
        return self.requirement


class Demo(StatefulModel, RecordModel):
    """Showing the product, and how the customer took it."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    BADGES = {State.PLANNED: "blue", State.HELD: "green", State.CANCELLED: "red"}
    EDITABLE = (State.PLANNED,)

    state = FSMField(
        _("state"), choices=State.choices, default=State.PLANNED, protected=True, editable=False
    )
    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, related_name="demos", verbose_name=_("opportunity")
    )
    subject = models.CharField(_("subject"), max_length=200)
    scheduled_at = models.DateTimeField(_("when"))
    place = models.CharField(_("place or link"), max_length=200, blank=True)
    materials = models.TextField(_("samples, cases, materials"), blank=True)
    participants = models.CharField(_("participants"), max_length=300, blank=True)
    reaction = models.TextField(_("reactions"), blank=True, editable=False)
    questions = models.TextField(_("questions and answers"), blank=True, editable=False)
    held_on = models.DateField(_("held on"), null=True, blank=True, editable=False)

    objects = OfOpportunityQuerySet.as_manager()
    search_fields = ("subject", "opportunity__name")

    class Meta:
        ordering = ["-scheduled_at", "-pk"]
        verbose_name = _("demo")
        verbose_name_plural = _("demos")
        permissions = acts("demo", "hold", "cancel")

    def __str__(self):
        return self.subject

    @transition(
        state,
        State.PLANNED,
        State.HELD,
        permission="opportunities.hold_demo",
        custom={
            "label": _("Demo held"),
            "style": "primary",
            "form": "opportunities.forms.HoldDemoForm",
        },
    )
    def hold(self, held_on, reaction, questions=""):
        self.held_on = held_on
        self.reaction = reaction
        self.questions = questions

    @transition(
        state,
        State.PLANNED,
        State.CANCELLED,
        permission="opportunities.cancel_demo",
        custom={"label": _("Cancel"), "style": "danger", "form": "crm.forms.ReasonForm"},
    )
    def cancel(self, reason):
        pass


class NegotiationRound(RecordModel):
    """One round: what they asked, what we offered, what was given for what."""

    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, related_name="rounds", verbose_name=_("opportunity")
    )
    held_on = models.DateField(_("held on"), default=timezone.localdate)
    participants = models.CharField(_("participants"), max_length=300, blank=True)
    their_ask = models.TextField(_("what they ask"))
    our_offer = models.TextField(_("what we offer"))
    offered_amount = MoneyField(_("amount offered"), null=True, blank=True)
    concession = models.TextField(_("concession"), blank=True)
    in_return = models.TextField(_("in return for"), blank=True)
    outcome = models.TextField(_("outcome"), blank=True)

    objects = OfOpportunityQuerySet.as_manager()
    search_fields = ("their_ask", "opportunity__name")

    class Meta:
        ordering = ["held_on", "pk"]
        verbose_name = _("negotiation round")
        verbose_name_plural = _("negotiation rounds")

    @property
    def currency_id(self):
        return self.opportunity.currency_id

    def __str__(self):
        return f"{self.opportunity} · {self.held_on}"
