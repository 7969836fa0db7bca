from approvals import services
from approvals.filters import RequestFilter, RuleFilter
from approvals.models import ApprovalRequest, ApprovalRule
from approvals.serializers import RequestSerializer, RuleSerializer
from crm.api.viewsets import CrmViewSet


class RequestViewSet(CrmViewSet):
    model = ApprovalRequest
    serializer_class = RequestSerializer
    filterset_class = RequestFilter
    verbs = services.REQUEST_VERBS
    related = ("content_type", "submitted_by")
    prefetched = ("levels__role", "levels__person")


class RuleViewSet(CrmViewSet):
    model = ApprovalRule
    serializer_class = RuleSerializer
    filterset_class = RuleFilter
    prefetched = ("conditions", "levels")
    ordering = "kind"


ROUTES = {"approval-requests": RequestViewSet, "approval-rules": RuleViewSet}
