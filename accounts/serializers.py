from rest_framework import serializers

from accounts.models import Account, AccountClass, Address, Contact, PaymentTerm, TermPart
from accounts.services import describe_term
from crm.api.serializers import CrmSerializer

RECORD = ["external_key", "version", "created_at", "updated_at"]
FIXED = ["external_key", "version"]


class DuplicateSerializer(CrmSerializer):
    """New records that may exist already need `allow_duplicate`: true."""

    allow_duplicate = serializers.BooleanField(write_only=True, required=False)

    def validate(self, attrs):
        allowed = attrs.pop("allow_duplicate", False)
        return attrs if self.instance else {**attrs, "allow_duplicate": allowed}


class AccountSerializer(DuplicateSerializer):
    """`owner` and `credit_limit` change by the verbs assign and set_credit."""

    class Meta:
        model = Account
        fields = [
            "id",
            "name",
            "status",
            "account_class",
            "owner",
            "parent",
            "campaign",
            "industry",
            "region",
            "employees",
            "annual_revenue",
            "founded",
            "website",
            "phone",
            "credit_code",
            "invoice_title",
            "tax_number",
            "bank",
            "bank_account",
            "currency",
            "payment_term",
            "credit_limit",
            "exposure",
            "needs",
            "description",
            "last_contact_at",
            "allow_duplicate",
            *RECORD,
        ]
        read_only_fields = ["exposure", "last_contact_at", *FIXED]


class ContactSerializer(CrmSerializer):
    class Meta:
        model = Contact
        fields = [
            "id",
            "account",
            "name",
            "title",
            "role",
            "phone",
            "email",
            "wechat",
            "birthday",
            "is_primary",
            "wants_no_mail",
            "is_active",
            "notes",
            *RECORD,
        ]
        read_only_fields = FIXED


class AddressSerializer(CrmSerializer):
    class Meta:
        model = Address
        fields = [
            "id",
            "account",
            "kind",
            "recipient",
            "phone",
            "country",
            "province",
            "city",
            "street",
            "postcode",
            "is_default",
            *RECORD,
        ]
        read_only_fields = FIXED


class AccountClassSerializer(CrmSerializer):
    class Meta:
        model = AccountClass
        fields = ["id", "code", "name", "policy", "visit_days", *RECORD]
        read_only_fields = FIXED


class TermPartSerializer(serializers.ModelSerializer):
    """A part without `percent` is the rest."""

    class Meta:
        model = TermPart
        fields = ["label", "percent", "event", "days", "date"]


class PaymentTermSerializer(CrmSerializer):
    """`lines` are the parts; a new list replaces the old one."""

    lines = TermPartSerializer(source="parts", many=True)
    description = serializers.SerializerMethodField()

    class Meta:
        model = PaymentTerm
        fields = ["id", "name", "is_active", "lines", "description", *RECORD]
        read_only_fields = FIXED

    def get_description(self, term) -> str:
        return describe_term(term)

    def validate(self, attrs):
        if "parts" in attrs:
            attrs["lines"] = attrs.pop("parts")
        return attrs
