"""The history of one record by day, as sentences, and the doors of its comments and files."""

from collections import Counter
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from crm import comments, describe, files
from crm.custom.fields import learnt
from crm.models import Attachment, Comment, CustomField, Event
from crm.record import get_record, hidden_from, kind_of

HISTORY = 20
MOST_OFFERED = 8
MOST_LOOKED_AT = 40
ICONS = {
    "comment": "message",
    "attachment": "paperclip",
    "task": "checklist",
    "call": "phone",
    "visit": "map-pin",
    "meeting": "users",
    "mail": "mail",
    "chat": "message",
    "note": "notes",
}
MAILS = Q(name__startswith="mail.") | Q(name="activity.logged", data__kind="mail")
KINDS = {
    "contacts": (
        gettext_lazy("Calls and visits"),
        Q(name="activity.logged") & ~Q(data__kind="mail"),
    ),
    "comments": (gettext_lazy("Comments"), Q(name="comment.added")),
    "changes": (
        gettext_lazy("Changes"),
        Q(name__endswith=".created") | Q(data__has_key="changes") | Q(data__has_key="to"),
    ),
    "files": (gettext_lazy("Files"), Q(name__startswith="attachment.")),
    "mails": (gettext_lazy("Mails"), MAILS),
}


def timeline(request, app_label, model, pk):
    """?kind= keeps events of one kind, ?before= goes on with earlier ones."""
    return show(request, get_record(request, app_label, model, pk))


def show(request, obj, status=200, **extra):
    """The fragment with comments, files and history; without htmx a page of its own."""
    kind = kind_of(obj)
    context = {
        "object": obj,
        "comment_url": reverse("crm:comment", args=kind),
        "people_url": reverse("crm:people", args=kind),
        "longest_comment": comments.LONGEST,
        "attach_url": reverse("crm:attach", args=kind),
        "accept": files.accepted(),
        "attachments": files.attached(obj, request.user),
        **history_context(request, obj),
        **extra,
    }
    template = "crm/_timeline.html" if request.htmx else "crm/timeline.html"
    return render(request, template, context, status=status)


def history_context(request, obj):
    chosen = request.GET.get("kind", "")
    before, shown_day = request.GET.get("before", ""), request.GET.get("day", "")
    url = reverse("crm:timeline", args=kind_of(obj))
    rows = Event.objects.about(obj).exclude(name__in=comments.UNTOLD)
    if chosen in KINDS:
        rows = rows.filter(KINDS[chosen][1])
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before[:18]))
    found = list(rows.select_related("actor", "content_type")[: HISTORY + 1])
    page, more = found[:HISTORY], ""
    if len(found) > HISTORY:
        last = page[-1]
        query = {"kind": chosen, "before": last.pk, "day": timezone.localdate(last.at)}
        more = f"{url}?{urlencode({k: v for k, v in query.items() if v})}"
    chips = [("", _("All")), *((key, label) for key, (label, _rows) in KINDS.items())]
    return {
        "timeline_url": f"{url}?kind={chosen}" if chosen in KINDS else url,
        "days": days_of(entries_of(page, obj, request.user), shown_day),
        "more_url": more,
        "chips": [
            {
                "label": label,
                "url": f"{url}?kind={key}" if key else url,
                "active": key == (chosen if chosen in KINDS else ""),
            }
            for key, label in chips
        ],
    }


@learnt()
def entries_of(rows, obj, user):
    """What `user` may be told of the events, see crm/_timeline.html for the keys."""
    hidden, currency = hidden_from(obj, user), getattr(obj, "currency_id", "")
    keys = [event.data["comment_id"] for event in rows if "comment_id" in event.data]
    written = Comment.objects.select_related("author").prefetch_related("mentions").in_bulk(keys)
    added = [event.data["attachment"] for event in rows if "attachment" in event.data]
    removed = Attachment.objects.filter(pk__in=added).exclude(removed_at=None)
    gone = set(removed.values_list("pk", flat=True)) if added else set()
    entries = []
    for event in rows:
        sentences = describe.sentences(event, hidden, currency)
        if event.data.get("changes") and not sentences:
            continue  # nothing but fields this person is not shown
        entry = {
            "at": event.at,
            "actor": event.actor,
            "text": describe.action(event),
            "icon": ICONS.get(event.data.get("kind"), ICONS.get(event.name.partition(".")[0])),
            "sentences": sentences,
            "note": "" if sentences else note_of(event),
            "origin": describe.origin(event),
        }
        if (pk := event.data.get("attachment")) and pk not in gone:
            entry |= {"file": files.links(pk, event.data.get("subject", "")), "note": ""}
        if comment := written.get(event.data.get("comment_id")):
            entry |= comments.entry(comment, user)
        entries.append(entry)
    return entries


