from django.utils.translation import gettext as _
from rest_framework import serializers

from crm.api.serializers import CrmSerializer, VisibleRelatedField
from opportunities.models import (
    ChecklistItem,
    Demo,
    NeedsLine,
    NeedsSheet,
    NegotiationRound,
    Opportunity,
    ProcessStep,
    Quotation,
    QuotationLine,
    SalesProcess,
)
from products.serializers import LINE_FIELDS, LineSerializer

STAMPS = ["version", "created_at", "updated_at"]


class OpportunitySerializer(CrmSerializer):
    class Meta:
        model = Opportunity
        fields = [
            "id",
            "name",
            "state",
            "account",
            "contact",
            "lead",
            "campaign",
            "product",
            "process",
            "step",
            "currency",
            "amount",
            "probability",
            "opened_on",
            "expected_close_on",
            "next_step",
            "next_step_on",
            "description",
            "competitor",
            "lost_reason",
            "lost_in",
            "phase_since",
            "closed_on",
            "owner",
            "external_key",
            *STAMPS,
        ]
        read_only_fields = [
            "lead",
            "step",
            "probability",
            "opened_on",
            "lost_reason",
            "lost_in",
            "phase_since",
            "closed_on",
            "owner",
            "external_key",
            "version",
        ]
        extra_kwargs = {
            "account": {"required": True, "allow_null": False},
            "process": {"required": False},
        }


class OfOpportunitySerializer(CrmSerializer):
    def validate_opportunity(self, value):
        if self.instance and value != self.instance.opportunity:
            raise serializers.ValidationError(_("It stays with its opportunity."))
        return value


class NeedsLineSerializer(serializers.ModelSerializer):
    serializer_related_field = VisibleRelatedField

    class Meta:
        model = NeedsLine
        fields = ["id", "product", "requirement", "quantity", "is_must"]
        extra_kwargs = {"requirement": {"required": False}}


class NeedsSheetSerializer(OfOpportunitySerializer):
    lines = NeedsLineSerializer(many=True, required=False)

    class Meta:
        model = NeedsSheet
        fields = [
            "id",
            "opportunity",
            "state",
            "summary",
            "budget",
            "needed_on",
            "lines",
            "confirmed_by",
            "confirmed_on",
            "confirmed_how",
            "is_feasible",
            "judgement",
            "judged_by",
            *STAMPS,
        ]
        read_only_fields = [
            "confirmed_by",
            "confirmed_on",
            "confirmed_how",
            "is_feasible",
            "judgement",
            "judged_by",
            "version",
        ]


class DemoSerializer(OfOpportunitySerializer):
    class Meta:
        model = Demo
        fields = [
            "id",
            "opportunity",
            "state",
            "subject",
            "scheduled_at",
            "place",
            "materials",
            "participants",
            "held_on",
            "reaction",
            "questions",
            *STAMPS,
        ]
        read_only_fields = ["held_on", "reaction", "questions", "version"]


class RoundSerializer(OfOpportunitySerializer):
    class Meta:
        model = NegotiationRound
        fields = [
            "id",
            "opportunity",
            "held_on",
            "participants",
            "their_ask",
            "our_offer",
            "offered_amount",
            "concession",
            "in_return",
            "outcome",
            *STAMPS,
        ]
        read_only_fields = ["version"]


class QuotationLineSerializer(LineSerializer):
    class Meta:
        model = QuotationLine
        fields = LINE_FIELDS


class QuotationSerializer(OfOpportunitySerializer):
    """`margin` is there only for those who may see costs."""

    lines = QuotationLineSerializer(many=True, required=False)

    class Meta:
        model = Quotation
        fields = [
            "id",
            "number",
            "revision",
            "previous",
            "state",
            "opportunity",
            "account",
            "contact",
            "owner",
            "valid_until",
            "payment_term",
            "delivery",
            "service_terms",
            "notes",
            "currency",
            "rate",
            "amount",
            "tax",
            "discount",
            "margin",
            "lines",
            "sent_at",
            "decided_at",
            "decided_by",
            "decided_how",
            "decline_reason",
            *STAMPS,
        ]
        read_only_fields = [
            "number",
            "revision",
            "previous",
            "account",
            "owner",
            "rate",
            "amount",
            "tax",
            "discount",
            "margin",
            "sent_at",
            "decided_at",
            "decided_by",
            "decided_how",
            "decline_reason",
            "version",
        ]
        extra_kwargs = {
            "valid_until": {"required": False},
            "payment_term": {"required": False},
            "currency": {"required": False},
        }

    def get_fields(self):
        fields = super().get_fields()
        request = self.context.get("request")
        if request is None or not request.user.has_perm("products.view_cost"):
            fields.pop("margin")
        return fields


class ChecklistItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = ChecklistItem
        fields = ["id", "text", "is_required"]


class StepSerializer(serializers.ModelSerializer):
    items = ChecklistItemSerializer(many=True, required=False)

    class Meta:
        model = ProcessStep
        fields = ["id", "phase", "name", "probability", "stale_after_days", "items"]


class SalesProcessSerializer(CrmSerializer):
    lines = StepSerializer(many=True, required=False)

    class Meta:
        model = SalesProcess
        fields = ["id", "name", "is_default", "is_active", "needs_demo", "lines", *STAMPS]
        read_only_fields = ["version"]
