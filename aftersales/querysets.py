from django.db.models import Q

from crm.querysets import RecordQuerySet


class CaseQuerySet(RecordQuerySet):
    def permitted(self, user, permission):
        """By its owner's scope, and for whoever sees the customer."""
        from accounts.models import Account

        if not user.has_perm(permission):
            return self.none()
        if permission != self.model.permission("view"):
            return super().permitted(user, permission)
        return self.filter(
            user.scope_q(permission) | Q(account__in=Account.objects.visible_to(user))
        )

    def open(self):
        return self.exclude(state__in=["resolved", "closed"])


class OfOrderQuerySet(RecordQuerySet):
    through = "order"


class SurveyQuerySet(RecordQuerySet):
    through = "account"

    def due(self, at):
        return self.filter(state="scheduled", scheduled_at__lte=at)
