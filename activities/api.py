from activities import services
from activities.filters import ActivityFilter, TaskFilter
from activities.models import Activity, Task
from activities.serializers import ActivitySerializer, TaskSerializer
from crm.api.viewsets import CrmViewSet
from crm.lifecycle import edit


class ActivityViewSet(CrmViewSet):
    model = Activity
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter
    verbs = services.ACTIVITY_VERBS
    create_service = services.create_activity
    edit_service = edit
    prefetched = ("target",)
    ordering = "-happened_at"


class TaskViewSet(CrmViewSet):
    model = Task
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    verbs = services.TASK_VERBS
    create_service = services.create_task
    edit_service = services.edit_task
    prefetched = ("target",)
    ordering = "due_at"


ROUTES = {"activities": ActivityViewSet, "tasks": TaskViewSet}
