from django.http import Http404
from rest_framework import serializers

from activities.models import Activity, Mailing, MailTemplate, Meeting, Task
from crm.api.serializers import CrmSerializer, VisibleRelatedField
from crm.record import get_record
from users.models import User


class AboutSerializer(CrmSerializer):
    """`target_kind` ("leads.lead") and `target_id` name the record when one is created; `target`
    shows it."""

    target_kind = serializers.RegexField(
        r"^[a-z]+\.[a-z]+$", write_only=True, required=False, allow_null=True
    )
    target_id = serializers.IntegerField(write_only=True, required=False, allow_null=True)
    target = serializers.SerializerMethodField()

    def get_target(self, obj) -> dict | None:
        target = obj.target
        if target is None:
            return None
        return {"kind": target._meta.label_lower, "id": target.pk, "label": str(target)}

    def validate(self, attrs):
        kind, pk = attrs.pop("target_kind", None), attrs.pop("target_id", None)
        if (kind is None) != (pk is None):
            raise serializers.ValidationError(
                {"target_id": self.fields["target_id"].error_messages["required"]}
            )
        if kind is not None and self.instance is None:
            app_label, model = kind.split(".")
            attrs["target"] = self.visible_target(app_label, model, pk)
        return attrs

    def visible_target(self, app_label, model, pk):
        request = self.context["request"]
        if not 0 < pk < 2**63:
            raise Http404
        return get_record(request, app_label, model, pk)


class ActivitySerializer(AboutSerializer):
    class Meta:
        model = Activity
        fields = [
            "id",
            "kind",
            "subject",
            "body",
            "happened_at",
            "minutes",
            "owner",
            "target",
            "target_kind",
            "target_id",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["owner", "version"]


class TaskSerializer(AboutSerializer):
    class Meta:
        model = Task
        fields = [
            "id",
            "subject",
            "body",
            "state",
            "owner",
            "due_at",
            "remind_at",
            "reminded_at",
            "priority",
            "result",
            "done_at",
            "target",
            "target_kind",
            "target_id",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["version", "reminded_at", "result", "done_at"]


class MeetingSerializer(AboutSerializer):
    """`participants` (users) and `guests` (mail addresses, one a line) replace the old ones;
    `invited` shows who is."""

    participants = VisibleRelatedField(
        queryset=User.objects.all(), many=True, required=False, write_only=True
    )
    guests = serializers.CharField(required=False, allow_blank=True, write_only=True)
    invited = serializers.SerializerMethodField()

    def get_invited(self, obj) -> list[dict]:
        rows = [row for row in obj.invitations.all() if not row.is_removed]
        return [{"user": row.user_id, "email": row.email} for row in rows]

    class Meta:
        model = Meeting
        fields = [
            "id",
            "uid",
            "subject",
            "state",
            "owner",
            "starts_at",
            "ends_at",
            "starts_on",
            "ends_on",
            "place",
            "body",
            "participants",
            "guests",
            "invited",
            "target",
            "target_kind",
            "target_id",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["uid", "owner", "version"]


class MailTemplateSerializer(CrmSerializer):
    class Meta:
        model = MailTemplate
        fields = ["id", "name", "kind", "language", "subject", "body", "is_active", "version"]
        read_only_fields = ["version"]


class MailingSerializer(CrmSerializer):
    class Meta:
        model = Mailing
        fields = [
            "id",
            "name",
            "state",
            "template",
            "per_minute",
            "without_address",
            "owner",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields
