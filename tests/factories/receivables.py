"""Customers that owe money: sold orders, contracts about to be active, receivables, payments."""

from datetime import date
from decimal import Decimal

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from accounts.models import Account, PaymentTerm
from accounts.services import name_key
from contracts.models import Contract, ContractLine
from crm.files import add_attachment
from orders.models import Order
from receivables.models import Payment, Receivable
from receivables.services.figures import refresh
from tests.factories.products import ProductFactory


class PayerFactory(DjangoModelFactory):
    class Meta:
        model = Account

    name = factory.Sequence(lambda n: f"Payer {n}")
    name_key = factory.LazyAttribute(lambda account: name_key(account.name))


class SoldOrderFactory(DjangoModelFactory):
    """An order of `amount` without lines; approved, or further by trait."""

    class Meta:
        model = Order

    class Params:
        confirmed = factory.Trait(state="confirmed", confirmed_on=date(2026, 3, 1))
        fulfilling = factory.Trait(state="fulfilling", confirmed_on=date(2026, 3, 1))

    account = factory.SubFactory(PayerFactory)
    owner = factory.SelfAttribute("account.owner")
    state = "approved"
    number = factory.Sequence(lambda n: f"SO-2026-{n:06d}")
    amount = Decimal("1000.00")
    tax = Decimal("115.04")
    rate = Decimal(1)


class ReceivableFactory(DjangoModelFactory):
    """A part to be paid since March 2026; give `order`, or `account` for a new order of it."""

    class Meta:
        model = Receivable
        skip_postgeneration_save = True

    class Params:
        planned = factory.Trait(state="planned", opened_on=None, due_on=None)

    account = factory.SubFactory(PayerFactory)
    order = factory.SubFactory(
        SoldOrderFactory,
        confirmed=True,
        account=factory.SelfAttribute("..account"),
        amount=factory.SelfAttribute("..amount"),
    )
    state = "open"
    label = "Whole amount"
    event = "delivery"
    currency_id = "CNY"
    amount = Decimal("1000.00")
    opened_on = date(2026, 3, 1)
    due_on = date(2026, 3, 31)
    journey = factory.SelfAttribute("order.journey")

    @factory.post_generation
    def figures(self, create, extracted, **kwargs):
        """The order and the customer know of it, as after planning."""
        refresh(orders=[self.order], accounts=[self.account])


class PaymentFactory(DjangoModelFactory):
    class Meta:
        model = Payment
        skip_postgeneration_save = True

    class Params:
        recorded = factory.Trait(state="recorded")

    account = factory.SubFactory(PayerFactory)
    state = "cleared"
    number = factory.Sequence(lambda n: f"PM-2026-{n:06d}")
    amount = Decimal("1000.00")
    rate = Decimal(1)

    @factory.post_generation
    def figures(self, create, extracted, **kwargs):
        refresh(accounts=[self.account])


def payment_term(name, *parts):
    """A payment term of (label, percent or None, event, days) or (…, date)."""
    term = PaymentTerm.objects.create(name=name)
    for position, (label, percent, event, days, *day) in enumerate(parts, start=1):
        term.parts.create(
            position=position,
            label=label,
            percent=percent,
            event=event,
            days=days,
            date=day[0] if day else None,
        )
    return term


def signed_contract(amount, term, *, owner=None, account=None):
    """A contract with everything its activation asks for; signed on 3 and 10 March 2026."""
    account = account or PayerFactory(owner=owner)
    contract = Contract.objects.create(
        state="signing",
        number=f"CT-{amount}",
        title="Pumps",
        account=account,
        owner=owner,
        payment_term=term,
        amount=amount,
        our_signer="A",
        our_signed_on=date(2026, 3, 3),
        their_signer="B",
        their_signed_on=date(2026, 3, 10),
    )
    ContractLine.objects.create(
        contract=contract,
        product=ProductFactory(is_stocked=False),
        quantity=1,
        unit_price=amount,
        tax_rate=13,
        amount=amount,
    )
    copy = ContentFile(b"%PDF-1.7 signed", name="signed.pdf")
    add_attachment(contract, copy, by=owner, kind="signed_copy")
    return contract
