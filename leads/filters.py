from datetime import timedelta

import django_filters
from django.utils.translation import gettext_lazy as _

from crm.filters import CrmFilter, Mine
from leads.models import Lead, Pool, Source
from leads.services import WARN_DAYS, company_today
from users.filters import OfTeam


class LeadFilter(CrmFilter):
    mine = Mine()
    team = OfTeam()
    in_pool = django_filters.BooleanFilter(method="filter_in_pool", label=_("In the pool"))
    falling = django_filters.BooleanFilter(
        method="filter_falling", label=_("About to fall into the pool")
    )

    class Meta:
        model = Lead
        fields = {
            "state": ["exact"],
            "source": ["exact"],
            "campaign": ["exact"],
            "owner": ["exact"],
            "pool": ["exact"],
            "industry": ["icontains"],
            "region": ["icontains"],
        }

    def filter_in_pool(self, queryset, name, value):
        if value:
            return queryset.live().filter(owner=None)
        return queryset.exclude(owner=None)

    def filter_falling(self, queryset, name, value):
        soon = falling().values("pk")
        return queryset.filter(pk__in=soon) if value else queryset.exclude(pk__in=soon)


def falling():
    """Leads that fall into the pool within the days of the warning unless somebody acts."""
    return Lead.objects.idle_by(company_today() + timedelta(days=WARN_DAYS))


class SourceFilter(CrmFilter):
    class Meta:
        model = Source
        fields = {"is_active": ["exact"]}


class PoolFilter(CrmFilter):
    class Meta:
        model = Pool
        fields = {"is_default": ["exact"]}
