import factory
from factory.django import DjangoModelFactory

from leads.models import Answer, Lead, Pool, Source


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source

    name = factory.Sequence(lambda n: f"Source {n}")


class PoolFactory(DjangoModelFactory):
    class Meta:
        model = Pool

    name = factory.Sequence(lambda n: f"Pool {n}")


class LeadFactory(DjangoModelFactory):
    class Meta:
        model = Lead

    class Params:
        working = factory.Trait(state=Lead.State.WORKING)
        nurturing = factory.Trait(state=Lead.State.NURTURING)
        answered = factory.Trait(
            need="Ten pumps",
            has_budget=Answer.YES,
            has_authority=Answer.UNKNOWN,
            has_timing=Answer.YES,
        )
        qualified = factory.Trait(state=Lead.State.QUALIFIED, answered=True)
        converted = factory.Trait(state=Lead.State.CONVERTED, answered=True)
        disqualified = factory.Trait(state=Lead.State.DISQUALIFIED)

    name = factory.Sequence(lambda n: f"Person {n}")
    company = factory.Sequence(lambda n: f"Meadow Tools {n} Ltd")
    phone = factory.Sequence(lambda n: f"1380013{n:04d}")
    email = factory.Sequence(lambda n: f"person{n}@example.com")
