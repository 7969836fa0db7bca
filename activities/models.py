"""What was done with a customer, and what is to be done next."""

import secrets
import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from activities.placeholders import wrong_placeholders
from activities.querysets import ActivityQuerySet, MeetingQuerySet, TaskQuerySet
from crm.models import OwnedModel, Permitted, RecordModel, StatefulModel, acts
from crm.querysets import ConfigurationQuerySet


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
            ),
            models.Index(fields=["-happened_at", "-id"], name="activity_latest"),
            models.Index(fields=["owner", "-happened_at", "-id"], name="activity_owned"),
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
            models.Index(fields=["due_at", "id"], name="task_due"),
            models.Index(
                fields=["due_at", "id"], condition=models.Q(state="open"), name="task_open_due"
            ),
            models.Index(fields=["owner", "due_at", "id"], name="task_owned"),
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


# --- Mail ---------------------------------------------------------------------------------------


class MailTemplate(RecordModel):
    """A text for mails about one kind of record in one language, with a closed list of
    placeholders such as {{ recipient.name }}: they are replaced, nothing is executed."""

    name = models.CharField(_("name"), max_length=100)
    # "accounts.contact": a key of activities.kinds.MAIL.
    kind = models.CharField(_("written about"), max_length=60)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    is_active = models.BooleanField(_("in use"), default=True)

    objects = ConfigurationQuerySet.as_manager()
    search_fields = ("name", "subject")

    class Meta:
        ordering = ["name", "language"]
        verbose_name = _("mail template")
        verbose_name_plural = _("mail templates")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "kind", "language"], name="one_template_a_language"
            )
        ]

    def __str__(self):
        return f"{self.name} ({self.get_language_display()})"

    def clean(self):
        errors = {}
        for name in ("subject", "body"):
            if problem := wrong_placeholders(getattr(self, name), self.kind):
                errors[name] = problem
        if errors:
            raise ValidationError(errors)


class Mailing(StatefulModel, OwnedModel):
    """One template to many people, so many a minute; its mails hold what became of each."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENDING = "sending", _("being sent")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("done")

    BADGES = {State.SENDING: "blue", State.STOPPED: "red", State.DONE: "green"}
    EDITABLE = ()

    state = FSMField(
        _("state"), choices=State.choices, default=State.DRAFT, protected=True, editable=False
    )
    name = models.CharField(_("name"), max_length=100)
    template = models.ForeignKey(MailTemplate, models.PROTECT, verbose_name=_("template"))
    per_minute = models.PositiveIntegerField(
        _("mails a minute"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    without_address = models.PositiveIntegerField(
        _("left out for lack of an address"), default=0, editable=False
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        permissions = acts("mailing", "start", "stop")

    def __str__(self):
        return self.name

    @transition(
        state,
        [State.DRAFT, State.STOPPED],
        State.SENDING,
        permission="activities.start_mailing",
        custom={"label": _("Send"), "style": "primary"},
    )
    def start(self):
        pass

    @transition(
        state,
        State.SENDING,
        State.STOPPED,
        permission="activities.stop_mailing",
        custom={"label": _("Stop"), "style": "danger"},
    )
    def stop(self):
        pass

    @transition(
        state,
        State.SENDING,
        State.DONE,
        custom={"label": _("Finished"), "automatic": True},
    )
    def finish(self):
        pass


class Unsubscribed(models.Model):
    """An address that wants no more mailings; mails written by hand still reach it."""

    email = models.EmailField(_("email"), unique=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("unsubscribed address")
        verbose_name_plural = _("unsubscribed addresses")

    def __str__(self):
        return self.email


def mail_path(mail, name):
    """A folder of its own keeps the name as the recipient reads it."""
    return f"mails/{secrets.token_hex(8)}/{name}"


class Mail(Permitted, AboutModel, models.Model):
    """One mail to one person, to be sent once: claimed before it goes out.

    Of a mailing the text is filled in when it is sent; `subject` and `body` are what went out, and
    `paper` the record as PDF that went along. Nobody is served it from here: who may see the
    record does not always see all that stands on its paper.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", pgettext_lazy("background work", "failed")
        SKIPPED = "skipped", _("skipped")

    BADGES = {
        State.WAITING: "grey",
        State.SENDING: "blue",
        State.SENT: "green",
        State.FAILED: "red",
        State.SKIPPED: "amber",
    }

    mailing = models.ForeignKey(
        Mailing, models.PROTECT, null=True, blank=True, related_name="mails"
    )
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sender")
    )
    to_name = models.CharField(_("recipient"), max_length=200, blank=True)
    to_email = models.EmailField(_("email"))
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)
    paper = models.FileField(_("attached PDF"), upload_to=mail_path, max_length=300, blank=True)
    status = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [models.UniqueConstraint(fields=["mailing", "to_email"], name="mailed_once")]
        indexes = [
            models.Index(fields=["content_type", "object_id", "-id"], name="mail_target"),
            models.Index(
                fields=["created_at"], condition=models.Q(status="waiting"), name="mail_waiting"
            ),
        ]

    def __str__(self):
        return self.subject
