from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from products.models import Category, Product


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = Category

    name = factory.Sequence(lambda n: f"Category {n}")


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product

    class Params:
        off_sale = factory.Trait(state=Product.State.OFF_SALE)

    code = factory.Sequence(lambda n: f"P{n:04d}")
    name = factory.Sequence(lambda n: f"Pump {n}")
    price = Decimal("100.0000")
    cost = Decimal("60.0000")
    tax_rate = Decimal(13)
