"""Results of people, made row by row: deals, orders, money and scores on chosen days."""

from datetime import datetime, time
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from opportunities.models import Opportunity, SalesProcess
from orders.models import Order, OrderLine
from performance.models import Target
from receivables.models import Payment, PaymentAllocation, Receivable
from tests.factories.aftersales import BuyerFactory, SurveyFactory
from tests.factories.products import ProductFactory


class ProcessFactory(DjangoModelFactory):
    class Meta:
        model = SalesProcess
        django_get_or_create = ("name",)

    name = "Figures"


class DealFactory(DjangoModelFactory):
    """An open deal in the phase `state`; won on a day with `won_on`."""

    class Meta:
        model = Opportunity

    class Params:
        won_on = None

    name = factory.Sequence(lambda n: f"Deal {n}")
    account = factory.SubFactory(BuyerFactory, owner=factory.SelfAttribute("..owner"))
    process = factory.SubFactory(ProcessFactory)
    state = factory.LazyAttribute(lambda deal: "won" if deal.won_on else "needs")
    closed_on = factory.SelfAttribute("won_on")
    amount = Decimal("1000.00")
    probability = 50


class ConfirmedOrderFactory(DjangoModelFactory):
    """Five pieces, 500.00, confirmed on a day."""

    class Meta:
        model = Order
        skip_postgeneration_save = True

    account = factory.SubFactory(BuyerFactory, owner=factory.SelfAttribute("..owner"))
    state = "confirmed"
    number = factory.Sequence(lambda n: f"SO-2026-8{n:05d}")
    amount = Decimal("500.00")
    rate = Decimal(1)
    confirmed_on = factory.LazyFunction(timezone.localdate)

    @factory.post_generation
    def line(self, create, extracted, **kwargs):
        OrderLine.objects.create(
            order=self, product=ProductFactory(), quantity=5, unit_price=100, amount=500
        )


class OwedFactory(DjangoModelFactory):
    """What an order's customer owes, due on a day."""

    class Meta:
        model = Receivable

    order = factory.SubFactory(ConfirmedOrderFactory)
    account = factory.SelfAttribute("order.account")
    label = "whole amount"
    event = "delivery"
    currency_id = "CNY"
    amount = Decimal("500.00")
    state = "open"
    due_on = factory.LazyFunction(timezone.localdate)


def collect(owner, amount, on, **payment):
    """Money that came in for an order of `owner` and was allocated on a day."""
    owed = OwedFactory(
        order__owner=owner, amount=amount, allocated=amount, state="paid", order__confirmed_on=None
    )
    money = Payment.objects.create(
        account=owed.account,
        number=f"PM-{owed.pk}",
        amount=amount,
        allocated=amount,
        rate=1,
        state="cleared",
        **payment,
    )
    return PaymentAllocation.objects.create(
        payment=money, receivable=owed, amount=amount, allocated_on=on
    )


def scored(rep, score, on):
    """A survey that rates `rep`, answered on a day at noon."""
    at = timezone.make_aware(datetime.combine(on, time(12)))
    return SurveyFactory(rep=rep, state="answered", score=score, answered_at=at)


class TargetFactory(DjangoModelFactory):
    class Meta:
        model = Target

    metric = "won"
    starts_on = factory.LazyFunction(lambda: timezone.localdate().replace(day=1))
    ends_on = factory.LazyFunction(timezone.localdate)
    value = Decimal("2000.00")
    state = "published"
