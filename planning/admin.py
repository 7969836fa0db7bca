from django.contrib import admin

from crm.admin import CrmAdmin
from planning.models import Campaign


@admin.register(Campaign)
class CampaignAdmin(CrmAdmin):
    list_display = ["name", "kind", "state", "starts_on", "budget", "owner"]
    search_fields = ["name"]
