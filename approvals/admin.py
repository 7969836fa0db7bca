from django.contrib import admin

from approvals.models import ApprovalRequest, ApprovalRule
from crm.admin import CrmAdmin


@admin.register(ApprovalRequest)
class RequestAdmin(CrmAdmin):
    list_display = ["title", "kind", "state", "submitted_by", "since"]


@admin.register(ApprovalRule)
class RuleAdmin(CrmAdmin):
    list_display = ["name", "kind", "position", "is_active"]
