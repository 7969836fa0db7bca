from django.contrib import admin

from activities.models import Activity, Meeting, Task
from crm.admin import CrmAdmin


@admin.register(Activity)
class ActivityAdmin(CrmAdmin):
    list_display = ["subject", "kind", "owner", "happened_at"]
    search_fields = ["subject"]


@admin.register(Task)
class TaskAdmin(CrmAdmin):
    list_display = ["subject", "owner", "due_at", "state"]
    search_fields = ["subject"]


@admin.register(Meeting)
class MeetingAdmin(CrmAdmin):
    list_display = ["subject", "owner", "starts_at", "starts_on", "state"]
    search_fields = ["subject"]
