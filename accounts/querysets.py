from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q

from crm.models import MergeableModel
from crm.querysets import RecordQuerySet
from users.models import Scope, User


class AccountQuerySet(RecordQuerySet):
    def customers(self):
        return self.filter(status="customer")


class OfAccountQuerySet(RecordQuerySet):
    """What belongs to an account is exactly as visible as the account."""

    through = "account"


def mergeable_kinds():
    """The models of which two records may be merged, in the order of the process."""
    return [model for model in apps.get_models() if issubclass(model, MergeableModel)]


class OfMergeableQuerySet(RecordQuerySet):
    """What is said of two records (first_id, second_id) of a mergeable kind.

    Reached by whoever may merge both, as long as both stand for themselves.
    """

    all_reaches_all = False

    def permitted(self, user, permission):
        if not user.has_perm(permission):
            return self.none()
        either = Q(pk__in=[])
        for model in mergeable_kinds():
            reached = model.objects.visible_to(user) & model.objects.permitted(
                user, model.permission("merge")
            )
            # Looked up row by row: the kind may have a million rows, and these are few.
            first = Exists(reached.filter(pk=OuterRef("first_id")))
            kind = ContentType.objects.get_for_model(model)
            either |= Q(Q(content_type=kind), first, self.reaches_second(model, reached))
        return self.filter(either)

    def reaches_second(self, model, reached):
        return Exists(reached.filter(pk=OuterRef("second_id")))

    def search(self, text):
        """Pairs of which one record is found by `text`."""
        either = Q(pk__in=[])
        for model in mergeable_kinds():
            # Also what was merged.
            found = type(model.objects.all())(model).search(text).order_by().values("pk")
            kind = ContentType.objects.get_for_model(model)
            either |= Q(content_type=kind) & (Q(first_id__in=found) | Q(second_id__in=found))
        return self.filter(either)


class MergeQuerySet(OfMergeableQuerySet):
    """Merges: the second record is the one that went into the first."""

    def reaches_second(self, model, reached):
        gone = model._base_manager.exclude(merged_into=None)
        merged = Exists(gone.filter(pk=OuterRef("second_id")))
        return super().reaches_second(model, reached) | merged


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
