"""The calendar by day, week and month, moving what stands in it, and private ICS addresses."""

import hashlib
from calendar import Calendar
from contextlib import suppress
from datetime import date, timedelta
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities import kinds, services
from activities.forms import MoveForm
from crm import lifecycle, menu
from crm.errors import WrongMoment
from crm.forms import EARLIEST, LATEST
from users.models import Scope, User

menu.add(
    "customers", 65, gettext_lazy("Calendar"), "activities:calendar", "activities.view_meeting"
)

VIEWS = ("day", "week", "month")
HOURS = range(8, 20)
IN_CELL = 4
DAY = 24 * 60
# What a subscribed calendar shows: days back and ahead.
FEED_BACK, FEED_AHEAD = 60, 400


def calendar(request):
    """?view=day|week|month&on=<date>&team=1: what one may see of oneself or of one's team."""
    user = request.user
    if not user.has_perm("activities.view_meeting"):
        raise PermissionDenied
    view = request.GET.get("view") if request.GET.get("view") in VIEWS else "week"
    on = timezone.localdate()
    with suppress(ValueError):
        asked = date.fromisoformat(request.GET.get("on", ""))
        on = asked if EARLIEST <= asked <= LATEST else on
    team = bool(request.GET.get("team")) and has_team(user)
    first, last = bounds(view, on)
    span = kinds.Span(first, last, timezone.get_current_timezone())
    people = team_of(user) if team else [user]
    found = [item(entry, span, user, team) for entry in shown(user, people, span)]
    days = [day(first + timedelta(days=n), found, on) for n in range((last - first).days + 1)]
    context = {
        "title": _("Calendar"),
        "view": view,
        "label": label(view, first, on),
        "days": days,
        "weeks": [days[n : n + 7] for n in range(0, len(days), 7)] if view == "month" else [],
        "hours": hours(days) if view != "month" else [],
        "has_entries": any(day["entries"] for day in days),
        "team": team,
        "create_url": create_url(user),
        **links(view, on, team, has_team(user)),
    }
    return render(request, "activities/calendar.html", context)


def bounds(view, on):
    """First and last day shown; weeks begin on Monday."""
    if view == "day":
        return on, on
    monday = on - timedelta(days=on.weekday())
    if view == "week":
        return monday, monday + timedelta(days=6)
    weeks = Calendar().monthdatescalendar(on.year, on.month)
    return weeks[0][0], weeks[-1][-1]


def label(view, first, on):
    if view == "month":
        return date_format(on, "YEAR_MONTH_FORMAT")
    if view == "day":
        return f"{on.isoformat()} {date_format(on, 'l')}"
    return f"{first.isoformat()} – {(first + timedelta(days=6)).isoformat()}"


def links(view, on, team, may_team):
    def link(**changes):
        state = {"view": view, "on": on.isoformat(), **({"team": 1} if team else {}), **changes}
        query = urlencode({key: value for key, value in state.items() if value})
        return f"{reverse('activities:calendar')}?{query}"

    step = {"day": 1, "week": 7}.get(view)
    if step:
        back, ahead = on - timedelta(days=step), on + timedelta(days=step)
    else:
        start = on.replace(day=1)
        back = start - timedelta(days=1)
        ahead = (start + timedelta(days=31)).replace(day=1)
    names = {"day": _("Day"), "week": _("Week"), "month": _("Month")}
    return {
        "views": [
            {"label": names[name], "url": link(view=name), "active": name == view} for name in VIEWS
        ],
        "back_url": link(on=back.isoformat()),
        "ahead_url": link(on=ahead.isoformat()),
        "today_url": link(on=timezone.localdate().isoformat()),
        "team_url": link(team="" if team else 1) if may_team else "",
        "feed_url": reverse("activities:feed_page"),
    }


def create_url(user):
    may = user.has_perm("activities.add_meeting")
    return reverse("activities:meeting_create") if may else ""


