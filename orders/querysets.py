from crm.querysets import RecordQuerySet


class OrderQuerySet(RecordQuerySet):
    def open(self):
        return self.exclude(state__in=["completed", "cancelled"])


class OfOrderQuerySet(RecordQuerySet):
    """Shipments and exceptions are exactly as visible as their order."""

    through = "order"
