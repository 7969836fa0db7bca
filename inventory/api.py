from crm.api.viewsets import CrmViewSet
from inventory import services
from inventory.filters import (
    PurchaseRequestFilter,
    StockLevelFilter,
    StockMoveFilter,
    WarehouseFilter,
)
from inventory.models import PurchaseRequest, StockLevel, StockMove, Warehouse
from inventory.serializers import (
    PurchaseRequestSerializer,
    StockLevelSerializer,
    StockMoveSerializer,
    WarehouseSerializer,
)


class WarehouseViewSet(CrmViewSet):
    model = Warehouse
    serializer_class = WarehouseSerializer
    filterset_class = WarehouseFilter
    create_service = services.create_warehouse
    edit_service = services.edit_warehouse
    ordering = "priority"


class StockLevelViewSet(CrmViewSet):
    model = StockLevel
    serializer_class = StockLevelSerializer
    filterset_class = StockLevelFilter
    verbs = services.LEVEL_VERBS
    create_service = services.create_level
    edit_service = services.edit_level
    related = ("product", "warehouse")


class StockMoveViewSet(CrmViewSet):
    model = StockMove
    serializer_class = StockMoveSerializer
    filterset_class = StockMoveFilter


class PurchaseRequestViewSet(CrmViewSet):
    model = PurchaseRequest
    serializer_class = PurchaseRequestSerializer
    filterset_class = PurchaseRequestFilter
    verbs = services.PURCHASE_VERBS
    create_service = services.create_purchase_request
    edit_service = services.edit_purchase_request


ROUTES = {
    "warehouses": WarehouseViewSet,
    "stock-levels": StockLevelViewSet,
    "stock-moves": StockMoveViewSet,
    "purchase-requests": PurchaseRequestViewSet,
}
