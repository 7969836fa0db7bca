from crm.api.serializers import CrmSerializer
from planning.models import Campaign


class CampaignSerializer(CrmSerializer):
    class Meta:
        model = Campaign
        fields = [
            "id",
            "name",
            "state",
            "kind",
            "owner",
            "starts_on",
            "ends_on",
            "currency",
            "budget",
            "cost",
            "goal",
            "content",
            "conclusion",
            "external_key",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["owner", "conclusion", "external_key", "version"]
