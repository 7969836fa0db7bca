from crm.querysets import RecordQuerySet
from users.models import Scope, User


class AccountQuerySet(RecordQuerySet):
    def customers(self):
        return self.filter(status="customer")


class OfAccountQuerySet(RecordQuerySet):
    """What belongs to an account is exactly as visible as the account."""

    through = "account"


def assignable(user, permission):
    """People to whom `user` may give records, by the scope in which they hold `permission`.

    `user` None is the system, which may choose anybody active.
    """
    people = User.objects.active()
    scope = Scope.ALL if user is None else user.scope_of(permission)
    if scope == Scope.ALL:
        return people
    if scope is None:
        return people.none()
    if scope == Scope.OWN or user.team is None:
        return people.filter(pk=user.pk)
    if scope == Scope.TEAM:
        return people.filter(team=user.team_id)
    return people.filter(team__path__startswith=user.team.path)
