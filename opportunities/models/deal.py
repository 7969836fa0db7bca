"""Deals: phases that mean the same everywhere, and the company's own steps inside them."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, FSMField, transition

from accounts.models import Account, Contact
from crm.fields import MoneyField, QuantityField
from crm.lifecycle import condition
from crm.models import Currency, JourneyModel, OwnedModel, RecordModel, StatefulModel, acts
from crm.querysets import ConfigurationQuerySet
from leads.models import Lead
from opportunities.querysets import OfOpportunityQuerySet, OpportunityQuerySet
from planning.models import Campaign
from products.models import Product


class Phase(models.TextChoices):
    NEEDS = "needs", _("needs")
    PRESENTATION = "presentation", _("presentation")
    QUOTATION = "quotation", _("quotation")
    NEGOTIATION = "negotiation", _("negotiation")
    WON = "won", _("won")
    LOST = "lost", _("lost")


OPEN_PHASES = [Phase.NEEDS, Phase.PRESENTATION, Phase.QUOTATION, Phase.NEGOTIATION]


class SalesProcess(RecordModel):
    """The company's own way to sell: steps inside the fixed phases."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_default = models.BooleanField(_("default"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    needs_demo = models.BooleanField(_("a demo is required before quoting"), default=True)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("sales process")
        verbose_name_plural = _("sales processes")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="one_default_process",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def lines(self):
        """Its steps, under the name that the doors use for the parts of any record."""
        return self.steps


class ProcessStep(models.Model):
    process = models.ForeignKey(SalesProcess, models.CASCADE, related_name="steps")
    phase = models.CharField(
        _("phase"), max_length=15, choices=[(p.value, p.label) for p in OPEN_PHASES]
    )
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    probability = models.PositiveSmallIntegerField(
        _("probability %"), default=10, validators=[MaxValueValidator(100)]
    )
    stale_after_days = models.PositiveSmallIntegerField(_("days until stale"), default=14)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("step")
        verbose_name_plural = _("steps")

    def __str__(self):
        return self.name


