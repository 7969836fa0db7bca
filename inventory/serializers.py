from rest_framework import serializers

from crm.api.serializers import CrmSerializer
from inventory.models import PurchaseRequest, StockLevel, StockMove, Warehouse

RECORD = ["external_key", "version", "created_at", "updated_at"]
FIXED = ["external_key", "version"]


class WarehouseSerializer(CrmSerializer):
    class Meta:
        model = Warehouse
        fields = ["id", "code", "name", "address", "is_active", "priority", *RECORD]
        read_only_fields = FIXED


class StockLevelSerializer(CrmSerializer):
    """Quantities change by the verbs receive, adjust and transfer only."""

    available = serializers.DecimalField(max_digits=15, decimal_places=3, read_only=True)

    class Meta:
        model = StockLevel
        fields = [
            "id",
            "product",
            "warehouse",
            "on_hand",
            "reserved",
            "available",
            "reorder_point",
            "reorder_quantity",
            *RECORD,
        ]
        read_only_fields = ["on_hand", "reserved", *FIXED]

    def validate(self, attrs):
        # The ledger belongs to this product in this place.
        if self.instance:
            attrs.pop("product", None)
            attrs.pop("warehouse", None)
        return attrs


class StockMoveSerializer(CrmSerializer):
    class Meta:
        model = StockMove
        fields = ["id", "level", "kind", "quantity", "reason", "reference", "by", "at"]


class PurchaseRequestSerializer(CrmSerializer):
    class Meta:
        model = PurchaseRequest
        fields = [
            "id",
            "state",
            "product",
            "warehouse",
            "quantity",
            "reason",
            "expected_on",
            "owner",
            *RECORD,
        ]
        read_only_fields = ["owner", *FIXED]
