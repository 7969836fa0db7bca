"""What was done with a customer, and what is to be done next."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from activities.querysets import ActivityQuerySet, MeetingQuerySet, TaskQuerySet
from crm.models import OwnedModel, StatefulModel, acts


class AboutModel(models.Model):
    """About any one record, or about none."""

    content_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    object_id = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    target = GenericForeignKey()

    class Meta:
        abstract = True


class Activity(AboutModel, OwnedModel):
    """A call, visit, meeting, mail or note that has taken place; `owner` is who did it."""

    class Kind(models.TextChoices):
        CALL = "call", _("call")
        VISIT = "visit", _("visit")
        MEETING = "meeting", _("meeting")
        MAIL = "mail", _("mail")
        CHAT = "chat", _("WeChat")
        NOTE = "note", _("note")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("what was said"), blank=True)
    happened_at = models.DateTimeField(_("when"), default=timezone.now)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)

    objects = ActivityQuerySet.as_manager()
    search_fields = ("subject", "body")

    class Meta:
        ordering = ["-happened_at", "-pk"]
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(
                fields=["content_type", "object_id", "-happened_at"], name="activity_target"
            )
        ]

    def __str__(self):
        return self.subject


class Task(StatefulModel, AboutModel, OwnedModel):
    """A follow-up with a due time; the owner is reminded once at `remind_at`."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    class Priority(models.TextChoices):
        LOW = "low", _("low")
        NORMAL = "normal", _("normal")
        HIGH = "high", _("high")

    BADGES = {State.OPEN: "blue", State.DONE: "green", State.CANCELLED: "red"}
    EDITABLE = (State.OPEN,)

    state = FSMField(
        _("state"), choices=State.choices, default=State.OPEN, protected=True, editable=False
    )
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("details"), blank=True)
    due_at = models.DateTimeField(_("due"))
    remind_at = models.DateTimeField(_("remind at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True, editable=False)
    priority = models.CharField(
        _("priority"), max_length=10, choices=Priority.choices, default=Priority.NORMAL
    )
    result = models.TextField(_("result"), blank=True, editable=False)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True, editable=False)

    objects = TaskQuerySet.as_manager()
    search_fields = ("subject", "body")

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        permissions = acts("task", "finish", "cancel", "reopen")
        indexes = [
            models.Index(
                fields=["owner", "due_at"], condition=models.Q(state="open"), name="task_open"
            ),
            models.Index(
                fields=["remind_at"],
                condition=models.Q(state="open", reminded_at=None),
                name="task_reminders",
            ),
            models.Index(fields=["content_type", "object_id"], name="task_target"),
        ]

    def __str__(self):
        return self.subject

    @property
    def is_overdue(self):
        return self.state == self.State.OPEN and self.due_at < timezone.now()

    @transition(
        state,
        State.OPEN,
        State.DONE,
        permission="activities.finish_task",
        custom={"label": _("Done"), "style": "primary", "form": "activities.forms.FinishTaskForm"},
    )
    def finish(self, result=""):
        self.result = result
        self.done_at = timezone.now()

    @transition(
        state,
        State.OPEN,
        State.CANCELLED,
        permission="activities.cancel_task",
        custom={"label": _("Cancel")},
    )
    def cancel(self):
        pass

    @transition(
        state,
        [State.DONE, State.CANCELLED],
        State.OPEN,
        permission="activities.reopen_task",
        custom={"label": _("Reopen")},
    )
    def reopen(self):
        self.done_at = None
        self.result = ""


class Meeting(StatefulModel, AboutModel, OwnedModel):
    """An appointment: from moment to moment, or on whole days that float with no zone.

    `version - 1` is its SEQUENCE in calendars.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        CANCELLED = "cancelled", _("cancelled")

    BADGES = {State.PLANNED: "blue", State.CANCELLED: "red"}
    EDITABLE = (State.PLANNED,)

    state = FSMField(
        _("state"), choices=State.choices, default=State.PLANNED, protected=True, editable=False
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.CharField(_("subject"), max_length=200)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    place = models.CharField(_("place or link"), max_length=200, blank=True)
    body = models.TextField(_("details"), blank=True)

    objects = MeetingQuerySet.as_manager()
    search_fields = ("subject", "place", "body")

    class Meta:
        ordering = ["-starts_at", "-starts_on", "-pk"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        permissions = acts("meeting", "cancel")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    starts_at__isnull=False,
                    ends_at__gt=models.F("starts_at"),
                    starts_on=None,
                    ends_on=None,
                )
                | models.Q(
                    starts_on__isnull=False,
                    ends_on__gte=models.F("starts_on"),
                    starts_at=None,
                    ends_at=None,
                ),
                name="meeting_times_or_days",
                violation_error_message=_(
                    "Give a beginning and a later end, or a first and a last day."
                ),
            )
        ]
        indexes = [
            models.Index(fields=["starts_at", "ends_at"], name="meeting_times"),
            models.Index(fields=["starts_on", "ends_on"], name="meeting_days"),
            models.Index(fields=["content_type", "object_id"], name="meeting_target"),
        ]

    def __str__(self):
        return self.subject

    @property
    def is_all_day(self):
        return self.starts_on is not None

    @transition(
        state,
        State.PLANNED,
        State.CANCELLED,
        permission="activities.cancel_meeting",
        custom={"label": _("Cancel the meeting"), "style": "danger"},
    )
    def cancel(self):
        pass


class Invitation(models.Model):
    """One participant of a meeting, and which version of it their calendar was sent last.

    `sent_version` 0: nothing yet. `is_removed`: uninvited, to be told once.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="invitations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="invitations"
    )
    email = models.EmailField(_("email"), blank=True)
    sent_version = models.PositiveIntegerField(default=0)
    is_removed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user"],
                condition=models.Q(user__isnull=False),
                name="user_invited_once",
            ),
            models.UniqueConstraint(
                fields=["meeting", "email"],
                condition=models.Q(user=None),
                name="address_invited_once",
            ),
        ]

    def __str__(self):
        return str(self.user or self.email)

    @property
    def address(self):
        return self.user.email if self.user_id else self.email


class CalendarFeed(models.Model):
    """A person's private calendar address: only a digest of its token is kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed"
    )
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self):
        return str(self.user)
