from django.db.models import Q

from crm.querysets import RecordQuerySet


class ReceivableQuerySet(RecordQuerySet):
    """A receivable is as visible as its order, before there is one as its contract."""

    def permitted(self, user, permission):
        from contracts.models import Contract
        from orders.models import Order

        if not user.has_perm(permission):
            return self.none()
        return self.filter(
            Q(order__in=Order.objects.visible_to(user))
            | Q(order=None, contract__in=Contract.objects.visible_to(user))
        )

    def unpaid(self):
        return self.filter(state__in=["open", "part_paid", "disputed"], balance__gt=0)

    def overdue(self, on):
        """Due strictly before the local date `on`, with a balance left."""
        return self.unpaid().filter(due_on__lt=on)


class PaymentQuerySet(RecordQuerySet):
    through = "account"

    def on_journey(self, journey):
        return self.filter(allocations__receivable__journey=journey).distinct()


class OfAccountQuerySet(RecordQuerySet):
    through = "account"


class OfReceivableQuerySet(RecordQuerySet):
    through = "receivable"
