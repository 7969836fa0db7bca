from rest_framework.generics import get_object_or_404

from crm.api.viewsets import CrmViewSet
from leads import services
from leads.filters import LeadFilter, PoolFilter, SourceFilter
from leads.models import Lead, Pool, Source
from leads.serializers import LeadSerializer, PoolSerializer, SourceSerializer


class LeadViewSet(CrmViewSet):
    model = Lead
    serializer_class = LeadSerializer
    filterset_class = LeadFilter
    verbs = services.LEAD_VERBS
    create_service = services.create_lead
    edit_service = services.edit_lead
    related = ("owner",)

    def orderings(self):
        # In the pool they are shown in part; the order would tell the rest.
        return super().orderings() - {"phone", "email", "wechat"}

    def get_object(self):
        if self.action != "verb_claim":
            return super().get_object()
        leads = Lead.objects.claimable_by(self.request.user).select_related("owner")
        return get_object_or_404(leads, pk=self.kwargs["pk"])


class SourceViewSet(CrmViewSet):
    model = Source
    serializer_class = SourceSerializer
    filterset_class = SourceFilter
    create_service = services.create_source
    edit_service = services.edit_source
    ordering = "name"


class PoolViewSet(CrmViewSet):
    model = Pool
    serializer_class = PoolSerializer
    filterset_class = PoolFilter
    create_service = services.create_pool
    edit_service = services.edit_pool
    ordering = "name"


ROUTES = {"leads": LeadViewSet, "lead-sources": SourceViewSet, "pools": PoolViewSet}
