"""Deals with what hangs on them, and steps to take a quotation somewhere."""

from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from opportunities import services
from opportunities.models import (
    Demo,
    NeedsSheet,
    NegotiationRound,
    Opportunity,
    Phase,
    Quotation,
    QuotationLine,
    SalesProcess,
)
from opportunities.services.processes import add_steps
from products.services import write_lines
from tests.factories.accounts import AccountFactory, ContactFactory, PaymentTermFactory
from tests.factories.products import ProductFactory


class SalesProcessFactory(DjangoModelFactory):
    class Meta:
        model = SalesProcess
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Process {n}")

    @factory.post_generation
    def steps(self, create, extracted, **kwargs):
        add_steps(self)


class OpportunityFactory(DjangoModelFactory):
    class Meta:
        model = Opportunity

    class Params:
        presentation = factory.Trait(state=Phase.PRESENTATION)
        quotation = factory.Trait(state=Phase.QUOTATION)
        negotiation = factory.Trait(state=Phase.NEGOTIATION)
        won = factory.Trait(state=Phase.WON)
        lost = factory.Trait(state=Phase.LOST, lost_in=Phase.QUOTATION)

    state = Phase.NEEDS
    name = factory.Sequence(lambda n: f"Deal {n}")
    owner = None
    account = factory.SubFactory(
        AccountFactory,
        owner=factory.SelfAttribute("..owner"),
        payment_term=factory.SubFactory(PaymentTermFactory),
    )
    contact = factory.LazyAttribute(
        lambda deal: ContactFactory(account=deal.account) if deal.account else None
    )
    process = factory.LazyFunction(services.default_process)
    step = factory.LazyAttribute(lambda deal: deal.process.steps.filter(phase=deal.state).first())
    amount = Decimal("1000.00")


class NeedsSheetFactory(DjangoModelFactory):
    class Meta:
        model = NeedsSheet
        skip_postgeneration_save = True

    class Params:
        feasible = factory.Trait(
            state=NeedsSheet.State.CONFIRMED, confirmed_by="Buyer", is_feasible=True
        )

    opportunity = factory.SubFactory(OpportunityFactory)
    summary = "Ten pumps"

    @factory.post_generation
    def lines(self, create, extracted, **kwargs):
        self.lines.create(requirement="Pump, 5 kW", quantity=10)


class DemoFactory(DjangoModelFactory):
    class Meta:
        model = Demo

    class Params:
        held = factory.Trait(state=Demo.State.HELD)

    opportunity = factory.SubFactory(OpportunityFactory)
    subject = "Pump under load"
    scheduled_at = factory.LazyFunction(timezone.now)


class RoundFactory(DjangoModelFactory):
    class Meta:
        model = NegotiationRound

    opportunity = factory.SubFactory(OpportunityFactory)
    their_ask = "Ten percent off"
    our_offer = "Five percent off"


class QuotationFactory(DjangoModelFactory):
    """`lines`: [(product, quantity), …], by default ten of a new product at its list price."""

    class Meta:
        model = Quotation
        skip_postgeneration_save = True

    class Params:
        approved = factory.Trait(
            state=Quotation.State.APPROVED, number=factory.Sequence(lambda n: f"QT-T-{n:04d}")
        )
        sent = factory.Trait(
            state=Quotation.State.SENT,
            number=factory.Sequence(lambda n: f"QT-T-{n:04d}"),
            token=factory.Sequence(lambda n: f"token-{n:04d}"),
            sent_at=factory.LazyFunction(timezone.now),
            rate=Decimal(1),
        )
        accepted = factory.Trait(
            state=Quotation.State.ACCEPTED,
            number=factory.Sequence(lambda n: f"QT-T-{n:04d}"),
            decided_by="Buyer",
            decided_at=factory.LazyFunction(timezone.now),
            rate=Decimal(1),
        )

    opportunity = factory.SubFactory(OpportunityFactory, quotation=True)
    account = factory.SelfAttribute("opportunity.account")
    contact = factory.SelfAttribute("opportunity.contact")
    owner = factory.SelfAttribute("opportunity.owner")
    journey = factory.SelfAttribute("opportunity.journey")
    payment_term = factory.SelfAttribute("account.payment_term")
    valid_until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))

    @factory.post_generation
    def lines(self, create, extracted, **kwargs):
        pairs = extracted if extracted is not None else [(ProductFactory(), 10)]
        rows = [{"product": product, "quantity": quantity} for product, quantity in pairs]
        written = write_lines(self, QuotationLine, "quotation", rows)
        self.discount, self.margin = services.figures(self, written)
        self.save()
