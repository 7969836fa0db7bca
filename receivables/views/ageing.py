"""What customers owe by how late it is."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import menu
from crm.cells import Cell, money, words
from receivables import services
from receivables.forms import AgeingForm
from receivables.querysets import BUCKETS

menu.add("money", 15, gettext_lazy("Ageing"), "receivables:ageing", "receivables.view_receivable")


def ageing(request):
    """What customers owe by how late it is; every figure opens the rows behind it."""
    if not request.user.has_perm("receivables.view_receivable"):
        raise PermissionDenied
    form = AgeingForm(request.GET if "on" in request.GET else None, user=request.user)
    on = (form.cleaned_data["on"] if form.is_bound and form.is_valid() else None) or (
        timezone.localdate()
    )
    report = services.ageing(request.user, on=on)
    columns = [{"label": _("Customer"), "numeric": False}]
    columns += [{"label": str(label), "numeric": True} for _code, label, *_days in BUCKETS]
    columns.append({"label": _("Total"), "numeric": True})
    rows = [_ageing_row(row, on, row["name"]) for row in report["rows"]]
    rows += [
        _ageing_row(row, on, _("Total in %(currency)s") % {"currency": row["currency"]})
        for row in report["totals"]
    ]
    currencies = [row["currency"] for row in report["totals"]]
    base = report["base"]
    if rows and currencies != [report["currency"]]:
        words_ = _("All, in %(currency)s") % {"currency": report["currency"]}
        rows.append(_ageing_row(base, on, words_, everything=True))
    found = {
        "label": _("As of %(day)s") % {"day": words(on)},
        "columns": columns,
        "rows": rows,
        "count": None,
        "empty": _("Nothing was owed on this day."),
    }
    context = {"title": _("Ageing of receivables"), "filter_form": form, "tables": [found]}
    context["charts"] = [_ageing_chart(base, on, report["currency"])] if rows else []
    return render(request, "crm/dashboard.html", context)


def _ageing_row(row, on, name, *, everything=False):
    """A line of the report; `everything` is in several currencies, so its links name none."""
    query = {} if everything else {"currency": row["currency"]}
    if row["account"]:
        query["account"] = row["account"]
    cells = [Cell(name, _account_url(row["account"]))]
    figures = [*row["buckets"].items(), ("all", row["total"])]
    for code, amount in figures:
        url = _rows_behind(on, code, **query) if amount else ""
        cells.append(Cell(money(amount, row["currency"]) if amount else "–", url, "", True))
    return {"url": "", "cells": cells}


def _account_url(pk):
    return reverse("accounts:account_detail", args=[pk]) if pk else ""


def _rows_behind(on, bucket, **query):
    query = {"as_of": on.isoformat(), "bucket": bucket, **query}
    return f"{reverse('receivables:receivable_list')}?{urlencode(query)}"


def _ageing_chart(base, on, currency):
    data = [
        {
            "label": str(label),
            "value": float(base["buckets"][code]),
            "text": money(base["buckets"][code], currency),
            "url": _rows_behind(on, code),
        }
        for code, label, *_days in BUCKETS
    ]
    return {
        "id": "ageing-chart",
        "title": _("What is owed, by days after the due date"),
        "kind": "bar",
        "data_id": "ageing-data",
        "data": data,
        "url": "",
    }
