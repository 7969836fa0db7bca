"""Filters that a person builds: conditions joined by and, groups of them joined by or.

In the address the condition numbered 2 is `w2` (path), `w2o` (operator), `w2v` (values) and
`w2j`: "or" when it begins a new group. A list, its board, its export and the API read the same.

The condition numbered GROUP is what a group of the list has in common: it holds beside all others.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NAME = re.compile(r"w(\d{1,3})")
MOST = 30
GROUP = 99

IS_EMPTY, IS_FILLED = ("empty", _("is empty")), ("filled", _("is filled in"))
OPERATORS = {
    "text": (
        ("contains", _("contains")),
        ("is", pgettext_lazy("filter", "is")),
        ("not", pgettext_lazy("filter", "is not")),
        ("starts", _("starts with")),
        IS_EMPTY,
        IS_FILLED,
    ),
    "number": (
        ("eq", "="),
        ("ne", "≠"),
        ("gte", "≥"),
        ("lte", "≤"),
        ("gt", ">"),
        ("lt", "<"),
        IS_EMPTY,
        IS_FILLED,
    ),
    "date": (
        ("on", pgettext_lazy("filter", "on")),
        ("from", pgettext_lazy("filter", "from")),
        ("until", pgettext_lazy("filter", "until")),
        ("past", _("in the last … days")),
        ("coming", _("in the next … days")),
        ("month", _("this month")),
        ("within", _("in the month")),
        IS_EMPTY,
        IS_FILLED,
    ),
    "choice": (
        ("in", _("is one of")),
        ("notin", _("is none of")),
        IS_EMPTY,
        IS_FILLED,
    ),
    "bool": (("yes", _("Yes")), ("no", _("No"))),
}
OPERATORS["datetime"] = OPERATORS["date"]
OPERATORS["link"] = OPERATORS["choice"]
WITHOUT_VALUE = {"empty", "filled", "month", "yes", "no"}


class Wrong(ValueError):
    """A condition that cannot be understood: the list shows nothing rather than too much."""


class Unknown(Wrong):
    """Its field is none that the person may use, by this path."""


@dataclass(frozen=True)
class Condition:
    number: int
    path: str
    operator: str
    values: tuple
    begins_group: bool = False

    @property
    def is_complete(self):
        return bool(self.operator and (self.operator in WITHOUT_VALUE or any(self.values)))


def parse(data):
    """[Condition] of a QueryDict in the order of their numbers."""
    found = [
        Condition(
            int(match[1]),
            data[name],
            data.get(f"{name}o", ""),
            tuple(data.getlist(f"{name}v")),
            data.get(f"{name}j") == "or",
        )
        for name in data
        if (match := NAME.fullmatch(name)) and data[name]
    ]
    return sorted(found, key=lambda condition: condition.number)[:MOST]


def is_part(name):
    """Whether a parameter belongs to a condition."""
    return bool(re.fullmatch(r"w\d{1,3}[ovj]?", name))


def apply(rows, conditions, attributes):
    """`rows` that fit: every condition of a group, of any group. Raises Wrong."""
    groups, always = [Q()], Q()
    for condition in conditions:
        if not condition.is_complete:
            continue  # somebody is still writing it
        attribute = attributes.get(condition.path)
        if attribute is None:
            raise Unknown(condition.path)
        if attribute.own:
            rows = attribute.own.on(rows)
        if condition.number == GROUP:
            always = q_of(attribute, condition)
            continue
        if condition.begins_group and groups[-1]:
            groups.append(Q())
        groups[-1] &= q_of(attribute, condition)
    found = Q()
    for group in groups:
        found |= group
    found &= always
    return rows.filter(found) if found else rows


def q_of(attribute, condition):
    """The Q of one condition. Raises Wrong."""
    operator, path = condition.operator, attribute.lookup
    if operator not in (*dict(OPERATORS[attribute.type]), *dict([IS_EMPTY, IS_FILLED])):
        raise Wrong(operator)
    if any("\0" in value for value in condition.values):
        raise Wrong(repr(condition.values))
    if attribute.own and operator in ("empty", "filled"):
        empty = Q(**{f"{path}__isnull": True})
        return empty if operator == "empty" else ~empty
    if operator in ("empty", "filled"):
        empty = Q(**{f"{path}__isnull": True})
        if attribute.type in ("text", "choice") and not _is_number(attribute.field):
            empty |= Q(**{path: ""})
        return empty if operator == "empty" else ~empty
    if condition.number == GROUP and operator == "is":
        operator = "same"  # groups tell upper from lower case
    try:
        found = _BY_TYPE[attribute.type](path, operator, condition.values, attribute)
    except (ValueError, TypeError, ArithmeticError, ValidationError) as error:
        raise Wrong(", ".join(condition.values)) from error
    return found & attribute.rows_compared if attribute.rows_compared else found


def _is_number(field):
    return field.get_internal_type().endswith("IntegerField")


def _text(path, operator, values, attribute):
    [value] = values
    if operator == "same":
        return Q(**{path: value})
    lookup = {"contains": "icontains", "starts": "istartswith"}.get(operator, "iexact")
    found = Q(**{f"{path}__{lookup}": value.strip()})
    return _not(found, attribute) if operator == "not" else found


def _number(path, operator, values, attribute):
    [value] = values
    number = Decimal(value.replace(",", "").strip())
    if not number.is_finite() or abs(number) >= Decimal(10) ** 17:
        raise ValueError(value)
    if attribute.own:
        return attribute.own.number_q(operator, number)
    if operator in ("eq", "ne"):
        found = Q(**{path: number})
        return ~found if operator == "ne" else found
    return Q(**{f"{path}__{operator}": number})


def _choice(path, operator, values, attribute):
    if attribute.own:
        found = attribute.own.choice_q([value for value in values if value])
    else:
        chosen = [attribute.field.to_python(value) for value in values if value]
        found = Q(**{f"{path}__in": chosen})
    return found if operator == "in" else _not(found, attribute)


def _link(path, operator, values, attribute):
    key = attribute.rows.model._meta.pk if attribute.own else attribute.field.target_field
    keys = [key.to_python(value) for value in values if value]
    if any(isinstance(value, int) and value >= 2**63 for value in keys):
        raise ValueError(values)
    found = attribute.own.link_q(keys) if attribute.own else Q(**{f"{path}__in": keys})
    return found if operator == "in" else _not(found, attribute)


def _not(found, attribute):
    """The rows that do not fit: those whose own field is empty, too, as with columns."""
    return ~found | Q(**{f"{attribute.lookup}__isnull": True}) if attribute.own else ~found


def _bool(path, operator, values, attribute):
    if attribute.own and operator == "no":
        return ~Q(**{path: True}) | Q(**{f"{path}__isnull": True})
    return Q(**{path: operator == "yes"})


def _date(path, operator, values, attribute):
    """Days of the person's own calendar, whether the column holds dates or moments."""
    today = timezone.localdate()
    if operator in ("month", "within"):
        first = today.replace(day=1) if operator == "month" else first_of(values[0])
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    elif operator in ("past", "coming"):
        days = timedelta(days=int(values[0]))
        first, last = (today - days, today) if operator == "past" else (today, today + days)
    else:
        day = date.fromisoformat(values[0].strip())
        first = day if operator in ("on", "from") else None
        last = day if operator in ("on", "until") else None
    found = Q()
    if attribute.type == "datetime":
        if first is not None:
            found &= Q(**{f"{path}__gte": _start(first)})
        if last is not None:
            found &= Q(**{f"{path}__lt": _start(last + timedelta(days=1))})
        return found
    for lookup, day in (("gte", first), ("lte", last)):
        if day is not None:
            # Own dates are kept as text, which sorts as they do.
            found &= Q(**{f"{path}__{lookup}": day.isoformat() if attribute.own else day})
    return found


def first_of(month):
    """The first day of a month such as "2026-11"."""
    year, _dash, number = month.strip().partition("-")
    return date(int(year), int(number), 1)


def _start(day):
    return timezone.make_aware(datetime.combine(day, time.min))


_BY_TYPE = {
    "text": _text,
    "number": _number,
    "date": _date,
    "datetime": _date,
    "choice": _choice,
    "link": _link,
    "bool": _bool,
}
