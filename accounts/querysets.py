from crm.querysets import RecordQuerySet


class AccountQuerySet(RecordQuerySet):
    def customers(self):
        return self.filter(status="customer")


class OfAccountQuerySet(RecordQuerySet):
    """What belongs to an account is exactly as visible as the account."""

    through = "account"
