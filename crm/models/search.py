"""The index of the global search: one row per record that can be found."""

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.records import TargetModel


class SearchEntry(TargetModel):
    """The words under which one record is found, see crm.search.words.

    Written by crm.search.index only. `updated_at` is the record's; `owners` are the keys of the
    people by whose scope it may be seen (see RecordQuerySet.owner_paths): what is not within
    somebody's reach is passed over in the index, before any row is read.
    """

    # Each record has its own; a merge leaves it where it is.
    follows_merges = False

    # The constraint and the index begin with it: one of its own would only be in their way.
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", db_index=False)
    tokens = SearchVectorField()
    owners = ArrayField(models.BigIntegerField(), default=list)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id"], name="one_entry_a_record")
        ]
        # A search reads the index of words each time with the list of what is pending: nothing
        # may be. The latest entries of a kind are read where a word is in too many.
        indexes = [
            GinIndex(fields=["tokens", "owners"], name="search_within", fastupdate=False),
            models.Index(fields=["content_type", "-updated_at"], name="search_latest"),
        ]

    def __str__(self):
        return f"{self.content_type_id}:{self.object_id}"


@SearchVectorField.register_lookup
class Has(models.Lookup):
    """`tokens__has=text`: the words are as a tsquery asks that is written out in full.

    Django's own SearchQuery would take the words apart again.
    """

    lookup_name = "has"

    def as_sql(self, compiler, connection):
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}::tsquery", [*left_params, *right_params]
