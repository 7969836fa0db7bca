from django.db.models import F, Q

from crm.querysets import RecordQuerySet


class CaseQuerySet(RecordQuerySet):
    # A new case has no owner yet: whoever answers for the customer says who takes it.
    of_the_customer = ("view", "assign")

    def permitted(self, user, permission):
        """By its owner's scope, and for whoever sees the customer."""
        from accounts.models import Account

        if not user.has_perm(permission):
            return self.none()
        if permission not in map(self.model.permission, self.of_the_customer):
            return super().permitted(user, permission)
        return self.filter(
            user.scope_q(permission) | Q(account__in=Account.objects.visible_to(user))
        )

    def owner_paths(self):
        account = self.model._meta.get_field("account").related_model
        return ["owner", *(f"account__{path}" for path in account.objects.owner_paths())]

    def owners_seen(self, user):
        account = self.model._meta.get_field("account").related_model
        people = user.people_within("aftersales.view_case")
        theirs = account.objects.owners_seen(user)
        return None if people is None or theirs is None else people | theirs

    def open(self):
        return self.exclude(state__in=["resolved", "closed"])

    def overdue(self, at):
        """Open cases of which a clock that runs has passed its limit at the aware time `at`."""
        unanswered = Q(responded_at=None, respond_by__lt=at)
        return self.open().filter(unanswered | Q(resolve_by__lt=at)).exclude(state="waiting")


class ImprovementQuerySet(RecordQuerySet):
    def open(self):
        """Still to be done by somebody; what is done waits to be verified."""
        return self.exclude(state__in=["rejected", "done", "verified"])

    # What whoever sees the case may do; the work itself is the owner's.
    of_the_case = {"view", "accept", "reject", "verify"}

    def permitted(self, user, permission):
        """By its owner's scope, and for whoever sees the case it comes from."""
        verb = permission.partition(".")[2].rpartition("_")[0]
        if verb not in self.of_the_case or not user.has_perm(permission):
            return super().permitted(user, permission)
        cases = self.model._meta.get_field("case").related_model.objects.visible_to(user)
        return self.filter(user.scope_q(permission) | Q(case__in=cases))


class OfOrderQuerySet(RecordQuerySet):
    through = "order"

    def open(self):
        return self.exclude(state__in=["rejected", "closed"])


class SurveyQuerySet(RecordQuerySet):
    through = "account"

    def permitted(self, user, permission):
        """As visible as the customer; whoever is rated sees it, too."""
        if not user.has_perm(permission):
            return self.none()
        visible = super().permitted(user, permission).values("pk")
        return self.filter(Q(pk__in=visible) | user.scope_q(permission, "rep"))

    def due(self, at):
        return self.filter(state="scheduled", scheduled_at__lte=at)

    def mailable(self):
        return self.exclude(self._unreachable())

    def to_phone(self, at):
        """Due surveys that no mail can reach: somebody has to ask."""
        return self.due(at).filter(self._unreachable())

    def _unreachable(self):
        return Q(contact=None) | Q(contact__email="") | Q(contact__wants_no_mail=True)

    def waiting_for_answer(self):
        return self.filter(state__in=["sent", "opened"])

    def low(self):
        """Answered with a score at or under the template's limit."""
        return self.filter(state="answered", score__lte=F("template__low_score"))
