"""Sums over the rows of a list: amounts for each currency, other numbers over all."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from crm.cells import decimal, money
from crm.models import CustomField


@dataclass(frozen=True)
class Total:
    """name: its column. what: the field or expression that is added up."""

    name: str
    label: Any
    what: Any
    is_money: bool = True
    # Of rows that have none of their own.
    currency: str = ""

    @property
    def alias(self):
        """Its name in a query."""
        return f"sum_of_{self.name.replace('__', '_')}"

    def amount(self, rows):
        """The sum over the rows of all currencies; None where there is nothing to add up."""
        every = [row[self.alias] for row in rows if row[self.alias] is not None]
        return sum(every) if every else None

    def text(self, amount, currency):
        return money(amount, currency) if self.is_money else decimal(amount)


def totals_of(state):
    """The Totals of a list: those its pages name, and the own numbers among its columns."""
    pages = state.pages
    labels = {column.name: column.label for column in pages.bound_columns()}
    found = [Total(name, labels[name], name) for name in pages.totals]
    for name in state.column_names:
        attribute = state.attributes.get(name)
        own = attribute and attribute.own
        # What belongs to another record would be added up once for each row that leads to it.
        if own and own.is_number and attribute.path == own.field.name:
            is_money = own.field.kind == CustomField.Kind.MONEY
            currency = own.home_currency if is_money else ""
            found.append(Total(name, attribute.label, own.number, is_money, currency))
    return found


def sums(totals):
    return {total.alias: Sum(total.what) for total in totals}


def currency_of(model, totals):
    """[the field by which sums are kept apart], [] where there is none or no money."""
    has_currency = any(field.name == "currency" for field in model._meta.concrete_fields)
    return ["currency"] if has_currency and any(total.is_money for total in totals) else []


def texts(totals, rows):
    """[(total, text)] of rows that are {alias: sum, currency}: amounts in each currency."""
    found = []
    for total in totals:
        if total.is_money:
            amounts = [(row[total.alias], row.get("currency") or total.currency) for row in rows]
        else:
            amounts = [(total.amount(rows), "")]
        found += [(total, total.text(*each)) for each in amounts if each[0] is not None]
    return found


def totals_over(state, totals):
    """The sums over all rows of a list: [{alias: sum, currency}], one for each currency."""
    by = currency_of(state.pages.model, totals)
    if by:
        return list(state.rows.order_by(*by).values(*by).annotate(**sums(totals)))
    return [state.rows.order_by().aggregate(**sums(totals))]
