import django_filters
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, AccountClass, Address, Contact, PaymentTerm
from crm.filters import CrmFilter


class AccountFilter(CrmFilter):
    mine = django_filters.BooleanFilter(method="filter_mine", label=_("Mine"))

    class Meta:
        model = Account
        fields = {
            "status": ["exact"],
            "account_class": ["exact"],
            "owner": ["exact"],
            "industry": ["icontains"],
            "region": ["icontains"],
            "campaign": ["exact"],
            "parent": ["exact"],
        }

    def filter_mine(self, queryset, name, value):
        mine = {"owner": self.request.user}
        return queryset.filter(**mine) if value else queryset.exclude(**mine)


class ContactFilter(CrmFilter):
    class Meta:
        model = Contact
        fields = {
            "account": ["exact"],
            "role": ["exact"],
            "is_primary": ["exact"],
            "is_active": ["exact"],
        }


class AddressFilter(CrmFilter):
    class Meta:
        model = Address
        fields = {"account": ["exact"], "kind": ["exact"], "is_default": ["exact"]}


class AccountClassFilter(CrmFilter):
    class Meta:
        model = AccountClass
        fields: list = []


class PaymentTermFilter(CrmFilter):
    class Meta:
        model = PaymentTerm
        fields = {"is_active": ["exact"]}
