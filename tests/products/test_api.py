from decimal import Decimal

from products.models import Product
from tests.factories.products import ProductFactory


def test_products_are_read_written_and_versioned_over_rest(api, manager):
    client = api(manager)
    body = {"code": "P1", "name": "Pump", "price": "9.50", "currency": "CNY"}
    answer = client.post("/api/v1/products/", body, format="json")
    assert answer.status_code == 201, answer.data
    assert answer.data["price"] == "9.5000"
    assert {verb["name"] for verb in answer.data["available_verbs"]} == {"take_off_sale"}
    url = f"/api/v1/products/{answer.data['id']}/"
    assert answer.headers["ETag"] == '"1"'
    changed = client.patch(url, {"price": "10"}, format="json", headers={"If-Match": '"1"'})
    assert changed.status_code == 200
    stale = client.patch(url, {"price": "11"}, format="json", headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert stale.headers["Content-Type"] == "application/problem+json"
    assert Product.objects.get().price == Decimal(10)


def test_cost_is_absent_for_those_who_may_not_see_it(api, rep, manager):
    product = ProductFactory()
    assert "cost" not in api(rep).get(f"/api/v1/products/{product.pk}/").data
    assert api(manager).get(f"/api/v1/products/{product.pk}/").data["cost"] == "60.0000"


def test_verbs_run_once_and_refuse_in_words(api, manager, rep):
    product = ProductFactory()
    url = f"/api/v1/products/{product.pk}/take_off_sale/"
    assert api(rep).post(url).status_code == 403
    assert api(manager).post(url).data["state"] == "off_sale"
    refused = api(manager).post(url)
    assert refused.status_code == 409
    assert refused.data["code"] == "wrong_moment"
    assert "off sale" in refused.data["detail"]


def test_nobody_gets_in_without_logging_in(client):
    answer = client.get("/api/v1/products/")
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"


def test_pages_follow_the_cursor(api, rep):
    ProductFactory.create_batch(7)
    client = api(rep)
    seen, url = [], "/api/v1/products/?page_size=3&ordering=-price"
    while url:
        data = client.get(url).data
        seen += [row["id"] for row in data["results"]]
        url = data["next"]
    assert len(seen) == len(set(seen)) == 7


def test_the_schema_describes_every_verb(client, administrator, api):
    answer = api(administrator).get("/api/schema/", headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert "/api/v1/products/{id}/take_off_sale/" in answer.json()["paths"]
