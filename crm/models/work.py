"""Long work that a worker does for one person, with its progress and its report."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def file_path(work, filename):
    return f"work/{work.pk}/{filename}"


class WorkQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user=user)


class Work(models.Model):
    """`data` says what is to be done, `result` what came of it; both belong to the kind."""

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("background work", "waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", pgettext_lazy("background work", "failed")
        CANCELLED = "cancelled", pgettext_lazy("background work", "stopped")

    BADGES = {
        Status.WAITING: "grey",
        Status.RUNNING: "blue",
        Status.DONE: "green",
        Status.FAILED: "red",
        Status.CANCELLED: "red",
    }

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="works")
    kind = models.CharField(max_length=40)
    label = models.CharField(_("what"), max_length=200)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.WAITING
    )
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    error = models.TextField(blank=True)
    file = models.FileField(upload_to=file_path, max_length=300, blank=True)
    created_at = models.DateTimeField(_("started at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("background work")
        verbose_name_plural = _("background work")
        indexes = [
            models.Index(fields=["user", "-id"], name="work_of_user"),
            models.Index(
                fields=["id"],
                condition=models.Q(status__in=["waiting", "running"]),
                name="work_unfinished",
            ),
        ]

    def __str__(self):
        return self.label

    def get_absolute_url(self):
        """Its own page, or that of what it works for."""
        return self.data.get("url") or reverse("crm:work", args=[self.pk])

    @property
    def is_finished(self):
        return self.status not in (self.Status.WAITING, self.Status.RUNNING)

    @property
    def badge(self):
        return self.BADGES[self.status]

    @property
    def percent(self):
        """Whole percent done, 0 while nobody knows how much there is."""
        return min(100, self.done * 100 // self.total) if self.total else 0


class WorkRow(models.Model):
    """What became of one row; written in the transaction of the row's own change, so that work
    that was killed goes on after the last row that is done."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        SKIPPED = "skipped", _("skipped")
        REFUSED = "refused", _("refused")

    work = models.ForeignKey(Work, models.CASCADE, related_name="rows")
    # The primary key of a record, or the line of a file.
    place = models.PositiveBigIntegerField()
    label = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    message = models.TextField(blank=True)
    # What the kind of work keeps about the row.
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("row of background work")
        verbose_name_plural = _("rows of background work")
        constraints = [models.UniqueConstraint(fields=["work", "place"], name="work_row_once")]

    def __str__(self):
        return f"{self.label}: {self.get_outcome_display()}"
