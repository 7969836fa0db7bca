import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.filters import CrmFilter, Mine
from performance.models import Review, Scorecard, Target

PERIOD = {"starts_on": ["gte"], "ends_on": ["lte"]}


class TargetFilter(CrmFilter):
    is_running = django_filters.BooleanFilter(label=_("Running today"), method="filter_running")

    class Meta:
        model = Target
        fields = {"state": ["exact"], "metric": ["exact"], "person": ["exact"], **PERIOD}

    def filter_running(self, rows, name, value):
        running = Target.objects.running(timezone.localdate()).values("pk")
        return rows.filter(pk__in=running) if value else rows.exclude(pk__in=running)


class ScorecardFilter(CrmFilter):
    class Meta:
        model = Scorecard
        fields = {"person": ["exact"], **PERIOD}


class ReviewFilter(CrmFilter):
    mine = Mine("person")

    class Meta:
        model = Review
        fields = {"state": ["exact"], "person": ["exact"]}
