from datetime import timedelta

from django.db import models
from django.db.models import DateField, DecimalField, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.money import ZERO
from crm.querysets import RecordQuerySet

UNPAID = ("open", "part_paid", "disputed")

# Ageing: code, words, first and last day after the due date (None: without end).
BUCKETS = (
    ("not_due", _("not due"), None, 0),
    ("1_30", _("1–30 days"), 1, 30),
    ("31_60", _("31–60 days"), 31, 60),
    ("61_90", _("61–90 days"), 61, 90),
    ("91_180", _("91–180 days"), 91, 180),
    ("181_365", _("181–365 days"), 181, 365),
    ("over_365", _("over 365 days"), 366, None),
)


def bucket_q(code, on):
    """The rows that are as late as bucket `code` says, seen on the local date `on`."""
    first, last = next((first, last) for key, _label, first, last in BUCKETS if key == code)
    found = Q(due_on__isnull=False)
    if first is not None:
        found &= Q(due_on__lte=on - timedelta(first))
    if last is not None:
        found &= Q(due_on__gte=on - timedelta(last))
    return found


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
        return self.filter(state__in=UNPAID, balance__gt=0)

    def overdue(self, on):
        """Due strictly before the local date `on`, with a balance left."""
        return self.unpaid().filter(due_on__lt=on)

    def of_owner(self, user):
        """Parts of orders of `user`; before there is an order, of contracts."""
        return self.filter(Q(order__owner=user) | Q(order=None, contract__owner=user))

    def with_balance_on(self, on=None):
        """Annotate `balance_on`: what was owed at the end of the local date `on`, in the
        receivable's currency; None, today and later days mean the present balance. `seen_on`
        is the day itself."""
        day = on or timezone.localdate()
        rows = self.annotate(seen_on=Value(day, output_field=DateField()))
        if day >= timezone.localdate():
            return rows.annotate(balance_on=F("balance"))
        from receivables.models import PaymentAllocation, WriteOff

        money = DecimalField(max_digits=18, decimal_places=2)

        def total(rows):
            sums = rows.filter(receivable=OuterRef("pk")).order_by().values("receivable")
            figure = Subquery(sums.annotate(sum=Sum("amount")).values("sum"), output_field=money)
            return Coalesce(figure, ZERO, output_field=money)

        paid = PaymentAllocation.objects.filter(
            Q(reversed_at=None) | Q(reversed_at__date__gt=on), allocated_on__lte=on
        )
        given_up = WriteOff.objects.filter(state="approved", decided_on__lte=on)
        return rows.annotate(balance_on=F("amount") - total(paid) - total(given_up))

    def owed_on(self, on=None):
        """Rows on which something was owed at the end of `on`, with `balance_on`."""
        rows = self.with_balance_on(on)
        if on is None or on >= timezone.localdate():
            return rows.unpaid()
        alive = Q(cancelled_on=None) | Q(cancelled_on__gt=on)
        return rows.filter(alive, opened_on__lte=on, balance_on__gt=0)


class PaymentQuerySet(RecordQuerySet):
    through = "account"

    def on_journey(self, journey):
        return self.filter(allocations__receivable__journey=journey).distinct()

    def to_allocate(self):
        """Money that has arrived, or is said to, and pays for nothing yet."""
        return self.filter(state__in=("recorded", "cleared"), unallocated__gt=0)


class AllocationQuerySet(models.QuerySet):
    def live(self):
        return self.filter(reversed_at=None)


class OfAccountQuerySet(RecordQuerySet):
    through = "account"


class OfReceivableQuerySet(RecordQuerySet):
    through = "receivable"
