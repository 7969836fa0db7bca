"""Pages by key, not by offset: the hundredth page costs what the first does."""

import base64
import binascii
import json
from dataclasses import dataclass

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Q

COUNT_UP_TO = 10_000


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
    value, pk, backwards = _decode(cursor)
    forwards = descending == backwards  # the direction of comparison: ascending?
    nullable = name in queryset.query.annotations or _nullable(queryset.model, name)
    if pk is not None:
        seek = _after(name, value, pk, ascending=forwards, backwards=backwards, nullable=nullable)
        queryset = queryset.filter(seek)
    nulls = {"nulls_first" if backwards else "nulls_last": True} if nullable else {}
    ordering = F(name).asc(**nulls) if forwards else F(name).desc(**nulls)
    rows = list(queryset.order_by(ordering, "pk" if forwards else "-pk")[: size + 1])
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


def _nullable(model, name):
    """Whether the column can be empty; only then is it worth a NULLS LAST, which no index serves."""
    found = False
    for part in name.split("__"):
        if part == "pk":
            return found
        field = model._meta.get_field(part)
        found = found or field.null
        model = field.related_model
    return found


def _after(name, value, pk, *, ascending, backwards, nullable):
    sign = "gt" if ascending else "lt"
    beyond_pk = Q(**{f"pk__{sign}": pk})
    empty = Q(**{f"{name}__isnull": True})
    if value is None:
        ties = empty & beyond_pk
        return ties | ~empty if backwards else ties
    beyond = Q(**{f"{name}__{sign}": value}) | (Q(**{name: value}) & beyond_pk)
    return beyond | empty if nullable and not backwards else beyond


def _encode(row, name, backwards):
    value = row
    for part in name.split("__"):
        value = getattr(value, part, None)
    text = json.dumps([value, row.pk, backwards], cls=DjangoJSONEncoder)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor):
    try:
        value, pk, backwards = json.loads(
            base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        )
        if isinstance(value, dict | list) or not isinstance(pk, int):
            raise ValueError
    except (ValueError, TypeError, binascii.Error):
        return None, None, False
    return value, pk, bool(backwards)


def count_label(queryset):
    """How many rows, counted up to a bound: "37" or "10,000+"."""
    count = queryset.order_by()[: COUNT_UP_TO + 1].count()
    return f"{COUNT_UP_TO:,}+" if count > COUNT_UP_TO else f"{count:,}"
