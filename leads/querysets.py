from datetime import datetime, time, timedelta

from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils import timezone

from crm.querysets import NOBODY, ConfigurationQuerySet, RecordQuerySet
from users.models import Scope

# Acts that reach into the pool; everything else needs a lead of one's own scope.
POOL_ACTS = {"leads.view_lead", "leads.assign_lead"}


def midnight(day):
    """The start of a local date of the company, as an aware datetime."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


class PoolQuerySet(ConfigurationQuerySet):
    def default(self):
        return self.filter(is_default=True).first()


class LeadQuerySet(RecordQuerySet):
    def permitted(self, user, permission):
        """One's own by scope; leads in the pool are there for everybody who may claim.

        Claiming reaches any lead: whether somebody was faster is a question of the moment.
        """
        scope = user.scope_of(permission)
        if not user.has_perm(permission):
            return self.none()
        if permission == "leads.claim_lead" or scope == Scope.ALL:
            return self.all()
        reached = user.scope_q(permission)
        if permission in POOL_ACTS and user.has_perm("leads.claim_lead"):
            reached |= Q(owner=None)
        return self.filter(reached)

    def owners_seen(self, user):
        people = user.people_within("leads.view_lead")
        return people if people is None else people | {NOBODY}

    def claimable_by(self, user):
        """Where `user` may try to claim: also what somebody else was faster with, so that the
        answer can say who, though the lead is out of sight by then."""
        may = user.has_perm("leads.claim_lead")
        return self.permitted(user, "leads.claim_lead") if may else self.visible_to(user)

    def in_pool(self):
        return self.live().filter(owner=None)

    def live(self):
        return self.exclude(state__in=["converted", "disqualified"])

    def with_idle_since(self):
        """Annotate `idle_since`: the last contact, change of owner or new start."""
        moments = ("last_contact_at", "owned_since", "restarted_at", "created_at")
        return self.annotate(idle_since=Greatest(*moments))

    def idle_by(self, on):
        """Owned leads whose pool may take them back on the local date `on`: live, not nurtured
        on purpose, without follow-up for the days their pool allows (no pool: the default)."""
        too_long = Q(pk__in=[])
        for pool in self.model._meta.get_field("pool").related_model.objects.exclude(
            release_after_days=None
        ):
            here = Q(pool=pool) | Q(pool=None) if pool.is_default else Q(pool=pool)
            latest = midnight(on - timedelta(days=pool.release_after_days - 1))
            too_long |= here & Q(idle_since__lt=latest)
        rows = self.live().exclude(owner=None).exclude(state="nurturing")
        return rows.with_idle_since().filter(too_long)

    def to_release(self, on):
        """Idle leads whose owner was warned in time: those who lose them on `on`."""
        return self.idle_by(on).filter(warned_on__lte=on)
