from accounts.serializers import FIXED, RECORD, DuplicateSerializer
from crm.api.serializers import CrmSerializer
from leads.models import Lead, Pool, Source


class LeadSerializer(DuplicateSerializer):
    """`owner` is set when the lead is created; later it changes by claim, assign and release.

    In the pool phone, email and WeChat are shown in part.
    """

    class Meta:
        model = Lead
        fields = [
            "id",
            "state",
            "name",
            "company",
            "title",
            "phone",
            "email",
            "wechat",
            "region",
            "industry",
            "owner",
            "pool",
            "source",
            "campaign",
            "need",
            "has_budget",
            "has_authority",
            "has_timing",
            "description",
            "resume_on",
            "disqualify_reason",
            "last_contact_at",
            "last_owner",
            "released_at",
            "account",
            "contact",
            "allow_duplicate",
            *RECORD,
        ]
        read_only_fields = [
            "resume_on",
            "disqualify_reason",
            "last_contact_at",
            "last_owner",
            "released_at",
            "account",
            "contact",
            *FIXED,
        ]

    def to_representation(self, instance):
        data = super().to_representation(instance)
        for name in ("phone", "email", "wechat"):
            data[name] = getattr(instance, f"shown_{name}")
        return data


class SourceSerializer(CrmSerializer):
    class Meta:
        model = Source
        fields = ["id", "name", "is_active", *RECORD]
        read_only_fields = FIXED


class PoolSerializer(CrmSerializer):
    class Meta:
        model = Pool
        fields = [
            "id",
            "name",
            "is_default",
            "release_after_days",
            "max_held",
            "claims_per_day",
            "cooldown_days",
            *RECORD,
        ]
        read_only_fields = FIXED
