"""Records that may be the same, and those that were made one."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.querysets import MergeQuerySet, OfMergeableQuerySet
from crm.models import RecordModel

UNDO_DAYS = 30


class DuplicatePair(RecordModel):
    """Two records of one kind that share facts; once dismissed, never shown again."""

    content_type = models.ForeignKey(
        ContentType, models.PROTECT, related_name="+", verbose_name=_("kind")
    )
    first_id = models.PositiveBigIntegerField()
    second_id = models.PositiveBigIntegerField()
    first = GenericForeignKey("content_type", "first_id")
    second = GenericForeignKey("content_type", "second_id")
    # The names of the shared facts, see accounts.services.duplicates.REASONS.
    facts = models.JSONField(default=list)
    score = models.PositiveSmallIntegerField(_("score"))
    found_at = models.DateTimeField(_("found at"))
    dismissed_at = models.DateTimeField(_("dismissed at"), null=True, blank=True, editable=False)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("dismissed by"),
    )

    objects = OfMergeableQuerySet.as_manager()
    follows_merges = False

    class Meta:
        ordering = ["-score", "pk"]
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        permissions = [("dismiss_duplicatepair", "Can dismiss duplicatepair")]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "first_id", "second_id"], name="one_pair_of_records"
            ),
            models.CheckConstraint(
                condition=models.Q(first_id__lt=models.F("second_id")), name="pair_in_order"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-score", "id"],
                condition=models.Q(dismissed_at=None),
                name="duplicatepair_open",
            )
        ]

    def __str__(self):
        return f"{self.first} = {self.second}"


class Merge(RecordModel):
    """What merging one record into another has changed, so that it can be undone.

    changes: {column of the winner: [before, after]}; loser_values: {column: value}.
    moved: {"app.model.field": [pks]} now pointing to the winner; left: what could not, for the
    winner has the same. cleared: {"app.model.flag": [pks]} of which only one may have the flag.
    """

    content_type = models.ForeignKey(
        ContentType, models.PROTECT, related_name="+", verbose_name=_("kind")
    )
    first_id = models.PositiveBigIntegerField()
    second_id = models.PositiveBigIntegerField()
    # The record that was kept, and the one that went into it.
    first = GenericForeignKey("content_type", "first_id")
    second = GenericForeignKey("content_type", "second_id")
    label = models.CharField(_("merged record"), max_length=300)
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    loser_values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    moved = models.JSONField(default=dict)
    left = models.JSONField(default=dict)
    cleared = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("undone by"),
    )

    objects = MergeQuerySet.as_manager()
    follows_merges = False

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        permissions = [("undo_merge", "Can undo merge")]
        indexes = [models.Index(fields=["content_type", "first_id"], name="merge_winner")]

    def __str__(self):
        return self.label

    @property
    def undo_until(self) -> datetime:
        return self.created_at + timedelta(days=UNDO_DAYS)

    @property
    def is_too_old(self):
        return timezone.now() > self.undo_until
