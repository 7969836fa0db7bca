"""Pages of the frame itself: home, timeline, files, choices, jobs, settings."""

from celery.schedules import crontab
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm import celery, guide, menu
from crm import home as day
from crm.journey import journey as journey_stages
from crm.models import JobRun
from crm.record import get_record, visible_record


@login_not_required
def healthz(request):
    """For the proxy: the process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def home(request):
    """My day: first the cards with something to do, then in short what is done with."""
    return render(request, "crm/home.html", _day(request))


def day_anew(request):
    """The same for a page that is open already, in one go: what is done about a row of one card
    may fill another. The cards in `?shown=` keep their place, even when they have become empty."""
    if not request.htmx:
        return HttpResponseRedirect(reverse("home"))
    return render(request, "crm/_day.html", _day(request, request.GET.getlist("shown")))


def _day(request, shown=()):
    cards = day.day(request)
    kept = shown if any(card["count"] for card in cards) else ()
    busy = [card for card in cards if card["count"] or card["name"] in kept]
    context = {
        "cards": cards,
        "busy": busy,
        "idle": [card for card in cards if card not in busy],
        "suggestions": day.suggestions(request.user),
        "guide": guide.guide_for(request),
    }
    if not busy:
        context["beginnings"] = guide.beginnings(request.user)
    return context


def day_card(request, name):
    """The rows of one card that has come into sight."""
    card = day.card(name, request.user)
    if card is None:
        raise Http404
    return render(
        request, "crm/_card.html", {"card": card.context(card.rows(request), request.user)}
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


# --- Anything about one record --------------------------------------------------------------


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
            broken = pgettext("background work", "failed")
            result = broken if last.error else (last.result or _("done"))
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
