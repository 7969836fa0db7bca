"""Records as rows that the importer reads again: every field that a file may fill."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.text import capfirst

from crm.cells import words
from crm.custom import fields as custom
from crm.imports.fields import DOCUMENT, LINE, NAMES, Values, joined, targets_of
from crm.imports.matching import guess

# By which of its fields a record is named to people: short and unique, else its own name.
SHORT = ("code", "number", "username")


def heads_of(targets):
    """What the column of each target is called: its label, or its name where another field has
    the same words."""
    labels = [capfirst(str(target.label)) for target in targets]
    known = guess({target.name: target for target in targets}, labels)
    return [
        label if known.get(target.name) == column else target.name
        for column, (target, label) in enumerate(zip(targets, labels, strict=True))
    ]


class Records:
    """All that a file may fill in of the records of one kind, as far as one person may see it.

    heads: the first row. A record with lines has a row for each of them, which all say the rest
    too; they belong together by what they have in the column DOCUMENT.
    """

    def __init__(self, pages, user):
        self.pages, self.user = pages, user
        targets = targets_of(pages, user)
        # What is made beside a record is a record of its own, and written as one.
        self.targets = [target for target in targets.values() if not target.beside]
        self.own = {field.name: field for field in custom.fields_of(pages.model)}
        self.values = Values()
        self.heads = heads_of(self.targets)
        self._choices, self._named = {}, {}

    @property
    def relations(self):
        """Names of the foreign keys that the rows speak of."""
        return self._relations(self.pages.model, [t.name for t in self.targets if not t.is_line])

    @staticmethod
    def _relations(model, names):
        links = {field.name for field in model._meta.concrete_fields if field.many_to_one}
        return [name for name in names if name in links]

    def rows(self, records):
        """The rows of some records, [[value per head]]; as many queries whatever their number."""
        prefetch_related_objects(records, *self.pages.importer.prefetch)
        lines = {record: [None] for record in records}
        if self.pages.lines:
            line = self.pages.lines.model
            names = [t.name.removeprefix(LINE) for t in self.targets if t.is_line]
            rows = line._default_manager.select_related(*self._relations(line, names))
            prefetch_related_objects(records, models.Prefetch("lines", rows))
            lines = {record: list(record.lines.all()) or [None] for record in records}
        found = [
            [self._value(target, record, line) for target in self.targets]
            for record in records
            for line in lines[record]
        ]
        found = self._with_people(found)
        self._learn_names([value for row in found for value in row])
        return [
            [self._cell(target, value) for target, value in zip(self.targets, row, strict=True)]
            for row in found
        ]

    def _value(self, target, record, line):
        """The value of a field: what a person is not shown is left empty."""
        if target.is_line:
            return getattr(line, target.name.removeprefix(LINE), None)
        if target.name == DOCUMENT:
            return record.pk
        if target.is_about:
            return record.target if isinstance(record.target, target.rows.model) else None
        if own := self.own.get(target.name):
            return custom.value_of(own, record.custom.get(own.code))
        return (
            None if target.name in record.hidden_from(self.user) else getattr(record, target.name)
        )

    def _with_people(self, rows):
        """The rows with users instead of what the company's own fields keep of them."""
        keys = {value["id"] for row in rows for value in row if isinstance(value, dict)}
        known = get_user_model().objects.in_bulk(keys) if keys else {}
        return [
            [known.get(v["id"], v["label"]) if isinstance(v, dict) else v for v in row]
            for row in rows
        ]

    def _cell(self, target, value):
        """A value as the importer reads it: numbers and dates as such, records by their name."""
        if isinstance(value, datetime):
            return timezone.localtime(value).isoformat(" ")  # exact, and the same in every zone
        if value is None or isinstance(value, Decimal | int | date) and not isinstance(value, bool):
            return value
        if isinstance(value, models.Model):
            return self._name(value)
        if isinstance(value, list):
            return joined(value, [choice for choice, _label in target.field.choices])
        if target.rows is None and getattr(target.field, "choices", None):
            return self._word(target, value)
        return words(value)

    def _word(self, target, value):
        """The word for a choice, or its value where two choices have the same word."""
        if target.name not in self._choices:
            self._choices[target.name] = dict(target.field.choices)
        word = str(self._choices[target.name].get(value, value))
        try:
            return word if self.values.choice(target, word) == value else str(value)
        except ValidationError:
            return str(value)

    def _learn_names(self, values):
        """Ask, once for many records, whose names lead to no other record."""
        by_model = {}
        for value in values:
            if isinstance(value, models.Model) and value not in self._named:
                by_model.setdefault(type(value), set()).add(value)
        for model, rows in by_model.items():
            fields = {field.name for field in model._meta.concrete_fields}
            often = Counter()
            if "name" in fields and not fields & set(SHORT):
                alike = model._default_manager.filter(name__in={row.name for row in rows})
                often = Counter(alike.order_by().values_list("name", flat=True))
            for row in rows:
                unique = ["name"] if often[getattr(row, "name", "")] == 1 else []
                texts = (getattr(row, name, None) for name in (*SHORT, *unique, *NAMES))
                self._named[row] = str(next(filter(None, texts), row))

    def _name(self, record):
        return self._named[record]
