from tests.factories.inventory import PurchaseRequestFactory, StockLevelFactory, WarehouseFactory
from tests.factories.products import ProductFactory


def test_stock_is_read_and_moved_over_rest(api, warehouse, rep):
    level = StockLevelFactory(stock=10)
    url = f"/api/v1/stock-levels/{level.pk}/"
    assert api(rep).get(url).data["available"] == "10.000"
    assert api(rep).post(f"{url}receive/", {"quantity": "5"}, format="json").status_code == 403
    client = api(warehouse)
    assert client.post(f"{url}receive/", {"quantity": "5"}, format="json").data["on_hand"] == (
        "15.000"
    )
    body = {"quantity": "-99", "reason": "Count"}
    refused = client.post(f"{url}adjust/", body, format="json")
    assert refused.status_code == 422
    assert refused.data["code"] == "not_enough_stock"
    moves = client.get("/api/v1/stock-moves/").data["results"]
    assert [move["quantity"] for move in moves] == ["5.000", "10.000"]
    assert client.post("/api/v1/stock-moves/", {"level": level.pk}).status_code in (403, 405)


def test_quantities_cannot_be_written_past_the_ledger(api, warehouse):
    level = StockLevelFactory(stock=10)
    client, url = api(warehouse), f"/api/v1/stock-levels/{level.pk}/"
    body = {"on_hand": "99", "product": ProductFactory().pk, "reorder_point": "3"}
    data = client.patch(url, body, format="json").data
    assert (data["on_hand"], data["reorder_point"]) == ("10.000", "3.000")
    assert data["product"] == level.product_id


def test_a_product_lies_in_a_warehouse_once(api, warehouse):
    level = StockLevelFactory()
    body = {"product": level.product_id, "warehouse": level.warehouse_id}
    assert api(warehouse).post("/api/v1/stock-levels/", body, format="json").status_code == 400


def test_purchase_requests_are_made_and_submitted_over_rest(api, warehouse, manager):
    body = {"product": ProductFactory().pk, "warehouse": WarehouseFactory().pk, "quantity": "0"}
    client = api(warehouse)
    assert client.post("/api/v1/purchase-requests/", body, format="json").status_code == 400
    made = client.post("/api/v1/purchase-requests/", {**body, "quantity": "3"}, format="json")
    assert made.status_code == 201
    url = f"/api/v1/purchase-requests/{made.data['id']}/"
    assert client.post(f"{url}submit/").data["state"] == "submitted"
    refused = client.post(f"{url}approve/")
    assert refused.status_code == 403
    assert "what they submitted" in refused.data["detail"]
    assert api(manager).post(f"{url}approve/").data["state"] == "approved"


def test_reps_may_look_at_purchases_only(api, rep):
    url = f"/api/v1/purchase-requests/{PurchaseRequestFactory().pk}/"
    assert api(rep).get(url).status_code == 200
    assert api(rep).post(f"{url}submit/").status_code == 403
