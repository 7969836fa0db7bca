import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models import Amendment, Contract, ContractTemplate
from crm.filters import CrmFilter, flag
from opportunities.filters import MineFilter


class ContractFilter(MineFilter):
    ending = flag("ending", _("About to end"), timezone.localdate)
    ends_on = django_filters.DateFromToRangeFilter(label=_("Until"))
    activated_on = django_filters.DateFromToRangeFilter(label=_("Active since"))

    class Meta:
        model = Contract
        fields = {
            "state": ["exact"],
            "owner": ["exact"],
            "account": ["exact"],
            "opportunity": ["exact"],
        }


class ContractTemplateFilter(CrmFilter):
    class Meta:
        model = ContractTemplate
        fields = {"is_active": ["exact"]}


class AmendmentFilter(CrmFilter):
    effective_on = django_filters.DateFromToRangeFilter(label=_("Effective on"))

    class Meta:
        model = Amendment
        fields = {"state": ["exact"], "contract": ["exact"]}
