"""Making one record of two, and two again: one service for customers, contacts and leads."""

from datetime import timedelta

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, IntegerField, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import KeyField, Merge
from accounts.models.duplicates import UNDO_DAYS
from accounts.services.choices import choices_between, merged_values
from crm import lifecycle
from crm.cells import words
from crm.errors import WrongMoment
from crm.events import emit
from crm.locks import lock, lock_one
from crm.verbs import Absent, Verb, Verbs

CHUNK = 1000


# --- Merging -----------------------------------------------------------------------------------


@transaction.atomic
def merge_records(winner, loser, *, by, choices=None):
    """Make `loser` part of `winner`, with everything that names it; return the Merge.

    choices: {field: "ours", "theirs" or "both"}; what is not chosen is as choices_between
    proposes. Raises WrongMoment when one of them is merged already or can no longer be edited,
    PermissionDenied unless `by` may merge and change both. Locks the heads of both, then both.
    """
    if type(winner) is not type(loser) or winner.pk == loser.pk:
        raise ValidationError({"other": _("Choose another record of the same kind.")})
    winner, loser = _lock_both(winner, loser)
    if reason := merge_refusal(winner) or merge_refusal(loser) or _edit_refusal(winner):
        raise WrongMoment(str(reason))
    _require_both(winner, loser, by=by)
    values = merged_values(winner, loser, by=by, choices=choices or {})
    merge = Merge(
        content_type=ContentType.objects.get_for_model(winner),
        first_id=winner.pk,
        second_id=loser.pk,
        label=str(loser),
        loser_values=_snapshot(loser),
        created_by=by,
    )
    _move_all(winner, loser, merge)
    gone = {"merged_into": winner}
    if loser.external_key and not winner.external_key:
        gone["external_key"] = None
        values["external_key"] = loser.external_key
    _update(loser, **gone)
    before = _snapshot(winner)
    winner = lifecycle.write(winner, by=by, **values)
    _clear_others(winner, merge)
    after = _snapshot(winner)
    merge.changes = {
        name: [before[name], after[name]]
        for name in _columns_of(winner, values)
        if before[name] != after[name]
    }
    merge.save(force_insert=True)
    kind = winner._meta.model_name
    owner = getattr(loser, "owner", None)
    emit(f"{kind}.merged", winner, by=by, subject=str(loser), merge=merge.pk, owner=owner)
    return merge


def _lock_both(winner, loser):
    """Both records, locked in the order of their keys, after the heads that they belong to."""
    model = type(winner)
    if through := model._default_manager.all().through:
        head = model._meta.get_field(through)
        keys = {getattr(row, head.attname) for row in (winner, loser)}
        lock(head.related_model._base_manager.filter(pk__in=keys))
    found = {row.pk: row for row in lock(model._base_manager.filter(pk__in=[winner.pk, loser.pk]))}
    return found[winner.pk], found[loser.pk]


def _require_both(*rows, by):
    for row in rows:
        lifecycle.require(by, row.permission("view"), row)
        lifecycle.require(by, row.permission("merge"), row)
        lifecycle.require(by, row.permission("change"), row)


def merge_refusal(record):
    """Why a record cannot be merged now: a sentence, or None."""
    if record.merged_into_id:
        return _("%(record)s has been merged into another record.") % {"record": record}
    return record.merge_refusal()


def _edit_refusal(record):
    if lifecycle.editable(record):
        return None
    state = lifecycle.state_label(record)
    return _("%(record)s can no longer be edited: it is %(state)s.") % {
        "record": record,
        "state": state,
    }


def merge_into(record, *, by, other, choices=None):
    """The verb of the JSON door: merge `other` into `record`; return the record."""
    merge_records(record, other, by=by, choices=choices)
    return type(record)._base_manager.get(pk=record.pk)


def merge_verb(model):
    """The verb "merge" of a kind."""
    return Verb(
        run=merge_into,
        label=gettext_lazy("Merge with…"),
        permission=model.permission("merge"),
        form=f"{model._meta.app_label}.forms.Merge{model.__name__}Form",
        refusal=lambda record: (reason := merge_refusal(record)) and Absent(reason),
    )


def possible_merge(winner, loser, user):
    """What the page of a merge shows: (choices, [(label of a kind, number of rows)])."""
    found = list(relations(type(winner)))
    # One statement for all kinds.
    parts = [
        _pointing(model, field, kind, loser)
        .order_by()
        .annotate(relation=Value(n, output_field=IntegerField()))
        .values("relation")
        .annotate(rows=Count("pk"))
        for n, (model, field, kind) in enumerate(found)
    ]
    counts = {}
    for part in parts[0].union(*parts[1:], all=True):
        if part["rows"]:
            label = found[part["relation"]][0]._meta.verbose_name_plural
            counts[label] = counts.get(label, 0) + part["rows"]
    return choices_between(winner, loser, user), list(counts.items())


