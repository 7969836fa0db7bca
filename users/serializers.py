from crm.api.serializers import CrmSerializer
from users.models import Team, User


class UserSerializer(CrmSerializer):
    class Meta:
        model = User
        fields = ["id", "name", "team", "is_active"]


class TeamSerializer(CrmSerializer):
    class Meta:
        model = Team
        fields = ["id", "name", "parent", "manager", "path", "version", "updated_at"]
