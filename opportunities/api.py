from crm.api.viewsets import CrmViewSet
from opportunities import filters, serializers, services
from opportunities.models import (
    Demo,
    NeedsSheet,
    NegotiationRound,
    Opportunity,
    Quotation,
    SalesProcess,
)


class OpportunityViewSet(CrmViewSet):
    model = Opportunity
    serializer_class = serializers.OpportunitySerializer
    filterset_class = filters.OpportunityFilter
    verbs = services.OPPORTUNITY_VERBS
    create_service = services.create_opportunity
    edit_service = services.edit_opportunity


class NeedsSheetViewSet(CrmViewSet):
    model = NeedsSheet
    serializer_class = serializers.NeedsSheetSerializer
    filterset_class = filters.NeedsSheetFilter
    verbs = services.NEEDSSHEET_VERBS
    create_service = services.create_needs_sheet
    edit_service = services.edit_needs_sheet
    related = ("opportunity",)
    prefetched = ("lines",)


class DemoViewSet(CrmViewSet):
    model = Demo
    serializer_class = serializers.DemoSerializer
    filterset_class = filters.DemoFilter
    verbs = services.DEMO_VERBS
    create_service = services.create_demo
    edit_service = services.edit_demo


class RoundViewSet(CrmViewSet):
    model = NegotiationRound
    serializer_class = serializers.RoundSerializer
    filterset_class = filters.RoundFilter
    create_service = services.create_round
    edit_service = services.edit_round


class QuotationViewSet(CrmViewSet):
    model = Quotation
    serializer_class = serializers.QuotationSerializer
    filterset_class = filters.QuotationFilter
    verbs = services.QUOTATION_VERBS
    create_service = services.create_quotation
    edit_service = services.edit_quotation
    related = ("opportunity",)
    prefetched = ("lines",)


class SalesProcessViewSet(CrmViewSet):
    model = SalesProcess
    serializer_class = serializers.SalesProcessSerializer
    filterset_class = filters.SalesProcessFilter
    create_service = services.create_process
    edit_service = services.edit_process
    prefetched = ("steps__items",)


ROUTES = {
    "opportunities": OpportunityViewSet,
    "needs-sheets": NeedsSheetViewSet,
    "demos": DemoViewSet,
    "negotiation-rounds": RoundViewSet,
    "quotations": QuotationViewSet,
    "sales-processes": SalesProcessViewSet,
}
