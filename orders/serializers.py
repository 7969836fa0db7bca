from rest_framework import serializers

from crm.api.serializers import CrmSerializer
from orders.models import (
    Carrier,
    Order,
    OrderCheck,
    OrderException,
    OrderLine,
    Shipment,
    ShipmentLine,
    TrackingEvent,
)
from products.serializers import LINE_FIELDS, LineSerializer


class OrderLineSerializer(LineSerializer):
    class Meta:
        model = OrderLine
        fields = [*LINE_FIELDS, "allocated", "shipped"]
        read_only_fields = ["allocated", "shipped"]


class OrderCheckSerializer(serializers.ModelSerializer):
    detail = serializers.CharField(read_only=True)

    class Meta:
        model = OrderCheck
        fields = ["kind", "result", "detail", "reasons", "waived_by", "waive_reason"]


class OrderSerializer(CrmSerializer):
    lines = OrderLineSerializer(many=True, required=False)
    checks = OrderCheckSerializer(many=True, read_only=True)

    class Meta:
        model = Order
        fields = [
            "id",
            "number",
            "state",
            "account",
            "contact",
            "contract",
            "channel",
            "customer_reference",
            "ordered_on",
            "requested_on",
            "owner",
            "payment_term",
            "recipient",
            "recipient_phone",
            "address",
            "currency",
            "rate",
            "amount",
            "tax",
            "freight",
            "received",
            "outstanding",
            "due",
            "notes",
            "confirmed_by",
            "confirmed_on",
            "confirmed_how",
            "hold_reason",
            "cancel_reason",
            "shipped_on",
            "delivered_on",
            "completed_on",
            "open_returns",
            "lines",
            "checks",
            "journey",
            "external_key",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = [
            "number",
            "contract",
            "rate",
            "amount",
            "tax",
            "received",
            "outstanding",
            "due",
            "confirmed_by",
            "confirmed_on",
            "confirmed_how",
            "hold_reason",
            "cancel_reason",
            "shipped_on",
            "delivered_on",
            "completed_on",
            "open_returns",
            "journey",
            "external_key",
            "version",
        ]


class ShipmentLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = ShipmentLine
        fields = ["line", "quantity"]


class TrackingEventSerializer(serializers.ModelSerializer):
    class Meta:
        model = TrackingEvent
        fields = ["at", "place", "text"]


class ShipmentSerializer(CrmSerializer):
    lines = ShipmentLineSerializer(many=True, read_only=True)
    tracking = TrackingEventSerializer(many=True, read_only=True)

    class Meta:
        model = Shipment
        fields = [
            "id",
            "number",
            "state",
            "order",
            "warehouse",
            "carrier",
            "tracking_number",
            "planned_on",
            "dispatched_at",
            "delivered_on",
            "received_by",
            "failure",
            "notes",
            "lines",
            "tracking",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = [
            "number",
            "order",
            "warehouse",
            "dispatched_at",
            "delivered_on",
            "received_by",
            "failure",
            "version",
        ]


class OrderExceptionSerializer(CrmSerializer):
    class Meta:
        model = OrderException
        fields = [
            "id",
            "state",
            "order",
            "shipment",
            "kind",
            "cause",
            "owner",
            "told_by",
            "told_on",
            "solution",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["told_by", "told_on", "solution", "version"]


class CarrierSerializer(CrmSerializer):
    class Meta:
        model = Carrier
        fields = ["id", "name", "phone", "is_active", "version", "created_at", "updated_at"]
        read_only_fields = ["version"]
