from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    DecimalField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from activities.models import Task
from crm.models import Event
from crm.querysets import RecordQuerySet

CLOSED = ("won", "lost")


class OpportunityQuerySet(RecordQuerySet):
    def open(self):
        return self.exclude(state__in=CLOSED)

    def won(self):
        return self.filter(state="won")

    def lost(self):
        return self.filter(state="lost")

    def without_next_step(self, on):
        """Open, with neither a next step from the local date `on` nor an open task."""
        kind = ContentType.objects.get_for_model(self.model)
        tasks = Task.objects.open().filter(content_type=kind, object_id=OuterRef("pk"))
        return self.open().filter(~Exists(tasks), Q(next_step_on=None) | Q(next_step_on__lt=on))

    def slipped(self, on):
        """Open, though they were expected to close before the local date `on`."""
        return self.open().filter(expected_close_on__lt=on)

    def stale(self, at):
        """Open, and nothing has happened for longer than the step allows (aware datetime `at`)."""
        kind = ContentType.objects.get_for_model(self.model)
        events = Event.objects.filter(content_type=kind, object_id=OuterRef("pk")).order_by("-pk")
        allowed = ExpressionWrapper(
            Coalesce(F("step__stale_after_days"), 14) * Value(timedelta(days=1)),
            output_field=DurationField(),
        )
        moved = Coalesce(Subquery(events.values("at")[:1]), F("phase_since"))
        return self.open().annotate(moved_at=moved).filter(moved_at__lt=Value(at) - allowed)

    def to_move(self, on, at):
        """Open, and stale, slipped or without a next step: the annotations say which."""

        def among(rows):
            return Exists(rows.filter(pk=OuterRef("pk")))

        deals = self.model.objects
        rows = self.open().annotate(
            is_stale=among(deals.stale(at)),
            has_slipped=among(deals.slipped(on)),
            lacks_step=among(deals.without_next_step(on)),
        )
        return rows.filter(Q(is_stale=True) | Q(has_slipped=True) | Q(lacks_step=True))


class OfOpportunityQuerySet(RecordQuerySet):
    """Needs, demos and rounds are exactly as visible as their opportunity."""

    through = "opportunity"


class QuotationQuerySet(RecordQuerySet):
    def expired(self, on):
        """Sent quotations whose last valid day lies before the local date `on`."""
        return self.filter(state="sent", valid_until__lt=on)

    def expiring(self, on, days=7):
        """Sent quotations that end within `days` from the local date `on`."""
        return self.filter(state="sent", valid_until__range=(on, on + timedelta(days=days)))

    def withdrawable(self):
        return self.filter(state__in=["draft", "in_approval", "approved", "sent"])

    def with_wrong_amount(self):
        total = Coalesce(Sum("lines__amount"), Value(0), output_field=DecimalField())
        return self.annotate(total=total).exclude(amount=F("total"))
