"""Rounding and currencies. Amounts round half up at the currency's digits, per line;
totals are sums of rounded lines."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import (
    Case,
    DecimalField,
    ExpressionWrapper,
    F,
    OuterRef,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from crm.errors import DomainError
from crm.models import Company, Currency, Event, ExchangeRate

ZERO = Decimal("0.00")


def round_money(amount, currency):
    """Round a Decimal half up to the digits of `currency` (a code), as 2-decimal Decimal."""
    digits = Currency.digits_of(currency)
    return amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP) + ZERO


def line_amount(quantity, unit_price, discount, currency):
    """What the customer pays for a line: price includes tax, `discount` is a percentage."""
    return round_money(quantity * unit_price * (1 - discount / 100), currency)


def included_tax(amount, tax_rate, currency):
    """The tax contained in a tax-inclusive `amount`, at `tax_rate` percent."""
    return amount - round_money(amount / (1 + tax_rate / 100), currency)


def rate_on(currency, on):
    """The rate to the company's currency on the local date `on` (the latest known before it).

    Raises DomainError when a foreign currency has no rate yet.
    """
    if currency == Company.current().currency_id:
        return Decimal(1)
    rate = ExchangeRate.objects.filter(currency=currency, on__lte=on).order_by("-on").first()
    if rate is None:
        raise DomainError(
            _("There is no exchange rate for %(currency)s yet.") % {"currency": currency},
            code="no_rate",
        )
    return rate.rate


def split(amount, percentages, currency):
    """Split `amount` by percentages (Decimals); the last part takes what rounding left."""
    parts = [round_money(amount * percent / 100, currency) for percent in percentages[:-1]]
    return [*parts, amount - sum(parts, ZERO)]


def use_currency(code, rate=None):
    """Make `code` usable for documents taken over from elsewhere.

    A company without any event yet takes it for its own; otherwise a rate must be known or
    given (units of the company's currency for one of `code`), valid from 1970 on.
    """
    company = Company.current()
    if company.currency_id == code:
        return
    if not Event.objects.exists():
        company.currency_id = code
        company.save(update_fields=["currency"])
    elif rate:
        ExchangeRate.objects.update_or_create(
            currency_id=code, on=date(1970, 1, 1), defaults={"rate": rate}
        )
    elif not ExchangeRate.objects.filter(currency=code).exists():
        raise DomainError(
            _("There is no exchange rate for %(currency)s yet.") % {"currency": code},
            code="no_rate",
        )


def in_company_currency(field):
    """An expression: the amount in `field` at the latest known rate (1 where there is none)."""
    latest = ExchangeRate.objects.filter(currency=OuterRef("currency")).order_by("-on")
    money = DecimalField(max_digits=24, decimal_places=2)
    rate = Case(
        When(
            currency=Subquery(Company.objects.values("currency")[:1]),
            then=Value(1, output_field=money),
        ),
        default=Coalesce(Subquery(latest.values("rate")[:1]), 1, output_field=money),
        output_field=money,
    )
    return ExpressionWrapper(F(field) * rate, output_field=money)
