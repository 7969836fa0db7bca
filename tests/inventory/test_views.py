from decimal import Decimal

from inventory.models import PurchaseRequest, StockLevel
from tests.factories.inventory import PurchaseRequestFactory, StockLevelFactory, WarehouseFactory
from tests.factories.products import ProductFactory

HTMX = {"HX-Request": "true"}


def test_the_warehouse_receives_adjusts_and_transfers_from_the_page_of_the_stock(login, warehouse):
    level, other = StockLevelFactory(), WarehouseFactory(name="Harbour")
    page, url = login(warehouse), f"/inventory/levels/{level.pk}/"
    assert "Harbour" in page.get(f"{url}transfer/", headers=HTMX).content.decode()
    data = {"quantity": "10", "reference": "DN-7"}
    assert page.post(f"{url}receive/", data, headers=HTMX).status_code == 200
    asked = page.post(f"{url}adjust/", {"quantity": "-3", "reason": ""}, headers=HTMX)
    assert asked.status_code == 422
    page.post(f"{url}adjust/", {"quantity": "-3", "reason": "Count"}, headers=HTMX)
    page.post(f"{url}transfer/", {"quantity": "2", "destination": other.pk}, headers=HTMX)
    refused = page.post(
        f"{url}transfer/", {"quantity": "20", "destination": other.pk}, headers=HTMX
    )
    assert refused.status_code == 422
    assert "only 5 there" in refused.content.decode()
    level.refresh_from_db()
    assert level.on_hand == 5
    content = page.get(url).content.decode()
    assert "DN-7" in content
    assert "Count" in content


def test_a_rep_sees_stock_but_moves_none(login, rep):
    level = StockLevelFactory(stock=7)
    page = login(rep)
    content = page.get(f"/inventory/levels/{level.pk}/").content.decode()
    assert "Available" in content
    assert "Latest moves" not in content
    data = {"quantity": "1"}
    assert page.post(f"/inventory/levels/{level.pk}/receive/", data).status_code == 403
    assert page.get("/inventory/moves/").status_code == 403


def test_the_ledger_is_read_only(login, warehouse):
    level = StockLevelFactory(stock=7)
    page = login(warehouse)
    answer = page.get("/inventory/moves/?kind=receipt")
    assert [row["pk"] for row in answer.context["rows"]] == [level.moves.get().pk]
    assert page.get(f"/inventory/moves/{level.moves.get().pk}/").status_code == 200
    assert page.get("/inventory/moves/new/").status_code == 404


def test_what_has_to_be_reordered_can_be_listed(login, warehouse):
    low = StockLevelFactory(stock=3, reorder_point=5)
    StockLevelFactory(stock=9, reorder_point=5)
    StockLevelFactory(stock=1)
    answer = login(warehouse).get("/inventory/levels/?low=true")
    assert [row["pk"] for row in answer.context["rows"]] == [low.pk]
    assert "Reorder" in answer.content.decode()


def test_the_product_of_a_level_is_fixed_and_its_reorder_point_is_not(login, warehouse):
    level = StockLevelFactory()
    product, page = ProductFactory(), login(warehouse)
    data = {"reorder_point": "5", "reorder_quantity": "20", "product": product.pk, "version": 1}
    assert page.post(f"/inventory/levels/{level.pk}/edit/", data).status_code == 302
    fresh = StockLevel.objects.get()
    assert (fresh.product, fresh.reorder_point) == (level.product, Decimal(5))


def test_a_purchase_goes_from_request_to_goods_with_two_people(login, warehouse, manager):
    product, place = ProductFactory(), WarehouseFactory()
    page = login(warehouse)
    data = {"product": product.pk, "warehouse": place.pk, "quantity": "12"}
    assert page.post("/inventory/purchases/new/", data).status_code == 302
    request = PurchaseRequest.objects.get()
    url = f"/inventory/purchases/{request.pk}/"
    page.post(f"{url}submit/", headers=HTMX)
    assert page.post(f"{url}approve/", headers=HTMX).status_code == 403
    [card] = [
        card
        for card in login(manager).get("/").context["cards"]
        if str(card["label"]) == "Purchase requests to approve"
    ]
    assert card["count"] == 1
    assert login(manager).post(f"{url}approve/", headers=HTMX).status_code == 200
    page.post(f"{url}order/", {"expected_on": "2030-01-01"}, headers=HTMX)
    page.post(f"{url}receive/", headers=HTMX)
    request.refresh_from_db()
    assert request.state == "received"
    assert StockLevel.objects.get().on_hand == 12


def test_lists_cost_the_same_queries_however_long_they_are(
    login, warehouse, django_assert_max_num_queries
):
    for _n in range(20):
        StockLevelFactory(stock=1)
        PurchaseRequestFactory(owner=warehouse)
    page = login(warehouse)
    for url in ("levels", "moves", "purchases", "warehouses"):
        page.get(f"/inventory/{url}/")
        with django_assert_max_num_queries(10):
            answer = page.get(f"/inventory/{url}/")
        assert len(answer.context["rows"]) >= 20
