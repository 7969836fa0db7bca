from crm.api.viewsets import CrmViewSet
from crm.verbs import Verbs
from users.filters import TeamFilter, UserFilter
from users.models import Team, User
from users.serializers import TeamSerializer, UserSerializer


class UserViewSet(CrmViewSet):
    """Colleagues, to read; people are administered in the browser."""

    model = User
    serializer_class = UserSerializer
    filterset_class = UserFilter
    verbs = Verbs(User)
    ordering = "name"


class TeamViewSet(CrmViewSet):
    model = Team
    serializer_class = TeamSerializer
    filterset_class = TeamFilter
    ordering = "path"


ROUTES = {"users": UserViewSet, "teams": TeamViewSet}
