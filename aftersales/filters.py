import django_filters
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.models import Case, Improvement, Return, ReturnPolicy, Survey, SurveyTemplate
from crm.filters import CrmFilter, Mine, flag
from users.filters import OfTeam

User = get_user_model()


class CaseFilter(CrmFilter):
    mine = Mine()
    my_customers = Mine("account__owner", label=_("Of my customers"))
    team = OfTeam()
    is_open = django_filters.BooleanFilter(label=_("Open"), method="filter_open")
    is_overdue = django_filters.BooleanFilter(label=_("Overdue"), method="filter_overdue")
    is_assigned = django_filters.BooleanFilter(
        label=_("Has an owner"), field_name="owner", lookup_expr="isnull", exclude=True
    )
    account_owner = django_filters.ModelChoiceFilter(
        label=_("Owner of the customer"),
        field_name="account__owner",
        queryset=User.objects.active(),
    )

    class Meta:
        model = Case
        fields = {
            "state": ["exact"],
            "kind": ["exact"],
            "priority": ["exact"],
            "channel": ["exact"],
            "owner": ["exact"],
            "account": ["exact"],
            "order": ["exact"],
        }

    def filter_open(self, rows, name, value):
        return rows.open() if value else rows.filter(state__in=["resolved", "closed"])

    def filter_overdue(self, rows, name, value):
        overdue = Case.objects.overdue(timezone.now()).values("pk")
        return rows.filter(pk__in=overdue) if value else rows.exclude(pk__in=overdue)


class ReturnFilter(CrmFilter):
    is_open = django_filters.BooleanFilter(label=_("Open"), method="filter_open")

    class Meta:
        model = Return
        fields = {
            "state": ["exact"],
            "kind": ["exact"],
            "is_within_policy": ["exact"],
            "order": ["exact"],
            "order__account": ["exact"],
        }

    def filter_open(self, rows, name, value):
        return rows.open() if value else rows.filter(state__in=["rejected", "closed"])


class ReturnPolicyFilter(CrmFilter):
    class Meta:
        model = ReturnPolicy
        fields = {"is_default": ["exact"]}


class SurveyFilter(CrmFilter):
    mine = Mine("rep")
    to_phone = django_filters.BooleanFilter(label=_("To be asked by phone"), method="filter_phone")
    is_low = django_filters.BooleanFilter(label=_("Low score"), method="filter_low")

    class Meta:
        model = Survey
        fields = {
            "state": ["exact"],
            "template": ["exact"],
            "rep": ["exact"],
            "account": ["exact"],
            "answered_at": ["date__gte", "date__lte"],
        }

    def filter_phone(self, rows, name, value):
        pks = Survey.objects.to_phone(timezone.now()).values("pk")
        return rows.filter(pk__in=pks) if value else rows.exclude(pk__in=pks)

    def filter_low(self, rows, name, value):
        low = Survey.objects.low().values("pk")
        return rows.filter(pk__in=low) if value else rows.exclude(pk__in=low)


class SurveyTemplateFilter(CrmFilter):
    class Meta:
        model = SurveyTemplate
        fields = {"trigger": ["exact"], "is_active": ["exact"]}


class ImprovementFilter(CrmFilter):
    mine = Mine()
    is_open = flag("open", _("Open"))

    class Meta:
        model = Improvement
        fields = {"state": ["exact"], "owner": ["exact"], "case": ["exact"]}
