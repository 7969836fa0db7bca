"""The groups of a list: every value of one attribute, with the rows that have it."""

from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.lists import conditions
from crm.lists.conditions import GROUP, first_of
from crm.lists.sums import currency_of, sums

# How many are shown on a page.
MOST = 100
# How many currencies a group is read for; beyond, a page shows fewer groups.
CURRENCIES = 10


@dataclass
class Group:
    """value: what its rows have, of dates the month ("2026-11"), None where they have none.
    rows: [{currency, sums, n}]."""

    value: Any
    label: str
    rows: list

    @property
    def count(self):
        return sum(row["n"] for row in self.rows)


def found(state, totals, most=None):
    """([Group] in the order people know, whether there are more than `most`)."""
    attribute, rows = state.group(), state.rows
    value = attribute.path
    if attribute.own:
        rows = attribute.own.on(rows).annotate(own_group=attribute.own.group_key)
        value = "own_group"
    elif attribute.is_by_month:
        rows, value = rows.annotate(group_month=TruncMonth(attribute.path)), "group_month"
    by = [value, *currency_of(state.pages.model, totals)]
    rows = rows.order_by(*by).values(*by).annotate(n=Count("pk"), **sums(totals))
    parts: dict = {}
    # Read whole, not by a cursor: for that the database chooses the plan that begins soonest.
    # Nor in part, where it is of months: there are few, but the database cannot know.
    limit = (most + 1) * CURRENCIES if most and not attribute.is_by_month else None
    read = list(rows[:limit])
    for row in read:
        # No region, and a customer of no region: to people it is the same.
        key = None if row[value] == "" else row[value]
        key = f"{key:%Y-%m}" if isinstance(key, date) else key
        if key not in parts and most and len(parts) == most:
            return _groups(attribute, parts), True
        parts.setdefault(key, []).append(row)
    if cut := len(read) == limit:
        parts.popitem()  # which may go on
    return _groups(attribute, parts), cut


def _groups(attribute, parts):
    labels = _labels(attribute, set(parts) - {None})
    return [
        Group(key, labels.get(key, ""), parts[key]) for key in _in_order(parts, attribute, labels)
    ]


def condition(attribute, group):
    """The parameters that leave only the rows of one group."""
    operator = {"text": "is", "bool": "yes" if group.value else "no"}.get(attribute.type, "in")
    if attribute.is_by_month:
        operator = "within"
    if group.value is None:
        operator = "empty"
    name, value = f"w{GROUP}", "" if group.value is None else str(group.value)
    return {name: attribute.path, f"{name}o": operator, f"{name}v": value}


def part(state, group):
    """The list of the rows of one group, in its order."""
    found, attribute = copy(state), state.group()
    data = QueryDict(urlencode(condition(attribute, group)))
    found.rows = conditions.apply(state.rows, conditions.parse(data), {attribute.path: attribute})
    return found


def _in_order(values, attribute, labels):
    """The values as people know their order: choices as they are chosen from, rows by name; the
    empty ones last."""
    places = [value for value, _label in attribute.choices] if attribute.type == "choice" else []
    known = {value: place for place, value in enumerate(places)}
    if attribute.type not in ("choice", "link"):
        return sorted(values, key=lambda value: value is None)
    return sorted(
        values,
        key=lambda value: (value is None, known.get(value, len(known)), labels.get(value, "")),
    )


def _labels(attribute, values):
    if attribute.type == "link":
        return {pk: str(row) for pk, row in attribute.rows.in_bulk(values).items()}
    if attribute.type == "choice":
        choices = dict(attribute.choices)
        return {value: capfirst(str(choices.get(value, value))) for value in values}
    if attribute.is_by_month:
        return {value: date_format(first_of(value), "YEAR_MONTH_FORMAT") for value in values}
    if attribute.type == "bool":
        return {True: _("Yes"), False: _("No")}
    return {value: value for value in values}
