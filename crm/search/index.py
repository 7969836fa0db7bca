"""The writer of the index: what a record is found by, kept in the transaction that changes it.

A kind takes part by `is_searched = True`; its `search_fields` say by what it is found, through
relations too: an order by the name of its customer. Its queryset says by whose scope it is seen.
"""

from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models, transaction
from django.db.models import Func, Value

from crm.models import RecordModel, SearchEntry
from crm.querysets import NOBODY
from crm.search.words import query, words_of

BATCH = 500
_collected: ContextVar[dict | None] = ContextVar("collected", default=None)
to_tsvector = partial(
    Func, function="array_to_tsvector", output_field=SearchVectorField()
)  # the words as they are; to_tsvector() would parse them


@cache
def kinds():
    """Models that the global search finds."""
    return [
        model for model in apps.get_models() if issubclass(model, RecordModel) and model.is_searched
    ]


@cache
def dependents():
    """{model: {its field: [(kind, path of the relation)]}}: whose words and owners live on other
    records."""
    found: dict = {}
    for kind in kinds():
        for path in (*kind.search_fields, *kind.objects.owner_paths()):
            relation, _, name = path.rpartition("__")
            if relation:
                owner = kind
                for part in relation.split("__"):
                    owner = owner._meta.get_field(part).related_model
                found.setdefault(owner, {}).setdefault(name, []).append((kind, relation))
    return found


def relations(kind):
    """Relations that its search_fields and owner_paths run over, for select_related()."""
    paths = (*kind.search_fields, *kind.objects.owner_paths())
    return sorted({path.rpartition("__")[0] for path in paths if "__" in path})


def value_of(obj, path, hidden):
    """The text at `path`, "" where it is empty or `hidden(record)` names the field."""
    *relation, name = path.split("__")
    for part in relation:
        if obj is None or part in hidden(obj):
            return ""
        obj = getattr(obj, part)
    if obj is None or (isinstance(obj, RecordModel) and name in hidden(obj)):
        return ""
    return str(getattr(obj, name) or "")


def words_of_record(obj):
    """The words of one record. What is hidden from anybody who may see it is no way to find it."""
    nobody = AnonymousUser()
    found = set()
    for path in obj.search_fields:
        text = value_of(obj, path, lambda record: record.hidden_from(nobody))
        found |= words_of(text, whole="__" not in path)
    return found


def owners_of(obj):
    """Keys of the people by whose scope a record may be seen; NOBODY where one has no owner."""
    found = set()
    for path in type(obj).objects.owner_paths():
        *relation, name = path.split("__")
        holder = obj
        for part in relation:
            holder = holder and getattr(holder, part)
        if holder is not None:
            found.add(getattr(holder, f"{name}_id") or NOBODY)
    return sorted(found)


def write(kind, records):
    """Write the entries of records of one kind, which the caller has locked or just written."""
    content_type = ContentType.objects.get_for_model(kind)
    entries = [
        SearchEntry(
            content_type=content_type,
            object_id=record.pk,
            updated_at=record.updated_at,
            owners=owners_of(record),
            tokens=to_tsvector(
                Value(sorted(words_of_record(record)), output_field=ArrayField(models.TextField()))
            ),
        )
        for record in records
    ]
    SearchEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["content_type", "object_id"],
        update_fields=["tokens", "owners", "updated_at"],
    )
    return len(entries)


def keep(event, obj):
    """After an event: the record is found by what it says now, and those that say it after it.

    Events of other things about the record, such as comments, change none of its words.
    """
    from crm.tasks import refresh_search

    kind = obj.__class__  # not type(): the person of a request is a lazy object
    if not event.name.startswith(f"{kind._meta.model_name}."):
        return
    # What was assigned or claimed says so beside its changes, or instead.
    said = set(event.data.get("changes") or event.data)
    is_edit = event.name.endswith(".edited")
    if kind in kinds() and (not is_edit or said & _said(kind)):
        collected = _collected.get()
        if collected is None:
            write(kind, [obj])
        else:
            collected[kind].add(obj.pk)
    if said & set(dependents().get(kind, ())):
        refresh_search.delay_on_commit(kind._meta.label_lower, obj.pk)


@contextmanager
def not_at_all():
    """Write no entries for what happens inside: it will not have happened.

    Gives {kind: keys} of the records touched.
    """
    collected = defaultdict(set)
    token = _collected.set(collected)
    try:
        yield collected
    finally:
        _collected.reset(token)


@contextmanager
def in_one_go():
    """Write the entries of all records touched inside at its end, each once: for loading many."""
    with not_at_all() as collected:
        yield
    for kind, keys in collected.items():
        refresh(kind.objects.filter(pk__in=keys))
        _forget(kind, keys)


def _forget(kind, keys):
    """Drop the entries of those of the records that are gone."""
    content_type = ContentType.objects.get_for_model(kind)
    entries = SearchEntry.objects.filter(content_type=content_type, object_id__in=keys)
    entries.exclude(object_id__in=kind.objects.filter(pk__in=keys).values("pk")).delete()


@cache
def _said(kind):
    """Fields of a kind whose change may change its words; the owner may hide some."""
    paths = (*kind.search_fields, *kind.objects.owner_paths(), "owner")
    return {path.partition("__")[0] for path in paths}


def matching(rows, text):
    """Those of `rows`, a queryset of one kind, that `text` finds; all of them when it asks nothing,
    as a single letter does."""
    asked = query(text)
    return rows.filter(pk__in=found_by(rows.model, asked)) if asked else rows


def found_by(kind, asked):
    """A subquery: the pks of the records of a kind that have what a Query asks.

    By the key, not by the word of the kind: the planner may then begin with the rows one may see
    and look each of them up.
    """
    content_type = ContentType.objects.get_for_model(kind)
    entries = SearchEntry.objects.filter(content_type=content_type, tokens__has=asked.tsquery)
    return entries.values("object_id")


def refresh(rows):
    """Write the entries of `rows`, a queryset of one kind, in batches; return their number.

    For services that change rows without an event each. Locks the rows of a batch by pk, for what
    is read must still be true when it is written.
    """
    kind, count, last = rows.model, 0, 0
    rows = rows.select_related(*relations(kind)).order_by("pk").select_for_update(of=("self",))
    while True:
        with transaction.atomic():
            batch = list(rows.filter(pk__gt=last)[:BATCH])
            count += write(kind, batch)
        if len(batch) < BATCH:
            return count
        last = batch[-1].pk


def refresh_dependents(obj):
    """Write the entries of the records that are found by what `obj` says; return their number."""
    paths = {pair for pairs in dependents().get(type(obj), {}).values() for pair in pairs}
    return sum(refresh(kind.objects.filter(**{path: obj})) for kind, path in sorted(paths, key=str))


def rebuild(kind):
    """Write all entries of a kind anew and drop those of records that are gone.

    Returns their number. May run while people work, and twice.
    """
    content_type = ContentType.objects.get_for_model(kind)
    entries = SearchEntry.objects.filter(content_type=content_type)
    entries.exclude(object_id__in=kind.objects.values("pk")).delete()
    return refresh(kind.objects.all())