def has_team(user):
    """Whether the person's right reaches further than their own rows."""
    scope = user.scope_of("activities.view_meeting")
    return scope not in (None, Scope.OWN) and user.team_id is not None


def team_of(user):
    return list(User.objects.active().filter(team__path__startswith=user.team.path))


def shown(user, people, span):
    return [entry for entry in kinds.entries(user, people, span) if not entry.is_cancelled]


def item(entry, span, user, team):
    """An entry as the templates draw it, with the local days it touches."""
    record, kind = entry.record, kinds.CALENDAR[type(entry.record)]
    owner = entry.owner or record.owner
    meta = record._meta
    if entry.is_all_day:
        first, last, when, at, lasts = entry.start, entry.end or entry.start, "", None, 0
    else:
        start = entry.start.astimezone(span.zone)
        end = entry.end.astimezone(span.zone) if entry.end else start
        first, at = start.date(), start.hour * 60 + start.minute
        # What ends at midnight does not touch the next day.
        last = max(first, (end - timedelta(microseconds=1)).date())
        # Of what goes on beyond midnight, the first day's part.
        lasts = DAY - at if last > first else (end - start) // timedelta(minutes=1)
        when = f"{start:%H:%M}–{end:%H:%M}" if entry.end else f"{start:%H:%M}"
    is_mine = owner is not None and owner.pk == user.pk
    may_move = (
        kind.move
        and (is_mine or team)
        and user.has_perm(record.permission("change"))
        and lifecycle.editable(record)
    )
    return {
        "title": str(record),
        "kind": meta.verbose_name,
        "url": record.get_absolute_url(),
        "when": when,
        "first": first,
        "last": last,
        "hour": None if at is None else at // 60,
        "at": at,
        "lasts": lasts,
        "is_done": entry.is_done,
        "badge": "grey" if entry.is_done else kind.badge,
        "place": entry.place,
        "owner": str(owner or "") if team or not is_mine else "",
        "version": record.version,
        "move_url": reverse("activities:move", args=[meta.app_label, meta.model_name, record.pk])
        if may_move
        else "",
        "may_last": may_move and kind.has_end and lasts > 0 and last == first,
    }


def day(on, items, current):
    found = [entry for entry in items if entry["first"] <= on <= entry["last"]]
    link = f"{reverse('activities:calendar')}?view=day&on={on.isoformat()}"
    return {
        "on": on,
        "name": date_format(on, "D"),
        "is_today": on == timezone.localdate(),
        "is_other": on.month != current.month,
        "entries": found,
        "first_items": found[:IN_CELL],
        "more": max(0, len(found) - IN_CELL),
        "url": link,
    }


