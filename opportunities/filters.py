import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.filters import CrmFilter, flag
from opportunities.models import (
    Demo,
    NeedsSheet,
    NegotiationRound,
    Opportunity,
    Phase,
    Quotation,
    SalesProcess,
)
from users.filters import OfTeam


class MineFilter(CrmFilter):
    mine = django_filters.BooleanFilter(
        method="filter_mine", label=_("Only mine"), widget=forms.CheckboxInput
    )

    def filter_mine(self, queryset, name, value):
        return queryset.filter(owner=self.request.user) if value else queryset


class OpportunityFilter(MineFilter):
    STATUS = [
        ("open", pgettext_lazy("opportunity", "open")),
        ("won", _("won")),
        ("lost", _("lost")),
    ]

    state = django_filters.MultipleChoiceFilter(choices=Phase.choices, label=_("Phase"))
    status = django_filters.ChoiceFilter(
        choices=STATUS, method="filter_status", label=_("Open or closed")
    )
    team = OfTeam()
    to_move = flag(
        "to_move",
        _("Stale, slipped or without a next step"),
        timezone.localdate,
        timezone.now,
    )
    no_next_step = flag("without_next_step", _("Without a next step"), timezone.localdate)
    stale = flag("stale", _("Nothing has happened lately"), timezone.now)
    slipped = flag("slipped", _("Expected close has passed"), timezone.localdate)
    expected_close_on = django_filters.DateFromToRangeFilter(label=_("Expected close"))
    closed_on = django_filters.DateFromToRangeFilter(label=_("Closed on"))

    class Meta:
        model = Opportunity
        fields = {
            "owner": ["exact"],
            "account": ["exact"],
            "product": ["exact"],
            "campaign": ["exact"],
            "process": ["exact"],
        }

    def filter_status(self, queryset, name, value):
        return getattr(queryset, value)()


class QuotationFilter(MineFilter):
    expiring = flag("expiring", _("About to expire"), timezone.localdate)
    valid_until = django_filters.DateFromToRangeFilter(label=_("Valid until"))

    class Meta:
        model = Quotation
        fields = {
            "state": ["exact"],
            "owner": ["exact"],
            "account": ["exact"],
            "opportunity": ["exact"],
        }


class NeedsSheetFilter(CrmFilter):
    class Meta:
        model = NeedsSheet
        fields = {"state": ["exact"], "is_feasible": ["exact"], "opportunity": ["exact"]}


class DemoFilter(CrmFilter):
    scheduled_at = django_filters.DateFromToRangeFilter(label=_("When"))

    class Meta:
        model = Demo
        fields = {"state": ["exact"], "opportunity": ["exact"]}


class RoundFilter(CrmFilter):
    held_on = django_filters.DateFromToRangeFilter(label=_("Held on"))

    class Meta:
        model = NegotiationRound
        fields = {"opportunity": ["exact"]}


class SalesProcessFilter(CrmFilter):
    class Meta:
        model = SalesProcess
        fields = {"is_active": ["exact"]}
