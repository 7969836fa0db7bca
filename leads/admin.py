from django.contrib import admin

from crm.admin import CrmAdmin
from leads.models import Lead, Pool, Source


@admin.register(Lead)
class LeadAdmin(CrmAdmin):
    list_display = ["name", "company", "state", "owner", "pool"]
    search_fields = ["name", "company"]


@admin.register(Source)
class SourceAdmin(CrmAdmin):
    list_display = ["name", "is_active"]


@admin.register(Pool)
class PoolAdmin(CrmAdmin):
    list_display = ["name", "is_default", "release_after_days", "max_held", "claims_per_day"]