class ChecklistItem(models.Model):
    """Something to be ticked before the deal leaves the step, if `is_required`."""

    step = models.ForeignKey(ProcessStep, models.CASCADE, related_name="items")
    text = models.CharField(_("text"), max_length=200)
    is_required = models.BooleanField(_("required"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")

    def __str__(self):
        return self.text


def backwards(field):
    """The transition from each open phase to any one before it."""

    def mark(method):
        for n, source in enumerate(OPEN_PHASES[1:], start=1):
            method = transition(
                field,
                source,
                GET_STATE(lambda self, phase, comment: phase, states=OPEN_PHASES[:n]),
                permission="opportunities.back_opportunity",
                custom={
                    "label": _("Back to a phase"),
                    "form": "opportunities.forms.BackForm",
                },
            )(method)
        return method

    return mark


class Opportunity(StatefulModel, OwnedModel, JourneyModel):
    """A deal with one account. `amount` is expected until a quotation is accepted, then its total."""

    BADGES = {
        Phase.NEEDS: "grey",
        Phase.PRESENTATION: "blue",
        Phase.QUOTATION: "blue",
        Phase.NEGOTIATION: "amber",
        Phase.WON: "green",
        Phase.LOST: "red",
    }
    EDITABLE = tuple(OPEN_PHASES)
    journey_stage = 20

    state = FSMField(
        _("phase"),
        choices=Phase.choices,
        default=Phase.NEEDS,
        protected=True,
        editable=False,
        db_index=True,
    )
    name = models.CharField(_("name"), max_length=200)
    # Empty only for history taken over from elsewhere.
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opportunities",
        verbose_name=_("customer"),
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opportunities",
        verbose_name=_("contact"),
    )
    lead = models.OneToOneField(
        Lead,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="opportunity",
        verbose_name=_("lead"),
    )
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="opportunities",
        verbose_name=_("campaign"),
    )
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product of interest"),
    )
    process = models.ForeignKey(
        SalesProcess, models.PROTECT, related_name="+", verbose_name=_("sales process")
    )
    step = models.ForeignKey(
        ProcessStep,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("step"),
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, default="CNY", verbose_name=_("currency")
    )
    amount = MoneyField(_("amount"), default=0, validators=[MinValueValidator(0)])
    probability = models.PositiveSmallIntegerField(
        _("probability %"), default=10, editable=False, validators=[MaxValueValidator(100)]
    )
    opened_on = models.DateField(_("opened on"), default=timezone.localdate)
    expected_close_on = models.DateField(_("expected close"), null=True, blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)
    description = models.TextField(_("notes"), blank=True)
    lost_reason = models.CharField(_("reason lost"), max_length=200, blank=True, editable=False)
    competitor = models.CharField(_("competitor"), max_length=100, blank=True)
    lost_in = models.CharField(
        _("lost in phase"), max_length=15, choices=Phase.choices, blank=True, editable=False
    )
    phase_since = models.DateTimeField(_("in phase since"), default=timezone.now, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)

    objects = OpportunityQuerySet.as_manager()
    search_fields = ("name", "account__name")
    remote_select = True

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        permissions = acts(
            "opportunity",
            "present",
            "quote",
            "negotiate",
            "win",
            "lose",
            "back",
            "reopen",
            "assign",
            "tick",
        )
        indexes = [
            models.Index(fields=["owner", "state"], name="opportunity_owner_state"),
            models.Index(fields=["state", "closed_on"], name="opportunity_closed"),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        if self.contact and self.account_id not in (None, self.contact.account_id):
            raise ValidationError({"contact": _("This person belongs to another customer.")})

    def enter(self, phase):
        """Set what changes with every phase: since when, the first step, its probability."""
        self.phase_since = timezone.now()
        self.step = self.process.steps.filter(phase=phase).first()
        self.probability = {Phase.WON: 100, Phase.LOST: 0}.get(
            phase, self.step.probability if self.step else self.probability
        )

    @condition(_("A needs sheet confirmed by the customer and judged feasible is missing."))
    def has_feasible_needs(self):
        return self.needs_sheets.filter(state=NeedsSheet.State.CONFIRMED, is_feasible=True).exists()

    @condition(_("A demo has to be held first: the sales process requires it."))
    def has_demo(self):
        return not self.process.needs_demo or self.demos.filter(state=Demo.State.HELD).exists()

    @condition(_("A quotation has to be sent first."))
    def has_sent_quotation(self):
        return self.quotations.filter(
            state__in=["sent", "accepted", "declined", "expired"]
        ).exists()

    @condition(_("An accepted quotation is missing."))
    def has_accepted_quotation(self):
        return self.quotations.filter(state="accepted").exists()

    @condition(_("Required items of the step's checklist are not ticked."))
    def has_ticked_checklist(self):
        if self.step is None:
            return True
        required = self.step.items.filter(is_required=True)
        return not required.exclude(ticks__opportunity=self).exists()

    @condition(_("The opportunity has no customer yet."))
    def has_account(self):
        return self.account_id is not None

    @transition(
        state,
        Phase.NEEDS,
        Phase.PRESENTATION,
        conditions=[has_account, has_feasible_needs, has_ticked_checklist],
        permission="opportunities.present_opportunity",
        custom={"label": _("To presentation"), "style": "primary"},
    )
    def present(self):
        self.enter(Phase.PRESENTATION)

    @transition(
        state,
        [Phase.NEEDS, Phase.PRESENTATION],
        Phase.QUOTATION,
        conditions=[has_account, has_feasible_needs, has_demo, has_ticked_checklist],
        permission="opportunities.quote_opportunity",
        custom={"label": _("To quotation"), "style": "primary"},
    )
    def quote(self):
        self.enter(Phase.QUOTATION)

    @transition(
        state,
        Phase.QUOTATION,
        Phase.NEGOTIATION,
        conditions=[has_sent_quotation, has_ticked_checklist],
        permission="opportunities.negotiate_opportunity",
        custom={"label": _("To negotiation"), "style": "primary"},
    )
    def negotiate(self):
        self.enter(Phase.NEGOTIATION)

    @transition(
        state,
        [Phase.QUOTATION, Phase.NEGOTIATION],
        Phase.WON,
        conditions=[has_accepted_quotation],
        permission="opportunities.win_opportunity",
        custom={"label": _("Won"), "style": "primary"},
    )
    def win(self):
        self.closed_on = timezone.localdate()
        self.enter(Phase.WON)

    @transition(
        state,
        OPEN_PHASES,
        Phase.LOST,
        permission="opportunities.lose_opportunity",
        custom={
            "label": _("Lost"),
            "style": "danger",
            "form": "opportunities.forms.LoseOpportunityForm",
        },
    )
    def lose(self, reason, competitor=""):
        self.lost_in = self.state
        self.lost_reason = reason
        self.competitor = competitor or self.competitor
        self.closed_on = timezone.localdate()
        self.enter(Phase.LOST)

    @backwards(state)
    def back(self, phase, comment):
        self.enter(phase)

    @transition(
        state,
        Phase.LOST,
        GET_STATE(lambda self, comment: self.lost_in or Phase.NEEDS, states=OPEN_PHASES),
        permission="opportunities.reopen_opportunity",
        custom={"label": _("Reopen"), "form": "crm.forms.CommentForm"},
    )
    def reopen(self, comment):
        self.closed_on = None
        self.lost_reason = ""
        self.enter(self.lost_in or Phase.NEEDS)


class ChecklistTick(models.Model):
    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="ticks")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="ticks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opportunity", "item"], name="ticked_once")]

    def __str__(self):
        return str(self.item)


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

    def __str__(self):
        return f"{_('needs sheet')} · {self.opportunity}"

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

    def __str__(self):
        return f"{self.opportunity} · {self.held_on}"
