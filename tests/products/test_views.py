from crm.models import Event
from products.models import Product
from tests.factories.products import ProductFactory


def test_a_manager_creates_a_product_and_the_form_asks_again_for_what_is_missing(login, manager):
    page = login(manager)
    data = {
        "code": "P1",
        "name": "",
        "unit": "piece",
        "currency": "CNY",
        "price": "9.5",
        "cost": "4",
        "tax_rate": "13",
    }
    answer = page.post("/products/new/", data)
    assert answer.status_code == 422
    assert b"This field is required" in answer.content
    assert b'value="9.5"' in answer.content
    answer = page.post("/products/new/", {**data, "name": "Pump"})
    product = Product.objects.get()
    assert answer.headers["Location"] == product.get_absolute_url()
    assert Event.objects.get(name="product.created").actor == manager


def test_a_rep_sees_the_price_but_neither_cost_nor_a_way_to_edit(login, rep):
    product = ProductFactory(price="123.45", cost="77.77")
    page = login(rep)
    content = page.get(product.get_absolute_url()).content.decode()
    assert "123.45" in content
    assert "77.77" not in content
    assert page.get(f"/products/{product.pk}/edit/").status_code == 403


def test_saving_over_somebody_elses_change_shows_both_versions_and_loses_nothing(login, manager):
    product = ProductFactory(name="Old")
    data = {
        "code": product.code,
        "unit": "piece",
        "currency": "CNY",
        "price": "100",
        "cost": "60",
        "tax_rate": "13",
    }
    page = login(manager)
    url = f"/products/{product.pk}/edit/"
    assert page.post(url, {**data, "name": "Theirs", "version": 1}).status_code == 302
    answer = page.post(url, {**data, "name": "Mine", "version": 1})
    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()
    assert "Mine" in answer.content.decode()
    product.refresh_from_db()
    assert product.name == "Theirs"


def test_taking_a_product_off_sale_answers_the_fresh_record(login, manager, rep):
    product = ProductFactory()
    url = f"/products/{product.pk}/take_off_sale/"
    assert login(rep).post(url).status_code == 403
    answer = login(manager).post(url, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "off sale" in answer.content.decode()
    again = login(manager).post(url, headers={"HX-Request": "true"})
    assert again.status_code == 409
    assert "off sale" in again.content.decode()


def test_the_list_costs_the_same_queries_for_one_row_as_for_forty(
    login, rep, django_assert_max_num_queries
):
    page = login(rep)
    ProductFactory.create_batch(40)
    page.get("/products/")
    with django_assert_max_num_queries(10):
        answer = page.get("/products/")
    assert answer.content.count(b"<tr data-href") == 40


def test_lists_page_by_key_without_losing_or_repeating_rows(login, rep):
    ProductFactory.create_batch(120, price="5")
    page = login(rep)
    seen, url = [], "/products/?o=-price"
    while url:
        answer = page.get(url)
        seen += [row["pk"] for row in answer.context["rows"]]
        url = answer.context["next_url"]
    assert len(seen) == len(set(seen)) == 120
