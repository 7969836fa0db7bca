import django_filters
from django.utils.translation import gettext_lazy as _

from approvals import kinds
from approvals.models import ApprovalRequest, ApprovalRule
from crm.filters import CrmFilter, flag


class RequestFilter(CrmFilter):
    kind = django_filters.ChoiceFilter(label=_("Document kind"), choices=kinds.choices)
    waiting = django_filters.BooleanFilter(method="filter_waiting", label=_("Waiting for me"))
    sent_back = flag("sent_back", _("Sent back and not submitted again"))
    mine = django_filters.BooleanFilter(method="filter_mine", label=_("Submitted by me"))

    class Meta:
        model = ApprovalRequest
        fields = {"state": ["exact"], "submitted_by": ["exact"]}

    def filter_waiting(self, queryset, name, value):
        waiting = ApprovalRequest.objects.waiting_for(self.request.user).values("pk")
        return queryset.filter(pk__in=waiting) if value else queryset.exclude(pk__in=waiting)

    def filter_mine(self, queryset, name, value):
        mine = {"submitted_by": self.request.user.pk}
        return queryset.filter(**mine) if value else queryset.exclude(**mine)


class RuleFilter(CrmFilter):
    kind = django_filters.ChoiceFilter(label=_("Document kind"), choices=kinds.choices)

    class Meta:
        model = ApprovalRule
        fields = {"is_active": ["exact"]}
