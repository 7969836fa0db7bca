from django.db.models import F

from crm.querysets import RecordQuerySet


class CampaignQuerySet(RecordQuerySet):
    def permitted(self, user, permission):
        """Everybody with the right sees every campaign: leads name them. Acts go by scope."""
        if permission == "planning.view_campaign":
            return self.all() if user.has_perm(permission) else self.none()
        return super().permitted(user, permission)

    def over_budget(self):
        """Under way, and more is spent than was planned."""
        return self.filter(state__in=["running", "paused"], cost__gt=F("budget"))
