"""One approval engine for every document kind: rules decide who must agree, in which order."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from approvals import kinds
from approvals.querysets import ApprovalRequestQuerySet
from crm.models import RecordModel, StatefulModel, TargetModel, acts
from crm.querysets import ConfigurationQuerySet
from users.models import Role


class ApprovalRule(RecordModel):
    """When all conditions hold for a document of `kind`, the levels must agree."""

    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("document kind"), max_length=40)
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(pgettext_lazy("sequence", "order"), default=10)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "position"]
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")

    def __str__(self):
        return self.name


class RuleCondition(models.Model):
    """A comparison of one fact of the document, such as discount > 15."""

    class Operator(models.TextChoices):
        OVER = "over", _("is over")
        UNDER = "under", _("is under")

    rule = models.ForeignKey(ApprovalRule, models.CASCADE, related_name="conditions")
    fact = models.CharField(_("fact"), max_length=40)
    operator = models.CharField(_("comparison"), max_length=10, choices=Operator.choices)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")

    def __str__(self):
        return f"{self.fact} {self.operator} {self.value.normalize():f}"


class Approver(models.TextChoices):
    """Who decides a level."""

    ROLE = "role", _("a role")
    SUPERIOR = "superior", _("the manager of the submitter")
    PERSON = "person", _("a named person")


class LevelModel(models.Model):
    approver = models.CharField(_("approver"), max_length=10, choices=Approver.choices)
    role = models.ForeignKey(Role, models.PROTECT, null=True, blank=True, verbose_name=_("role"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    position = models.PositiveSmallIntegerField(pgettext_lazy("sequence", "order"), default=1)

    class Meta:
        abstract = True
        ordering = ["position"]

    def clean(self):
        needed = {Approver.ROLE: "role", Approver.PERSON: "person"}.get(self.approver)
        if needed and getattr(self, needed) is None:
            raise ValidationError({needed: _("Say which one.")})

    @property
    def holder(self):
        """Whose decision it is: a person, a role, or a relation to the submitter."""
        return self.person or self.role or self.get_approver_display()


class RuleLevel(LevelModel):
    rule = models.ForeignKey(ApprovalRule, models.CASCADE, related_name="levels")

    class Meta(LevelModel.Meta):
        verbose_name = _("level")
        verbose_name_plural = _("levels")

    def __str__(self):
        return f"{self.position} {self.get_approver_display()}"


class ApprovalRequest(StatefulModel, TargetModel, RecordModel):
    """One document waiting for its levels; `level` is the position that has it, since `since`."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for approval")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("sent back")
        WITHDRAWN = "withdrawn", _("withdrawn")

    BADGES = {State.PENDING: "amber", State.APPROVED: "green", State.RETURNED: "red"}
    EDITABLE = ()

    state = FSMField(
        _("state"), choices=State.choices, default=State.PENDING, protected=True, editable=False
    )
    kind = models.CharField(_("document kind"), max_length=40)
    title = models.CharField(_("document"), max_length=200)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="submitted_approvals",
        verbose_name=_("submitted by"),
    )
    reasons = models.JSONField(_("reasons"), default=list, encoder=DjangoJSONEncoder)
    facts = models.JSONField(_("facts"), default=dict, encoder=DjangoJSONEncoder)
    level = models.PositiveSmallIntegerField(_("level"), default=1)
    since = models.DateTimeField(_("waiting since"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = ApprovalRequestQuerySet.as_manager()
    search_fields = ("title", "submitted_by__name")

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("approval request")
        verbose_name_plural = _("approval requests")
        permissions = acts("approvalrequest", "approve", "send_back", "reassign", "withdraw")
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id"],
                condition=models.Q(state="pending"),
                name="one_pending_approval",
            )
        ]

    def __str__(self):
        return self.title

    @property
    def kind_label(self):
        return kinds.label(self.kind)

    @property
    def present_level(self):
        """The level that has the request now; None when it is closed."""
        if self.state != self.State.PENDING:
            return None
        return next((row for row in self.levels.all() if row.position == self.level), None)

    @transition(
        state,
        State.PENDING,
        State.APPROVED,
        permission="approvals.approve_approvalrequest",
        custom={"label": _("Approve"), "style": "primary", "form": "approvals.forms.ApproveForm"},
    )
    def approve(self, comment=""):
        self.closed_at = timezone.now()

    @transition(
        state,
        State.PENDING,
        State.RETURNED,
        permission="approvals.send_back_approvalrequest",
        custom={"label": _("Send back"), "style": "danger", "form": "approvals.forms.SendBackForm"},
    )
    def send_back(self, comment):
        self.closed_at = timezone.now()

    @transition(
        state,
        State.PENDING,
        State.WITHDRAWN,
        permission="approvals.withdraw_approvalrequest",
        custom={"label": _("Withdraw")},
    )
    def withdraw(self):
        self.closed_at = timezone.now()


class RequestLevel(LevelModel):
    """A level of one request, and what was decided on it."""

    class Decision(models.TextChoices):
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("sent back")

    request = models.ForeignKey(ApprovalRequest, models.CASCADE, related_name="levels")
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)

    class Meta(LevelModel.Meta):
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="one_level_a_position")
        ]

    def __str__(self):
        return f"{self.position} {self.get_approver_display()}"
