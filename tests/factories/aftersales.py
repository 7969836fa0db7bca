"""Customers with delivered goods, made row by row, and what they say afterwards."""

from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Account, Contact
from aftersales.models import Case, Survey, SurveyQuestion, SurveyTemplate
from inventory.models import Warehouse
from orders.models import Order, OrderLine, Shipment, ShipmentLine
from tests.factories.products import ProductFactory


class BuyerFactory(DjangoModelFactory):
    class Meta:
        model = Account

    name = factory.Sequence(lambda n: f"Buyer {n}")
    name_key = factory.SelfAttribute("name")
    status = "customer"


class BuyerContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    account = factory.SubFactory(BuyerFactory)
    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.com")
    phone = "13800000000"
    is_primary = True


class WarehouseFactory(DjangoModelFactory):
    class Meta:
        model = Warehouse
        django_get_or_create = ("code",)

    code = "RET"
    name = "Returns"


class DeliveredOrderFactory(DjangoModelFactory):
    """An order of ten pieces at 100.00 of which all arrived `days_ago` days ago."""

    class Meta:
        model = Order
        skip_postgeneration_save = True

    class Params:
        days_ago = 3

    account = factory.SubFactory(BuyerFactory, owner=factory.SelfAttribute("..owner"))
    owner = None
    state = "delivered"
    number = factory.Sequence(lambda n: f"SO-2026-9{n:05d}")
    amount = Decimal("1000.00")
    rate = Decimal(1)
    outstanding = Decimal("1000.00")
    delivered_on = factory.LazyAttribute(
        lambda order: timezone.localdate() - timedelta(days=order.days_ago)
    )

    @factory.post_generation
    def goods(self, create, extracted, **kwargs):
        line = OrderLine.objects.create(
            order=self,
            product=ProductFactory(),
            quantity=10,
            shipped=10,
            unit_price=100,
            tax_rate=13,
            amount=1000,
        )
        shipment = Shipment.objects.create(
            order=self,
            number=f"SH-{self.number}",
            warehouse=WarehouseFactory(),
            state="delivered",
            delivered_on=self.delivered_on,
        )
        ShipmentLine.objects.create(shipment=shipment, line=line, quantity=10)


class CaseFactory(DjangoModelFactory):
    class Meta:
        model = Case

    account = factory.SubFactory(BuyerFactory)
    number = factory.Sequence(lambda n: f"CS-2026-9{n:05d}")
    subject = "The pump leaks"
    state = factory.LazyAttribute(lambda case: "assigned" if case.owner else "new")
    owner = None
    respond_by = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=8))
    resolve_by = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=48))


class TemplateFactory(DjangoModelFactory):
    """Two questions to be scored and one for words; by hand unless `trigger` is given."""

    class Meta:
        model = SurveyTemplate
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Template {n}")
    trigger = "manual"
    days_after = 0

    @factory.post_generation
    def questions(self, create, extracted, **kwargs):
        for place, (text, kind, required) in enumerate(
            [("Goods?", "score", True), ("Service?", "score", True), ("Ideas?", "text", False)], 1
        ):
            SurveyQuestion.objects.create(
                template=self, position=place, text=text, kind=kind, is_required=required
            )


class SurveyFactory(DjangoModelFactory):
    """Due now, to a contact with an address."""

    class Meta:
        model = Survey

    class Params:
        sent = factory.Trait(
            state="sent",
            sent_at=factory.LazyFunction(timezone.now),
            mailed_at=factory.LazyFunction(timezone.now),
            expires_on=factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30)),
        )

    template = factory.SubFactory(TemplateFactory)
    rep = None
    account = factory.SubFactory(BuyerFactory, owner=factory.SelfAttribute("..rep"))
    contact = factory.SubFactory(BuyerContactFactory, account=factory.SelfAttribute("..account"))
    scheduled_at = factory.LazyFunction(timezone.now)


def answers(survey, *scores, text=""):
    """The answers to a survey of TemplateFactory, by the names of the form's fields."""
    first, second, ideas = survey.template.questions.all()
    return {first.field: scores[0], second.field: scores[1], ideas.field: text}
