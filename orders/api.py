from crm.api.viewsets import CrmViewSet
from orders import services
from orders.filters import CarrierFilter, ExceptionFilter, OrderFilter, ShipmentFilter
from orders.models import Carrier, Order, OrderException, Shipment
from orders.serializers import (
    CarrierSerializer,
    OrderExceptionSerializer,
    OrderSerializer,
    ShipmentSerializer,
)


class OrderViewSet(CrmViewSet):
    model = Order
    serializer_class = OrderSerializer
    filterset_class = OrderFilter
    verbs = services.ORDER_VERBS
    create_service = services.create_order
    edit_service = services.edit_order
    prefetched = ("lines", "checks")


class ShipmentViewSet(CrmViewSet):
    """Shipments are planned by the verb plan_shipment of their order."""

    model = Shipment
    serializer_class = ShipmentSerializer
    filterset_class = ShipmentFilter
    verbs = services.SHIPMENT_VERBS
    edit_service = services.edit_shipment
    prefetched = ("lines", "tracking")


class OrderExceptionViewSet(CrmViewSet):
    model = OrderException
    serializer_class = OrderExceptionSerializer
    filterset_class = ExceptionFilter
    verbs = services.EXCEPTION_VERBS
    create_service = services.open_exception
    edit_service = services.edit_exception


class CarrierViewSet(CrmViewSet):
    model = Carrier
    serializer_class = CarrierSerializer
    filterset_class = CarrierFilter
    create_service = services.create_carrier
    edit_service = services.edit_carrier
    ordering = "name"


ROUTES = {
    "orders": OrderViewSet,
    "shipments": ShipmentViewSet,
    "order-exceptions": OrderExceptionViewSet,
    "carriers": CarrierViewSet,
}
