"""Ageing: what is owed, by how late it is, as of any day. The list page shows the same rows."""

from django.db.models import DecimalField, F, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.models import Company
from crm.money import ZERO, round_money
from receivables.models import Receivable
from receivables.querysets import BUCKETS, bucket_q

CODES = [code for code, *_rest in BUCKETS]
BASE = DecimalField(max_digits=26, decimal_places=10)


def ageing(user, *, on=None, owner=None, account=None):
    """What was owed at the end of the local date `on` (default: today), as far as `user` sees it.

    {on, currency, rows: [{account, name, currency, buckets: {code: amount}, total}],
    totals: [the same by currency, account None], base: {buckets, total} in the company's
    currency by the documents' rates}.
    """
    on = on or timezone.localdate()
    rows = Receivable.objects.visible_to(user).owed_on(on)
    if owner is not None:
        rows = rows.of_owner(owner)
    if account is not None:
        rows = rows.filter(account=account)
    rate = Coalesce("order__rate", "contract__rate", Value(1), output_field=BASE)
    figures = {}
    for code in CODES:
        in_bucket = bucket_q(code, on)
        figures[f"own_{code}"] = Sum("balance_on", filter=in_bucket, default=ZERO)
        figures[f"base_{code}"] = Sum(
            F("balance_on") * rate, filter=in_bucket, default=ZERO, output_field=BASE
        )
    grouped = (
        rows.order_by("account__name", "account", "currency")
        .values("account", "account__name", "currency")
        .annotate(**figures)
    )
    company = Company.current().currency_id
    found, totals, base = [], {}, dict.fromkeys(CODES, ZERO)
    for row in grouped:
        buckets = {code: row[f"own_{code}"] for code in CODES}
        found.append(_row(row["account"], row["account__name"], row["currency"], buckets))
        sums = totals.setdefault(row["currency"], dict.fromkeys(CODES, ZERO))
        for code in CODES:
            sums[code] += row[f"own_{code}"]
            base[code] += row[f"base_{code}"]
    base = {code: round_money(amount, company) for code, amount in base.items()}
    return {
        "on": on,
        "currency": company,
        "rows": found,
        "totals": [_row(None, "", code, sums) for code, sums in sorted(totals.items())],
        "base": _row(None, "", company, base),
    }


def _row(account, name, currency, buckets):
    total = sum(buckets.values(), ZERO)
    return {
        "account": account,
        "name": name,
        "currency": currency,
        "buckets": buckets,
        "total": total,
    }
