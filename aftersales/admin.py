from django.contrib import admin

from aftersales.models import (
    Case,
    Improvement,
    Return,
    ReturnPolicy,
    Survey,
    SurveyQuestion,
    SurveyTemplate,
)
from crm.admin import CrmAdmin, InlineAdmin


@admin.register(Case)
class CaseAdmin(CrmAdmin):
    list_display = ["number", "subject", "account", "kind", "priority", "state", "owner"]
    search_fields = ["number", "subject"]
    list_select_related = ["account", "owner"]


@admin.register(Return)
class ReturnAdmin(CrmAdmin):
    list_display = ["number", "order", "kind", "state", "is_within_policy"]
    search_fields = ["number"]
    list_select_related = ["order"]


@admin.register(ReturnPolicy)
class ReturnPolicyAdmin(CrmAdmin):
    list_display = ["name", "is_default", "refund_days", "replacement_days", "repair_days"]


class QuestionInline(InlineAdmin):
    model = SurveyQuestion


@admin.register(SurveyTemplate)
class SurveyTemplateAdmin(CrmAdmin):
    list_display = ["name", "trigger", "days_after", "is_active"]
    inlines = [QuestionInline]


@admin.register(Survey)
class SurveyAdmin(CrmAdmin):
    list_display = ["template", "account", "state", "score", "scheduled_at"]
    list_select_related = ["template", "account"]
    exclude = ["token"]


@admin.register(Improvement)
class ImprovementAdmin(CrmAdmin):
    list_display = ["title", "state", "owner", "due_on"]
    list_select_related = ["owner"]
