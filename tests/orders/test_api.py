import pytest
from django.utils import timezone

from tests.factories.orders import (
    CarrierFactory,
    CustomerFactory,
    OrderFactory,
    fulfilling,
    stock,
)
from tests.factories.products import ProductFactory


def test_an_order_goes_from_the_customer_to_the_door_over_rest(api, rep, manager, warehouse):
    account, product = CustomerFactory(owner=rep), ProductFactory(price=50)
    place = stock(product, 10)
    sales, office, goods = api(rep), api(manager), api(warehouse)
    body = {
        "account": account.pk,
        "channel": "api",
        "address": "1 Long Road",
        "lines": [{"product": product.pk, "quantity": "4"}],
    }
    made = sales.post("/api/v1/orders/", body, format="json")
    assert made.status_code == 201, made.data
    assert (made.data["amount"], made.data["lines"][0]["unit_price"]) == ("200.00", "50.0000")
    url = f"/api/v1/orders/{made.data['id']}/"
    assert sales.post(f"{url}submit/").data["checks"][0]["result"] == "passed"
    assert sales.post(f"{url}approve/").status_code == 403
    assert office.post(f"{url}approve/").data["state"] == "approved"
    missing = sales.post(f"{url}confirm/", {}, format="json")
    assert set(missing.data["errors"]) == {"confirmed_by", "confirmed_on", "confirmed_how"}
    who = {"confirmed_by": "Ms Li", "confirmed_on": "2026-03-01", "confirmed_how": "call"}
    assert sales.post(f"{url}confirm/", who, format="json").data["state"] == "confirmed"
    line = sales.post(f"{url}fulfil/").data["lines"][0]
    assert line["allocated"] == "4.000"
    quantities = {"warehouse": place.pk, "quantities": {str(line["id"]): "3"}}
    planned = goods.post(f"{url}plan_shipment/", quantities, format="json")
    assert planned.data["result"]["kind"] == "orders.shipment", planned.data
    shipment = f"/api/v1/shipments/{planned.data['result']['id']}/"
    assert goods.patch(shipment, {"notes": "Fragile"}, format="json").status_code == 200
    rest = goods.post(f"{url}plan_shipment/", {}, format="json").data["result"]["id"]
    for each in (shipment, f"/api/v1/shipments/{rest}/"):
        goods.post(f"{each}pick/")
        gone = goods.post(f"{each}dispatch/", {"carrier": CarrierFactory().pk}, format="json")
        assert gone.data["state"] == "dispatched"
    report = {"text": "Left", "place": "Wuhan"}
    tracked = goods.post(f"{shipment}track/", report, format="json").data
    assert (tracked["state"], tracked["tracking"][0]["place"]) == ("in_transit", "Wuhan")
    assert sales.get(url).data["state"] == "shipped"
    arrived = {"received_by": "Wu", "delivered_on": timezone.localdate().isoformat()}
    for each in (shipment, f"/api/v1/shipments/{rest}/"):
        assert goods.post(f"{each}deliver/", arrived, format="json").status_code == 200
    assert sales.get(url).data["state"] == "delivered"


@pytest.mark.parametrize("shape", ["list", "nonsense", "too many"])
def test_quantities_come_as_a_list_too_and_are_checked(api, warehouse, rep, shape):
    order = fulfilling(rep)
    line = order.lines.get()
    url = f"/api/v1/orders/{order.pk}/plan_shipment/"
    value = {
        "list": [{"line": line.pk, "quantity": 2}],
        "nonsense": ["x"],
        "too many": {line.pk: 6},
    }[shape]
    answer = api(warehouse).post(url, {"quantities": value}, format="json")
    assert answer.status_code == (200 if shape == "list" else 400), answer.data
    assert order.shipments.count() == (1 if shape == "list" else 0)


def test_a_customer_one_cannot_see_cannot_be_ordered_for(api, outsider, rep):
    account = CustomerFactory(owner=rep)
    answer = api(outsider).post("/api/v1/orders/", {"account": account.pk}, format="json")
    assert answer.status_code == 400
    assert "account" in answer.data["errors"]


def test_nobody_takes_in_orders_for_a_colleague_outside_the_own_scope(api, rep, teammate, manager):
    account = CustomerFactory(owner=rep)
    body = {"account": account.pk, "owner": teammate.pk}
    assert api(rep).post("/api/v1/orders/", body, format="json").status_code == 400
    assert api(manager).post("/api/v1/orders/", body, format="json").status_code == 201


def test_verbs_out_of_place_are_refused_in_words(api, manager, warehouse, rep):
    order = OrderFactory(owner=rep)
    url = f"/api/v1/orders/{order.pk}/"
    for client, verb in ((manager, "waive"), (warehouse, "plan_shipment"), (manager, "allocate")):
        refused = api(client).post(f"{url}{verb}/", {}, format="json")
        assert refused.status_code == 409
        assert refused.data["detail"] == "This is not possible now."
    names = {verb["name"] for verb in api(rep).get(url).data["available_verbs"]}
    assert names == {"submit", "cancel", "open_exception"}


def test_exceptions_and_carriers_are_resources_of_their_own(api, rep, warehouse):
    order = fulfilling(rep)
    body = {"order": order.pk, "kind": "delay", "cause": "Snow"}
    made = api(rep).post("/api/v1/order-exceptions/", body, format="json")
    assert (made.status_code, made.data["owner"]) == (201, rep.pk)
    told = {"told_by": "rep", "told_on": "2026-03-01"}
    url = f"/api/v1/order-exceptions/{made.data['id']}/"
    assert api(rep).post(f"{url}handle/", told, format="json").data["state"] == "handling"
    carrier = {"name": "Fast", "phone": "1"}
    assert api(warehouse).post("/api/v1/carriers/", carrier, format="json").status_code == 201
    assert api(rep).post("/api/v1/carriers/", carrier, format="json").status_code == 403


def test_a_page_of_orders_costs_no_query_per_row(api, rep, django_assert_max_num_queries):
    OrderFactory.create_batch(9, owner=rep)
    client = api(rep)
    client.get("/api/v1/orders/")
    with django_assert_max_num_queries(8):
        assert len(client.get("/api/v1/orders/").data["results"]) == 9
