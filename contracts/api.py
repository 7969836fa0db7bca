from contracts import filters, serializers, services
from contracts.models import Amendment, Contract, ContractTemplate
from crm.api.viewsets import CrmViewSet


class ContractViewSet(CrmViewSet):
    model = Contract
    serializer_class = serializers.ContractSerializer
    filterset_class = filters.ContractFilter
    verbs = services.CONTRACT_VERBS
    create_service = services.create_contract
    edit_service = services.edit_contract
    prefetched = ("lines", "clauses", "checks", "risks")


class ContractTemplateViewSet(CrmViewSet):
    model = ContractTemplate
    serializer_class = serializers.ContractTemplateSerializer
    filterset_class = filters.ContractTemplateFilter
    create_service = services.create_template
    edit_service = services.edit_template
    prefetched = ("clauses", "checks")


class AmendmentViewSet(CrmViewSet):
    model = Amendment
    serializer_class = serializers.AmendmentSerializer
    filterset_class = filters.AmendmentFilter
    verbs = services.AMENDMENT_VERBS
    create_service = services.create_amendment
    edit_service = services.edit_amendment
    related = ("contract",)


ROUTES = {
    "contracts": ContractViewSet,
    "contract-templates": ContractTemplateViewSet,
    "amendments": AmendmentViewSet,
}
