from rest_framework import serializers

from accounts.models import (
    Account,
    AccountClass,
    Address,
    Contact,
    DuplicatePair,
    Merge,
    PaymentTerm,
    TermPart,
)
from accounts.services import REASONS, describe_term
from crm.api.serializers import CrmSerializer

RECORD = ["external_key", "version", "created_at", "updated_at"]
FIXED = ["external_key", "version"]


class DuplicateSerializer(CrmSerializer):
    """Records that may exist already (409 possible_duplicates) need `allow_duplicate`: true."""

    allow_duplicate = serializers.BooleanField(write_only=True, required=False)

    def validate(self, attrs):
        return {"allow_duplicate": False, **attrs}


class AccountSerializer(DuplicateSerializer):
    """`owner` and `credit_limit` change by the verbs assign and set_credit."""

    # Longer than what is stored: it may be given with blanks.
    credit_code = serializers.CharField(max_length=40, required=False, allow_blank=True)

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


class ContactSerializer(DuplicateSerializer):
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
            "allow_duplicate",
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


class DuplicatePairSerializer(CrmSerializer):
    """Two records of one `kind` that may be the same; merge them by the verb of their kind."""

    kind = serializers.CharField(source="content_type.model", read_only=True)
    reasons = serializers.SerializerMethodField()

    class Meta:
        model = DuplicatePair
        fields = ["id", "kind", "first_id", "second_id", "reasons", "score", "found_at", *RECORD]
        read_only_fields = ["first_id", "second_id", "score", "found_at", *FIXED]

    def get_reasons(self, pair) -> list[str]:
        return [str(REASONS[fact]) for fact in pair.facts]


class MergeSerializer(CrmSerializer):
    """`second_id` was merged into `first_id`; `label` is what it was called."""

    kind = serializers.CharField(source="content_type.model", read_only=True)

    class Meta:
        model = Merge
        fields = [
            "id",
            "kind",
            "first_id",
            "second_id",
            "label",
            "created_by",
            "undo_until",
            "undone_at",
            "undone_by",
            *RECORD,
        ]
        read_only_fields = fields
