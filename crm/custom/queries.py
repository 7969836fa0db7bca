"""The company's own fields in queries: conditions, order, groups and sums."""

from dataclasses import dataclass
from functools import cached_property

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, Left
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
)

from crm.custom.fields import cell, home_currency, raw
from crm.models import CustomField

Kind = CustomField.Kind
NUMBER = models.DecimalField(max_digits=24, decimal_places=6)
COMPARISONS = {
    "eq": Exact,
    "gte": GreaterThanOrEqual,
    "lte": LessThanOrEqual,
    "gt": GreaterThan,
    "lt": LessThan,
}
TYPES = {
    Kind.NUMBER: "number",
    Kind.MONEY: "number",
    Kind.DATE: "date",
    Kind.CHOICE: "choice",
    Kind.CHOICES: "choice",
    Kind.BOOL: "bool",
    Kind.USER: "link",
}


@dataclass(frozen=True)
class OwnColumn:
    """An own field of the rows of a query.

    type: what a list's conditions treat it as.  column: where its values are found.
    """

    field: CustomField
    column = "custom"

    @property
    def type(self):
        return TYPES.get(self.field.kind, "text")

    @property
    def path(self):
        """Its name in lookups."""
        return f"{self.column}__{self.field.code}"

    @property
    def is_number(self):
        return self.field.kind in (Kind.NUMBER, Kind.MONEY)

    def on(self, rows):
        """`rows` with what the other expressions and the cells need."""
        return rows

    # --- Conditions -------------------------------------------------------------------------------

    def number_q(self, operator, number):
        """A Q that compares a number kept as text."""
        if operator == "ne":
            return ~Q(Exact(self.number, number)) | Q(**{f"{self.path}__isnull": True})
        return Q(COMPARISONS[operator](self.number, number))

    def link_q(self, keys):
        return Q(**{f"{self.path}__id__in": keys})

    def choice_q(self, values):
        if self.field.kind == Kind.CHOICES:
            found = Q()
            for value in values:
                found |= Q(**{f"{self.path}__contains": [value]})
            return found
        return Q(**{f"{self.path}__in": values})

    # --- Order, groups and sums -------------------------------------------------------------------

    @property
    def text(self):
        return KeyTextTransform(self.field.code, self.column)

    @property
    def number(self):
        return Cast(self.text, NUMBER)

    def of_person(self, name):
        return KeyTextTransform(name, KeyTransform(self.field.code, self.column))

    @property
    def sort_key(self):
        """The expression by which rows are ordered; None where an order has no sense."""
        if self.is_number:
            return self.number
        if self.field.kind == Kind.USER:
            return self.of_person("label")
        return None if self.field.kind == Kind.CHOICES else self.text

    @property
    def group_key(self):
        """The expression whose values make groups: a choice, yes or no, the key of a person, a
        month such as "2026-11"."""
        if self.field.kind == Kind.BOOL:
            return Coalesce(Cast(self.text, models.BooleanField()), False)
        if self.field.kind == Kind.USER:
            return Cast(self.of_person("id"), models.BigIntegerField())
        return Left(self.text, 7) if self.field.kind == Kind.DATE else self.text

    # --- Values -----------------------------------------------------------------------------------

    @cached_property
    def home_currency(self):
        """The currency of amounts of records that have none of their own."""
        model = self.field.content_type.model_class()
        has_own = any(field.name == "currency" for field in model._meta.fields)
        return "" if has_own else home_currency()

    def cell(self, row):
        is_money = self.field.kind == Kind.MONEY
        currency = (getattr(row, "currency_id", "") or self.home_currency) if is_money else ""
        return cell(self.field, row, currency)

    def raw(self, row):
        """The value for a file."""
        return raw(self.field, row)


@dataclass(frozen=True)
class RelatedOwnColumn(OwnColumn):
    """An own field of the record that the foreign key `link` leads to; empty where `user` does not
    see that record, in every condition, order and group, too."""

    link: models.ForeignKey
    user: models.Model

    @property
    def column(self):
        return f"custom_of_{self.link.name}"

    @cached_property
    def has_currency(self):
        return any(field.name == "currency" for field in self.link.related_model._meta.fields)

    def on(self, rows):
        seen = self.link.related_model.objects.visible_to(self.user)
        seen = Exists(seen.filter(pk=OuterRef(self.link.attname)))
        values = Case(When(seen, then=F(f"{self.link.name}__custom")), default=None)
        found = {self.column: values}
        if self.field.kind == Kind.MONEY and self.has_currency:
            found[f"{self.column}_currency"] = F(f"{self.link.name}__currency")
        return rows.annotate(**found)

    def of(self, row):
        """The related record, as far as the row tells of it."""
        currency = getattr(row, f"{self.column}_currency", "")
        return _Told(getattr(row, self.column) or {}, currency)

    def cell(self, row):
        return super().cell(self.of(row))

    def raw(self, row):
        """An amount in another currency than the row's keeps it, and so is text."""
        told = self.of(row)
        is_foreign = told.currency_id != getattr(row, "currency_id", "")
        if self.field.kind == Kind.MONEY and is_foreign:
            return super().cell(told).text
        return raw(self.field, told)


@dataclass(frozen=True)
class _Told:
    custom: dict
    currency_id: str


def ordered(rows, order, known):
    """(rows, order) for crm.paging.keyset_page: an own field becomes a column of the rows.

    known: {name in the order: OwnColumn}.
    """
    found = known.get(order.lstrip("-"))
    if found is None:
        return rows, order
    sign = "-" if order.startswith("-") else ""
    return found.on(rows).annotate(own_order=found.sort_key), f"{sign}own_order"
