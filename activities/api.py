from activities import services
from activities.filters import (
    ActivityFilter,
    MailingFilter,
    MailTemplateFilter,
    MeetingFilter,
    TaskFilter,
)
from activities.models import Activity, Mailing, MailTemplate, Meeting, Task
from activities.serializers import (
    ActivitySerializer,
    MailingSerializer,
    MailTemplateSerializer,
    MeetingSerializer,
    TaskSerializer,
)
from crm.api.viewsets import CrmViewSet
from crm.lifecycle import edit


class AboutViewSet(CrmViewSet):
    def get_queryset(self):
        return super().get_queryset().with_targets(self.request.user)


class ActivityViewSet(AboutViewSet):
    model = Activity
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter
    verbs = services.ACTIVITY_VERBS
    create_service = services.create_activity
    edit_service = services.edit_activity
    ordering = "-happened_at"


class TaskViewSet(AboutViewSet):
    model = Task
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    verbs = services.TASK_VERBS
    create_service = services.create_task
    edit_service = services.edit_task
    ordering = "due_at"


class MeetingViewSet(AboutViewSet):
    model = Meeting
    serializer_class = MeetingSerializer
    filterset_class = MeetingFilter
    verbs = services.MEETING_VERBS
    create_service = services.create_meeting
    edit_service = services.edit_meeting
    prefetched = ("invitations",)


class MailTemplateViewSet(CrmViewSet):
    model = MailTemplate
    serializer_class = MailTemplateSerializer
    filterset_class = MailTemplateFilter
    create_service = services.create_template
    edit_service = edit


class MailingViewSet(CrmViewSet):
    model = Mailing
    serializer_class = MailingSerializer
    filterset_class = MailingFilter
    verbs = services.MAILING_VERBS


ROUTES = {
    "mailings": MailingViewSet,
    "activities": ActivityViewSet,
    "tasks": TaskViewSet,
    "meetings": MeetingViewSet,
    "mail-templates": MailTemplateViewSet,
}
