from functools import cached_property

from rest_framework import serializers

from approvals import kinds, services
from approvals.models import ApprovalRequest, ApprovalRule, RequestLevel, RuleCondition, RuleLevel
from crm.api.serializers import CrmSerializer
from crm.models import Company


class RequestLevelSerializer(CrmSerializer):
    holder = serializers.CharField(read_only=True)

    class Meta:
        model = RequestLevel
        fields = [
            "position",
            "approver",
            "role",
            "person",
            "holder",
            "decision",
            "decided_by",
            "decided_at",
            "comment",
        ]


class RequestSerializer(CrmSerializer):
    """`reasons` for machines, `reasons_text` in words; `waiting_for` has it since `since`."""

    document = serializers.SerializerMethodField()
    facts = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()
    reasons_text = serializers.SerializerMethodField()
    waiting_for = serializers.SerializerMethodField()
    levels = RequestLevelSerializer(many=True, read_only=True)

    class Meta:
        model = ApprovalRequest
        fields = [
            "id",
            "kind",
            "title",
            "document",
            "state",
            "submitted_by",
            "facts",
            "reasons",
            "reasons_text",
            "level",
            "waiting_for",
            "since",
            "closed_at",
            "levels",
            "version",
            "created_at",
            "updated_at",
        ]

    def get_document(self, obj) -> dict:
        kind = obj.content_type
        return {"kind": f"{kind.app_label}.{kind.model}", "id": obj.object_id}

    def get_facts(self, obj) -> dict:
        return kinds.facts_for(obj, self.context["request"].user)

    def get_reasons(self, obj) -> list[dict]:
        return kinds.reasons_for(obj, self.context["request"].user)

    def get_reasons_text(self, obj) -> list[str]:
        found = self.get_reasons(obj)
        return [str(services.sentence(obj.kind, reason, self.currency)) for reason in found]

    @cached_property
    def currency(self):
        return Company.current().currency_id

    def get_waiting_for(self, obj) -> str | None:
        level = obj.present_level
        return str(level.holder) if level else None


class ConditionSerializer(CrmSerializer):
    class Meta:
        model = RuleCondition
        fields = ["fact", "operator", "value"]


class RuleLevelSerializer(CrmSerializer):
    class Meta:
        model = RuleLevel
        fields = ["position", "approver", "role", "person"]


class RuleSerializer(CrmSerializer):
    conditions = ConditionSerializer(many=True, read_only=True)
    levels = RuleLevelSerializer(many=True, read_only=True)

    class Meta:
        model = ApprovalRule
        fields = ["id", "name", "kind", "is_active", "position", "conditions", "levels", "version"]
