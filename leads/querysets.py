from django.db.models import Q

from crm.querysets import RecordQuerySet


class LeadQuerySet(RecordQuerySet):
    def permitted(self, user, permission):
        """One's own by scope; leads in the pool are there for everybody who may claim."""
        reached = Q(pk__in=super().permitted(user, permission).values("pk"))
        if user.has_perm("leads.claim_lead"):
            reached |= Q(owner=None)
        return self.filter(reached) if user.has_perm(permission) else self.none()

    def in_pool(self):
        return self.live().filter(owner=None)

    def live(self):
        return self.exclude(state__in=["converted", "disqualified"])