# --- What names a record -------------------------------------------------------------------------


def relations(target):
    """(model, field, content type or None) of everything that can name a `target`, heads first.

    Found in the models themselves, so that apps further down need not be known here.
    """
    kind = ContentType.objects.get_for_model(target)
    for model in apps.get_models(include_auto_created=True):
        if not getattr(model, "follows_merges", True) or model._meta.proxy:
            continue
        for field in model._meta.concrete_fields:
            if field.related_model is target:
                yield model, field, None
        for field in model._meta.private_fields:
            if isinstance(field, GenericForeignKey):
                yield model, model._meta.get_field(field.fk_field), (field.ct_field, kind)


def _pointing(model, field, kind, record):
    rows = model._base_manager.filter(**{field.name: record.pk})
    return rows.filter(**dict([kind])) if kind else rows


def _move_all(winner, loser, merge):
    for model, field, kind in relations(type(winner)):
        rows = _pointing(model, field, kind, loser).exclude(
            # The two themselves: what they say of one another is settled by merged_values.
            **({"pk__in": [winner.pk, loser.pk]} if model is type(winner) and not kind else {})
        )
        pks = list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))
        if not pks:
            continue
        name = f"{model._meta.label_lower}.{field.name}"
        _clear(model, field, pks, winner, merge)
        moved, left = _point(model, field, pks, winner)
        merge.moved[name] = moved
        if left:
            merge.left[name] = left


def _point(model, field, pks, record):
    """Let rows name `record`; return (pks that do, pks that a unique constraint keeps back)."""
    moved, left = [], []
    for start in range(0, len(pks), CHUNK):
        chunk = pks[start : start + CHUNK]
        if _try_to_point(model, field, chunk, record):
            moved += chunk
            continue
        for pk in chunk:
            (moved if _try_to_point(model, field, [pk], record) else left).append(pk)
    return moved, left


def _try_to_point(model, field, pks, record):
    try:
        with transaction.atomic():
            model._base_manager.filter(pk__in=pks).update(**{field.attname: record.pk})
    except IntegrityError:
        return False
    return True


def _clear(model, field, pks, winner, merge):
    """Where only one row may have a flag, such as the main contact, the winner's keeps it."""
    for flag, group in getattr(model, "only_one", {}).items():
        if field.name not in group:
            continue
        others = [name for name in group if name != field.name]
        kept = model._default_manager.filter(**{field.name: winner, flag: True})
        taken = set(kept.values_list(*others)) if others else ({()} if kept.exists() else set())
        rows = model._base_manager.filter(pk__in=pks, **{flag: True}).values_list("pk", *others)
        _set_flag(model, flag, [pk for pk, *rest in rows if tuple(rest) in taken], merge)


def _clear_others(winner, merge):
    """Take a flag that the winner has got from whoever had it in its group."""
    model = type(winner)
    for flag, group in getattr(model, "only_one", {}).items():
        if getattr(winner, flag):
            same = {name: getattr(winner, name) for name in group}
            others = model._base_manager.filter(**same, **{flag: True}, merged_into=None)
            pks = list(others.exclude(pk=winner.pk).values_list("pk", flat=True))
            _set_flag(model, flag, pks, merge)


def _set_flag(model, flag, pks, merge):
    if pks:
        model._base_manager.filter(pk__in=pks).update(**{flag: False})
        name = f"{model._meta.label_lower}.{flag}"
        merge.cleared[name] = [*merge.cleared.get(name, []), *pks]


def _update(record, **values):
    """Write columns of a locked record that full_clean() would refuse to touch."""
    for name, value in values.items():
        setattr(record, name, value)
    record.version += 1
    values |= {"version": record.version, "updated_at": timezone.now()}
    type(record)._base_manager.filter(pk=record.pk).update(**values)


def _snapshot(record):
    """{column: value as text or None} of everything stored but keys made of other columns."""
    return {
        field.attname: None
        if getattr(record, field.attname) is None
        else field.value_to_string(record)
        for field in record._meta.concrete_fields
        if not isinstance(field, KeyField)
    }


def _columns_of(record, names):
    return [record._meta.get_field(name).attname for name in names]


