"""Activities, tasks and meetings: their lists, the dialogs on other records' pages, the card of My day."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities import services
from activities.filters import ActivityFilter, MeetingFilter, TaskFilter
from activities.forms import ActivityForm, DoneForm, LogForm, MeetingForm, TaskForm
from activities.models import Activity, Meeting, Task
from crm import days, home
from crm.cells import Cell, Column, listed, table, words
from crm.imports import Importer
from crm.models import OwnedModel
from crm.pages import Pages
from crm.record import get_record, kind_of
from crm.views import VerbView


def about(obj):
    """The record an activity or task is about, as a Cell with its link."""
    target = obj.target
    if target is None:
        return Cell("")
    with suppress(NoReverseMatch):
        return Cell(str(target), target.get_absolute_url())
    return Cell(str(target))


def due(task):
    return Cell(words(task.due_at), "", "red" if task.is_overdue else "")


PRIORITY_BADGES = {Task.Priority.HIGH: "amber"}
ABOUT = Column("about", label=gettext_lazy("about"), value=about)
DUE = Column(
    "due_at", label=gettext_lazy("due"), value=due, sort="due_at", raw=lambda task: task.due_at
)
PRIORITY = Column("priority", badge=lambda task: PRIORITY_BADGES.get(task.priority, ""))


class ActivityPages(Pages):
    model = Activity
    has_contacts = False
    columns = ("subject", "kind", ABOUT, "owner", "happened_at", "minutes")
    order = "-happened_at"
    filterset = ActivityFilter
    form = ActivityForm
    create = services.create_activity
    edit = services.edit_activity
    verbs = services.ACTIVITY_VERBS
    importer = Importer(about=True)
    menu = ("customers", 80)
    # Translators: words with which people ask for a new one, besides its name.
    asked_for = gettext_lazy("log call visit")
    empty = gettext_lazy(
        "Nothing logged yet. Calls, visits and chats stand here once they are logged, "
        "best on the page of the customer."
    )
    begin = "accounts.account"
    groups = (
        (
            gettext_lazy("Activity"),
            ("kind", ABOUT, "owner", "happened_at", "minutes", "body"),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).with_targets(user)


class TaskPages(Pages):
    model = Task
    has_contacts = False
    columns = ("subject", ABOUT, "owner", DUE, PRIORITY, "state")
    order = "due_at"
    filterset = TaskFilter
    form = TaskForm
    create = services.create_task
    edit = services.edit_task
    verbs = services.TASK_VERBS
    importer = Importer(
        about=True, history=("state", *services.PAST), create=services.take_over_task
    )
    menu = ("customers", 70)
    # Translators: words with which people ask for a new one, besides its name.
    asked_for = gettext_lazy("to-do reminder")
    empty = gettext_lazy(
        "No tasks here. A task is your next step, and My day reminds you of it: plan "
        "one, best on the page of the record."
    )
    groups = (
        (
            gettext_lazy("Task"),
            (ABOUT, "owner", DUE, "remind_at", "reminded_at", PRIORITY, "body"),
        ),
        (gettext_lazy("Result"), ("done_at", "result")),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).with_targets(user)


def when(meeting):
    """From when until when: local times, or whole days."""
    first, last = meeting.starts_at or meeting.starts_on, meeting.ends_at or meeting.ends_on
    return words(first) if first == last else f"{words(first)} – {words(last)}"


def who(meeting):
    there = meeting.invitations.filter(is_removed=False).select_related("user")
    return listed(str(row) for row in there)


WHEN = Column("starts_at", label=gettext_lazy("when"), value=when, sort="starts_at")


class MeetingPages(Pages):
    model = Meeting
    has_contacts = False
    columns = ("subject", WHEN, ABOUT, "place", "owner", "state")
    order = "-created_at"
    filterset = MeetingFilter
    form = MeetingForm
    create = services.create_meeting
    edit = services.edit_meeting
    verbs = services.MEETING_VERBS
    menu = ("customers", 75)
    empty = gettext_lazy(
        "No meetings here. Plan one, and those you invite get it in their calendars."
    )
    groups = (
        (
            gettext_lazy("Meeting"),
            (
                WHEN,
                "place",
                ABOUT,
                "owner",
                Column("who", gettext_lazy("who takes part"), value=who),
            ),
        ),
        (gettext_lazy("Details"), ("body",)),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).with_targets(user)


# --- Dialogs on the page of any record --------------------------------------------------------


class AboutView(VerbView):
    """<app_label>/<model>/<pk>/: ask, run `service` about the record, answer the fresh record."""

    name = ""
    right = ""
    form: Any = None
    label: Any = ""
    service: Any = None

    def dispatch(self, request, *args, app_label, model, pk):
        if not request.user.has_perm(self.right):
            raise PermissionDenied
        try:
            self.pages = Pages.of(f"{app_label}.{model}")
        except LookupError:
            raise Http404
        if not self.pages.may(request.user, "view"):
            raise Http404
        return super().dispatch(request, *args, pk=pk)

    def get(self, request, pk):
        obj = self.get_object(pk)
        return self.ask(obj, self.form(initial=request.GET.dict(), user=request.user, obj=obj))

    def post(self, request, pk):
        obj = self.get_object(pk)
        form = self.form(request.POST, user=request.user, obj=obj)
        if not form.is_valid():
            return self.ask(obj, form, status=422)
        try:
            type(self).service(target=obj, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return self.ask(obj, form, status=422)
        return self.done(obj, obj)

    def ask(self, obj, form, status=200):
        kind = [obj._meta.app_label, obj._meta.model_name, obj.pk]
        verb = {"label": self.label, "name": "about", "style": "primary"}
        context = {
            "object": obj,
            "form": form,
            "verb": {**verb, "url": reverse(self.name, args=kind)},
        }
        template = "crm/_verb_form.html" if self.request.htmx else "crm/verb_form.html"
        return render(self.request, template, context, status=status)


class LogView(AboutView):
    name = "activities:log"
    right = "activities.add_activity"
    form = LogForm
    label = gettext_lazy("Log a contact")
    service = services.log_contact


class TaskForView(AboutView):
    name = "activities:task_for"
    right = "activities.add_task"
    form = TaskForm
    label = gettext_lazy("Plan a follow-up")
    service = services.create_task


class DoneView(AboutView):
    """Tick off the next step of a record, and plan the one after it."""

    name = "activities:done"
    right = "activities.finish_task"
    form = DoneForm
    label = gettext_lazy("Done")
    service = services.finish_next_step


class MeetingForView(AboutView):
    name = "activities:meeting_for"
    right = "activities.add_meeting"
    form = MeetingForm
    label = gettext_lazy("Plan a meeting")
    service = services.create_meeting


def panel(request, app_label, model, pk):
    """Open tasks about one record, for everybody who may see the record."""
    obj = get_record(request, app_label, model, pk)
    if not request.user.has_perm("activities.view_task"):
        raise PermissionDenied
    rows = Task.objects.about(obj).open().select_related("owner").order_by("due_at", "pk")
    found = table(_("Follow-ups"), Task, ("subject", "owner", DUE, PRIORITY), rows, request.user)
    mine = set(Task.objects.about(obj).open().visible_to(request.user).values_list("pk", flat=True))
    for row, task in zip(found["rows"], rows, strict=True):
        if task.pk not in mine:
            row["url"] = ""
    found["empty"] = _("No next step is planned.")
    if request.user.has_perm("activities.add_task"):
        found["create_url"] = reverse("activities:task_for", args=[app_label, model, pk])
    return render(request, "crm/_table.html", {"table": found})


def meetings_panel(request, app_label, model, pk):
    """Planned meetings about one record, for everybody who may see the record."""
    obj = get_record(request, app_label, model, pk)
    if not request.user.has_perm("activities.view_meeting"):
        raise PermissionDenied
    planned = Meeting.objects.about(obj).filter(state=Meeting.State.PLANNED)
    rows = planned.select_related("owner").order_by("starts_at", "pk")
    found = table(_("Meetings"), Meeting, ("subject", WHEN, "place", "owner"), rows, request.user)
    mine = set(planned.visible_to(request.user).values_list("pk", flat=True))
    for row, meeting in zip(found["rows"], rows, strict=True):
        if meeting.pk not in mine:
            row["url"] = ""
    found["empty"] = _("No meeting is planned.")
    if request.user.has_perm("activities.add_meeting"):
        found["create_url"] = reverse("activities:meeting_for", args=[app_label, model, pk])
        found["create_dialog"] = True
    return render(request, "crm/_table.html", {"table": found})


def has_follow_ups(obj):
    return isinstance(obj, OwnedModel) and not isinstance(obj, Task | Activity | Meeting)


def next_step(obj, user):
    """The earliest open task about a record: {subject, url, due, owner, badge, done_url}, or only
    {plan_url} when nothing is planned. None where follow-ups have no sense, or are not for `user`.
    """
    if not has_follow_ups(obj) or not user.has_perm("activities.view_task"):
        return None
    kind = kind_of(obj)
    found = {"plan_url": ""}
    if user.has_perm("activities.add_task"):
        found["plan_url"] = reverse("activities:task_for", args=kind)
    task = Task.objects.about(obj).open().select_related("owner").order_by("due_at", "pk").first()
    if task is None:
        return found
    return found | {
        "subject": task.subject,
        "due": words(task.due_at),
        "owner": task.owner,
        "badge": "red" if task.is_overdue else "blue",
        "done_url": f"{reverse('activities:done', args=kind)}?task={task.pk}"
        if user.may("activities.finish_task", task)
        else "",
    }


Pages.next_step = staticmethod(next_step)
Pages.record_panels.append(
    (
        gettext_lazy("Follow-ups"),
        "activities:panel",
        "activities.view_task",
        lambda obj, user: [Task.objects.about(obj).open()],
        has_follow_ups,
    )
)
Pages.record_panels.append(
    (
        gettext_lazy("Meetings"),
        "activities:meetings_panel",
        "activities.view_meeting",
        lambda obj, user: [Meeting.objects.about(obj).filter(state=Meeting.State.PLANNED)],
        has_follow_ups,
    )
)


# --- My day -----------------------------------------------------------------------------------


def _dialog(door, row, user, label, query=""):
    """A dialog about a row of My day, where it stands; None without the right to it."""
    if not user.has_perm(door.right):
        return None
    kind = [row._meta.app_label, row._meta.model_name, row.pk]
    name = door.name.partition(":")[2]
    url = reverse(door.name, args=kind) + query
    return {"name": name, "label": label, "url": url, "has_form": True, "style": "default"}


def log_contact(row, user):
    return _dialog(LogView, row, user, _("Log a call"), f"?kind={Activity.Kind.CALL}")


def plan_follow_up(row, user):
    return _dialog(TaskForView, row, user, _("Next step"))


def what_about(task):
    return f"{task.subject} · {task.target}" if task.target is not None else task.subject


home.add(
    "tasks",
    gettext_lazy("Overdue and today's follow-ups"),
    TaskPages,
    {"mine": "true", "due": "today"},
    order="due_at",
    position=20,
    needs=("activities.finish_task",),
    text=what_about,
    meta=lambda task: days.due(task.due_at),
    badge=lambda task: "red" if task.is_overdue else "",
    actions=("finish",),
    empty=gettext_lazy("Nothing is due today."),
)
home.suggest(gettext_lazy("Plan a follow-up"), "activities:task_create", "activities.add_task")


def hours(meeting):
    """From when until when today; "" for the whole day. And where."""
    ends = (meeting.starts_at, meeting.ends_at) if meeting.starts_at else ()
    clock = " – ".join(f"{timezone.localtime(at):%H:%M}" for at in ends)
    return " · ".join(filter(None, (clock, meeting.place)))


def log_meeting(meeting, user):
    """What was agreed, on the record that the meeting is about."""
    if meeting.target is None or not Pages.registry[type(meeting.target)].has_contacts:
        return None
    kind = Activity.Kind.MEETING
    return _dialog(LogView, meeting.target, user, _("Log the meeting"), f"?kind={kind}")


home.add(
    "meetings-today",
    gettext_lazy("Today's meetings"),
    MeetingPages,
    {"ahead_today": "true"},
    order="starts_at",
    position=19,
    needs=("activities.view_meeting", "activities.add_meeting"),
    text=what_about,
    meta=hours,
    actions=(log_meeting,),
    empty=gettext_lazy("No meeting today, or all are over."),
)
