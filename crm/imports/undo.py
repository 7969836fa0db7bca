"""Back to the state before an import, for every row that nobody has touched since."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError, Q, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import events, lifecycle
from crm import work as works
from crm.describe import describe
from crm.errors import DomainError, WrongMoment
from crm.imports.importer import pages_of
from crm.imports.loading import quick_commits
from crm.lifecycle import remove_all
from crm.locks import lock, lock_one
from crm.models import Event, Import, WorkRow
from crm.pages import Pages

DAYS = 30
# Events with which a record began.
MAKING = (".created", ".imported")
# What an event says that did anything to its record; others are only told of it, such as a
# customer of a call.
DOING = {"changes", "lines", "to"}


def refusal(found, user):
    """The sentence that says why `user` cannot undo the import now, or None."""
    if found.run is None or not found.run.is_finished:
        return _("The import has not finished.")
    if timezone.now() > found.run.finished_at + timedelta(days=DAYS):
        return _("An import can be undone within %(days)d days.") % {"days": DAYS}
    if found.undo_run and not found.undo_run.is_finished:
        return _("It is being undone already.")
    if not left(found).exists():
        return _("There is nothing to undo.")
    return None


def left(found):
    """The rows of the import that have written something which still stands."""
    written = found.run.rows.filter(data__undone__isnull=True)
    return written.filter(data__verdict__in=["created", "updated"])


@transaction.atomic
def start_undo(found, *, by):
    """Undo in the background, the last row first. May be done again for rows that were kept."""
    found = Import.objects.select_for_update().get(pk=found.pk)
    if found.user_id != by.pk and not by.has_perm("crm.undo_imports"):
        raise PermissionDenied
    if reason := refusal(found, by):
        raise WrongMoment(reason)
    label = _("Undo of the import %(file)s") % {"file": found.name}
    data = {"import": found.pk, "url": found.get_absolute_url()}
    found.undo_run = works.start(
        "import_undo", by=by, label=label, total=left(found).count(), **data
    )
    found.save(update_fields=["undo_run"])
    return found.undo_run


@works.kind("import_undo")
def undo(work):
    found = Import.objects.select_related("run", "user").get(pk=work.data["import"])
    rows = {row.place: row for row in left(found).order_by("-pk")}
    with quick_commits():
        works.each_row(
            work,
            rows,
            lambda place: _undo_row(found, rows[place], work.user),
            lambda places: _undo_new(found, [rows[place] for place in places], work.user),
        )


def _undo_new(found, rows, by):
    """Remove what rows have made and nobody has touched or refers to; return {place: result}.

    Rows that have done more than to make one record are left to `_undo_row`.
    """
    model = pages_of(found.kind).model
    kind = ContentType.objects.get_for_model(model)
    keys = [pk for row in rows for pk in row.data["events"]]
    happened = Event.objects.in_bulk(keys)
    made = {}
    for row in rows:
        events_ = [happened[pk] for pk in row.data["events"] if pk in happened]
        events_ = [event for event in events_ if _does(event)]
        records = {(event.content_type_id, event.object_id) for event in events_}
        if records == {(kind.pk, row.data["id"])} and events_[0].name.endswith(MAKING):
            made[row.data["id"]] = row
    lock(model._base_manager.filter(pk__in=made))
    since = _foreign(found).filter(content_type=kind, object_id__in=made)
    for pk in set(since.values_list("object_id", flat=True)):
        del made[pk]
    with events.silently(), events.coming_from(**{"import": found.pk, "undo": True}):
        removed = _remove_most(model, list(made), _remover(found), by)
    done = [made[pk] for pk in removed]
    for row in done:
        row.data["undone"] = True
    WorkRow.objects.bulk_update(done, ["data"])
    return {row.place: (row.label, "done", "") for row in done}


def _remover(found):
    return pages_of(found.kind).importer.remove or remove_all


def _remove_most(model, keys, remove, by):
    """Remove records as far as nothing refers to them; return the keys of those removed."""
    if not keys:
        return []
    try:
        with transaction.atomic():
            remove(model._base_manager.filter(pk__in=keys), by=by)
    except (ProtectedError, RestrictedError, PermissionDenied):
        half = len(keys) // 2
        if not half:
            return []
        halves = keys[:half], keys[half:]
        return [pk for some in halves for pk in _remove_most(model, some, remove, by)]
    return keys


def _undo_row(found, row, by):
    origin = {"import": found.pk, "row": row.place, "undo": True}
    rows = Event.objects.filter(pk__in=row.data["events"]).select_related("content_type")
    happened = [event for event in rows.order_by("-pk") if _does(event)]
    try:
        with events.silently(), events.coming_from(**origin):
            message = _undo_events(found, happened, by)
    except (DomainError, PermissionDenied) as error:
        error.row_label, error.row_data = row.label, {"id": row.data["id"]}
        raise
    row.data["undone"] = True
    row.save(update_fields=["data"])
    return row.label, "done", message, {"id": row.data["id"]}


def _undo_events(found, happened, by):
    """Take back the events of one row, the last first; return a sentence to report, or "".

    What followed from the row by the system's own acts, the system takes back.
    """
    system = get_user_model().objects.system()
    first = {(event.content_type, event.object_id): event for event in happened}
    records = {key: _locked(*key) for key in sorted(first, key=lambda key: (key[0].pk, key[1]))}
    for key, event in first.items():
        _check_untouched(found, *key, event)
    made = {
        (event.content_type, event.object_id) for event in happened if event.name.endswith(MAKING)
    }
    messages = []
    for event in happened:
        key = (event.content_type, event.object_id)
        if records[key] is None:
            continue
        whose = None if event.actor_id == system.pk else by
        if key not in made:
            _restore(records[key], event, whose)
        elif event.name.endswith(MAKING):
            messages.append(_remove(found, records[key], whose))
    return " ".join(filter(None, messages))


def _does(event):
    return event.name.endswith(MAKING) or not DOING.isdisjoint(event.data)


def _locked(kind, pk):
    rows = kind.model_class()._base_manager.filter(pk=pk)
    return rows.select_for_update(of=("self",)).first()


def _foreign(found):
    """Events that do not come from the import."""
    ours = Q(data__origin__import=found.pk)
    # What has no origin is neither equal nor unequal to the database.
    return Event.objects.filter(~ours | Q(data__origin__import__isnull=True))


def _check_untouched(found, kind, pk, first):
    """Raise DomainError when anything but this import has happened to the record since."""
    foreign = _foreign(found).filter(content_type=kind, object_id=pk, pk__gt=first.pk)
    if event := foreign.select_related("actor", "content_type").order_by("-pk").first():
        at = timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M")
        raise DomainError(
            _("Kept, it has been changed since: %(what)s (%(who)s, %(at)s).")
            % {"what": describe(event), "who": event.actor, "at": at}
        )


def _remove(found, obj, by):
    """Remove a record that the import has made; where others refer to it, archive it.

    Returns the sentence to report, "" when it is gone.
    """
    pages = pages_of(found.kind)
    is_own = isinstance(obj, pages.model)
    removers = {beside.model: beside.remove for beside in pages.importer.beside}
    remove = removers.get(type(obj)) or lifecycle.remove
    try:
        with transaction.atomic():
            if is_own:
                _remover(found)(pages.model._base_manager.filter(pk=obj.pk), by=by)
            else:
                remove(obj, by=by)
    except (ProtectedError, RestrictedError):
        archive = pages.importer.archive if is_own else {}
        if not archive:
            raise DomainError(_("Kept, because other records refer to it.")) from None
        pages.edit(obj, by=by, **archive)
        return _("Archived, because other records refer to it.")
    return ""


def _restore(obj, event, by):
    """Give a record the values back that it had before an event."""
    obj = lock_one(obj)
    lifecycle.require(by, obj.permission("change"), obj)
    old = {}
    for name, (before, _after) in event.data.get("changes", {}).items():
        try:
            field = obj._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        old[name] = value_of(field, before)
    if "lines" in event.data:
        lines = [_line(obj, line) for line in event.data["lines"][0]]
        obj = Pages.registry[type(obj)].edit(obj, by=by, lines=lines)
        obj = lock_one(obj)
    lifecycle.write(obj, by=by, **old)


def value_of(field, stored):
    """A value as events keep it (see crm.events.jsonable) as the field has it."""
    if stored is None:
        return None
    if field.is_relation:
        return field.related_model._base_manager.get(pk=stored["id"])
    return field.to_python(stored)


def _line(obj, stored):
    """A line as the services of documents take it."""
    model = obj._meta.get_field("lines").related_model
    found = {}
    for name, value in stored.items():
        if name in ("label", "amount"):
            continue
        field = model._meta.get_field(name)
        found[name] = value_of(field, {"id": value} if field.is_relation else value)
    return found
