import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.filters import CrmFilter, flag
from orders.models import Carrier, Order, OrderException, Shipment
from users.filters import OfTeam


def of(field):
    """Rows of one head document, for links and REST; no choice of thousands in the list."""
    return django_filters.NumberFilter(field_name=f"{field}_id", widget=forms.HiddenInput)


class OrderFilter(CrmFilter):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=Order.State.choices)
    ordered_on = django_filters.DateFromToRangeFilter(label=_("Ordered on"))
    mine = django_filters.BooleanFilter(
        method="filter_mine", label=_("Mine"), widget=forms.CheckboxInput
    )
    team = OfTeam()
    to_allocate = flag("to_allocate", _("Goods still to be allocated"))
    late = flag("late", _("Delivery wanted date has passed"), timezone.localdate)
    to_plan = flag("to_plan", _("Goods ready to be shipped"))
    in_trouble = flag("in_trouble", _("On hold or with an exception"))
    contract = of("contract")

    class Meta:
        model = Order
        fields = {
            "account": ["exact"],
            "owner": ["exact"],
            "channel": ["exact"],
        }

    def filter_mine(self, queryset, name, value):
        return queryset.filter(owner=self.request.user) if value else queryset


class ShipmentFilter(CrmFilter):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=Shipment.State.choices)
    planned_on = django_filters.DateFromToRangeFilter(label=_("Planned for"))
    order = of("order")
    late = flag("late", _("Planned day has passed"), timezone.localdate)

    class Meta:
        model = Shipment
        fields = {"warehouse": ["exact"], "carrier": ["exact"]}


class ExceptionFilter(CrmFilter):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=OrderException.State.choices
    )
    order = of("order")

    class Meta:
        model = OrderException
        fields = {"kind": ["exact"], "owner": ["exact"]}


class CarrierFilter(CrmFilter):
    class Meta:
        model = Carrier
        fields = {"is_active": ["exact"]}
