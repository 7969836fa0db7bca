"""The one exit for everything that has happened: audit, timeline, notices and handlers."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone

from crm.models import Event


class Audience(NamedTuple):
    who: Callable
    by_mail: bool
    unseen: bool


_handlers = defaultdict(list)
_audiences = defaultdict(list)
LABELS = {}
_silent = ContextVar("silent", default=False)
_origin = ContextVar("origin", default=None)


def on(*names):
    """Register a handler `(event, obj)` that runs in the emitting transaction and may veto by
    raising. The name "*" stands for every event."""

    def register(handler):
        for name in names:
            _handlers[name].append(handler)
        return handler

    return register


def audience(*names, mail=False, unseen=False):
    """Register `(event, obj) -> users` who are told of an event, unless they choose otherwise in
    Closeloop and, if `mail`, by mail.

    Whoever does not see the record is not told, unless `unseen`: for what takes it away from them.
    """

    def register(who):
        for name in names:
            _audiences[name].append(Audience(who, mail, unseen))
        return who

    return register


def label(name, text):
    """Give an event that is neither a transition, a creation nor an edit its words.

    `text` may be a function of the event, which is None where people choose what to be told of.
    """
    LABELS[name] = text


def audiences(name):
    return _audiences.get(name, [])


def is_told_unseen(name):
    """Whether an event is told to people who do not see its record."""
    return any(audience.unseen for audience in audiences(name))


def told():
    """Names of the events somebody is told of."""
    return sorted(_audiences)


@contextmanager
def silently():
    """Record events without telling anybody: for history that is loaded, not lived."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


@contextmanager
def coming_from(**facts):
    """Let every event inside say in its data where it comes from: `origin`.

    Gives the list that the primary keys of these events are added to.
    """
    happened = []
    token = _origin.set((facts, happened))
    try:
        yield happened
    finally:
        _origin.reset(token)


def jsonable(value):
    """Reduce a value to JSON: records become {id, label}, decimals strings, dates ISO 8601."""
    if isinstance(value, models.Model):
        return {"id": value.pk, "label": str(value)}
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | models.QuerySet):
        return [jsonable(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def emit(name, obj, *, by=None, **data):
    """Record that `name` happened to `obj`, in the caller's transaction; return the Event.

    `by` None means the user `system`. Handlers run at once; notices after commit.
    """
    return emit_each(name, [obj], by=by, **data)[0]


def emit_each(name, objs, *, by=None, **data):
    """`emit` for every one of many records; the events are written at once, and returned."""
    from crm.tasks import deliver_event

    silent = _silent.get()
    origin, happened = _origin.get() or ({}, [])
    if origin:
        data["origin"] = origin
    facts = {
        "name": name,
        "actor": by or get_user_model().objects.system(),
        "data": jsonable(data),
        "delivered_at": timezone.now() if silent else None,
    }
    events = Event.objects.bulk_create(
        [Event(target=obj, label=str(obj)[:200], **facts) for obj in objs]
    )
    for event, obj in zip(events, objs, strict=True):
        happened.append(event.pk)
        for handler in (*_handlers["*"], *_handlers[name]):
            handler(event, obj)
        if not silent:
            deliver_event.delay_on_commit(event.pk)
    return events
