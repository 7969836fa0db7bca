from datetime import timedelta

from django.db.models import DecimalField, F, Sum, Value
from django.db.models.functions import Coalesce

from crm.querysets import RecordQuerySet


class ContractQuerySet(RecordQuerySet):
    def ended(self, on):
        """Active contracts whose last day lies before the local date `on`."""
        return self.filter(state="active", ends_on__lt=on)

    def ending(self, on, days=30):
        """Active contracts whose last day lies within `days` from the local date `on`."""
        return self.filter(state="active", ends_on__range=(on, on + timedelta(days=days)))

    def in_review(self):
        return self.filter(state="in_review")

    def with_wrong_amount(self):
        total = Coalesce(Sum("lines__amount"), Value(0), output_field=DecimalField())
        return self.alias(line_total=total).exclude(amount=F("line_total"))


class OfContractQuerySet(RecordQuerySet):
    """An amendment is exactly as visible as its contract."""

    through = "contract"

    def in_force(self, on):
        """Amendments that count on the local date `on`."""
        return self.filter(state="effective", effective_on__lte=on)
