"""Pages by key, not by offset: the hundredth page costs what the first does."""

import base64
import json
from dataclasses import dataclass
from math import log10
from random import Random

from django.core.exceptions import ValidationError
from django.db.models import F, Max, Min
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext as _

COUNT_UP_TO = 10_000
# Keys that are drawn to estimate more; ENOUGH of them found make it good to a tenth.
DRAWN = 4_000
ENOUGH = 100


@dataclass
class Page:
    """Rows in order; `next` and `previous` are cursors or ""."""

    rows: list
    next: str
    previous: str


def keyset_page(queryset, order, cursor, size):
    """One page of `queryset` ordered by the field or annotation `order` ("-amount"), then by pk.

    Empty values come last. A broken cursor means the first page.
    """
    name, descending = order.lstrip("-"), order.startswith("-")
    field = _field(queryset, name)
    value, pk, backwards = _decode(cursor, field)
    ascending = descending == backwards  # the direction of reading
    beyond = TupleGreaterThan if ascending else TupleLessThan
    rows: list = []
    parts = _parts(queryset, name)
    if pk is None and ascending:
        parts = [(queryset, (name, "pk"))]  # upwards an index has its empty values last
    elif pk is not None:
        # What lies before the cursor: the filled ones, or, backwards, the empty ones.
        parts = parts[-1:] if value is None and not backwards else parts
        parts = parts[:1] if value is not None and backwards else parts
    for number, (part, columns) in enumerate(reversed(parts) if backwards else parts):
        if pk is not None and number == 0:
            place = (value, pk)[-len(columns) :]
            part = part.filter(beyond(Tuple(*map(F, columns)), place))
        part = part.order_by(*(column if ascending else f"-{column}" for column in columns))
        rows += part[: size + 1 - len(rows)]
        if len(rows) > size:
            break
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_next = bool(rows) and (more or backwards)
    has_previous = bool(rows) and (more if backwards else pk is not None)
    return Page(
        rows,
        _encode(rows[-1], name, False) if has_next else "",
        _encode(rows[0], name, True) if has_previous else "",
    )


def _parts(queryset, name):
    """[(rows, the columns that order them)], one after the other: those with a value, those without.

    Two queries where the first has too few, for downwards a plain index has its empty values
    first, and a place in it cannot be said of values and empty ones at once.
    """
    if not _nullable(queryset, name):
        return [(queryset, (name, "pk"))]
    return [
        (queryset.filter(**{f"{name}__isnull": False}), (name, "pk")),
        (queryset.filter(**{f"{name}__isnull": True}), ("pk",)),
    ]


def _nullable(queryset, name):
    if name in queryset.query.annotations:
        return True
    return any(field.null for field in _fields(queryset.model, name))


def _field(queryset, name):
    if name in queryset.query.annotations:
        return queryset.query.annotations[name].output_field
    *_relations, field = _fields(queryset.model, name)
    return field


def _fields(model, name):
    """The fields along a path such as "account__region", the last one a column."""
    found = []
    for part in name.split("__"):
        field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        found.append(field)
        model = field.related_model
    return found


def _encode(row, name, backwards):
    value = row
    for part in name.split("__"):
        value = getattr(value, part, None)
    # Moments as they are: Django's own encoder cuts them to milliseconds, and so loses rows.
    text = json.dumps([value, row.pk, backwards], default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor, field):
    """(value, pk, backwards); no pk where the cursor is empty, broken, or of another order."""
    try:
        value, pk, backwards = json.loads(
            base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        )
        if isinstance(value, dict | list) or not isinstance(pk, int) or "\0" in str(value):
            raise ValueError
        return field.to_python(value), pk, bool(backwards)
    except (ValueError, TypeError, ArithmeticError, RecursionError, ValidationError):
        return None, None, False


def count_label(queryset):
    """How many rows: counted up to a bound, "37"; estimated beyond, "about 1,200,000"; and where
    that would be a guess, "10,000+"."""
    count = queryset.order_by()[: COUNT_UP_TO + 1].count()
    if count <= COUNT_UP_TO:
        return f"{count:,}"
    found = estimate(queryset)
    if found is None:
        return f"{COUNT_UP_TO:,}+"
    figures = round(found, 1 - int(log10(found)))  # no more than are known
    return _("about %(number)s") % {"number": f"{figures:,}"}


def estimate(queryset):
    """About how many rows, from those among some keys drawn by lot; None where too few are."""
    span = queryset.model._base_manager.aggregate(low=Min("pk"), high=Max("pk"))
    keys = range(span["low"], span["high"] + 1)
    # The same lots for the same keys: the figure is to stand still while one reads.
    drawn = Random(len(keys)).sample(keys, min(DRAWN, len(keys)))
    hits = queryset.order_by().filter(pk__in=drawn).count()
    found = hits * len(keys) // len(drawn)
    return found if hits >= ENOUGH and found > COUNT_UP_TO else None