def note_of(event):
    """What was written, unless it says no more than what happened: "Call", "Call"."""
    note = describe.remark(event)
    return "" if note.casefold() == describe.action(event).casefold() else note


def days_of(entries, shown_day=""):
    """Group entries by local day: [{label, entries}]; the label is "" for the day shown before."""
    today = timezone.localdate()
    days = []
    for entry in entries:
        on = timezone.localdate(entry["at"])
        if not days or days[-1]["on"] != on:
            label = {0: _("Today"), 1: _("Yesterday")}.get((today - on).days)
            label = label or date_format(on, "DATE_FORMAT")
            days.append({"on": on, "label": "" if str(on) == shown_day else label, "entries": []})
        days[-1]["entries"].append(entry)
    return days


@learnt()
def history(request, app_label, model, pk):
    """Who changed a field (?field=), or all fields, when, and from what to what."""
    obj = get_record(request, app_label, model, pk)
    name = request.GET.get("field", "")
    if name in hidden_from(obj, request.user):
        raise Http404
    rows = Event.objects.about(obj).filter(data__has_key="changes")
    own = name.startswith(CustomField.PREFIX)
    if name:
        rows = rows.filter(data__changes__has_key="custom" if own else name)
    rows = rows.select_related("actor", "content_type")[:100]
    hidden, currency = hidden_from(obj, request.user), getattr(obj, "currency_id", "")
    changes = [
        {"at": event.at, "actor": event.actor, **change}
        for event in rows
        for change in describe.details(event, hidden, currency)
        if not name or change["name"] == name
    ]
    label = describe.field_label(type(obj), name) if name and not own else ""
    if own and changes:
        label = changes[0]["label"]
    context = {"object": obj, "label": label, "changes": changes}
    template = "crm/_history.html" if request.htmx else "crm/history.html"
    return render(request, template, context)


# --- Comments and files ---------------------------------------------------------------------------


@require_POST
def comment(request, app_label, model, pk):
    obj = get_record(request, app_label, model, pk)
    return _write(request, obj, lambda body: comments.add_comment(obj, body, by=request.user))


@require_POST
def comment_edit(request, pk):
    found, obj = _find(request, pk)
    return _write(
        request,
        obj,
        lambda body: comments.edit_comment(found, body, by=request.user),
        wrong_comment=pk,
    )


@require_POST
def comment_remove(request, pk):
    found, obj = _find(request, pk)
    comments.remove_comment(found, by=request.user)
    return show(request, obj)


def _find(request, pk):
    found = get_object_or_404(Comment.objects.select_related("content_type"), pk=pk)
    kind = found.content_type
    return found, get_record(request, kind.app_label, kind.model, found.object_id)


def _write(request, obj, write, **extra):
    body = request.POST.get("body", "").strip()
    try:
        if not body:
            raise ValidationError(_("Write something first."))
        write(body)
    except ValidationError as error:
        wrong = {"comment_error": " ".join(error.messages), "comment_body": body}
        return show(request, obj, status=422, **wrong, **extra)
    return show(request, obj)


def people(request, app_label, model, pk):
    """Whom a comment on the record may mention: [{name, text}] that match `q`."""
    obj = get_record(request, app_label, model, pk)
    rows = get_user_model().objects.active().search(request.GET.get("q", "").strip())
    seeing = []
    for person in rows.exclude(pk=request.user.pk)[:MOST_LOOKED_AT]:
        if len(seeing) < MOST_OFFERED and comments.may_see(person, obj):
            seeing.append(person)
    names = Counter(map(str, seeing))
    found = []
    for person in seeing:
        # Whoever shares a name is mentioned by the account.
        same = names[str(person)] > 1
        name = person.username if same else str(person)
        found.append({"name": name, "text": str(person), "same": same})
    return JsonResponse(found, safe=False)


@require_POST
def attach(request, app_label, model, pk):
    obj = get_record(request, app_label, model, pk)
    uploads = request.FILES.getlist("file")
    try:
        if not uploads:
            raise ValidationError(_("Choose a file first."))
        files.add_attachments(obj, uploads, by=request.user)
    except ValidationError as error:
        return show(request, obj, status=422, attach_error=" ".join(error.messages))
    return show(request, obj)


@require_POST
def attachment_remove(request, pk):
    found, obj = files.find(request, pk)
    files.remove_attachment(found, by=request.user)
    return show(request, obj)
