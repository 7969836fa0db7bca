import django_filters
from django.utils.translation import gettext_lazy as _

from crm.filters import CrmFilter, flag
from users.models import Delegation, Role, Team, User


class UserFilter(CrmFilter):
    invited = flag("invited", _("Has not followed the invitation"))

    class Meta:
        model = User
        fields = {"team": ["exact"], "roles": ["exact"], "is_active": ["exact"]}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.request is not None and not self.request.user.has_perm("users.invite_user"):
            del self.filters["invited"]


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


class OfTeam(django_filters.ModelChoiceFilter):
    """Rows whose owner works in a team or below it."""

    def __init__(self, field_name="owner", **kwargs):
        super().__init__(field_name, label=_("Team"), queryset=Team.objects.all(), **kwargs)

    def filter(self, qs, value):
        if not value:
            return qs
        return qs.filter(**{f"{self.field_name}__team__path__startswith": value.path})
