"""Who is told of tasks, and the words for what activities leave in a record's history."""

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from activities import kinds, services
from activities.models import Activity, Meeting, Task
from crm.cells import words
from crm.events import audience, label
from users.models import User


def kind_label(event):
    """Which kind of contact it was, such as "call"; when, and whose, if another noted it later."""
    return dated(event, dict(Activity.Kind.choices).get(event.data.get("kind"), _("Contact")))


def dated(event, label):
    """The words for an event, with the moment it is about where that is of another day, and who
    did it, where that is not who told of it."""
    facts, at = [str(label)], parse_datetime(event.data.get("at") or "")
    if at and timezone.localdate(at) != timezone.localdate(event.at):
        facts.append(words(at))
    if doer := event.data.get("doer"):
        facts.append(doer["label"])
    return " · ".join(facts)


label("activity.logged", kind_label)
label("mail.failed", _("A mail could not be sent"))
label("mail.unsubscribed", _("Unsubscribed from mailings"))
label("meeting.planned", _("Meeting planned"))
label("task.planned", _("Follow-up planned"))
label("task.finished", _("Follow-up done"))
label("task.past", lambda event: dated(event, _("Follow-up in another system")))
label("task.reminded", _("Reminder"))


@audience("task.created")
def owner(event, task):
    return [task.owner]


@audience("task.reminded", mail=True)
def reminded_owner(event, task):
    return [task.owner]


# --- The calendar -------------------------------------------------------------------------------


def meeting_entry(meeting):
    return kinds.Entry(
        meeting,
        meeting.starts_on or meeting.starts_at,
        meeting.ends_on or meeting.ends_at,
        uid=str(meeting.uid),
        is_cancelled=meeting.state == Meeting.State.CANCELLED,
        place=meeting.place,
        note=meeting.body,
    )


def task_entry(task):
    return kinds.Entry(
        task,
        task.due_at,
        is_cancelled=task.state == Task.State.CANCELLED,
        is_done=task.state == Task.State.DONE,
        note=task.body,
    )


kinds.register(
    Meeting,
    rows=lambda rows, users, span: rows.of(users).within(span).select_related("owner"),
    entry=meeting_entry,
    move=services.move_meeting,
    badge="blue",
    has_end=True,
)
kinds.register(
    Task,
    rows=lambda rows, users, span: kinds.at_moment("due_at")(rows, users, span).select_related(
        "owner"
    ),
    entry=task_entry,
    move=services.move_task,
    badge="amber",
)


@audience("meeting.created", "meeting.cancelled")
def participants(event, meeting):
    there = meeting.invitations.filter(is_removed=False).exclude(user=None)
    return [row.user for row in there.select_related("user")]


@audience("mail.failed")
def sender(event, target):
    return User.objects.filter(pk=event.data["sender"])


@audience("mailing.done")
def owner_of_mailing(event, mailing):
    return [mailing.owner]
