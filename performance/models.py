"""Targets, frozen scorecards and the review talked over with each person."""

from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from crm.models import RecordModel, StatefulModel, acts
from performance.querysets import OfPersonQuerySet, ReviewQuerySet, TargetQuerySet


class Metric(models.TextChoices):
    """What is measured, from documents, in the company's currency where it is money."""

    WON = "won", _("won amount")
    ORDERED = "ordered", _("ordered amount")
    QUANTITY = "quantity", _("quantity ordered")
    COLLECTED = "collected", _("collected amount")
    SATISFACTION = "satisfaction", _("satisfaction (1 to 10)")


def attainment(actual, target):
    """Percent of `target`, 1 decimal; None when there is nothing to compare."""
    if actual is None or not target:
        return None
    return (100 * actual / target).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


class Target(StatefulModel, RecordModel):
    """What one person is to reach in a period."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        CLOSED = "closed", _("closed")

    BADGES = {State.PUBLISHED: "blue", State.CLOSED: "green"}
    EDITABLE = (State.DRAFT,)

    state = FSMField(
        _("state"), choices=State.choices, default=State.DRAFT, protected=True, editable=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="targets", verbose_name=_("person")
    )
    metric = models.CharField(_("figure"), max_length=15, choices=Metric.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    value = models.DecimalField(_("target"), max_digits=18, decimal_places=2)

    objects = TargetQuerySet.as_manager()
    search_fields = ("person__name",)

    class Meta:
        ordering = ["-starts_on", "person__name", "metric"]
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        permissions = [
            *acts("target", "publish", "close"),
            ("view_dashboard", _("Can see the dashboard")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="target_dates"),
            models.CheckConstraint(condition=Q(value__gt=0), name="target_positive"),
            models.UniqueConstraint(
                fields=["person", "metric", "starts_on", "ends_on"],
                name="one_target_a_period",
                violation_error_message=_("This person already has this target for the period."),
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.get_metric_display()}"

    @property
    def attainment(self):
        """Percent of the target reached, of a row with `actual` (see TargetQuerySet)."""
        return attainment(self.actual, self.value)

    @transition(
        state,
        State.DRAFT,
        State.PUBLISHED,
        permission="performance.publish_target",
        custom={"label": _("Publish"), "style": "primary"},
    )
    def publish(self):
        pass

    @transition(
        state,
        State.PUBLISHED,
        State.CLOSED,
        permission="performance.close_target",
        custom={"label": _("Close")},
    )
    def close(self):
        pass


class Scorecard(RecordModel):
    """A person's figures for a period, frozen as they stood at `created_at`."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="scorecards",
        verbose_name=_("person"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))

    objects = OfPersonQuerySet.as_manager()
    search_fields = ("person__name",)

    class Meta:
        ordering = ["-starts_on", "person__name"]
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        permissions = [("freeze_scorecard", _("Can freeze scorecard"))]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "starts_on", "ends_on"], name="one_scorecard_a_period"
            )
        ]

    def __str__(self):
        return f"{self.person} · {self.starts_on} – {self.ends_on}"


class ScorecardLine(models.Model):
    """attainment: percent of the target, empty without one."""

    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="lines")
    metric = models.CharField(_("figure"), max_length=15, choices=Metric.choices)
    target = models.DecimalField(_("target"), max_digits=18, decimal_places=2, null=True)
    actual = models.DecimalField(_("actual"), max_digits=18, decimal_places=2, null=True)
    attainment = models.DecimalField(_("attainment %"), max_digits=9, decimal_places=1, null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "metric"], name="one_figure_a_metric")
        ]

    def __str__(self):
        return self.get_metric_display()


class Review(StatefulModel, RecordModel):
    """The talk about a scorecard: the person first, then the manager, then shared."""

    class State(models.TextChoices):
        SELF_ASSESSMENT = "self_assessment", _("self-assessment")
        MANAGER_REVIEW = "manager_review", _("manager's review")
        SHARED = "shared", _("shared")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")

    BADGES = {
        State.SELF_ASSESSMENT: "amber",
        State.MANAGER_REVIEW: "amber",
        State.SHARED: "blue",
        State.ACKNOWLEDGED: "green",
    }
    EDITABLE = ()

    state = FSMField(
        _("state"),
        choices=State.choices,
        default=State.SELF_ASSESSMENT,
        protected=True,
        editable=False,
    )
    scorecard = models.OneToOneField(
        Scorecard, models.PROTECT, related_name="review", verbose_name=_("scorecard")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="reviews",
        editable=False,
        verbose_name=_("person"),
    )
    self_assessment = models.TextField(_("self-assessment"), blank=True, editable=False)
    feedback = models.TextField(_("manager's feedback"), blank=True, editable=False)
    agreed = models.TextField(_("agreed next steps"), blank=True, editable=False)
    rating = models.PositiveSmallIntegerField(
        _("rating (1 to 5)"), null=True, blank=True, editable=False
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("reviewer"),
    )

    objects = ReviewQuerySet.as_manager()
    search_fields = ("person__name",)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("performance review")
        verbose_name_plural = _("performance reviews")
        permissions = acts("review", "assess", "share", "acknowledge")

    def __str__(self):
        return str(self.scorecard)

    @transition(
        state,
        State.SELF_ASSESSMENT,
        State.MANAGER_REVIEW,
        permission="performance.assess_review",
        custom={
            "label": _("Hand in self-assessment"),
            "style": "primary",
            "form": "performance.forms.AssessForm",
        },
    )
    def assess(self, self_assessment):
        """By the person only; the service checks."""
        self.self_assessment = self_assessment

    @transition(
        state,
        State.MANAGER_REVIEW,
        State.SHARED,
        permission="performance.share_review",
        custom={
            "label": _("Share"),
            "style": "primary",
            "form": "performance.forms.ShareReviewForm",
        },
    )
    def share(self, feedback, agreed, rating, reviewer):
        self.feedback = feedback
        self.agreed = agreed
        self.rating = rating
        self.reviewer = reviewer

    @transition(
        state,
        State.SHARED,
        State.ACKNOWLEDGED,
        permission="performance.acknowledge_review",
        custom={"label": _("Acknowledge"), "style": "primary"},
    )
    def acknowledge(self):
        """By the person only; the service checks."""
