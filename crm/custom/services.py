"""Making the company's own fields."""

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm import lifecycle
from crm.cells import labelled
from crm.custom import usage
from crm.custom.fields import is_customised
from crm.errors import DomainError
from crm.events import emit
from crm.locks import lock_one
from crm.models import CustomField


@transaction.atomic
def create_field(*, by, **fields):
    field = CustomField(**fields)
    _check(field)
    return lifecycle.create(field, by=by)


@transaction.atomic
def edit_field(field, *, by, version=None, **changes):
    """What is stored already keeps its meaning: document, code and type cannot change. A choice
    that is taken away stays where it was chosen, see rename_choice."""
    for name in ("content_type", "code", "kind"):
        if name in changes and changes[name] != getattr(field, name):
            raise ValidationError({name: _("This cannot be changed any more.")})
    for name, value in changes.items():
        setattr(field, name, value)
    _check(field)
    return lifecycle.edit(field, by=by, version=version, **changes)


@transaction.atomic
def retire_field(field, *, by, anyway=False):
    """Ask for the field no more and show it nowhere; what it holds is kept for restore_field.

    Raises ValidationError where records or views use it, unless `anyway`.
    """
    if not anyway and (used := usage.sentence(field)):
        raise ValidationError({"anyway": used})
    return lifecycle.edit(field, by=by, is_active=False)


def restore_field(field, *, by):
    return lifecycle.edit(field, by=by, is_active=True)


@transaction.atomic
def rename_choice(field, *, by, old, new):
    """Give the choice `old` the words `new` in the field, in all records that have it and in the
    conditions of saved views; where `new` is a choice already, the two become one.

    It stays the same answer, so the records count as unchanged: no event tells of each of them.
    """
    new = " ".join(new.split())
    if not new:
        raise ValidationError({"new": _("Name the choice.")})
    choices = dict.fromkeys(new if option == old else option for option in field.options)
    fresh = lifecycle.edit(field, by=by, choices="\n".join(choices))
    count = usage.replace_choice(fresh, old, new)
    usage.replace_in_views(fresh, old, new)
    emit("customfield.choice_renamed", fresh, by=by, old=old, new=new, records=count)
    return fresh


@transaction.atomic
def delete_field(field, *, by):
    """Delete a field that was made by mistake. Raises DomainError where it has been filled in."""
    lifecycle.require(by, field.permission("change"), field)
    fresh = lock_one(field)
    if reason := usage.refusal(fresh):
        raise DomainError(reason)
    emit("customfield.removed", fresh, by=by)
    fresh.delete()


def _check(field):
    model = field.content_type.model_class()
    if not is_customised(model):
        raise ValidationError({"content_type": _("This kind of record has no fields of its own.")})
    if field.scope_id and not model.custom_scope:
        raise ValidationError({"scope_id": _("This kind of record knows no such difference.")})
    if field.has_choices and not field.options:
        raise ValidationError({"choices": _("Name at least one choice.")})
    if field.required_from:
        states = dict(states_of(model))
        if field.required_from not in states:
            names = ", ".join(f"{code} ({label})" for code, label in states.items()) or "–"
            raise ValidationError(
                {"required_from": _("Choose one of: %(states)s.") % {"states": names}}
            )


def kinds():
    """Content types of everything that may have fields of its own."""
    models_ = [model for model in apps.get_models() if is_customised(model)]
    return ContentType.objects.filter(
        pk__in=[kind.pk for kind in ContentType.objects.get_for_models(*models_).values()]
    )


def states_of(model):
    """[(state, label)] in the order of the lifecycle; none for a kind without."""
    return model.state_field().flatchoices if hasattr(model, "state_field") else []


def scopes():
    """[(pk, words)] of the records that may have fields of their own, such as sales processes."""
    found = []
    for kind in kinds():
        model = kind.model_class()
        if model.custom_scope:
            link = model._meta.get_field(model.custom_scope)
            rows = link.related_model._default_manager.all()[:200]
            found += [(row.pk, labelled(link.verbose_name, row)) for row in rows]
    return found


def scope_label(field):
    """The words of `scopes` for the record that a field is only for, "" for all."""
    return dict(scopes()).get(field.scope_id, "") if field.scope_id else ""
