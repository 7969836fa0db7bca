"""Whose turn it is, and who may see a request."""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from crm.querysets import RecordQuerySet
from users.models import Delegation, Role, Scope

RETURNED_DAYS = 14
DECISIONS = ("approve", "send_back", "reassign")


def levels_of(user, on, **where):
    """Levels that `user` may decide on the local date `on`, in person or in the place of somebody
    absent, as a subquery of ApprovalRequest. Nobody decides what they, or those they stand in
    for, submitted."""
    from approvals.models import RequestLevel

    mine = Q(person=user) | Q(person=None, role__in=Role.objects.filter(users=user))
    away = (
        Delegation.objects.on(on)
        .filter(substitute=user, user__is_active=True)
        .exclude(user=OuterRef("request__submitted_by"))
    )
    named = Exists(away.filter(user=OuterRef("person")))
    by_role = Q(person=None) & Exists(away.filter(user__roles=OuterRef("role")))
    levels = RequestLevel.objects.filter(mine | named | by_role, request=OuterRef("pk"), **where)
    return levels.exclude(request__submitted_by=user)


class ApprovalRequestQuerySet(RecordQuerySet):
    """Seen by the submitter and whoever is set above, and by everybody whom a level concerns.

    The verbs are narrower: a decision belongs to those whom a level concerns, withdrawing to
    the submitter. Whether it is their turn is a question of the moment, see services.
    """

    owner_field = "submitted_by"
    all_reaches_all = False

    def permitted(self, user, permission):
        if not user.has_perm(permission):
            return self.none()
        verb = permission.partition(".")[2].removesuffix("_approvalrequest")
        if verb == "withdraw":
            return self.filter(submitted_by=user)
        on = timezone.localdate()
        concerns = Exists(levels_of(user, on)) | Exists(
            self.model.levels.rel.related_model.objects.filter(
                Q(decided_by=user) | Q(person=user), request=OuterRef("pk")
            )
        )
        if verb in DECISIONS:
            if verb == "reassign" and user.has_perm("approvals.change_approvalrule"):
                return self.all()
            return self.filter(concerns).exclude(submitted_by=user)
        if user.scope_of(permission) == Scope.ALL:
            return self.all()
        return self.filter(user.scope_q(permission, self.owner_field) | Q(concerns))

    def pending(self):
        return self.filter(state="pending")

    def sent_back(self):
        """Returned within the last days to whoever submitted it, who has not done so again."""
        newer = self.model.objects.filter(
            content_type=OuterRef("content_type"),
            object_id=OuterRef("object_id"),
            pk__gt=OuterRef("pk"),
        )
        since = timezone.now() - timedelta(days=RETURNED_DAYS)
        return self.filter(~Exists(newer), state="returned", closed_at__gte=since)

    def waiting_for(self, user, on=None):
        """Requests whose present level `user` may decide on the local date `on` (today)."""
        if not user.is_active:
            return self.none()
        on = on or timezone.localdate()
        turn = levels_of(user, on, position=OuterRef("level"), decision="")
        return self.pending().filter(Exists(turn))

    def about(self, obj):
        """Requests about one document, newest first."""
        kind = ContentType.objects.get_for_model(obj)
        return self.filter(content_type=kind, object_id=obj.pk).order_by("-pk")

    def with_present_level(self):
        """Prefetch all levels; ApprovalRequest.present_level then needs no query."""
        return self.prefetch_related("levels__role", "levels__person", "levels__decided_by")
