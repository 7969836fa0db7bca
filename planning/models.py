"""Campaigns: where leads come from, what that costs and what it brings."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from crm.fields import MoneyField
from crm.lifecycle import condition
from crm.models import Currency, CustomisedModel, OwnedModel, StatefulModel, acts
from planning.querysets import CampaignQuerySet


class Campaign(StatefulModel, OwnedModel, CustomisedModel):
    """A promotion with a plan, a budget and a result."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_APPROVAL = "in_approval", _("in approval")
        APPROVED = "approved", _("approved")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        FINISHED = "finished", _("finished")
        EVALUATED = "evaluated", _("evaluated")
        CANCELLED = "cancelled", _("cancelled")

    class Kind(models.TextChoices):
        EXHIBITION = "exhibition", _("exhibition")
        WEBINAR = "webinar", _("webinar")
        ADVERTISING = "advertising", _("advertising")
        MAILING = "mailing", _("mailing")
        SOCIAL = "social", _("social media")
        CALLS = "calls", _("phone campaign")
        OTHER = "other", _("other")

    BADGES = {
        State.IN_APPROVAL: "amber",
        State.APPROVED: "blue",
        State.RUNNING: "blue",
        State.PAUSED: "amber",
        State.FINISHED: "green",
        State.EVALUATED: "green",
        State.CANCELLED: "red",
    }
    EDITABLE = (State.DRAFT, State.APPROVED, State.RUNNING, State.PAUSED, State.FINISHED)

    state = FSMField(
        _("state"), choices=State.choices, default=State.DRAFT, protected=True, editable=False
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.OTHER)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    currency = models.ForeignKey(
        Currency, models.PROTECT, default="CNY", verbose_name=_("currency")
    )
    budget = MoneyField(_("budget"), default=0, validators=[MinValueValidator(0)])
    cost = MoneyField(_("actual cost"), default=0, validators=[MinValueValidator(0)])
    goal = models.TextField(_("goal"), blank=True)
    content = models.TextField(_("content"), blank=True)
    conclusion = models.TextField(_("conclusion"), blank=True, editable=False)

    objects = CampaignQuerySet.as_manager()
    remote_select = True

    class Meta:
        ordering = ["-starts_on", "-pk"]
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        permissions = acts(
            "campaign",
            "submit",
            "approve",
            "start",
            "pause",
            "resume",
            "finish",
            "evaluate",
            "cancel",
        )
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_dates")
        ]

    def __str__(self):
        return self.name

    @condition(_("The start date has not come yet."))
    def start_reached(self):
        return self.starts_on <= timezone.localdate()

    @transition(
        state,
        State.DRAFT,
        State.IN_APPROVAL,
        permission="planning.submit_campaign",
        custom={"label": _("Submit"), "style": "primary"},
    )
    def submit(self):
        pass

    @transition(
        state, State.IN_APPROVAL, State.APPROVED, custom={"label": _("Approved"), "automatic": True}
    )
    def approve(self):
        pass

    @transition(
        state, State.IN_APPROVAL, State.DRAFT, custom={"label": _("Sent back"), "automatic": True}
    )
    def send_back(self, comment=""):
        pass

    @transition(
        state,
        State.APPROVED,
        State.RUNNING,
        conditions=[start_reached],
        permission="planning.start_campaign",
        custom={"label": _("Start"), "style": "primary"},
    )
    def start(self):
        pass

    @transition(
        state,
        State.RUNNING,
        State.PAUSED,
        permission="planning.pause_campaign",
        custom={"label": _("Pause")},
    )
    def pause(self):
        pass

    @transition(
        state,
        State.PAUSED,
        State.RUNNING,
        permission="planning.resume_campaign",
        custom={"label": _("Resume"), "style": "primary"},
    )
    def resume(self):
        pass

    @transition(
        state,
        [State.RUNNING, State.PAUSED],
        State.FINISHED,
        permission="planning.finish_campaign",
        custom={"label": _("Finish"), "form": "planning.forms.FinishCampaignForm"},
    )
    def finish(self, cost):
        self.cost = cost

    @transition(
        state,
        State.FINISHED,
        State.EVALUATED,
        permission="planning.evaluate_campaign",
        custom={
            "label": _("Evaluate"),
            "style": "primary",
            "form": "planning.forms.EvaluateCampaignForm",
        },
    )
    def evaluate(self, conclusion):
        self.conclusion = conclusion

    @transition(
        state,
        [State.DRAFT, State.IN_APPROVAL, State.APPROVED, State.RUNNING, State.PAUSED],
        State.CANCELLED,
        permission="planning.cancel_campaign",
        custom={
            "label": _("Cancel"),
            "style": "danger",
            "form": "planning.forms.CancelCampaignForm",
        },
    )
    def cancel(self, reason):
        self.conclusion = reason
