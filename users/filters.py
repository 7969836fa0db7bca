from crm.filters import CrmFilter
from users.models import Delegation, Role, Team, User


class UserFilter(CrmFilter):
    class Meta:
        model = User
        fields = {"team": ["exact"], "roles": ["exact"], "is_active": ["exact"]}


class TeamFilter(CrmFilter):
    class Meta:
        model = Team
        fields = {"parent": ["exact"], "manager": ["exact"]}


class RoleFilter(CrmFilter):
    class Meta:
        model = Role
        fields = {"scope": ["exact"]}


class DelegationFilter(CrmFilter):
    class Meta:
        model = Delegation
        fields = {"user": ["exact"], "substitute": ["exact"], "is_active": ["exact"]}
