"""Questions about orders and shipments."""

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from crm.querysets import RecordQuerySet

# Shipments whose goods are still in the warehouse.
WAITING = ("planned", "picking")


class OrderQuerySet(RecordQuerySet):
    def open(self):
        return self.exclude(state__in=["completed", "cancelled"])

    def short_of(self, products):
        """Orders the warehouse works on that still lack one of `products` (pks), oldest first."""
        lines = self.model._meta.get_field("lines").related_model
        lacking = lines.objects.filter(
            order=OuterRef("pk"),
            product__in=products,
            quantity__gt=F("shipped") + F("allocated"),
        )
        return self.filter(Exists(lacking), state="fulfilling").order_by("ordered_on", "pk")

    def to_allocate(self):
        """Orders the warehouse works on with goods that are neither shipped nor allocated."""
        lines = self.model._meta.get_field("lines").related_model
        lacking = lines.objects.filter(
            order=OuterRef("pk"), quantity__gt=F("shipped") + F("allocated")
        )
        return self.filter(Exists(lacking), state="fulfilling")

    def late(self, on):
        """Not shipped whole, though delivery was wanted before the local date `on`."""
        under_way = ["under_review", "approved", "confirmed", "fulfilling", "on_hold"]
        return self.filter(state__in=under_way, requested_on__lt=on)

    def to_plan(self):
        """Orders with allocated goods which no shipment has taken up yet."""
        lines = self.model._meta.get_field("lines").related_model
        planned = Sum(
            "shipment_lines__quantity", filter=Q(shipment_lines__shipment__state__in=WAITING)
        )
        ready = (
            lines.objects.filter(order=OuterRef("pk"), allocated__gt=0)
            .annotate(planned=Coalesce(planned, 0, output_field=lines._meta.get_field("quantity")))
            .filter(allocated__gt=F("planned"))
        )
        return self.filter(Exists(ready), state="fulfilling")

    def in_trouble(self):
        """Orders on hold, or with an exception that is not closed."""
        exceptions = self.model._meta.get_field("exceptions").related_model
        still_open = exceptions.objects.filter(order=OuterRef("pk")).exclude(state="closed")
        return self.open().filter(Q(state="on_hold") | Exists(still_open))


class OfOrderQuerySet(RecordQuerySet):
    """Shipments and exceptions are exactly as visible as their order."""

    through = "order"


class ShipmentQuerySet(OfOrderQuerySet):
    def waiting(self):
        """Planned or being picked: the goods have not left."""
        return self.filter(state__in=WAITING)

    def late(self, on):
        """Still in the warehouse, though planned to leave before the local date `on`."""
        return self.waiting().filter(planned_on__lt=on)
