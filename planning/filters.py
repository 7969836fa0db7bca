import django_filters
from django.utils.translation import gettext_lazy as _

from crm.filters import CrmFilter, Mine, flag
from planning.models import Campaign


class CampaignFilter(CrmFilter):
    mine = Mine()
    over_budget = flag("over_budget", _("Over budget"))
    on = django_filters.DateFilter(method="filter_on", label=_("Takes place on"))

    class Meta:
        model = Campaign
        fields = {"state": ["exact"], "kind": ["exact"], "owner": ["exact"]}

    def filter_on(self, queryset, name, value):
        return queryset.filter(starts_on__lte=value, ends_on__gte=value)
