"""How a value looks, the same in every list, table and record page."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_fsm import FSMField

from crm.fields import MoneyField

SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$", "TWD": "NT$"}


@dataclass(slots=True)
class Cell:
    text: str
    url: str = ""
    badge: str = ""
    numeric: bool = False


def money(amount, currency=""):
    """¥1,234.50; an unknown currency by its code, none at all without sign."""
    if amount is None:
        return ""
    text = f"{abs(amount):,.2f}"
    symbol = SYMBOLS.get(currency, f"{currency} " if currency else "")
    return f"{'−' if amount < 0 else ''}{symbol}{text}"


def decimal(value):
    """A quantity or percentage without superfluous zeros, grouped as money is."""
    if value is None:
        return ""
    return f"{value.normalize() if value else Decimal(0):,f}"


def words(value):
    """Any value as text: local times, dates ISO 8601, yes and no."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, Decimal):
        return decimal(value)
    return str(value)


def labelled(label, value):
    """A value behind what it is, with the colon of this language."""
    return _("%(label)s: %(value)s") % {"label": label, "value": value}


def listed(texts):
    """Several texts as one, as this language separates them."""
    return pgettext("between the items of a list", ", ").join(str(text) for text in texts)


def clauses(texts):
    """The same of texts that hold commas themselves."""
    return pgettext("between the clauses of a list", "; ").join(str(text) for text in texts)


class Column:
    """A column of a list: a field path such as "account__region", or `value(obj)` of any kind.

    sort: the field to order by; "" when it cannot be sorted. numeric: True, or "money".
    raw: `raw(obj)` for a file, where that is not what is shown. field: the field that it shows in
    its own way, where that has another name.
    """

    def __init__(
        self,
        name,
        label=None,
        *,
        value=None,
        sort=None,
        numeric=None,
        badge=None,
        raw=None,
        field=None,
    ):
        self.name, self.label, self.value, self.badge = name, label, value, badge
        self.field = field or name
        self.sort, self.numeric, self.raw = sort, numeric, raw

    def bind(self, model):
        """The column with its field looked up: label, sorting and alignment follow from it."""
        bound = BoundColumn()
        bound.spec = self
        field, path, relation = None, self.name.split("__"), []
        owner = model
        for part in path if self.value is None else ():
            try:
                field = owner._meta.get_field(part)
            except FieldDoesNotExist:
                field = None
                break
            if field.is_relation and not field.many_to_many and not field.one_to_many:
                relation.append(part)
                owner = field.related_model
        bound.name, bound.path, bound.field = self.name, path, field
        bound.relation = "__".join(relation)
        bound.label = self.label or (field.verbose_name if field else _label(model, self.name))
        is_relation = field is not None and field.is_relation
        sortable = field is not None and not is_relation and not isinstance(field, models.TextField)
        by = self.name if sortable else _name_of(field, self.name)
        bound.sort = self.sort if self.sort is not None else by
        number = isinstance(field, models.DecimalField | models.IntegerField) or isinstance(
            getattr(field, "output_field", None), models.DecimalField
        )
        bound.numeric = bool(number if self.numeric is None else self.numeric)
        bound.is_money = self.numeric == "money" or isinstance(
            getattr(field, "output_field", field), MoneyField
        )
        bound.is_state = isinstance(field, FSMField)
        bound.choices = dict(field.flatchoices) if getattr(field, "choices", None) else None
        return bound


def _name_of(link, path):
    """The path of the name by which the records of a foreign key are ordered; "" without one."""
    if link is None or not link.many_to_one or not hasattr(link.related_model, "search_fields"):
        return ""
    name = link.related_model.search_fields[0]
    with suppress(FieldDoesNotExist):
        if isinstance(link.related_model._meta.get_field(name), models.CharField):
            return f"{path}__{name}"
    return ""


def _label(model, name):
    """What the model calls it, also where a column computes its value."""
    with suppress(FieldDoesNotExist):
        return model._meta.get_field(name).verbose_name
    return name


class BoundColumn:
    def cell(self, obj, user=None):
        """The Cell of one row. Links lead to records whose kind `user` may view."""
        spec = self.spec
        if spec.value is not None:
            value = spec.value(obj)
            if isinstance(value, Cell):
                return value
            badge = spec.badge(obj) if spec.badge else ""
            text = (
                money(value, getattr(obj, "currency_id", ""))
                if spec.numeric == "money"
                else words(value)
            )
            return Cell(text, "", badge, bool(self.numeric))
        value = obj
        for part in self.path:
            value = getattr(value, part, None)
            if value is None:
                return Cell("", "", "", self.numeric)
        if self.is_state:
            holder = obj
            for part in self.path[:-1]:
                holder = getattr(holder, part)
            return Cell(str(self.choices.get(value, value)), "", holder.badge, False)
        if self.choices is not None:
            # Names of choices are written small, as they stand within sentences.
            text = capfirst(str(self.choices.get(value, value)))
            return Cell(text, "", spec.badge(obj) if spec.badge else "")
        if self.is_money:
            return Cell(money(value, getattr(obj, "currency_id", "")), "", "", True)
        if isinstance(value, models.Model):
            return Cell(str(value), link(value, user), "", False)
        if callable(value):
            value = value()
        return Cell(words(value), "", spec.badge(obj) if spec.badge else "", self.numeric)

    def raw(self, obj, user=None):
        """The value for a file: numbers and dates as such, everything else as it is shown."""
        make = self.spec.raw or self.spec.value
        if make is not None:
            value = make(obj)
        elif self.choices is None:
            value = obj
            for part in self.path:
                value = getattr(value, part, None)
            if value is None:
                return None
        else:
            value = ""
        if isinstance(value, datetime):
            return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
        if isinstance(value, Decimal | int | date) and not isinstance(value, bool):
            return value
        return value if self.spec.raw is not None else self.cell(obj, user).text


def link(record, user):
    """The address of a record's page, or "" when it has none or its kind is not for `user`."""
    permission = getattr(record, "permission", None)
    if user is None or permission is None or not hasattr(record, "get_absolute_url"):
        return ""
    if not user.has_perm(permission("view")):
        return ""
    try:
        return record.get_absolute_url()
    except NoReverseMatch:
        return ""


def columns_of(model, specs):
    """BoundColumns from names and Columns."""
    return [(spec if isinstance(spec, Column) else Column(spec)).bind(model) for spec in specs]


def table(label, model, specs, rows, user, **extra):
    """A small table for a record page: {label, model, columns, rows, count, …}, see crm/_table.html.

    Without rows it says what the list of its kind says.
    """
    from crm.pages import Pages

    columns = columns_of(model, specs)
    rows = list(rows)
    return {
        "label": label,
        "model": model,
        "columns": [{"label": str(c.label), "numeric": c.numeric} for c in columns],
        "rows": [
            {"url": link(row, user), "cells": [c.cell(row, user) for c in columns]} for row in rows
        ],
        "count": len(rows),
        "empty": Pages.registry[model].empty if model in Pages.registry else "",
        **extra,
    }