def hours(days):
    """Rows of the day and week grid: whole days first, then office hours and whatever else is
    needed: [{hour or None, label, cells: [{on, entries}]}]."""
    timed = [e for day in days for e in day["entries"] if e["at"] is not None]
    begin = min([HOURS[0], *(e["hour"] for e in timed)])
    end = max([HOURS[-1], *((e["at"] + max(e["lasts"] - 1, 0)) // 60 for e in timed)])
    wanted = range(begin, end + 1)

    def cells(hour):
        return [
            {
                "on": day["on"],
                "entries": [e for e in day["entries"] if hour_on(e, day["on"]) == hour],
            }
            for day in days
        ]

    rows = [{"hour": None, "label": _("all day"), "cells": cells(None)}]
    return rows + [{"hour": h, "label": f"{h:02d}:00", "cells": cells(h)} for h in wanted]


def hour_on(entry, on):
    """The row of an entry on one of its days; from the second day on it stands at the top."""
    return entry["hour"] if entry["first"] == on else None


# --- Moving -----------------------------------------------------------------------------------


def move(request, app_label, model, pk):
    """A dropped entry (day, hour), one drawn longer or shorter (minutes), or the form for touch
    and keys: all run the kind's edit service with the version the person saw."""
    try:
        kind = kinds.CALENDAR[apps.get_model(app_label, model)]
    except (LookupError, KeyError):
        raise Http404 from None
    record = get_object_or_404(kind.model.objects.visible_to(request.user), pk=pk)
    if kind.move is None or not request.user.may(record.permission("change"), record):
        raise PermissionDenied
    if request.method == "POST":
        for name, read in (("day", dropped), ("minutes", drawn)):
            if name in request.POST:
                return by_hand(request, kind, record, read)
    form = MoveForm(request.POST or None, user=request.user, obj=record)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                kind.move(record, by=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return moved(request, form.cleaned_data["start"])
        status = 422
    verb = {"label": _("Reschedule"), "name": "move", "style": "primary", "url": request.path}
    context = {"object": record, "form": form, "verb": verb}
    template = "crm/_verb_form.html" if request.htmx else "crm/verb_form.html"
    return render(request, template, context, status=status)


def by_hand(request, kind, record, read):
    """Move an entry to the times that `read` takes from the request; 422 where they are none."""
    version = request.POST.get("version", "")
    try:
        times = read(request.POST, kind.entry(record), kind)
    except (ValueError, OverflowError):
        return HttpResponse(status=422)
    try:
        version = int(version) if version.isdecimal() else None
        kind.move(record, by=request.user, version=version, **times)
    except ValidationError as error:
        raise WrongMoment(" ".join(error.messages)) from error
    return moved(request, times["start"])


def dropped(data, entry, kind):
    """`day`, `hour`: where it was dropped; `from`: the day on which it was taken up, which of a
    meeting over several days need not be the first."""
    hour, zone = data.get("hour", ""), timezone.get_current_timezone()
    on = date.fromisoformat(data["day"])
    if taken := data.get("from"):
        first = entry.start if entry.is_all_day else entry.start.astimezone(zone).date()
        on = first + (on - date.fromisoformat(taken))
    if not EARLIEST <= on <= LATEST:
        raise ValueError(on)
    number = int(hour) if hour.isdecimal() and int(hour) < 24 else None
    return {"start": services.local_start(entry.start, on, number, zone)}


def drawn(data, entry, kind):
    """`minutes`: how long it shall last."""
    minutes = int(data["minutes"])
    if not kind.has_end or entry.is_all_day or not 0 < minutes <= DAY:
        raise ValueError(minutes)
    end = services.later(entry.start, timedelta(minutes=minutes))
    return {"start": entry.start, "end": end}


def moved(request, start):
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "dialog:close"})
    on = start if not hasattr(start, "hour") else timezone.localdate(start)
    return HttpResponseRedirect(f"{reverse('activities:calendar')}?on={on.isoformat()}")


# --- The private address ------------------------------------------------------------------------


def feed_page(request):
    """One's own ICS address: made, shown this one time, renewed and revoked here."""
    user, address = request.user, ""
    if not user.has_perm("activities.view_meeting"):
        raise PermissionDenied
    if request.method == "POST" and request.POST.get("act") == "revoke":
        services.revoke_feed(user)
        return HttpResponseRedirect(reverse("activities:feed_page"))
    if request.method == "POST":
        path = reverse("calendar_feed", args=[services.renew_feed(user)])
        address = settings.BASE_URL + path
    context = {"title": _("Calendar on other devices"), "address": address}
    context["has_feed"] = services.has_feed(user)
    answer = render(request, "activities/calendar_feed.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@login_not_required
def feed(request, token):
    """The person's calendar as ICS for whoever knows the address; 404 once it is revoked."""
    user = services.feed_owner(token)
    if user is None:
        raise Http404
    today = timezone.now().astimezone(user.zone).date()
    first, last = today - timedelta(days=FEED_BACK), today + timedelta(days=FEED_AHEAD)
    found = kinds.entries(user, [user], kinds.Span(first, last, user.zone))
    body = kinds.feed(found, f"Closeloop · {user}")
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["Content-Disposition"] = 'inline; filename="closeloop.ics"'
    return get_conditional_response(request, etag=etag, response=answer)
