from crm.querysets import RecordQuerySet


class OpportunityQuerySet(RecordQuerySet):
    def open(self):
        return self.exclude(state__in=["won", "lost"])

    def won(self):
        return self.filter(state="won")


class OfOpportunityQuerySet(RecordQuerySet):
    """Needs, demos and rounds are exactly as visible as their opportunity."""

    through = "opportunity"


class QuotationQuerySet(RecordQuerySet):
    def expired(self, on):
        """Sent quotations whose last valid day lies before the local date `on`."""
        return self.filter(state="sent", valid_until__lt=on)

    def withdrawable(self):
        return self.filter(state__in=["draft", "in_approval", "approved", "sent"])
