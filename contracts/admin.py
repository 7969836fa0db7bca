from django.contrib import admin

from contracts.models import Amendment, Contract, ContractTemplate
from crm.admin import CrmAdmin


@admin.register(Contract)
class ContractAdmin(CrmAdmin):
    list_display = ["__str__", "title", "account", "state", "amount", "owner"]
    search_fields = ["number", "title"]


admin.site.register([Amendment, ContractTemplate], CrmAdmin)
