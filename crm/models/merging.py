"""Records of which two may turn out to be one: the second stays, but no longer stands for itself."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

STANDING = models.Q(merged_into=None)


class StandingManager(models.Manager):
    """Rows that stand for themselves: what was merged into another is as if it were not there."""

    def get_queryset(self):
        return super().get_queryset().filter(STANDING)


def standing(queryset):
    """A manager of the rows not merged into another, with the methods of `queryset`."""
    return StandingManager.from_queryset(queryset)()


class MergeableModel(models.Model):
    """A kind of record that can be merged; its `objects` is `standing(…)`.

    duplicate_facts: {fact: columns whose equal values make two records suspect}.
    merge_needs: {field: permission without which the kept record keeps its own value}.
    merge_prefers: {field: value that wins whichever record has it}.
    merge_latest: fields, not edited by people, of which the later value wins.
    """

    duplicate_facts: Any = {}
    merge_needs: Any = {}
    merge_prefers: Any = {}
    merge_latest: tuple = ()

    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("merged into"),
    )

    class Meta:
        abstract = True

    def clean(self):
        # Whoever waited for the lock while the record was merged writes to nothing.
        if self.merged_into_id:
            raise ValidationError(
                _("%(record)s has been merged into another record.") % {"record": self}
            )
        super().clean()

    @classmethod
    def comparable(cls):
        """The rows among which duplicates are looked for."""
        return cls._default_manager.all()

    def merge_refusal(self):
        """Why the record cannot be merged now: a sentence, or None."""
        return


def successor(model, pk, user):
    """The record into which row `pk` of `model` was merged, if `user` may see it; else None."""
    if not issubclass(model, MergeableModel) or not str(pk).isdecimal():
        return None
    heir = model._base_manager.filter(pk=pk).values("merged_into")
    return model._default_manager.visible_to(user).filter(pk__in=heir).first()
