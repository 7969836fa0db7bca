"""Pages of the frame itself: home, notifications, timeline, files, choices, jobs, settings."""

import hashlib

from celery.schedules import crontab
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm import celery, describe, events, menu
from crm.home import cards
from crm.journey import journey as journey_stages
from crm.models import Attachment, Comment, Event, JobRun, RecordModel
from crm.pages import Pages

events.label("comment.added", gettext_lazy("Comment"))
events.label("attachment.added", gettext_lazy("File added"))

ICONS = {
    "comment": "message",
    "attachment": "paperclip",
    "activity": "phone",
    "task": "checklist",
}
HISTORY = 20


@login_not_required
def healthz(request):
    """For the proxy: the process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def home(request):
    return render(
        request, "crm/home.html", {"cards": cards(request.user), "today": timezone.localdate()}
    )


@login_not_required
@require_POST
def preferences(request):
    """Language and appearance, kept with the person, else in a cookie."""
    answer = HttpResponseRedirect(_next(request))
    user, language, theme = request.user, request.POST.get("language"), request.POST.get("theme")
    if language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", max_age=365 * 86400
        )
        if user.is_authenticated:
            get_user_model().objects.filter(pk=user.pk).update(language=language)
    if user.is_authenticated and theme in user.Theme.values:
        get_user_model().objects.filter(pk=user.pk).update(theme=theme)
    return answer


def _next(request):
    url = request.POST.get("next", "")
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}) else reverse("home")


# --- Notifications ------------------------------------------------------------------------


def notifications(request):
    rows = request.user.notifications.select_related(
        "event__content_type", "event__actor"
    ).order_by("-pk")
    found = [
        {
            "text": f"{describe.describe(row.event)} · {row.event.actor}",
            "url": reverse("crm:notification", args=[row.pk]),
            "at": row.created_at,
            "unread": row.read_at is None,
        }
        for row in rows[:100]
    ]
    context = {"notifications": found, "mark_all_url": reverse("crm:notifications_read")}
    return render(request, "crm/notifications.html", context)


def notification(request, pk):
    """Open what a notification is about, and mark it read."""
    row = get_object_or_404(request.user.notifications.select_related("event"), pk=pk)
    request.user.notifications.filter(pk=pk, read_at=None).update(read_at=timezone.now())
    target = row.event.target
    return HttpResponseRedirect(target.get_absolute_url() if target else reverse("notifications"))


@require_POST
def notifications_read(request):
    request.user.notifications.filter(read_at=None).update(read_at=timezone.now())
    return HttpResponseRedirect(reverse("notifications"))


# --- Anything about one record --------------------------------------------------------------


def visible_record(request, app_label, model):
    """The model class of a record kind this person may view, else 404."""
    try:
        found = apps.get_model(app_label, model)
    except LookupError:
        raise Http404 from None
    if not hasattr(found, "permission") or not hasattr(found.objects, "visible_to"):
        raise Http404
    return found


def get_record(request, app_label, model, pk):
    found = visible_record(request, app_label, model)
    return get_object_or_404(found.objects.visible_to(request.user), pk=pk)


def timeline(request, app_label, model, pk):
    return _timeline(request, get_record(request, app_label, model, pk))


def _timeline(request, obj, status=200, **extra):
    kind = [obj._meta.app_label, obj._meta.model_name, obj.pk]
    rows = Event.objects.about(obj).select_related("actor", "content_type")
    before = request.GET.get("before", "")
    if before.isdigit():
        rows = rows.filter(pk__lt=int(before))
    rows = list(rows[: HISTORY + 1])
    hidden = obj.hidden_from(request.user) if isinstance(obj, RecordModel) else set()
    url = reverse("crm:timeline", args=kind)
    context = {
        "entries": [
            {
                "at": event.at,
                "actor": event.actor,
                "text": describe.action(event),
                "detail": describe.details(event, hidden) or describe.remark(event),
                "origin": describe.origin(event),
                "icon": ICONS.get(event.name.partition(".")[0], "history"),
            }
            for event in rows[:HISTORY]
        ],
        "more_url": f"{url}?before={rows[HISTORY - 1].pk}" if len(rows) > HISTORY else "",
        "comment_url": reverse("crm:comment", args=kind),
        "attach_url": reverse("crm:attach", args=kind),
        "log_url": _door(request, "activities:log", "activities.add_activity", obj),
        "task_url": _door(request, "activities:task_for", "activities.add_task", obj),
        "attachments": [
            {
                "name": row.name,
                "url": reverse("crm:attachment", args=[row.pk]),
                "size": filesizeformat(row.size),
                "by": row.uploaded_by,
                "at": row.at,
            }
            for row in _attached(obj).select_related("uploaded_by")
        ],
        **extra,
    }
    if request.htmx:
        return render(request, "crm/_timeline.html", context, status=status)
    return HttpResponseRedirect(obj.get_absolute_url())


def _door(request, name, permission, obj):
    """The address of a dialog about the record, or "" where it is of no use or not allowed."""
    pages = Pages.registry.get(type(obj))
    if pages is None or not pages.has_contacts or not request.user.has_perm(permission):
        return ""
    return reverse(name, args=[obj._meta.app_label, obj._meta.model_name, obj.pk])


def _attached(obj):
    return Attachment.objects.filter(
        content_type=ContentType.objects.get_for_model(obj), object_id=obj.pk
    ).order_by("-pk")


@require_POST
def comment(request, app_label, model, pk):
    obj = get_record(request, app_label, model, pk)
    body = request.POST.get("body", "").strip()
    if not body:
        return _timeline(request, obj, status=422, comment_error=_("Write something first."))
    add_comment(obj, body, by=request.user)
    return _timeline(request, obj)


@transaction.atomic
def add_comment(obj, body, *, by):
    found = Comment.objects.create(target=obj, body=body, author=by)
    events.emit("comment.added", obj, by=by, comment=body)
    return found


@require_POST
def attach(request, app_label, model, pk):
    obj = get_record(request, app_label, model, pk)
    upload = request.FILES.get("file")
    if upload is None:
        return _timeline(request, obj, status=422, attach_error=_("Choose a file first."))
    if upload.size > settings.ATTACHMENT_MAX_BYTES:
        most = filesizeformat(settings.ATTACHMENT_MAX_BYTES)
        return _timeline(
            request,
            obj,
            status=422,
            attach_error=_("The file is too large: %(most)s at most.") % {"most": most},
        )
    add_attachment(obj, upload, by=request.user)
    return _timeline(request, obj)


@transaction.atomic
def add_attachment(obj, upload, *, by, kind=""):
    """Keep an uploaded file with a record; `kind` such as "signed_copy" gives it a meaning.

    A meaning is given by the verb that has the right to, never by whoever uploads a file.
    """
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    found = Attachment.objects.create(
        target=obj,
        file=upload,
        name=upload.name[:200],
        size=upload.size,
        sha256=digest.hexdigest(),
        kind=kind,
        uploaded_by=by,
    )
    events.emit("attachment.added", obj, by=by, subject=found.name, attachment=found.pk, kind=kind)
    return found


def attachment(request, pk):
    """A file, when its record is visible; always as a download, never shown in our origin."""
    found = get_object_or_404(Attachment.objects.select_related("content_type"), pk=pk)
    kind = found.content_type
    get_record(request, kind.app_label, kind.model, found.object_id)
    return FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=found.name,
        content_type="application/octet-stream",
    )


def journey(request, app_label, model, pk):
    obj = get_record(request, app_label, model, pk)
    stages = journey_stages(obj.journey, request.user)
    for stage in stages:
        for item in stage["items"]:
            item["current"] = item["object"] == obj
    return render(request, "crm/_journey.html", {"stages": stages})


def options(request, app_label, model):
    """Rows for a choice field: [{value, text}], at most 30 that match `q`."""
    found = visible_record(request, app_label, model)
    rows = found.objects.visible_to(request.user)
    if text := request.GET.get("q", "").strip():
        rows = rows.search(text)
    return JsonResponse([{"value": row.pk, "text": str(row)} for row in rows[:30]], safe=False)


def search(request):
    """Every record kind with a list, a few hits each, as far as the person may see them."""
    text = request.GET.get("q", "").strip()
    groups = []
    for model, pages in Pages.registry.items():
        if (
            len(text) < 2
            or not pages.menu
            or pages.menu[0] == "settings"
            or not pages.may(request.user, "view")
        ):
            continue
        rows = pages.queryset(request.user).search(text).order_by("-pk")[:6]
        items = [{"label": str(row), "url": row.get_absolute_url()} for row in rows]
        if items:
            more = f"{reverse(pages.route('list'))}?q={text}" if len(items) > 5 else ""
            groups.append(
                {"label": model._meta.verbose_name_plural, "items": items[:5], "more_url": more}
            )
    return render(request, "crm/search.html", {"search_query": text, "groups": groups})


# --- For administrators -----------------------------------------------------------------------


def jobs(request):
    """Every entry of the beat table with its last run."""
    if not request.user.has_perm("crm.view_jobrun"):
        raise PermissionDenied
    rows = []
    for name, entry in celery.app.conf.beat_schedule.items():
        last = JobRun.objects.filter(task=entry["task"]).order_by("-started_at").first()
        badge, result = "grey", _("never run")
        if last is not None:
            badge = "red" if last.error else ("green" if last.finished_at else "blue")
            result = _("failed") if last.error else (last.result or _("done"))
            if not last.finished_at:
                result = _("running")
        rows.append(
            {
                "name": gettext(name),
                "task": entry["task"],
                "schedule": _when(entry["schedule"]),
                "last_run": last and last.started_at,
                "result": result,
                "badge": badge,
                "error": last.error if last else "",
            }
        )
    return render(request, "crm/jobs.html", {"jobs": rows})


def _when(schedule):
    """A schedule of the beat table in words."""
    if isinstance(schedule, crontab):
        return _("daily at %(time)s") % {
            "time": f"{min(schedule.hour):02d}:{min(schedule.minute):02d}"
        }
    return _("every %(minutes)d min") % {"minutes": round(schedule / 60)}


def settings_index(request):
    items = [
        {"label": label, "url": url, "hint": ""}
        for section, _position, label, url in menu.entries(request.user)
        if section == "settings"
    ]
    if not items:
        raise PermissionDenied
    return render(
        request, "crm/settings_index.html", {"sections": [{"label": _("Settings"), "items": items}]}
    )
