from accounts import services
from accounts.filters import (
    AccountClassFilter,
    AccountFilter,
    AddressFilter,
    ContactFilter,
    PaymentTermFilter,
)
from accounts.models import Account, AccountClass, Address, Contact, PaymentTerm
from accounts.serializers import (
    AccountClassSerializer,
    AccountSerializer,
    AddressSerializer,
    ContactSerializer,
    PaymentTermSerializer,
)
from accounts.services import DuplicateFound
from crm.api.viewsets import CrmViewSet


class DuplicateMixin:
    """A refused duplicate answers 409 with the list of what was found."""

    def handle_exception(self, error):
        answer = super().handle_exception(error)
        if isinstance(error, DuplicateFound):
            answer.data["duplicates"] = [row.as_json() for row in error.duplicates]
        return answer


class AccountViewSet(DuplicateMixin, CrmViewSet):
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


ROUTES = {
    "accounts": AccountViewSet,
    "contacts": ContactViewSet,
    "addresses": AddressViewSet,
    "account-classes": AccountClassViewSet,
    "payment-terms": PaymentTermViewSet,
}
