"""Logging what was done, planning what is next, and reminding once."""

from datetime import datetime, time

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, Task
from crm import lifecycle
from crm.errors import DomainError, WrongMoment
from crm.events import emit
from crm.locks import lock
from crm.verbs import Verbs

# What a file may tell of tasks that ended elsewhere.
PAST = ("result", "done_at", "reminded_at")
MOST_REMINDERS = 1000  # of one run; the next one, a minute later, takes the rest


@transaction.atomic
def log_activity(target, *, by, kind, subject, owner=None, happened_at=None, body="", **fields):
    """Keep a call, visit, mail or note about `target` (a record, or None) that has taken place.

    Emits `activity.logged` on the target, so that it is in its history and the app it belongs
    to can react. Who did it is `by`; to name another `owner` takes the right to take over history.
    """
    owner = owner or by
    _check_doer(owner, by=by)
    activity = Activity(
        target=target,
        owner=owner,
        kind=kind,
        subject=subject,
        body=body,
        happened_at=happened_at or timezone.now(),
        **fields,
    )
    lifecycle.create(activity, by=by)
    if target is not None:
        emit(
            "activity.logged",
            target,
            by=by,
            activity=activity.pk,
            kind=str(kind),
            at=activity.happened_at,
            comment="\n".join(filter(None, [subject, body])),
            **({} if owner == by else {"doer": owner}),
        )
    return activity


@transaction.atomic
def log_contact(target, *, by, next_subject="", next_on=None, **fields):
    """Log an activity and plan what comes next, see plan_next_step."""
    activity = log_activity(target, by=by, **fields)
    plan_next_step(target, by=by, next_subject=next_subject, next_on=next_on)
    return activity


def plan_next_step(target, *, by, next_subject="", next_on=None):
    """Plan `next_subject`, unless it is empty, at nine on the local date `next_on`."""
    if next_subject:
        create_task(by=by, target=target, subject=next_subject, due_at=morning(next_on))


def create_activity(*, by, target=None, **fields):
    return log_activity(target, by=by, **fields)


def edit_activity(activity, *, by, version=None, **changes):
    """Correct what was logged; who did it, only with the right to take over history."""
    if changes.get("owner", activity.owner) != activity.owner:
        _check_doer(changes["owner"], by=by)
    return lifecycle.edit(activity, by=by, version=version, **changes)


def _check_doer(owner, *, by):
    if owner != by and by is not None and not by.has_perm(lifecycle.HISTORY):
        raise PermissionDenied(_("You do not have the right to say what others have done."))


def morning(day):
    """Nine o'clock of a local date, in the person's zone."""
    return timezone.make_aware(datetime.combine(day, time(9)))


def _check_owner(owner):
    if owner is not None and not owner.is_active:
        raise DomainError(
            _("%(person)s has left and cannot be given a task.") % {"person": owner},
            code="inactive_owner",
        )


@transaction.atomic
def create_task(
    *,
    by,
    target=None,
    owner=None,
    subject,
    due_at,
    remind_at=None,
    body="",
    priority=Task.Priority.NORMAL,
    **fields,
):
    """Plan a follow-up, about `target` or about nothing; without `owner` it is one's own."""
    owner = owner or by
    _check_owner(owner)
    task = Task(
        target=target,
        owner=owner,
        subject=subject,
        body=body,
        due_at=due_at,
        remind_at=remind_at,
        priority=priority,
        **fields,
    )
    lifecycle.create(task, by=by)
    _tell_planned(task, by=by)
    return task


def _tell_planned(task, *, by):
    if task.target is not None:
        facts = {"task": task.pk, "subject": task.subject, "due_at": task.due_at}
        emit("task.planned", task.target, by=by, **facts)


@transaction.atomic
def take_over_task(*, by, target=None, owner=None, state="", **fields):
    """A task of a file: planned anew, or as it stands elsewhere when the file says so.

    What it says is of Task.State, its result, and when it was done_at and reminded_at. Nobody is
    reminded of what was due long ago.
    """
    now = timezone.now()
    past = any(fields.get(name) for name in PAST)
    if (remind_at := fields.get("remind_at")) and remind_at < now:
        fields["reminded_at"] = fields.get("reminded_at") or remind_at
    if not past and state in ("", Task.State.OPEN):
        return create_task(by=by, target=target, owner=owner, **fields)
    task = Task(target=target, owner=owner or by, state=state or Task.State.OPEN, **fields)
    if task.state == Task.State.DONE:
        task.done_at = task.done_at or min(task.due_at, now)
    elif task.done_at or task.result:
        raise ValidationError({"state": _("Only a task that is done has a result.")})
    if task.done_at and task.done_at > now:
        raise ValidationError({"done_at": _("This day has not come yet.")})
    task = lifecycle.take_over(task, by=by)
    if task.state == Task.State.OPEN:
        _tell_planned(task, by=by)
    elif target is not None:
        comment = "\n".join(filter(None, [task.subject, task.result]))
        emit("task.past", target, by=by, task=task.pk, comment=comment, at=task.due_at)
    return task


@transaction.atomic
def edit_task(task, *, by, version=None, **changes):
    """Change an open task; a new reminder time is a new reminder."""
    _check_owner(changes.get("owner"))
    if "remind_at" in changes and changes["remind_at"] != task.remind_at:
        changes["reminded_at"] = None
    return lifecycle.edit(task, by=by, version=version, **changes)


@transaction.atomic
def finish_task(task, *, by, result="", next_subject="", next_on=None):
    """Tick a task off; the record it is about shows what came of it.

    With `next_subject` the next step about the same record is planned for the morning of the
    local date `next_on`, for whoever had this one, unless they have left.
    """
    task = lifecycle.advance(task, "finish", by=by, result=result)
    if task.target is not None:
        comment = "\n".join(filter(None, [task.subject, result]))
        emit("task.finished", task.target, by=by, task=task.pk, comment=comment)
    if next_subject:
        create_task(
            by=by,
            target=task.target,
            owner=task.owner if task.owner and task.owner.is_active else by,
            subject=next_subject,
            due_at=morning(next_on),
            priority=task.priority,
        )
    return task


@transaction.atomic
def finish_next_step(target, *, by, task, result="", next_subject="", next_on=None):
    """Tick off the task with the key `task` about `target`, and plan what comes after it."""
    task = Task.objects.about(target).open().filter(pk=task).first()
    if task is None:
        raise WrongMoment(_("This step is no longer open."))
    return finish_task(task, by=by, result=result, next_subject=next_subject, next_on=next_on)


@transaction.atomic
def cancel_open_tasks(target, *, by):
    """Cancel what is still planned about a record that has come to its end; return how many."""
    tasks = lock(Task.objects.about(target).open())
    for task in tasks:
        # Follows from the record's own step: whoever owns the task has nothing to decide.
        lifecycle.advance(task, "cancel", by=None)
    return len(tasks)


def send_reminders(*, at):
    """Remind the owners of tasks whose time has come, each once; return how many."""
    due = Task.objects.to_remind(at).order_by("remind_at", "pk").values_list("pk", flat=True)
    return sum(remind(pk, at=at) for pk in due[:MOST_REMINDERS])


@transaction.atomic
def remind(task_id, *, at):
    """Remind of one task; False when another run has done so, or there is no need any more."""
    # One statement claims the row: a second worker waits here and then finds nothing to claim.
    if not Task.objects.to_remind(at).filter(pk=task_id).update(reminded_at=at):
        return False
    emit("task.reminded", Task.objects.get(pk=task_id))
    return True


TASK_VERBS = Verbs(Task, finish=finish_task)
ACTIVITY_VERBS = Verbs(Activity)
