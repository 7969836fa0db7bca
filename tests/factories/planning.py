from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from planning.models import Campaign


class CampaignFactory(DjangoModelFactory):
    class Meta:
        model = Campaign

    class Params:
        approved = factory.Trait(state=Campaign.State.APPROVED)
        running = factory.Trait(state=Campaign.State.RUNNING)
        finished = factory.Trait(state=Campaign.State.FINISHED)

    name = factory.Sequence(lambda n: f"Campaign {n}")
    starts_on = factory.LazyFunction(timezone.localdate)
    ends_on = factory.LazyAttribute(lambda campaign: campaign.starts_on + timedelta(days=30))
    budget = Decimal("1000.00")
