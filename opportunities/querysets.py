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
    QuerySet,
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
        return self.open().filter(self._lacks_step(on))

    def slipped(self, on):
        """Open, though they were expected to close before the local date `on`."""
        return self.open().filter(expected_close_on__lt=on)

    def stale(self, at):
        """Open, and nothing has happened for longer than the step allows (aware datetime `at`).

        Annotates `moved_at`, the last time that something has happened.
        """
        return self.open()._with_moved_at().filter(self._is_stale(at))

    def to_move(self, on, at):
        """Open, and stale, slipped or without a next step: the annotations say which."""
        rows = self.open()._with_moved_at()
        rows = rows.annotate(
            has_slipped=Q(expected_close_on__lt=on),
            lacks_step=self._lacks_step(on),
            is_stale=self._is_stale(at),
        )
        return rows.filter(Q(has_slipped=True) | Q(lacks_step=True) | Q(is_stale=True))

    def _with_moved_at(self):
        kind = ContentType.objects.get_for_model(self.model)
        events = Event.objects.filter(content_type=kind, object_id=OuterRef("pk")).order_by("-pk")
        return self.annotate(moved_at=Coalesce(Subquery(events.values("at")[:1]), F("phase_since")))

    def _lacks_step(self, on):
        kind = ContentType.objects.get_for_model(self.model)
        tasks = Task.objects.open().filter(content_type=kind, object_id=OuterRef("pk"))
        return (Q(next_step_on=None) | Q(next_step_on__lt=on)) & ~Q(Exists(tasks))

    def _is_stale(self, at):
        allowed = ExpressionWrapper(
            Coalesce(F("step__stale_after_days"), 14) * Value(timedelta(days=1)),
            output_field=DurationField(),
        )
        return Q(moved_at__lt=Value(at) - allowed)


class OfOpportunityQuerySet(RecordQuerySet):
    """Needs, demos and rounds are exactly as visible as their opportunity."""

    through = "opportunity"


class StepQuerySet(QuerySet):
    """Steps are exactly as visible as their sales process, and told apart within it."""

    through = "process"

    def visible_to(self, user):
        process = self.model._meta.get_field(self.through).related_model
        return self.filter(process__in=process.objects.visible_to(user))


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
        return self.alias(line_total=total).exclude(amount=F("line_total"))