def gather_latecomers():
    """Move rows that somebody has added to a merged record while it was being merged."""
    for merge in Merge.objects.filter(undone_at=None, created_at__gte=_oldest()):
        with transaction.atomic():
            merge = lock_one(merge)
            winner, loser = merge.first, merge.second
            if merge.undone_at or winner.merged_into_id or not has_rows(loser, merge):
                continue
            winner, loser = _lock_both(winner, loser)
            late = Merge(moved={}, left={}, cleared={})
            _move_all(winner, loser, late)
            for stored, new in ((merge.moved, late.moved), (merge.cleared, late.cleared)):
                for name, pks in new.items():
                    stored[name] = [*stored.get(name, []), *pks]
            merge.left = late.left
            merge.save()


def moved_by(merge):
    """[(label of a kind, number of rows)] of what a merge has moved."""
    counts = {}
    for name, pks in merge.moved.items():
        label = apps.get_model(name.rpartition(".")[0])._meta.verbose_name_plural
        counts[label] = counts.get(label, 0) + len(pks)
    return list(counts.items())


def has_rows(loser, merge):
    """Whether rows name the merged record that the merge has not seen."""
    for model, field, kind in relations(type(loser)):
        left = merge.left.get(f"{model._meta.label_lower}.{field.name}", [])
        if _pointing(model, field, kind, loser).exclude(pk__in=left).exists():
            return True
    return False


# --- Undoing -------------------------------------------------------------------------------------


def _oldest():
    return timezone.now() - timedelta(days=UNDO_DAYS)


def undo_refusal(merge):
    """Why a merge cannot be undone now: a sentence, or None."""
    if merge.undone_at:
        return Absent(_("The merge has been undone."))
    if merge.is_too_old:
        return _("A merge can be undone until %(date)s.") % {"date": words(merge.undo_until)}
    if merge.first.merged_into_id:
        return _("%(record)s has been merged into another record.") % {"record": merge.first}
    return None


@transaction.atomic
def undo_merge(merge, *, by):
    """Bring back a merged record with everything that came from it; return the Merge.

    What was added since stays with the kept record, and so do its values that somebody has
    changed since. Raises WrongMoment after 30 days. Locks as merge_records does.
    """
    winner, loser = _lock_both(merge.first, merge.second)
    merge = lock_one(merge)
    if reason := undo_refusal(merge):
        raise WrongMoment(str(reason))
    lifecycle.require(by, "accounts.undo_merge", merge)
    _require_both(winner, by=by)
    restored = {
        name: _value(winner, name, old)
        for name, (old, new) in merge.changes.items()
        if getattr(winner, name) == _value(winner, name, new)
    }
    winner = lifecycle.write(winner, by=by, **_by_name(winner, restored))
    back = {"merged_into": None}
    if "external_key" in restored:
        back["external_key"] = merge.loser_values["external_key"]
    loser.merged_into = None
    try:
        loser.validate_constraints()
    except ValidationError as error:
        raise WrongMoment(" ".join(error.messages)) from error
    _update(loser, **back)
    for name, pks in merge.moved.items():
        path, _dot, field_name = name.rpartition(".")
        model = apps.get_model(path)
        field = model._meta.get_field(field_name)
        still = model._base_manager.filter(pk__in=pks, **{field.attname: winner.pk})
        _point(model, field, list(still.values_list("pk", flat=True)), loser)
    _give_back_flags(merge)
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.version += 1
    merge.save()
    for record, other in ((winner, loser), (loser, winner)):
        emit(f"{record._meta.model_name}.merge_undone", record, by=by, subject=str(other))
    return merge


def _value(record, column, text):
    field = next(f for f in record._meta.concrete_fields if f.attname == column)
    field = field.target_field if field.is_relation else field
    return None if text is None else field.to_python(text)


def _by_name(record, columns):
    """Values by field name, foreign keys as records, as lifecycle.write takes them."""
    found = {}
    for field in record._meta.concrete_fields:
        if field.attname not in columns:
            continue
        value = columns[field.attname]
        if field.is_relation and value is not None:
            value = field.related_model._base_manager.filter(pk=value).first()
        found[field.name] = value
    return found


def _give_back_flags(merge):
    for name, pks in merge.cleared.items():
        path, _dot, flag = name.rpartition(".")
        model = apps.get_model(path)
        for row in lock(model._base_manager.filter(pk__in=pks, **{flag: False})):
            same = {column: getattr(row, column) for column in model.only_one[flag]}
            if not model._default_manager.filter(**same, **{flag: True}).exists():
                model._base_manager.filter(pk=row.pk).update(**{flag: True})


MERGE_VERBS = Verbs(
    Merge,
    undo=Verb(
        run=undo_merge,
        label=gettext_lazy("Undo the merge"),
        permission="accounts.undo_merge",
        style="danger",
        refusal=undo_refusal,
    ),
)
