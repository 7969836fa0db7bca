"""Satisfaction surveys: a template, one invitation per trigger, answers through a public link."""

import secrets

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from accounts.models import Account, Contact
from aftersales.models.case import Case
from aftersales.querysets import SurveyQuerySet
from crm.models import JourneyModel, RecordModel, StatefulModel, acts
from crm.querysets import ConfigurationQuerySet
from orders.models import Order


class SurveyTemplate(RecordModel):
    """A questionnaire and its rules. Scores run from 1 to 10; at or under `low_score` a case opens."""

    class Trigger(models.TextChoices):
        DELIVERY = "delivery", _("after delivery")
        CASE = "case", _("after a case is closed")
        MANUAL = "manual", _("by hand")

    name = models.CharField(_("name"), max_length=100, unique=True)
    trigger = models.CharField(
        pgettext_lazy("trigger", "sent"),
        max_length=10,
        choices=Trigger.choices,
        default=Trigger.MANUAL,
    )
    days_after = models.PositiveSmallIntegerField(_("days after"), default=7)
    valid_days = models.PositiveSmallIntegerField(_("days to answer"), default=30)
    cap_days = models.PositiveSmallIntegerField(_("at most one per contact in days"), default=30)
    low_score = models.PositiveSmallIntegerField(
        _("low score"), default=5, validators=[MaxValueValidator(10)]
    )
    introduction = models.TextField(_("introduction"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("survey template")
        verbose_name_plural = _("survey templates")

    def __str__(self):
        return self.name


class SurveyQuestion(models.Model):
    """A question; `field` is the name of its answer in forms and in the API."""

    class Kind(models.TextChoices):
        SCORE = "score", _("score from 1 to 10")
        TEXT = "text", pgettext_lazy("survey question", "text")

    template = models.ForeignKey(SurveyTemplate, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    text = models.CharField(_("question"), max_length=300)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SCORE)
    is_required = models.BooleanField(_("required"), default=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self):
        return self.text

    @property
    def field(self):
        return f"question_{self.pk}"


class Survey(StatefulModel, JourneyModel, RecordModel):
    """One invitation. `score` is the mean of the scored answers; `rep` is whose work it rates."""

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("scheduled")
        SENT = "sent", _("sent")
        OPENED = "opened", _("opened")
        ANSWERED = "answered", _("answered")
        EXPIRED = "expired", _("expired")
        CANCELLED = "cancelled", _("cancelled")

    BADGES = {
        State.SENT: "amber",
        State.OPENED: "amber",
        State.ANSWERED: "green",
        State.EXPIRED: "red",
        State.CANCELLED: "red",
    }
    EDITABLE = ()
    journey_stage = 100

    state = FSMField(
        _("state"), choices=State.choices, default=State.SCHEDULED, protected=True, editable=False
    )
    template = models.ForeignKey(
        SurveyTemplate, models.PROTECT, related_name="surveys", verbose_name=_("template")
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="surveys", verbose_name=_("customer")
    )
    contact = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="surveys",
        verbose_name=_("contact"),
    )
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="surveys",
        verbose_name=_("order"),
    )
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="surveys", verbose_name=_("case")
    )
    rep = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="surveys",
        verbose_name=_("sales rep"),
    )
    scheduled_at = models.DateTimeField(_("to be sent at"))
    token = models.CharField(
        max_length=64, unique=True, editable=False, default=secrets.token_urlsafe
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    expires_on = models.DateField(_("open until"), null=True, blank=True)
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=2, null=True, blank=True)
    comment = models.TextField(_("suggestions"), blank=True)
    # Claimed before the invitation goes out, so that it goes out once.
    mailed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SurveyQuerySet.as_manager()
    search_fields = ("account__name", "order__number", "contact__name")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        permissions = acts("survey", "answer", "cancel")
        constraints = [
            models.UniqueConstraint(
                fields=["template", "order"],
                condition=Q(order__isnull=False, case=None),
                name="one_survey_an_order",
            ),
            models.UniqueConstraint(
                fields=["template", "case"],
                condition=Q(case__isnull=False),
                name="one_survey_a_case",
            ),
        ]

    def __str__(self):
        return f"{self.template} · {self.account}"

    @transition(state, State.SCHEDULED, State.SENT, custom={"label": _("Sent"), "automatic": True})
    def send(self, expires_on):
        self.sent_at = timezone.now()
        self.expires_on = expires_on

    @transition(state, State.SENT, State.OPENED, custom={"label": _("Opened"), "automatic": True})
    def open(self):
        self.opened_at = timezone.now()

    @transition(
        state,
        [State.SCHEDULED, State.SENT, State.OPENED],
        State.ANSWERED,
        permission="aftersales.answer_survey",
        custom={
            "label": _("Enter answers"),
            "style": "primary",
            "form": "aftersales.forms.AnswerSurveyForm",
        },
    )
    def answer(self, score, comment=""):
        self.score = score
        self.comment = comment
        self.answered_at = timezone.now()

    @transition(
        state,
        [State.SENT, State.OPENED],
        State.EXPIRED,
        custom={"label": _("Expired"), "automatic": True},
    )
    def expire(self):
        pass

    @transition(
        state,
        State.SCHEDULED,
        State.CANCELLED,
        permission="aftersales.cancel_survey",
        custom={"label": _("Cancel"), "style": "danger"},
    )
    def cancel(self, reason=""):
        pass


class SurveyAnswer(models.Model):
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="answers")
    question = models.ForeignKey(SurveyQuestion, models.PROTECT, related_name="answers")
    score = models.PositiveSmallIntegerField(
        _("score"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["survey", "question"], name="answered_once"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__range=(1, 10)), name="score_range"
            ),
        ]

    def __str__(self):
        return str(self.score or self.text)
