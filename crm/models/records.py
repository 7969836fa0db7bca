"""What the frame keeps about any record: events, notifications, comments, files, job runs."""

from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.base import Permitted
from crm.querysets import ConfigurationQuerySet


class TargetModel(models.Model):
    """Something attached to any one record."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey()

    class Meta:
        abstract = True


class EventQuerySet(models.QuerySet):
    def about(self, obj):
        """Events of one record, newest first."""
        kind = ContentType.objects.get_for_model(obj)
        return self.filter(content_type=kind, object_id=obj.pk).order_by("-pk")

    def undelivered(self):
        return self.filter(delivered_at=None)


class Event(TargetModel):
    """Something that has happened: the audit trail, the timeline and the outbox in one.

    `data` is JSON; a transition has verb, from, to; an edit has changes {field: [old, new]}.
    """

    name = models.CharField(max_length=80)
    label = models.CharField(max_length=200)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    delivered_at = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["content_type", "object_id", "-id"], name="event_timeline"),
            models.Index(fields=["name", "at"], name="event_name"),
            models.Index(fields=["id"], condition=models.Q(delivered_at=None), name="event_outbox"),
        ]

    def __str__(self):
        return f"{self.name} {self.label}"


class Channel(models.TextChoices):
    """How a person wants to be told of one kind of event."""

    IN_APP = "in_app", _("in Closeloop")
    MAIL = "mail", _("in Closeloop and by mail")
    DIGEST = "digest", _("in the daily digest")
    NONE = "none", _("not at all")


class NotificationQuerySet(models.QuerySet):
    def unread(self):
        return self.filter(read_at=None)

    def at_once(self):
        """Those that ring the bell; the digest is read when the day allows."""
        return self.exclude(channel=Channel.DIGEST)

    def to_mail(self, at):
        """Not mailed yet, and out of the person's quiet hours; after a day it is no news."""
        waiting = self.filter(channel=Channel.MAIL, mailed_at=None)
        return waiting.filter(tell_at__lte=at, tell_at__gt=at - timedelta(days=1))

    def for_digest(self):
        return self.filter(channel=Channel.DIGEST, mailed_at=None)


class Notification(models.Model):
    """One event told to one person; unique, so that telling twice changes nothing.

    Neither mail nor toast goes out before `tell_at`, the end of the person's quiet hours.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, models.PROTECT, related_name="notifications")
    created_at = models.DateTimeField(auto_now_add=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.IN_APP)
    tell_at = models.DateTimeField(default=timezone.now)
    shown_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="told_once")]
        indexes = [
            models.Index(
                fields=["user"], condition=models.Q(read_at=None), name="notification_unread"
            ),
            models.Index(
                fields=["tell_at"],
                condition=models.Q(mailed_at=None) & models.Q(channel__in=["mail", "digest"]),
                name="notification_to_mail",
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.event}"


class NotificationChoice(models.Model):
    """What a person chose for one kind of event; without a row its default applies."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_choices"
    )
    kind = models.CharField(max_length=80)
    channel = models.CharField(max_length=10, choices=Channel.choices)

    class Meta:
        verbose_name = _("notification choice")
        verbose_name_plural = _("notification choices")
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_choice_a_kind")]

    def __str__(self):
        return f"{self.user} {self.kind} {self.channel}"


class Digest(models.Model):
    """That a person had their digest on a local date: at most one a day, however often tried."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests")
    on = models.DateField()
    claimed_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="one_digest_a_day")]

    def __str__(self):
        return f"{self.user} {self.on}"


class Comment(TargetModel):
    """`body` holds a mention as @{pk of the person}, see crm.comments."""

    body = models.TextField(_("comment"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    # Everybody who was ever mentioned in it, and so was told.
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", editable=False)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [models.Index(fields=["content_type", "object_id"], name="comment_target")]

    def __str__(self):
        return self.body[:60]


def stored_name(name):
    """A file's name as long as a disk takes it: 255 bytes, of which a Chinese character needs three."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:55]}{dot}{ending[:5]}" if dot else name[:55]


def attachment_path(attachment, filename):
    return f"{attachment.content_type.model}/{attachment.object_id}/{stored_name(filename)}"


class Attachment(TargetModel):
    """A file on a record, visible exactly when the record is. `sha256` proves the content.

    One that was taken back (`removed_at`) is kept, and given to nobody.
    """

    file = models.FileField(_("file"), upload_to=attachment_path, max_length=300)
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes = [models.Index(fields=["content_type", "object_id"], name="attachment_target")]

    def __str__(self):
        return self.name


class JobRunQuerySet(ConfigurationQuerySet):
    def failing(self):
        """Failed runs of jobs that have not run well since."""
        later = self.model.objects.filter(
            task=models.OuterRef("task"), pk__gt=models.OuterRef("pk")
        )
        well = later.filter(error="", finished_at__isnull=False)
        return self.exclude(error="").filter(~models.Exists(well))


class JobRun(Permitted, models.Model):
    """One run of a scheduled job and what came of it."""

    task = models.CharField(_("job"), max_length=120)
    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    result = models.CharField(_("result"), max_length=300, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = JobRunQuerySet.as_manager()
    search_fields = ("task", "error")

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        indexes = [models.Index(fields=["task", "-started_at"], name="jobrun_latest")]

    def __str__(self):
        return f"{self.task} {self.started_at:%F %T}"

    def get_absolute_url(self):
        return reverse("crm:jobrun_detail", args=[self.pk])
