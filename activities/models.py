"""What was done with a customer, and what is to be done next."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from activities.querysets import ActivityQuerySet, TaskQuerySet
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
