"""Decimal fields of one shape each, so that no two models disagree about digits."""

from django.db import models


class MoneyField(models.DecimalField):
    """An amount in the document's currency, 2 decimals."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


class PriceField(models.DecimalField):
    """A price per unit in the document's currency, 4 decimals."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)


class QuantityField(models.DecimalField):
    """A quantity in the product's unit, 3 decimals."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_digits", 15)
        kwargs.setdefault("decimal_places", 3)
        super().__init__(*args, **kwargs)


class PercentField(models.DecimalField):
    """A percentage such as 12.5 (not 0.125), 4 decimals."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_digits", 7)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)


class RateField(models.DecimalField):
    """Units of the company's currency for one unit of the document's, 8 decimals."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 8)
        super().__init__(*args, **kwargs)
