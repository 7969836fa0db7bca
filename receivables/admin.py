from django.contrib import admin

from crm.admin import CrmAdmin
from receivables.models import Invoice, Payment, Receivable, WriteOff


@admin.register(Receivable)
class ReceivableAdmin(CrmAdmin):
    list_display = ["label", "order", "account", "state", "due_on", "amount", "balance"]
    list_select_related = ["order__account", "account"]
    list_filter = ["state"]


@admin.register(Payment)
class PaymentAdmin(CrmAdmin):
    list_display = ["number", "account", "state", "received_on", "amount", "unallocated"]
    list_select_related = ["account"]
    list_filter = ["state"]
    search_fields = ["number", "reference"]


@admin.register(Invoice)
class InvoiceAdmin(CrmAdmin):
    list_display = ["number", "account", "state", "issued_on", "amount", "tax"]
    list_select_related = ["account"]
    list_filter = ["state"]
    search_fields = ["number"]


@admin.register(WriteOff)
class WriteOffAdmin(CrmAdmin):
    list_display = ["receivable", "state", "amount", "decided_on"]
    list_select_related = ["receivable__order__account", "receivable__contract"]
    list_filter = ["state"]
