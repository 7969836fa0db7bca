from crm.querysets import RecordQuerySet


class CampaignQuerySet(RecordQuerySet):
    def permitted(self, user, permission):
        """Everybody with the right sees every campaign: leads name them. Acts go by scope."""
        if permission == "planning.view_campaign":
            return self.all() if user.has_perm(permission) else self.none()
        return super().permitted(user, permission)
