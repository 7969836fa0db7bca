import django_filters
from django.utils.translation import gettext_lazy as _

from crm.filters import CrmFilter, Mine
from inventory.models import PurchaseRequest, StockLevel, StockMove, Warehouse


class WarehouseFilter(CrmFilter):
    class Meta:
        model = Warehouse
        fields = {"is_active": ["exact"]}


class StockLevelFilter(CrmFilter):
    low = django_filters.BooleanFilter(method="filter_low", label=_("To be reordered"))

    class Meta:
        model = StockLevel
        fields = {"product": ["exact"], "warehouse": ["exact"]}

    def filter_low(self, queryset, name, value):
        low = StockLevel.objects.low().values("pk")
        return queryset.filter(pk__in=low) if value else queryset.exclude(pk__in=low)


class StockMoveFilter(CrmFilter):
    class Meta:
        model = StockMove
        fields = {
            "kind": ["exact"],
            "level__product": ["exact"],
            "level__warehouse": ["exact"],
            "reference": ["exact"],
        }


class PurchaseRequestFilter(CrmFilter):
    mine = Mine()

    class Meta:
        model = PurchaseRequest
        fields = {"state": ["exact"], "product": ["exact"], "warehouse": ["exact"]}
