import re
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlparse

import pytest
from django.utils import timezone

from approvals.models import ApprovalRequest
from approvals.services import approve_request
from crm.models import Currency
from orders.models import Order
from receivables import services
from receivables.models import PaymentAllocation, Receivable, WriteOff
from receivables.querysets import BUCKETS
from tests.factories.receivables import PayerFactory, PaymentFactory, ReceivableFactory

DAYS = (0, 1, 30, 31, 60, 61, 90, 91, 180, 181, 365, 366, 1000)


def late(days, amount, **fields):
    today = timezone.localdate()
    opened = today - timedelta(days + 30)
    return ReceivableFactory(
        due_on=today - timedelta(days), opened_on=opened, amount=Decimal(amount), **fields
    )


def test_every_day_falls_into_its_bucket(finance):
    for number, days in enumerate(DAYS):
        late(days, f"{number + 1}.00")
    [totals] = services.ageing(finance)["totals"]
    assert [totals["buckets"][code] for code, *_rest in BUCKETS] == [1, 5, 9, 13, 17, 21, 25]
    assert totals["total"] == sum(range(1, 14))


@pytest.fixture
def history(rep, finance):
    """Amounts of three customers, paid and taken back in the course of the last months."""
    today = timezone.localdate()
    usd = Currency.objects.get_or_create(code="USD", defaults={"name": "US dollar"})[0]
    accounts = [PayerFactory(owner=rep, name=name) for name in ("Alpha", "Beta", "Gamma")]
    rows = [
        late(days, f"{100 + number}.{number:02d}", account=accounts[number % 3])
        for number, days in enumerate((-20, 5, 40, 70, 100, 200, 400))
    ]
    foreign = late(50, "10.00", account=accounts[0], currency_id="USD")
    Order.objects.filter(pk=foreign.order_id).update(currency=usd, rate=Decimal("7.1"))
    payment = PaymentFactory(account=accounts[1], amount=Decimal(1000))
    mine = [row for row in rows if row.account_id == accounts[1].pk]
    services.allocate_payment(payment, {mine[0].pk: Decimal("50")}, by=finance)
    services.allocate_payment(payment, {mine[1].pk: mine[1].amount}, by=finance)
    PaymentAllocation.objects.update(allocated_on=today - timedelta(30))
    first = payment.allocations.order_by("pk").first()
    services.reverse_allocation(first, reason="wrong", by=finance)
    reversed_at = timezone.now() - timedelta(10)
    PaymentAllocation.objects.filter(pk=first.pk).update(reversed_at=reversed_at)
    return accounts


def behind(person, url):
    """The sum of the balances in the list a figure of the report leads to (over REST)."""
    query = {name: values[0] for name, values in parse_qs(urlparse(url).query).items()}
    rows = person.get("/api/v1/receivables/", {**query, "page_size": 200}).data["results"]
    return sum(Decimal(row["balance_on"]) for row in rows), len(rows)


@pytest.mark.parametrize("days_ago", [0, 20])
def test_every_figure_equals_the_rows_behind_it(history, rep, login, api, days_ago):
    on = timezone.localdate() - timedelta(days_ago)
    page = login(rep).get("/receivables/ageing/", {"on": on.isoformat()}).content.decode()
    links = re.findall(r'<a href="([^"]*bucket=[^"]*)">([^<]*)</a>', page)
    assert len(links) > 10
    client, browser = api(rep), login(rep)
    for url, text in links:
        url = url.replace("&amp;", "&")
        if "currency" not in url:
            continue
        total, _count = behind(client, url)
        assert f"{total:,.2f}" == re.sub(r"[^\d.,]", "", text), url
        assert text in browser.get(url).content.decode()


def test_as_of_a_day_means_what_was_known_of_payments_that_day(history, finance):
    today = timezone.localdate()

    def owed(days_ago):
        on = today - timedelta(days_ago)
        rows = services.ageing(finance, on=on)["rows"]
        return sum((row["total"] for row in rows if row["name"] == "Beta"), Decimal(0))

    full = sum(row.amount for row in Receivable.objects.filter(account__name="Beta"))
    paid = PaymentAllocation.objects.live().get()
    assert owed(0) == owed(9) == full - paid.amount
    assert owed(11) == full - paid.amount - 50  # reversed ten days ago
    assert owed(31) == full
    assert owed(36) == paid.receivable.amount  # the other was opened 35 days ago
    assert owed(500) == 0


def test_conditions_compare_the_balance_that_the_list_shows(history, login, api, finance):
    owed = PaymentAllocation.objects.live().get().receivable
    assert owed.balance == 0
    asked = {"w1": "balance", "w1o": "eq", "w1v": owed.amount}
    past = asked | {"as_of": (timezone.localdate() - timedelta(31)).isoformat()}
    for query, found in ((asked, []), (past, [owed.pk])):
        rows = login(finance).get("/receivables/", query).context["rows"]
        assert [row["pk"] for row in rows] == found
        rows = api(finance).get("/api/v1/receivables/", query).data["results"]
        assert [row["id"] for row in rows] == found


def test_the_total_in_the_companys_currency_uses_the_rate_of_the_document(history, finance):
    report = services.ageing(finance)
    by_currency = {row["currency"]: row["total"] for row in report["totals"]}
    assert by_currency["USD"] == 10
    assert report["base"]["total"] == by_currency["CNY"] + 71


def test_written_off_amounts_leave_the_report_on_the_day_of_the_decision(finance, manager, rep):
    part = late(40, "100", account=PayerFactory(owner=rep))
    services.request_write_off(part, amount=Decimal(30), reason="x", by=finance)
    approve_request(ApprovalRequest.objects.get(), by=manager)
    today = timezone.localdate()
    WriteOff.objects.update(decided_on=today - timedelta(3))
    totals = [
        services.ageing(finance, on=today - timedelta(days))["totals"][0]["total"]
        for days in (0, 3, 4)
    ]
    assert totals == [70, 70, 100]


def test_people_see_the_ageing_of_their_own_customers_only(history, outsider, rep, manager):
    assert services.ageing(outsider)["rows"] == []
    assert services.ageing(manager)["totals"] == services.ageing(rep)["totals"] != []
