from rest_framework import serializers

from aftersales.models import (
    Case,
    Improvement,
    Return,
    ReturnLine,
    ReturnPolicy,
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    SurveyTemplate,
)
from crm.api.serializers import CrmSerializer
from orders.models import Order, OrderLine

STAMPS = ["version", "created_at", "updated_at"]


class CaseSerializer(CrmSerializer):
    class Meta:
        model = Case
        fields = [
            "id",
            "number",
            "state",
            "account",
            "contact",
            "order",
            "product",
            "kind",
            "channel",
            "priority",
            "subject",
            "description",
            "owner",
            "respond_by",
            "responded_at",
            "resolve_by",
            "waiting_since",
            "resolved_at",
            "solution",
            "cause",
            "closed_at",
            "survey",
            "external_key",
            *STAMPS,
        ]
        # An owner is given by the verb "assign".
        read_only_fields = [
            "number",
            "owner",
            "respond_by",
            "responded_at",
            "resolve_by",
            "waiting_since",
            "resolved_at",
            "solution",
            "cause",
            "closed_at",
            "survey",
            "external_key",
            *STAMPS,
        ]


class OrderLineField(serializers.PrimaryKeyRelatedField):
    """A line of an order the writer can see."""

    def get_queryset(self):
        orders = Order.objects.visible_to(self.context["request"].user)
        return OrderLine.objects.filter(order__in=orders)


class ReturnLineSerializer(serializers.ModelSerializer):
    line = OrderLineField()

    class Meta:
        model = ReturnLine
        fields = ["line", "quantity"]


class ReturnSerializer(CrmSerializer):
    """`lines` are given once, when the return is requested."""

    lines = ReturnLineSerializer(many=True)
    verdict = serializers.CharField(read_only=True)

    class Meta:
        model = Return
        fields = [
            "id",
            "number",
            "state",
            "order",
            "case",
            "policy",
            "kind",
            "reason",
            "lines",
            "is_within_policy",
            "days_passed",
            "days_allowed",
            "verdict",
            "override_reason",
            "warehouse",
            "inspection",
            "refund",
            "settlement",
            *STAMPS,
        ]
        read_only_fields = [
            "number",
            "is_within_policy",
            "days_passed",
            "days_allowed",
            "override_reason",
            "warehouse",
            "inspection",
            "refund",
            "settlement",
            *STAMPS,
        ]
        extra_kwargs = {"policy": {"required": False}}

    def get_fields(self):
        fields = super().get_fields()
        if self.instance is not None and not isinstance(self.instance, list):
            for name in ("order", "case", "lines"):
                fields[name].read_only = True
                fields[name].required = False
        return fields


class ReturnPolicySerializer(CrmSerializer):
    class Meta:
        model = ReturnPolicy
        fields = [
            "id",
            "name",
            "is_default",
            "refund_days",
            "replacement_days",
            "repair_days",
            "conditions",
            *STAMPS,
        ]
        read_only_fields = STAMPS


class SurveyQuestionSerializer(serializers.ModelSerializer):
    """`field` is the name under which the verb "answer" takes the answer."""

    field = serializers.CharField(read_only=True)

    class Meta:
        model = SurveyQuestion
        fields = ["id", "field", "text", "kind", "is_required"]


class SurveyTemplateSerializer(CrmSerializer):
    """`lines` are the questions in their order; given, they replace the old ones."""

    lines = SurveyQuestionSerializer(many=True, source="questions")

    class Meta:
        model = SurveyTemplate
        fields = [
            "id",
            "name",
            "trigger",
            "days_after",
            "valid_days",
            "cap_days",
            "low_score",
            "introduction",
            "is_active",
            "lines",
            *STAMPS,
        ]
        read_only_fields = STAMPS

    def validate(self, data):
        if "questions" in data:
            data["lines"] = data.pop("questions")
        return data


class SurveyAnswerSerializer(serializers.ModelSerializer):
    class Meta:
        model = SurveyAnswer
        fields = ["question", "score", "text"]


class SurveySerializer(CrmSerializer):
    answers = SurveyAnswerSerializer(many=True, read_only=True)
    questions = SurveyQuestionSerializer(many=True, read_only=True, source="template.questions")

    class Meta:
        model = Survey
        fields = [
            "id",
            "state",
            "template",
            "account",
            "contact",
            "order",
            "case",
            "rep",
            "scheduled_at",
            "sent_at",
            "opened_at",
            "answered_at",
            "expires_on",
            "score",
            "comment",
            "questions",
            "answers",
            *STAMPS,
        ]
        read_only_fields = [
            "case",
            "rep",
            "sent_at",
            "opened_at",
            "answered_at",
            "expires_on",
            "score",
            "comment",
            *STAMPS,
        ]
        extra_kwargs = {"scheduled_at": {"required": False}}


class ImprovementSerializer(CrmSerializer):
    class Meta:
        model = Improvement
        fields = [
            "id",
            "title",
            "state",
            "case",
            "description",
            "owner",
            "due_on",
            "measure",
            "baseline",
            "effect",
            *STAMPS,
        ]
        read_only_fields = ["effect", *STAMPS]
