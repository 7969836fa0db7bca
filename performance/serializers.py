from rest_framework import serializers

from crm.api.serializers import CrmSerializer
from performance.models import Review, Scorecard, ScorecardLine, Target

STAMPS = ["version", "created_at", "updated_at"]


class TargetSerializer(CrmSerializer):
    """`actual` and `attainment` (percent) are counted from the documents at the time of asking."""

    actual = serializers.DecimalField(max_digits=18, decimal_places=2, read_only=True)
    attainment = serializers.DecimalField(max_digits=9, decimal_places=1, read_only=True)

    class Meta:
        model = Target
        fields = [
            "id",
            "person",
            "metric",
            "starts_on",
            "ends_on",
            "value",
            "state",
            "actual",
            "attainment",
            *STAMPS,
        ]
        read_only_fields = STAMPS


class ScorecardLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = ScorecardLine
        fields = ["metric", "target", "actual", "attainment"]


class ScorecardSerializer(CrmSerializer):
    """Creating freezes; the same person and period give the same card again."""

    lines = ScorecardLineSerializer(many=True, read_only=True)

    class Meta:
        model = Scorecard
        fields = ["id", "person", "starts_on", "ends_on", "lines", *STAMPS]
        read_only_fields = STAMPS


class ReviewSerializer(CrmSerializer):
    class Meta:
        model = Review
        fields = [
            "id",
            "state",
            "scorecard",
            "person",
            "self_assessment",
            "feedback",
            "agreed",
            "rating",
            "reviewer",
            *STAMPS,
        ]
        read_only_fields = fields
