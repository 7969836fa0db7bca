from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from receivables import services
from receivables.models import Invoice, Payment, Receivable
from tests.factories.receivables import (
    PayerFactory,
    PaymentFactory,
    ReceivableFactory,
    SoldOrderFactory,
)

HTMX = {"HX-Request": "true"}


@pytest.fixture
def owed(rep):
    account = PayerFactory(owner=rep, name="Alpha")
    due_on = timezone.localdate() - timedelta(12)
    return ReceivableFactory(account=account, amount=Decimal("300.10"), due_on=due_on)


def test_the_list_shows_what_is_owed_with_totals(login, rep, outsider, owed):
    page = login(rep).get("/receivables/").content.decode()
    assert "¥300.10" in page
    assert "12 days" in page
    assert "Alpha" not in login(outsider).get("/receivables/").content.decode()
    assert login(outsider).get(owed.get_absolute_url()).status_code == 404


def test_filters_find_overdue_parts_of_an_owner(login, finance, rep, owed):
    ReceivableFactory(due_on=timezone.localdate() + timedelta(3), amount=Decimal("77.00"))
    page = login(finance).get("/receivables/", {"overdue": "true", "owner": rep.pk})
    assert b"300.10" in page.content
    assert b"77.00" not in page.content
    page = login(finance).get("/receivables/", {"overdue": "false"})
    assert b"77.00" in page.content
    assert b"300.10" not in page.content


def test_a_list_costs_the_same_for_one_row_and_for_many(
    login, finance, manager, django_assert_max_num_queries
):
    client = login(finance)
    ReceivableFactory()
    client.get("/receivables/")
    for number in range(10):
        part = ReceivableFactory(due_on=f"2026-01-{number + 1:02d}")
        payment = PaymentFactory(account=part.account)
        services.allocate_payment(payment, {part.pk: Decimal(1)}, by=finance)
        services.create_invoice(by=finance, order=part.order)
        services.request_write_off(part, amount=Decimal(1), reason="x", by=finance)
    for path in ("", "payments/", "invoices/", "write-offs/", "ageing/"):
        with django_assert_max_num_queries(16):
            assert client.get(f"/receivables/{path}").status_code == 200


def test_finance_records_clears_and_allocates_a_payment(login, finance, owed):
    client = login(finance)
    answer = client.post(
        "/receivables/payments/new/",
        {
            "account": owed.account_id,
            "method": "transfer",
            "amount": "400.00",
            "currency": "CNY",
            "received_on": timezone.localdate().isoformat(),
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    payment = Payment.objects.get()
    url = f"/receivables/payments/{payment.pk}/"
    assert client.post(f"{url}clear/").status_code == 302
    form = client.get(f"{url}allocate/", headers=HTMX).content.decode()
    assert f'name="receivable_{owed.pk}"' in form
    refused = client.post(f"{url}allocate/", {}, headers=HTMX)
    assert refused.status_code == 422
    too_much = client.post(f"{url}allocate/", {f"receivable_{owed.pk}": "300.11"}, headers=HTMX)
    assert too_much.status_code == 422
    assert "more than is owed" in too_much.content.decode()
    done = client.post(f"{url}allocate/", {f"receivable_{owed.pk}": "300.10"}, headers=HTMX)
    assert done.status_code == 200
    assert Receivable.objects.get().state == "paid"
    page = client.get(url).content.decode()
    assert owed.label in page
    assert "¥99.90" in page
    allocation = payment.allocations.get()
    back = {"allocation": allocation.pk, "reason": "wrong order"}
    assert client.post(f"{url}reverse_allocation/", back, headers=HTMX).status_code == 200
    assert Receivable.objects.get().state == "open"
    assert client.post(f"{url}allocate_oldest/", headers=HTMX).status_code == 200
    refund = {"amount": "99.90", "reason": "overpaid"}
    assert client.post(f"{url}refund/", refund, headers=HTMX).status_code == 200
    payment.refresh_from_db()
    assert (payment.allocated, payment.refunded) == (Decimal("300.10"), Decimal("99.90"))


def test_reps_see_payments_of_their_customers_but_touch_none(login, rep, outsider, owed):
    payment = PaymentFactory(account=owed.account)
    url = payment.get_absolute_url()
    page = login(rep).get(url)
    assert page.status_code == 200
    assert "allocate/" not in page.content.decode()
    assert login(rep).post(f"{url}allocate_oldest/").status_code == 403
    assert login(rep).get("/receivables/payments/new/").status_code == 403
    assert login(outsider).get(url).status_code == 404


def test_an_invoice_is_drafted_issued_and_reversed_in_the_browser(login, finance):
    order = SoldOrderFactory(confirmed=True)
    client = login(finance)
    panel = client.get(f"/receivables/panels/order/{order.pk}/invoices/").content.decode()
    assert f"/receivables/invoices/new/?order={order.pk}" in panel
    answer = client.post("/receivables/invoices/new/", {"order": order.pk, "kind": "normal"})
    assert answer.status_code == 302, answer.content.decode()
    invoice = Invoice.objects.get()
    assert client.post(f"{invoice.get_absolute_url()}issue/").status_code == 302
    assert client.get(f"{invoice.get_absolute_url()}edit/").status_code == 409
    back = client.post(f"{invoice.get_absolute_url()}reverse/", {"reason": "wrong title"})
    reversing = Invoice.objects.get(reverses=invoice)
    assert back.headers["Location"] == reversing.get_absolute_url()
    page = client.get(reversing.get_absolute_url()).content.decode()
    assert "−¥1,000.00" in page


def test_a_write_off_is_asked_for_on_the_receivable(login, finance, rep, owed):
    url = f"{owed.get_absolute_url()}request_write_off/"
    assert login(rep).post(url, {"amount": "1", "reason": "x"}).status_code == 403
    answer = login(finance).post(url, {"amount": "300.10", "reason": "insolvent"})
    write_off = owed.write_offs.get()
    assert answer.headers["Location"] == write_off.get_absolute_url()
    assert login(rep).get(write_off.get_absolute_url()).status_code == 200


def test_panels_show_the_money_on_customer_and_order_pages(login, rep, outsider, owed):
    for path in (f"account/{owed.account_id}/", f"order/{owed.order_id}/"):
        url = f"/receivables/panels/{path}"
        assert "¥300.10" in login(rep).get(url).content.decode()
        assert login(outsider).get(url).status_code == 404
    page = login(rep).get(owed.order.get_absolute_url()).content.decode()
    assert f"/receivables/panels/order/{owed.order_id}/" in page


def test_my_day_counts_what_its_list_shows(login, rep, finance, owed):
    ReceivableFactory(account=owed.account, due_on=timezone.localdate() + timedelta(30))
    PaymentFactory(account=owed.account)
    PaymentFactory(account=owed.account, state="bounced")

    def count(person, name):
        page = login(person)
        card = next((c for c in page.get("/").context["cards"] if c["name"] == name), None)
        assert card is None or f"Records: {card['count']}" in page.get(card["url"]).content.decode()
        return card and card["count"]

    assert count(rep, "due-from-my-customers") == 1
    assert count(finance, "due-from-my-customers") is None
    assert count(finance, "payments-to-allocate") == 1
    assert count(rep, "payments-to-allocate") is None
