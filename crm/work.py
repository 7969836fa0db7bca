"""Long work in the background: started by a service, done by a worker, watched on a page.

A kind is a function `(work) -> None` that may be called again after a kill: it goes on where
it stopped, calls `progress(work, done)` now and then, and leaves `result` or `file` behind.
"""

import logging
import traceback
import zoneinfo
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone, translation

from crm.errors import DomainError
from crm.events import emit
from crm.models import Company, Work, WorkRow

logger = logging.getLogger(__name__)
# How many rows a kind that can do several at once is given.
TOGETHER = 200
LOCK = 0x434C57  # "CLW": the first half of the advisory lock of one piece of work
_kinds = {}


class Stopped(Exception):
    """The person has stopped the work."""


def kind(name):
    """Register `(work) -> None` as what is done for works of kind `name`."""

    def register(function):
        _kinds[name] = function
        return function

    return register


def start(name, *, by, label, total=0, **data):
    """Have a worker do it once the transaction has committed; return the Work."""
    from crm.tasks import do_work

    work = _create(name, by, label, total, data)
    do_work.delay_on_commit(work.pk)
    return work


def do_here(name, *, by, label, total=0, **data):
    """Do short work in this process, with no worker told of it; return the Work as it ended.

    Work that dies with its process is found by `resume`.
    """
    work = _create(name, by, label, total, data)
    do(work.pk)
    work.refresh_from_db()
    return work


def _create(name, by, label, total, data):
    return Work.objects.create(kind=name, user=by, label=label[:200], total=total, data=data)


def do(pk):
    """Do a piece of work, or go on with it; nothing when it is finished or another worker has it."""
    with only_one(pk) as mine:
        work = Work.objects.select_related("user").filter(pk=pk).first() if mine else None
        if work is None or work.is_finished:
            return
        Work.objects.filter(pk=pk, status=Work.Status.WAITING).update(status=Work.Status.RUNNING)
        with speaking_to(work.user):
            # With the addresses, all kinds of work and all pages are declared.
            import_module(settings.ROOT_URLCONF)
            try:
                _kinds[work.kind](work)
            except Stopped:
                return
            except Exception as error:
                logger.exception("work %s failed", pk)
                work.error = sentence(error)
                finish(work, Work.Status.FAILED)
            else:
                finish(work, Work.Status.DONE)


def sentence(error):
    """What a person is told of an error."""
    if isinstance(error, DomainError | PermissionDenied):
        return str(error)
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return "".join(traceback.format_exception_only(error)).strip()


@transaction.atomic
def finish(work, status):
    """Close it, unless the person was quicker to stop it, and tell the person."""
    found = Work.objects.select_for_update().get(pk=work.pk)
    if found.is_finished:
        return
    work.status, work.finished_at = status, timezone.now()
    work.save()
    emit("work.finished", work)


def progress(work, done, total=None):
    """Keep how far it is, outside of any transaction; raises Stopped when it is to end."""
    work.done = done
    if total is not None:
        work.total = total
    running = Work.objects.filter(pk=work.pk, status=Work.Status.RUNNING)
    if not running.update(done=work.done, total=work.total):
        raise Stopped


def each_row(work, places, act, together=None, around=None):
    """`act(place) -> (label, outcome, message[, data])` for every place that has no row yet, each
    in a transaction of its own; a refusal is reported and the next row goes on.

    A refusal may carry `row_label` and `row_data`. together: `(places) -> {place: what act would
    return}` for as many of some places as can be done at once, in one transaction; `act` does
    the others. around: `(places) -> context manager`, within which some places are done.
    """
    places = list(places)
    known = set(work.rows.values_list("place", flat=True))
    progress(work, len(known), len(places))
    todo = [place for place in places if place not in known]
    for start in range(0, len(todo), TOGETHER):
        batch = todo[start : start + TOGETHER]
        with around(batch) if around else nullcontext():
            _do_batch(work, batch, act, together, known)
    progress(work, len(known))
    work.result = counts(work)


def _do_batch(work, batch, act, together, known):
    """known: the places that have a row, added to."""
    if together is not None:
        with transaction.atomic():
            found = together(batch)
            rows = [_row(work, place, *result) for place, result in found.items()]
            WorkRow.objects.bulk_create(rows)
        known.update(found)
        progress(work, len(known))
    for place in batch:
        if place in known:
            continue
        _do_row(work, place, act)
        known.add(place)
        if len(known) % 20 == 0:
            progress(work, len(known))


def _do_row(work, place, act):
    try:
        with transaction.atomic():
            _row(work, place, *act(place)).save()
    except (DomainError, PermissionDenied, ValidationError) as error:
        name, data = getattr(error, "row_label", ""), getattr(error, "row_data", {})
        _row(work, place, name, WorkRow.Outcome.REFUSED, sentence(error), data).save()


def _row(work, place, name, outcome, message, data=None):
    return WorkRow(
        work=work,
        place=place,
        label=name[:200],
        outcome=outcome,
        message=message,
        data=data or {},
    )


def counts(work):
    """{outcome: number of rows}."""
    found = dict.fromkeys(WorkRow.Outcome.values, 0)
    for outcome in work.rows.values_list("outcome", flat=True):
        found[outcome] += 1
    return found


@transaction.atomic
def stop(work):
    """End it after the row it is at; what is done stays done."""
    found = Work.objects.select_for_update().get(pk=work.pk)
    if not found.is_finished:
        found.status, found.finished_at = Work.Status.CANCELLED, timezone.now()
        found.save(update_fields=["status", "finished_at"])
    return found


def resume():
    """Start again whatever a lost worker or message has left; return how many."""
    from crm.tasks import do_work

    before = timezone.now() - timedelta(minutes=1)
    unfinished = Work.objects.filter(status__in=["waiting", "running"], created_at__lt=before)
    pks = list(unfinished.values_list("pk", flat=True))
    for pk in pks:
        do_work.delay(pk)
    return len(pks)


@contextmanager
def only_one(pk):
    """True for one worker at a time; its death gives the lock back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, pk])
        [mine] = cursor.fetchone()
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, pk])


@contextmanager
def speaking_to(user):
    """In the language and zone of a person, as in their browser."""
    zone = zoneinfo.ZoneInfo(user.timezone) if user.timezone else None
    with translation.override(Company.language_for(user)), timezone.override(zone):
        yield
