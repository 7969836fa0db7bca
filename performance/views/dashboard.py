"""The manager's dashboard, and the list behind each of its figures."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models.functions import TruncMonth
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm import menu
from crm.cells import Cell, labelled, link, money, words
from crm.empty import beginnings
from crm.lists.pages import PAGE_SIZE
from crm.models import Company
from crm.pages import Pages
from crm.paging import count_label, keyset_page
from opportunities.models import OPEN_PHASES, Phase
from performance.forms import FigureForm, PeriodForm
from performance.models import Target
from performance.querysets import FIGURES, counted, narrowed
from performance.views.links import (
    figure_text,
    figure_url,
    month_end,
    month_start,
    months_back,
    months_from,
    quarter,
)

menu.add(
    "performance",
    10,
    gettext_lazy("Dashboard"),
    "performance:dashboard",
    "performance.view_dashboard",
)


class Dashboard:
    """Tiles and charts for one person over a period; every figure leads to the list behind it."""

    def __init__(self, user, *, people, starts_on, ends_on):
        self.user, self.people = user, list(people)
        self.pks = [person.pk for person in self.people]
        self.today = timezone.localdate()
        self.currency = Company.current().currency_id
        self.visible = {}
        self.period = {"starts_on": starts_on, "ends_on": ends_on}

    def rows(self, key, **parameters):
        if key not in self.visible:
            self.visible[key] = FIGURES[key].visible_to(self.user)
        return narrowed(self.visible[key], people=self.pks, **parameters)

    def text(self, figure, total):
        return figure_text(figure, total, self.currency)

    def url(self, key, **parameters):
        return figure_url(key, person=self.pks, **parameters)

    def tile(self, key, label="", badge="", **parameters):
        figure = FIGURES[key]
        count, total = figure.count_and_total(self.rows(key, **parameters))
        return {
            "label": label or figure.label,
            "value": self.text(figure, total),
            "count": count,
            "hint": ngettext("%(count)s record", "%(count)s records", count)
            % {"count": f"{count:,}"},
            "url": self.url(key, **parameters),
            "badge": badge,
        }

    def tiles(self):
        month = {"starts_on": month_start(self.today), "ends_on": month_end(self.today)}
        first, last = quarter(self.today)
        return [
            self.tile("won", _("Won this month"), "green", **month),
            self.tile("won", _("Won this quarter"), "green", starts_on=first, ends_on=last),
            self.tile("pipeline", badge="blue"),
            self.tile("weighted", badge="blue"),
            self.tile("ordered", badge="blue", **self.period),
            self.tile("collected", badge="green", **self.period),
            self.tile("overdue", badge="red"),
            self.tile("satisfaction", badge="amber", **self.period),
        ]

    def charts(self):
        found = [
            self.chart("funnel", _("Open opportunities by phase"), "funnel", self.funnel()),
            self.chart(
                "pipeline", _("Pipeline by expected month"), "bar", self.months_ahead("pipeline")
            ),
            self.chart(
                "weighted", _("Weighted by probability"), "bar", self.months_ahead("weighted")
            ),
            self.chart("won", _("Won by month"), "bar", self.months_past("won")),
            self.chart("collected", _("Collected by month"), "bar", self.months_past("collected")),
        ]
        return [*found, *self.gauges()]

    def chart(self, name, title, kind, data, url=""):
        return {
            "id": f"chart-{name}",
            "data_id": f"data-{name}",
            "title": title,
            "kind": kind,
            "data": data,
            "url": url,
        }

    def datum(self, key, label, count, total, **parameters):
        text = _("%(count)s · %(amount)s") % {
            "count": count,
            "amount": self.text(FIGURES[key], total),
        }
        return {
            "label": label,
            "value": total,
            "text": text,
            "url": self.url(key, **parameters),
        }

    def funnel(self):
        by_phase = counted(self.rows("pipeline"), "state")
        found = []
        for phase in OPEN_PHASES:
            count, total = by_phase.get(phase, (0, 0))
            datum = self.datum("pipeline", Phase(phase).label, count, total, phase=phase.value)
            found.append({**datum, "value": count})
        return found

    def months_ahead(self, key, count=6):
        """The open deals by the month they are expected in; earlier, later and undated ones too."""
        rows = self.rows(key)
        by_month = counted(rows.annotate(month=TruncMonth("day")), "month")
        months = months_from(self.today, count)
        ahead = [
            (f"{first:%Y-%m}", {first}, {"starts_on": first, "ends_on": month_end(first)})
            for first in months
        ]
        before, after = months[0], month_end(months[-1])
        dated = {month for month in by_month if month}
        rest = [
            (_("earlier"), {m for m in dated if m < before}, {"ends_on": _day_before(before)}),
            *ahead,
            (_("later"), {m for m in dated if m > after}, {"starts_on": _day_after(after)}),
            (_("no date"), {None}, {"undated": 1}),
        ]
        found = []
        for label, keys, parameters in rest:
            groups = [by_month[month] for month in keys if month in by_month]
            number = sum(group[0] for group in groups)
            total = sum(group[1] for group in groups)
            found.append(self.datum(key, label, number, total, **parameters))
        return found

    def months_past(self, key, count=12):
        months = months_back(self.today, count)
        rows = self.rows(key, starts_on=months[0], ends_on=month_end(months[-1]))
        by_month = counted(rows.annotate(month=TruncMonth("day")), "month")
        found = []
        for first in months:
            number, total = by_month.get(first, (0, 0))
            parameters = {"starts_on": first, "ends_on": month_end(first)}
            found.append(self.datum(key, f"{first:%Y-%m}", number, total, **parameters))
        return found

    def gauges(self, most=4):
        """Targets of today, together per figure and period: what was reached of what was set."""
        targets = Target.objects.visible_to(self.user).running(self.today)
        if self.pks:
            targets = targets.filter(person__in=self.pks)
        groups = {}
        for target in targets.exclude(metric="satisfaction").order_by("metric", "ends_on"):
            key = (target.metric, target.starts_on, target.ends_on)
            groups.setdefault(key, []).append(target)
        found = []
        for (metric, first, last), members in list(groups.items())[:most]:
            figure = FIGURES[metric]
            period = {"starts_on": first, "ends_on": last}
            people = sorted(target.person_id for target in members)
            rows = narrowed(self.rows(metric), people=people, **period)
            reached, wanted = figure.total(rows), sum(target.value for target in members)
            title = _("Target: %(figure)s, %(from)s to %(until)s") % {
                "figure": figure.label,
                "from": first,
                "until": last,
            }
            text = _("%(reached)s of %(wanted)s") % {
                "reached": self.text(figure, reached),
                "wanted": self.text(figure, wanted),
            }
            data = {"value": reached, "max": wanted, "text": f"{100 * reached / wanted:.0f} %"}
            url = figure_url(metric, person=people, **period)
            name = f"target-{metric}-{first:%Y%m%d}-{last:%Y%m%d}"
            found.append(self.chart(name, labelled(title, text), "gauge", data, url))
        return found


def _day_before(day):
    return day - timedelta(days=1)


def _day_after(day):
    return day + timedelta(days=1)


def dashboard(request):
    if not request.user.has_perm("performance.view_dashboard"):
        raise PermissionDenied
    today = timezone.localdate()
    form = PeriodForm(request.GET or None, user=request.user)
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    starts_on = given.get("starts_on") or month_start(today)
    ends_on = given.get("ends_on") or month_end(today)
    form.initial = {"starts_on": starts_on, "ends_on": ends_on}
    if not form.is_bound or form.is_valid():
        form = PeriodForm(
            initial={"starts_on": starts_on, "ends_on": ends_on, "person": given.get("person")},
            user=request.user,
        )
    board = Dashboard(
        request.user, people=given.get("person", ()), starts_on=starts_on, ends_on=ends_on
    )
    first, last = quarter(today)
    year = today.replace(month=1, day=1), today.replace(month=12, day=31)
    presets = [
        (_("This month"), month_start(today), month_end(today)),
        (_("This quarter"), first, last),
        (_("This year"), *year),
    ]
    tiles = board.tiles()
    context = {
        "title": _("Dashboard"),
        "filter_form": form,
        "tiles": tiles,
        "is_empty": not any(tile["count"] for tile in tiles),
        "empty": _(
            "Nothing to count yet. Figures follow from deals, orders, payments and surveys by "
            "themselves: begin with a deal."
        ),
        "beginnings": beginnings(Pages.of("opportunities.opportunity"), request.user),
        "charts": board.charts(),
        "actions": [
            {"label": label, "url": _preset(start, end, board.pks)} for label, start, end in presets
        ],
    }
    return render(request, "crm/dashboard.html", context)


def _preset(starts_on, ends_on, people):
    query = "".join(f"&person={pk}" for pk in people)
    url = reverse("performance:dashboard")
    return f"{url}?starts_on={starts_on}&ends_on={ends_on}{query}"


# --- The list behind a figure -------------------------------------------------------------------


def record_of(row):
    """The document a row of a figure belongs to."""
    for name in ("payment", "order"):
        if row._meta.model_name in ("paymentallocation", "orderline") and hasattr(row, name):
            return getattr(row, name)
    return row


def account_of(row):
    record = record_of(row)
    return getattr(record, "account", None)


def figure(request, key):
    """figures/<key>/: the rows under a figure with their total, as far as one may see them."""
    user = request.user
    if key not in FIGURES:
        raise Http404
    if not (
        user.has_perm("performance.view_dashboard") or user.has_perm("performance.view_target")
    ):
        raise PermissionDenied
    figure = FIGURES[key]
    form = FigureForm(request.GET, user=user)
    if not form.is_valid():
        raise Http404
    chosen = dict(form.cleaned_data)
    people = [person.pk for person in chosen.pop("person")]
    if chosen["phase"] and key not in ("pipeline", "weighted"):
        raise Http404
    rows = narrowed(figure.visible_to(user), people=people, **chosen)
    page = keyset_page(rows, "-pk", request.GET.get("cursor", ""), PAGE_SIZE)
    currency = Company.current().currency_id
    names = get_user_model().objects.in_bulk({row.who for row in page.rows if row.who})
    labels = [_("Record"), _("Customer"), _("Person"), figure.day or _("date"), _("amount")]
    context = {
        "title": figure.label,
        "columns": [
            {"label": label, "numeric": place == 4, "sort_url": ""}
            for place, label in enumerate(labels)
        ],
        "rows": [
            {"url": "", "cells": _cells(figure, row, names, user, currency)} for row in page.rows
        ],
        "count_label": count_label(rows),
        "totals": [
            {
                "label": _("mean") if figure.unit == "score" else _("total"),
                "value": figure_text(figure, figure.total(rows), currency),
            }
        ],
        "next_url": _page_url(request, page.next),
        "previous_url": _page_url(request, page.previous),
        "filter_form": None,
        "active_filters": 0,
        "list_url": request.path,
        "empty": _("No record counts towards this figure."),
        "actions": _back(user),
    }
    return render(request, "crm/_list.html" if request.htmx else "crm/list.html", context)


def _back(user):
    if not user.has_perm("performance.view_dashboard"):
        return []
    return [{"label": _("Dashboard"), "url": reverse("performance:dashboard"), "icon": "chart-bar"}]


def _page_url(request, cursor):
    if not cursor:
        return ""
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"{request.path}?{query.urlencode()}"


def _cells(figure, row, names, user, currency):
    record, account = record_of(row), account_of(row)
    text = str(record) if record is row else f"{record} · {row}"
    value = figure_text(figure, row.value, currency)
    own = getattr(record, "currency_id", "") if figure.unit == "money" else ""
    if own and hasattr(row, "amount") and money(row.amount, own) != value and figure.key in EXACT:
        value = f"{money(row.amount, own)} → {value}"
    return [
        Cell(text, link(record, user)),
        Cell(str(account or ""), link(account, user) if account else ""),
        Cell(str(names.get(row.who, ""))),
        Cell(words(row.day)),
        Cell(value, numeric=True),
    ]


# Figures whose value is the row's own amount, so that a difference is the exchange rate.
EXACT = ("won", "ordered", "collected", "pipeline")
