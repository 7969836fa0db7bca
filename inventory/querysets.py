from django.db.models import DecimalField, ExpressionWrapper, F

from crm.querysets import ConfigurationQuerySet


class StockLevelQuerySet(ConfigurationQuerySet):
    def with_available(self):
        """Annotate `free`: what is on hand and not promised."""
        free = ExpressionWrapper(F("on_hand") - F("reserved"), DecimalField())
        return self.annotate(free=free)

    def low(self):
        """Levels at or under their reorder point."""
        rows = self.with_available().filter(reorder_point__gt=0)
        return rows.filter(free__lte=F("reorder_point"))


class PurchaseRequestQuerySet(ConfigurationQuerySet):
    def open(self):
        return self.exclude(state__in=["received", "cancelled"])
