"""Field by field: what each of two records says, and what the one made of them shall say."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from accounts.models import KeyField
from crm.cells import columns_of
from crm.custom import fields as own

OURS, THEIRS, BOTH = "ours", "theirs", "both"


@dataclass
class Choice:
    """A field on which two records differ. `options`: [(ours, theirs or both; text)]."""

    name: str
    label: str
    options: list
    default: str


def choices_between(winner, loser, user):
    """[Choice] of the fields on which two records differ and between which `user` may choose."""
    model = type(winner)
    columns = {column.spec.name: column for column in columns_of(model, _names(model))}
    hidden = winner.hidden_from(user) | loser.hidden_from(user) if user else set()
    found = []
    for name, column in columns.items():
        if name in hidden or _same(winner, loser, name) or _is_fixed(winner, loser, name):
            continue
        if not _may_take(winner, loser, name, user):
            continue
        ours, theirs = getattr(winner, name), getattr(loser, name)
        options = [(OURS, column.cell(winner, user).text), (THEIRS, column.cell(loser, user).text)]
        if _can_join(model, name, ours, theirs):
            options.append((BOTH, _("Both, one below the other")))
        default = default_of(winner, loser, name)
        found.append(Choice(name, str(column.label), options, default))
    return found + [
        Choice(
            field.name,
            str(field),
            [(OURS, own.cell(field, winner).text), (THEIRS, own.cell(field, loser).text)],
            _own_default(field, winner, loser),
        )
        for field in _own_differences(winner, loser)
    ]


def _own_differences(winner, loser):
    """The company's own fields on which two records differ."""
    fields = own.fields_of(type(winner))
    return [f for f in fields if winner.custom.get(f.code) != loser.custom.get(f.code)]


def _own_default(field, winner, loser):
    if field.code not in loser.custom:
        return OURS
    return THEIRS if field.code not in winner.custom else _newer(winner, loser)


def _own_values(winner, loser, choices):
    """The own fields of the record made of two."""
    found = dict(winner.custom)
    for field in _own_differences(winner, loser):
        if (choices.get(field.name) or _own_default(field, winner, loser)) == THEIRS:
            found.pop(field.code, None)
            found |= {k: v for k, v in loser.custom.items() if k == field.code}
    return found


def merged_values(winner, loser, *, by, choices):
    """{field: value} for the kept record. Raises ValidationError for a choice that there is not,
    PermissionDenied for one that `by` may not make."""
    model = type(winner)
    names = _names(model)
    known = {*names, *(field.name for field in own.fields_of(model))}
    for name, choice in choices.items():
        if name not in known or choice not in (OURS, THEIRS, BOTH):
            raise ValidationError(
                {"choices": _("%(field)s: choose ours, theirs or both.") % {"field": name}}
            )
    values = {}
    for name in names:
        if _same(winner, loser, name):
            continue
        may = _may_take(winner, loser, name, by)
        if not may and choices.get(name, OURS) != OURS:
            raise PermissionDenied(_("You do not have the right to do this."))
        default = default_of(winner, loser, name) if may else OURS
        fixed = OURS if _is_fixed(winner, loser, name) else None
        choice = fixed or choices.get(name) or default
        values[name] = _value(winner, loser, name, choice)
    values["custom"] = _own_values(winner, loser, choices)
    for name in model.merge_latest:
        moments = [getattr(winner, name), getattr(loser, name)]
        values[name] = max(filter(None, moments), default=None)
    _keep_apart(winner, loser, values)
    return {name: value for name, value in values.items() if getattr(winner, name) != value}


def default_of(winner, loser, name):
    """The filled value, else the one of the record that was edited later; whose it is stays."""
    ours, theirs = getattr(winner, name), getattr(loser, name)
    prefers = type(winner).merge_prefers
    if name in prefers and prefers[name] in (ours, theirs):
        return OURS if ours == prefers[name] else THEIRS
    kept = {*type(winner).merge_needs, type(winner)._default_manager.all().through}
    if name in kept or theirs in (None, ""):
        return OURS
    if ours in (None, ""):
        return THEIRS
    if _can_join(type(winner), name, ours, theirs):
        return BOTH
    return _newer(winner, loser)


def _newer(winner, loser):
    return THEIRS if loser.updated_at > winner.updated_at else OURS


def _names(model):
    """Fields that people edit, in the order of the model."""
    left_out = {"merged_into", "created_by", "external_key"}
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.editable
        and not field.primary_key
        and not isinstance(field, KeyField)
        and field.name not in left_out
        and not getattr(field, "protected", False)
    ]


def _same(winner, loser, name):
    # By the stored key: foreign records need not be read to see that they are one.
    column = winner._meta.get_field(name).attname
    return getattr(winner, column) == getattr(loser, column)


def _may_take(winner, loser, name, user):
    permission = type(winner).merge_needs.get(name)
    if user is None or permission is None:
        return True
    return user.may(permission, winner) and user.may(permission, loser)


def _is_fixed(winner, loser, name):
    """Whether the record keeps its own value: the main contact of another customer is nothing
    to this one."""
    group = getattr(type(winner), "only_one", {}).get(name, ())
    return any(getattr(winner, column) != getattr(loser, column) for column in group)


def _can_join(model, name, ours, theirs):
    field = model._meta.get_field(name)
    return isinstance(field, models.TextField) and bool(ours and theirs) and ours != theirs


def _value(winner, loser, name, choice):
    ours, theirs = getattr(winner, name), getattr(loser, name)
    if choice == BOTH and _can_join(type(winner), name, ours, theirs):
        return f"{ours}\n\n{theirs}"
    return theirs if choice == THEIRS else ours


def _keep_apart(winner, loser, values):
    """Let no reference within the kind, such as the parent company, lead back to the record."""
    for field in type(winner)._meta.concrete_fields:
        if field.related_model is not type(winner) or field.name not in values:
            continue
        # Whatever was below the loser is below the winner from now on, with all above it.
        candidates = [values[field.name], getattr(winner, field.name), getattr(loser, field.name)]
        values[field.name] = next(
            (row for row in candidates if row and not _leads_to(row, field.name, winner, loser)),
            None,
        )


def _leads_to(row, name, *records):
    seen = {record.pk for record in records}
    while row is not None:
        if row.pk in seen:
            return True
        seen.add(row.pk)
        row = getattr(row, name)
    return False
