"""The abstract bases of every business record."""

import uuid
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField

from crm.querysets import RecordQuerySet

_trusting = ContextVar("trusting", default=False)


@contextmanager
def left_to_the_database():
    """Let full_clean ask no questions whose answer the database enforces anyway.

    For thousands of records: uniqueness, constraints and foreign keys cost a query each. The
    caller turns an IntegrityError into words, see `violation`.
    """
    token = _trusting.set(True)
    try:
        yield
    finally:
        _trusting.reset(token)


def violation(model, error):
    """The sentence for an IntegrityError that saving a record of `model` has raised."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    for constraint in model._meta.constraints:
        if constraint.name == name:
            return constraint.get_violation_error_message()
    for field in model._meta.concrete_fields:
        if field.unique and f"_{field.column}_" in name:
            values = {
                "model_name": capfirst(model._meta.verbose_name),
                "field_label": field.verbose_name,
            }
            return field.error_messages["unique"] % values
    return gettext("The database refuses the record.")


def acts(model, *verbs):
    """Meta.permissions for the verbs of a model: acts("order", "confirm") -> confirm_order."""
    return [(f"{verb}_{model}", f"Can {verb.replace('_', ' ')} {model}") for verb in verbs]


class Permitted:
    """A kind of record whose permissions are named "app.verb_model"."""

    _meta: Any
    # Whether the global search finds it, by what its search_fields hold (crm.search.index).
    is_searched = False

    @classmethod
    def permission(cls, verb):
        """The full permission name, such as "orders.confirm_order"."""
        return f"{cls._meta.app_label}.{verb}_{cls._meta.model_name}"


class RecordModel(Permitted, models.Model):
    """A record that knows when it was made, by whom, and which version of it one is looking at."""

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    # Counts the edits; a save with an older number is refused (crm.lifecycle.edit).
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    # The record's key in another system: imports and integrations find it again by this.
    external_key = models.CharField(
        _("external key"), max_length=100, null=True, blank=True, unique=True, editable=False
    )

    objects: Any = RecordQuerySet.as_manager()
    search_fields: tuple = ("name",)
    # The rows of which nothing is hidden; None: what is hidden from somebody is so in every row.
    open_rows: models.Q | None = None

    class Meta:
        abstract = True

    def get_absolute_url(self):
        return reverse(f"{self._meta.app_label}:{self._meta.model_name}_detail", args=[self.pk])

    def hidden_from(self, user):
        """Names of fields whose values `user` is not shown though they see the record."""
        return set()

    def protected_fields(self):
        return {f.attname for f in self._meta.concrete_fields if getattr(f, "protected", False)}

    # --- Validation: only what has changed is checked again, a query less per field ----------

    @classmethod
    def from_db(cls, db, field_names, values):
        record = super().from_db(db, field_names, values)
        record._stored = dict(zip(field_names, values, strict=True))
        return record

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        self.__dict__.pop("_reached", None)  # who reaches it by which scope, see User.may
        self._stored = {f.attname: self.__dict__.get(f.attname) for f in self._meta.concrete_fields}

    def refresh_from_db(self, *args, **kwargs):
        super().refresh_from_db(*args, **kwargs)
        self.__dict__.pop("_stored", None)
        self.__dict__.pop("_reached", None)

    def unchanged(self):
        """Names of the fields that are as they were read or saved last; of a new record, none."""
        stored = self.__dict__.get("_stored")
        if stored is None or self._state.adding:
            return set()
        return {
            field.name
            for field in self._meta.concrete_fields
            if field.attname in stored and self.__dict__.get(field.attname) == stored[field.attname]
        }

    def clean_fields(self, exclude=None):
        # A foreign key given as a saved record needs no query to prove that it exists.
        loaded = {
            field.name
            for field in self._meta.concrete_fields
            if field.many_to_one
            if (row := field.get_cached_value(self, default=None)) is not None
            if not row._state.adding
        }
        if _trusting.get():
            loaded |= {
                field.name
                for field in self._meta.concrete_fields
                if field.many_to_one and getattr(self, field.attname) is not None
            }
        super().clean_fields(exclude={*(exclude or ()), *loaded, *self.unchanged()})

    def validate_unique(self, exclude=None):
        if _trusting.get():
            return
        super().validate_unique(exclude={*(exclude or ()), *self.unchanged()})

    def get_constraints(self):
        """The constraints that the changed fields can break."""
        if _trusting.get():
            return []
        unchanged = self.unchanged()
        if not unchanged:
            return super().get_constraints()
        return [
            (model, [c for c in constraints if not _fields_of(c) <= unchanged])
            for model, constraints in super().get_constraints()
        ]

    def full_clean(self, exclude=None, **kwargs):
        # Cleaning assigns every field, which a protected state refuses.
        super().full_clean(exclude={*(exclude or ()), *self.protected_fields()}, **kwargs)


def _fields_of(constraint):
    """Names of the fields a constraint speaks of."""
    named = set(getattr(constraint, "fields", ()))
    if condition := getattr(constraint, "condition", None):
        named |= condition.referenced_base_fields
    return named


class OwnedModel(RecordModel):
    """A record that belongs to one person; without an owner it lies in a pool or is new."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("owner"),
    )

    class Meta:
        abstract = True


class StatefulModel(ConcurrentTransitionMixin, models.Model):
    """A record with a lifecycle; its states change through crm.lifecycle only.

    BADGES maps a state to the colour it has everywhere: grey not started, blue under way,
    amber waiting for somebody, green done, red stopped.
    """

    BADGES: dict = {}
    # States in which fields may still be edited; None: in all.
    EDITABLE: tuple | None = None

    class Meta:
        abstract = True

    @classmethod
    def state_field(cls):
        return next(f for f in cls._meta.concrete_fields if isinstance(f, FSMField))

    def refresh_from_db(self, using=None, fields=None, from_queryset=None):
        # django-fsm-2 lifts the protection of the field for the whole process while it
        # refreshes. The descriptor refuses only a name that is already set, so unset it.
        names = self.protected_fields()
        if fields is None or names & set(fields):
            for name in names:
                self.__dict__.pop(name, None)
        models.Model.refresh_from_db(self, using=using, fields=fields, from_queryset=from_queryset)
        self.__dict__.pop("_stored", None)
        self.__dict__.pop("_reached", None)
        self._update_initial_state()

    @property
    def badge(self):
        return self.BADGES.get(getattr(self, self.state_field().name), "grey")


class JourneyModel(models.Model):
    """A document of the chain. Documents made from one another share the `journey` id.

    journey_stage orders the strip: lead 10, opportunity 20, … improvement 110.
    """

    journey_stage = 0
    journey = models.UUIDField(_("journey"), default=uuid.uuid4, editable=False, db_index=True)

    class Meta:
        abstract = True
