from orders.models.order import Allocation, Order, OrderCheck, OrderLine
from orders.models.shipment import Carrier, OrderException, Shipment, ShipmentLine, TrackingEvent

__all__ = [
    "Allocation",
    "Carrier",
    "Order",
    "OrderCheck",
    "OrderException",
    "OrderLine",
    "Shipment",
    "ShipmentLine",
    "TrackingEvent",
]
