from django.contrib import admin

from crm.admin import CrmAdmin, ReadOnlyAdmin
from performance.models import Review, Scorecard, Target


@admin.register(Target)
class TargetAdmin(CrmAdmin):
    list_display = ["person", "metric", "starts_on", "ends_on", "value", "state"]
    list_select_related = ["person"]


@admin.register(Scorecard)
class ScorecardAdmin(ReadOnlyAdmin):
    list_display = ["person", "starts_on", "ends_on", "created_at"]
    list_select_related = ["person"]


@admin.register(Review)
class ReviewAdmin(CrmAdmin):
    list_display = ["scorecard", "person", "state", "rating"]
    list_select_related = ["scorecard__person", "person"]
