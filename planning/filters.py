import django_filters
from django.utils.translation import gettext_lazy as _

from crm.filters import CrmFilter
from planning.models import Campaign


class CampaignFilter(CrmFilter):
    mine = django_filters.BooleanFilter(method="filter_mine", label=_("Mine"))
    on = django_filters.DateFilter(method="filter_on", label=_("Takes place on"))

    class Meta:
        model = Campaign
        fields = {"state": ["exact"], "kind": ["exact"], "owner": ["exact"]}

    def filter_mine(self, queryset, name, value):
        mine = {"owner": self.request.user}
        return queryset.filter(**mine) if value else queryset.exclude(**mine)

    def filter_on(self, queryset, name, value):
        return queryset.filter(starts_on__lte=value, ends_on__gte=value)
