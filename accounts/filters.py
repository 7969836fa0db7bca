import django_filters
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Account,
    AccountClass,
    Address,
    Contact,
    DuplicatePair,
    Merge,
    PaymentTerm,
)
from accounts.querysets import mergeable_kinds
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


class OfMergeableFilter(CrmFilter):
    """Narrow what is said of two records to their kind, such as "account"."""

    kind = django_filters.ChoiceFilter(field_name="content_type__model", label=_("Kind"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["kind"].extra["choices"] = [
            (model._meta.model_name, model._meta.verbose_name_plural) for model in mergeable_kinds()
        ]


class DuplicatePairFilter(OfMergeableFilter):
    class Meta:
        model = DuplicatePair
        fields: list = []


class MergeFilter(OfMergeableFilter):
    class Meta:
        model = Merge
        fields: list = []
