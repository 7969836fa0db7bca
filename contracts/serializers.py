from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contracts.models import (
    Amendment,
    ComplianceCheck,
    Contract,
    ContractClause,
    ContractLine,
    ContractTemplate,
    Risk,
    TemplateClause,
)
from crm.api.serializers import CrmSerializer
from products.serializers import LINE_FIELDS, LineSerializer

CLAUSE_FIELDS = ["id", "title", "body", "interpretation", "is_mandatory"]
STAMPS = ["version", "created_at", "updated_at"]


class ContractLineSerializer(LineSerializer):
    class Meta:
        model = ContractLine
        fields = LINE_FIELDS


class ClauseSerializer(serializers.ModelSerializer):
    class Meta:
        model = ContractClause
        fields = CLAUSE_FIELDS


class CheckSerializer(serializers.ModelSerializer):
    class Meta:
        model = ComplianceCheck
        fields = ["id", "text", "passed", "note", "checked_by", "checked_at"]


class RiskSerializer(serializers.ModelSerializer):
    class Meta:
        model = Risk
        fields = ["id", "level", "description", "measure"]


class ContractSerializer(CrmSerializer):
    """`clauses` replace the old ones; checks and risks are written by their verbs."""

    lines = ContractLineSerializer(many=True, required=False)
    clauses = ClauseSerializer(many=True, required=False)
    checks = CheckSerializer(many=True, read_only=True)
    risks = RiskSerializer(many=True, read_only=True)

    class Meta:
        model = Contract
        fields = [
            "id",
            "number",
            "state",
            "title",
            "quotation",
            "opportunity",
            "account",
            "contact",
            "template",
            "owner",
            "payment_term",
            "delivery",
            "starts_on",
            "ends_on",
            "currency",
            "rate",
            "amount",
            "tax",
            "lines",
            "clauses",
            "checks",
            "risks",
            "our_signer",
            "our_signed_on",
            "their_signer",
            "their_signed_on",
            "signing_place",
            "activated_on",
            "ended_reason",
            "external_key",
            *STAMPS,
        ]
        read_only_fields = [
            "number",
            "quotation",
            "owner",
            "rate",
            "amount",
            "tax",
            "our_signer",
            "our_signed_on",
            "their_signer",
            "their_signed_on",
            "signing_place",
            "activated_on",
            "ended_reason",
            "external_key",
            "version",
        ]
        extra_kwargs = {"payment_term": {"required": False}, "account": {"required": False}}

    def validate(self, data):
        if self.instance:
            for name in ("account", "opportunity", "template"):
                if name in data and data[name] != getattr(self.instance, name):
                    raise serializers.ValidationError({name: _("This was chosen once for all.")})
        return data


class TemplateClauseSerializer(serializers.ModelSerializer):
    class Meta:
        model = TemplateClause
        fields = CLAUSE_FIELDS


class ContractTemplateSerializer(CrmSerializer):
    """`lines` are the clauses, `checks` the texts of the compliance checklist."""

    lines = TemplateClauseSerializer(many=True, required=False)
    checks = serializers.SlugRelatedField(
        slug_field="text", many=True, read_only=True, help_text=_("Points of the checklist.")
    )

    class Meta:
        model = ContractTemplate
        fields = ["id", "name", "is_default", "is_active", "lines", "checks", *STAMPS]
        read_only_fields = ["version"]

    def to_internal_value(self, data):
        value = super().to_internal_value(data)
        if "checks" in data:
            texts = serializers.ListField(child=serializers.CharField(max_length=300))
            value["checks"] = texts.run_validation(data["checks"])
        return value


class AmendmentSerializer(CrmSerializer):
    class Meta:
        model = Amendment
        fields = ["id", "contract", "state", "title", "changes", "effective_on", *STAMPS]
        read_only_fields = ["version"]

    def validate_contract(self, value):
        if self.instance and value != self.instance.contract:
            raise serializers.ValidationError(_("It stays with its contract."))
        return value
