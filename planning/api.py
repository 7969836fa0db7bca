from crm.api.viewsets import CrmViewSet
from planning import services
from planning.filters import CampaignFilter
from planning.models import Campaign
from planning.serializers import CampaignSerializer


class CampaignViewSet(CrmViewSet):
    model = Campaign
    serializer_class = CampaignSerializer
    filterset_class = CampaignFilter
    verbs = services.CAMPAIGN_VERBS
    create_service = services.create_campaign
    edit_service = services.edit_campaign
    ordering = "-starts_on"


ROUTES = {"campaigns": CampaignViewSet}
