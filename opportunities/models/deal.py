"""Deals: through phases that mean the same in every company."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, FSMField, transition

from accounts.models import Account, Contact
from crm.fields import MoneyField
from crm.lifecycle import condition
from crm.models import Currency, CustomisedModel, JourneyModel, OwnedModel, StatefulModel, acts
from leads.models import Lead
from opportunities.models.process import (
    OPEN_PHASES,
    ChecklistItem,
    Phase,
    ProcessStep,
    SalesProcess,
)
from opportunities.querysets import OpportunityQuerySet
from planning.models import Campaign
from products.models import Product


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


class Opportunity(StatefulModel, OwnedModel, JourneyModel, CustomisedModel):
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
    custom_scope = "process"
    shared_fields = ("account", "owner", "state")
    search_fields = ("name", "account__name")
    is_searched = True
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
            # A column of the board: the newest of one phase.
            models.Index(fields=["state", "-created_at", "-id"], name="opportunity_board"),
            # The list of everybody's and of one's own deals; the largest ones.
            models.Index(fields=["-created_at", "-id"], name="opportunity_newest"),
            models.Index(fields=["owner", "-created_at", "-id"], name="opportunity_owned"),
            models.Index(fields=["amount", "id"], name="opportunity_amount"),
        ]

    def __str__(self):
        return self.name

    @classmethod
    def implied_scope(cls):
        default = SalesProcess.objects.filter(is_default=True)
        return default.values_list("pk", flat=True).first()

    def clean(self):
        if self.contact and self.account_id not in (None, self.contact.account_id):
            raise ValidationError({"contact": _("This person belongs to another customer.")})

    def enter(self, phase):
        """Set what changes with every phase: since when, the first step, its probability."""
        self.phase_since = timezone.now()
        steps = self.process.steps.all()  # may be at hand, for thousands of deals
        self.step = next((step for step in steps if step.phase == phase), None)
        self.probability = {Phase.WON: 100, Phase.LOST: 0}.get(
            phase, self.step.probability if self.step else self.probability
        )

    @condition(_("A needs sheet confirmed by the customer and judged feasible is missing."))
    def has_feasible_needs(self):
        return self.needs_sheets.filter(state="confirmed", is_feasible=True).exists()

    @condition(_("A demo has to be held first: the sales process requires it."))
    def has_demo(self):
        return not self.process.needs_demo or self.demos.filter(state="held").exists()

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
