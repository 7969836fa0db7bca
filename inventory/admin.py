from django.contrib import admin

from crm.admin import CrmAdmin, ReadOnlyAdmin
from inventory.models import PurchaseRequest, StockLevel, StockMove, Warehouse


@admin.register(Warehouse)
class WarehouseAdmin(CrmAdmin):
    list_display = ["code", "name", "priority", "is_active"]


@admin.register(StockLevel)
class StockLevelAdmin(ReadOnlyAdmin):
    list_display = ["product", "warehouse", "on_hand", "reserved"]


@admin.register(StockMove)
class StockMoveAdmin(ReadOnlyAdmin):
    list_display = ["at", "level", "kind", "quantity", "reference", "by"]


@admin.register(PurchaseRequest)
class PurchaseRequestAdmin(CrmAdmin):
    list_display = ["product", "warehouse", "quantity", "state"]
