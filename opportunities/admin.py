from django.contrib import admin

from crm.admin import CrmAdmin
from opportunities.models import (
    Demo,
    NeedsSheet,
    NegotiationRound,
    Opportunity,
    Quotation,
    SalesProcess,
)


@admin.register(Opportunity)
class OpportunityAdmin(CrmAdmin):
    list_display = ["name", "account", "state", "amount", "owner"]
    search_fields = ["name", "account__name"]


@admin.register(Quotation)
class QuotationAdmin(CrmAdmin):
    list_display = ["__str__", "account", "state", "amount", "owner"]
    search_fields = ["number"]


admin.site.register([Demo, NeedsSheet, NegotiationRound, SalesProcess], CrmAdmin)
