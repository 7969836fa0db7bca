from accounts import services
from accounts.filters import (
    AccountClassFilter,
    AccountFilter,
    AddressFilter,
    ContactFilter,
    DuplicatePairFilter,
    MergeFilter,
    PaymentTermFilter,
)
from accounts.models import (
    Account,
    AccountClass,
    Address,
    Contact,
    DuplicatePair,
    Merge,
    PaymentTerm,
)
from accounts.serializers import (
    AccountClassSerializer,
    AccountSerializer,
    AddressSerializer,
    ContactSerializer,
    DuplicatePairSerializer,
    MergeSerializer,
    PaymentTermSerializer,
)
from crm.api.viewsets import CrmViewSet


class AccountViewSet(CrmViewSet):
    model = Account
    serializer_class = AccountSerializer
    filterset_class = AccountFilter
    verbs = services.ACCOUNT_VERBS
    create_service = services.create_account
    edit_service = services.edit_account
    ordering = "name"


class ContactViewSet(CrmViewSet):
    model = Contact
    serializer_class = ContactSerializer
    filterset_class = ContactFilter
    verbs = services.CONTACT_VERBS
    create_service = services.create_contact
    edit_service = services.edit_contact
    ordering = "name"


class AddressViewSet(CrmViewSet):
    model = Address
    serializer_class = AddressSerializer
    filterset_class = AddressFilter
    create_service = services.create_address
    edit_service = services.edit_address


class AccountClassViewSet(CrmViewSet):
    model = AccountClass
    serializer_class = AccountClassSerializer
    filterset_class = AccountClassFilter
    create_service = services.create_account_class
    edit_service = services.edit_account_class
    ordering = "code"


class PaymentTermViewSet(CrmViewSet):
    model = PaymentTerm
    serializer_class = PaymentTermSerializer
    filterset_class = PaymentTermFilter
    create_service = services.create_payment_term
    edit_service = services.edit_payment_term
    prefetched = ("parts",)
    ordering = "name"


class DuplicatePairViewSet(CrmViewSet):
    model = DuplicatePair
    serializer_class = DuplicatePairSerializer
    filterset_class = DuplicatePairFilter
    verbs = services.PAIR_VERBS
    ordering = "-score"

    def get_queryset(self):
        return super().get_queryset().filter(dismissed_at=None).select_related("content_type")


class MergeViewSet(CrmViewSet):
    model = Merge
    serializer_class = MergeSerializer
    filterset_class = MergeFilter
    verbs = services.MERGE_VERBS
    related = ("content_type",)


ROUTES = {
    "accounts": AccountViewSet,
    "contacts": ContactViewSet,
    "addresses": AddressViewSet,
    "account-classes": AccountClassViewSet,
    "payment-terms": PaymentTermViewSet,
    "duplicate-pairs": DuplicatePairViewSet,
    "merges": MergeViewSet,
}
