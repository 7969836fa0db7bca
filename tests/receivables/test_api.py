from decimal import Decimal

from receivables.models import Payment, Receivable
from tests.factories.receivables import (
    PayerFactory,
    PaymentFactory,
    ReceivableFactory,
    SoldOrderFactory,
)


def test_a_payment_is_recorded_and_allocated_over_rest(api, finance):
    part = ReceivableFactory(amount=Decimal("300.10"))
    body = {"account": part.account_id, "amount": "400.00", "reference": "TX1"}
    answer = api(finance).post("/api/v1/payments/", body, format="json")
    assert answer.status_code == 201, answer.data
    url = f"/api/v1/payments/{answer.data['id']}/"
    for wrong in ({}, {"amounts": []}, {"amounts": {"x": "1"}}, {"amounts": {part.pk: "NaN"}}):
        assert api(finance).post(f"{url}allocate/", wrong, format="json").status_code == 400
    over = {"amounts": {part.pk: "300.11"}}
    assert api(finance).post(f"{url}allocate/", over, format="json").status_code == 422
    done = api(finance).post(
        f"{url}allocate/", {"amounts": {str(part.pk): "300.10"}}, format="json"
    )
    assert done.status_code == 200, done.data
    assert (done.data["allocated"], done.data["unallocated"]) == ("300.10", "99.90")
    [allocation] = done.data["allocations"]
    back = {"allocation": allocation["id"], "reason": "wrong"}
    assert api(finance).post(f"{url}reverse_allocation/", back).data["allocated"] == "0.00"
    assert api(finance).post(f"{url}clear/").data["state"] == "cleared"
    assert api(finance).post(f"{url}bounce/", {"reason": "x"}).data["state"] == "bounced"
    refused = api(finance).post(f"{url}allocate_oldest/")
    assert refused.status_code == 409
    assert "bounced" in refused.data["detail"]


def test_reps_read_their_receivables_and_write_nothing(api, rep, outsider):
    part = ReceivableFactory(account=PayerFactory(owner=rep))
    rows = api(rep).get("/api/v1/receivables/").data["results"]
    assert [row["id"] for row in rows] == [part.pk]
    assert rows[0]["is_overdue"] is True
    assert api(outsider).get("/api/v1/receivables/").data["results"] == []
    assert api(rep).post("/api/v1/receivables/", {}).status_code in (403, 405)
    payment = {"account": part.account_id, "amount": "1.00"}
    assert api(rep).post("/api/v1/payments/", payment).status_code == 403
    paid = PaymentFactory(account=part.account)
    assert api(rep).get(f"/api/v1/payments/{paid.pk}/").data["available_verbs"] == []
    assert api(rep).post(f"/api/v1/payments/{paid.pk}/allocate_oldest/").status_code == 403


def test_invoices_and_write_offs_over_rest(api, finance, manager):
    order = SoldOrderFactory(confirmed=True)
    client = api(finance)
    made = client.post("/api/v1/invoices/", {"order": order.pk, "amount": "400.00"})
    assert made.status_code == 201, made.data
    assert (made.data["tax"], made.data["currency"]) == ("46.02", "CNY")
    url = f"/api/v1/invoices/{made.data['id']}/"
    changed = client.patch(url, {"amount": "500.00"}, format="json")
    assert changed.data["tax"] == "57.52"
    assert client.post(f"{url}issue/").data["number"].startswith("INV-")
    assert client.patch(url, {"amount": "1.00"}, format="json").status_code == 409
    assert client.post(f"{url}reverse/", {"reason": "x"}).data["amount"] == "-500.00"
    part = ReceivableFactory()
    url = f"/api/v1/receivables/{part.pk}/request_write_off/"
    asked = client.post(url, {"amount": "5.00", "reason": "bankrupt"})
    assert asked.data["result"]["kind"] == "receivables.writeoff"
    [row] = client.get("/api/v1/write-offs/").data["results"]
    assert (row["state"], row["amount"]) == ("in_approval", "5.00")
    assert Receivable.objects.get(pk=part.pk).balance == part.amount


def test_a_payment_in_a_foreign_currency_needs_a_rate(api, finance):
    body = {"account": PayerFactory().pk, "amount": "1.00", "currency": "USD"}
    answer = api(finance).post("/api/v1/payments/", body)
    assert answer.status_code == 422
    assert answer.data["code"] == "no_rate"
    assert not Payment.objects.exists()
