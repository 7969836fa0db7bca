from django.contrib import admin

from crm.admin import CrmAdmin
from orders.models import Carrier, Order, OrderException, Shipment


@admin.register(Order)
class OrderAdmin(CrmAdmin):
    list_display = ["__str__", "account", "state", "amount", "ordered_on"]
    list_select_related = ["account"]
    search_fields = ["number", "account__name"]


@admin.register(Shipment)
class ShipmentAdmin(CrmAdmin):
    list_display = ["number", "order", "state", "carrier", "planned_on"]
    list_select_related = ["order__account", "carrier"]
    search_fields = ["number", "tracking_number"]


@admin.register(OrderException)
class OrderExceptionAdmin(CrmAdmin):
    list_display = ["kind", "order", "state", "owner"]
    list_select_related = ["order__account", "owner"]


@admin.register(Carrier)
class CarrierAdmin(CrmAdmin):
    list_display = ["name", "phone", "is_active"]
    search_fields = ["name"]
