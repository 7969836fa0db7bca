"""Who is told of tasks, and the words for what activities leave in a record's history."""

from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from crm.events import audience, label


def kind_label(event):
    """Which kind of contact it was, such as "call"."""
    return dict(Activity.Kind.choices).get(event.data.get("kind"), _("Contact"))


label("activity.logged", kind_label)
label("task.planned", _("Follow-up planned"))
label("task.finished", _("Follow-up done"))
label("task.reminded", _("Reminder"))


@audience("task.created")
def owner(event, task):
    return [task.owner]


@audience("task.reminded", mail=True)
def reminded_owner(event, task):
    return [task.owner]
