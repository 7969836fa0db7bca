import pytest
from django.urls import reverse

from crm.lifecycle import advance
from crm.models import Notification
from orders import services
from orders.models import Order, OrderException
from tests.factories.orders import (
    CarrierFactory,
    CustomerFactory,
    OrderFactory,
    confirmed,
    delivered,
    dispatched,
    fulfilling,
    planned,
    stock,
)
from tests.factories.products import ProductFactory

HTMX = {"HX-Request": "true"}


def form(account, product, **changes):
    return {
        "account": account.pk,
        "channel": "phone",
        "ordered_on": "2026-03-01",
        "currency": "",
        "payment_term": account.payment_term_id,
        "address": "1 Long Road",
        "freight": "",
        "lines-TOTAL_FORMS": 1,
        "lines-INITIAL_FORMS": 0,
        "lines-0-product": product.pk,
        "lines-0-quantity": "3",
        **changes,
    }


def test_a_rep_takes_in_an_order_with_lines_and_sees_what_it_comes_to(login, rep):
    account = CustomerFactory(owner=rep, currency_id="USD")
    product = ProductFactory(price=20, currency_id="USD")
    page = login(rep)
    assert page.get(f"/orders/new/?account={account.pk}").status_code == 200
    answer = page.post("/orders/new/", form(account, product))
    order = Order.objects.get()
    assert answer.headers["Location"] == order.get_absolute_url()
    assert "$60.00" in page.get(order.get_absolute_url()).content.decode()


def test_a_contact_of_another_customer_is_refused_beside_the_field(login, rep):
    account, other = CustomerFactory.create_batch(2, owner=rep)
    contact = other.contacts.create(name="Ms Li")
    data = form(account, ProductFactory(), contact=contact.pk)
    answer = login(rep).post("/orders/new/", data)
    assert answer.status_code == 422
    assert "belongs to another customer" in answer.content.decode()
    assert not Order.objects.exists()


def test_an_order_goes_through_the_office_by_its_buttons(login, rep, manager):
    order = OrderFactory(owner=rep, address="")
    url = order.get_absolute_url()
    assert login(rep).post(f"{url}submit/").status_code == 302
    content = login(rep).get(url).content.decode()
    assert "No delivery address is given." in content
    assert login(rep).get(f"{url}waive/").status_code == 403
    page = login(manager)
    assert "No delivery address is given." in page.get(f"{url}waive/").content.decode()
    answer = page.post(f"{url}waive/", {"check": "address", "reason": "Fetches it"}, headers=HTMX)
    assert answer.status_code == 200
    assert "Fetches it" in answer.content.decode()
    assert page.post(f"{url}approve/").status_code == 302
    asked = login(rep).get(f"{url}confirm/", headers=HTMX).content.decode()
    assert 'name="confirmed_how"' in asked
    data = {"confirmed_by": "Ms Li", "confirmed_on": "2026-03-02", "confirmed_how": "call"}
    assert login(rep).post(f"{url}confirm/", data).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.confirmed_by) == ("confirmed", "Ms Li")


def test_the_warehouse_ships_from_the_form_of_allocated_lines(login, rep, warehouse):
    order = fulfilling(rep, quantity=5, in_stock=4)
    page, url = login(warehouse), order.get_absolute_url()
    line = order.lines.get()
    place = line.allocations.get().warehouse
    name = f"quantity_{line.pk}_{place.pk}"
    asked = page.get(f"{url}plan_shipment/").content.decode()
    assert f'name="{name}" value="4"' in asked
    data = {"warehouse": place.pk, name: "5"}
    assert page.post(f"{url}plan_shipment/", data).status_code == 422
    answer = page.post(f"{url}plan_shipment/", {**data, name: "3"}, headers=HTMX)
    shipment = order.shipments.get()
    assert answer.headers["HX-Redirect"] == shipment.get_absolute_url()
    here = shipment.get_absolute_url()
    assert page.post(f"{here}pick/").status_code == 302
    answer = page.post(f"{here}dispatch/", {}, headers=HTMX)
    assert answer.status_code == 422
    assert "carrier is needed" in answer.content.decode()
    carrier = CarrierFactory(name="Fast")
    answer = page.post(f"{here}dispatch/", {"carrier": carrier.pk, "tracking_number": "T1"})
    assert answer.status_code == 302
    assert "T1" in page.get(here).content.decode()
    assert order.lines.get().shipped == 3


def test_what_a_person_may_not_see_or_do_is_absent(login, rep, outsider, warehouse):
    order = fulfilling(rep)
    shipment = planned(order)
    for record in (order, shipment):
        assert login(outsider).get(record.get_absolute_url()).status_code == 404
        assert login(outsider).post(f"{record.get_absolute_url()}cancel/").status_code == 404
    assert login(rep).post(f"{shipment.get_absolute_url()}pick/").status_code == 403
    assert login(warehouse).post(f"{order.get_absolute_url()}cancel/").status_code == 403
    assert b"plan_shipment" not in login(rep).get(order.get_absolute_url()).content


def test_an_exception_is_reported_handled_and_told_to_the_owner(
    login, rep, warehouse, django_capture_on_commit_callbacks
):
    order = fulfilling(rep)
    data = {"kind": "shortage", "cause": "Two are broken"}
    with django_capture_on_commit_callbacks(execute=True):
        login(warehouse).post(f"{order.get_absolute_url()}open_exception/", data)
    exception = OrderException.objects.get()
    assert exception.owner == rep
    told = Notification.objects.filter(user=rep, event__name="orderexception.created")
    assert told.count() == 1
    page, url = login(rep), exception.get_absolute_url()
    assert "Two are broken" in page.get("/orders/exceptions/").content.decode()
    page.post(f"{url}handle/", {"told_by": "rep", "told_on": "2026-03-01"})
    page.post(f"{url}resolve/", {"solution": "Next week"})
    assert page.post(f"{url}close/").status_code == 302
    exception.refresh_from_db()
    assert (exception.state, exception.solution) == ("closed", "Next week")


def test_the_owner_is_told_when_the_order_has_left_and_arrived(
    rep, django_capture_on_commit_callbacks
):
    order = fulfilling(rep)
    with django_capture_on_commit_callbacks(execute=True):
        delivered(order)
    names = Notification.objects.filter(user=rep).values_list("event__name", flat=True)
    assert {"order.shipped", "order.delivered"} <= set(names)


@pytest.fixture
def many(rep):
    account, product = CustomerFactory(owner=rep), ProductFactory()
    stock(product, 100)
    found = []
    for _ in range(12):
        order = OrderFactory(owner=rep, account=account, lines=[(product, 1)])
        order = services.fulfil_order(confirmed(order), by=None)
        found.append(planned(order, carrier=CarrierFactory()))
        services.open_exception(order, by=None, kind="delay", cause="Snow")
    return found


@pytest.mark.parametrize("url", ["/orders/", "/orders/shipments/", "/orders/exceptions/"])
def test_lists_cost_the_same_queries_for_every_row(
    login, rep, many, url, django_assert_max_num_queries
):
    page = login(rep)
    page.get(url)
    with django_assert_max_num_queries(13):
        answer = page.get(url)
    assert answer.content.count(b"<tr data-href") == 12


def test_filters_find_my_orders_by_state_customer_and_trouble(login, manager, rep):
    mine = OrderFactory(owner=manager)
    held = advance(confirmed(OrderFactory(owner=rep)), "hold", by=None, reason="Credit")
    ready = fulfilling(rep)
    page = login(manager)

    def found(query):
        return [row["pk"] for row in page.get(f"/orders/?{query}").context["rows"]]

    assert found("mine=true") == [mine.pk]
    assert sorted(found("state=received&state=on_hold")) == [mine.pk, held.pk]
    assert found(f"account={held.account_id}") == [held.pk]
    assert found("in_trouble=true") == [held.pk]
    assert found("to_plan=true") == [ready.pk]
    assert len(found("")) == 3


def test_my_day_shows_each_role_its_orders_and_counts_as_the_list_does(
    login, rep, manager, warehouse
):
    order = fulfilling(rep)
    planned(order, 2)
    advance(confirmed(OrderFactory(owner=rep)), "hold", by=None, reason="Credit")
    services.submit_order(OrderFactory(owner=rep), by=None)

    def cards(user):
        page = login(user)
        found = {}
        for card in page.get("/").context["cards"]:
            if card.get("url", "").startswith("/orders/"):
                rows = page.get(card["url"]).context["rows"]
                assert len(rows) == card["count"] == len(card["items"])
                if rows:
                    found[card["label"]] = card["count"]
        return found

    assert cards(warehouse) == {"Orders to ship": 1, "Shipments to pick": 1}
    assert cards(rep) == {"Orders on hold or with an exception": 1}
    assert cards(manager)["Orders to review"] == 1


def test_a_customers_page_lists_only_orders_one_may_see(login, rep, teammate, manager):
    account = CustomerFactory(owner=rep)
    services.submit_order(OrderFactory(owner=rep, account=account), by=None)
    hidden = services.submit_order(OrderFactory(owner=teammate, account=account), by=None)
    url = reverse("orders:account_panel", args=[account.pk])
    content = login(rep).get(url, headers=HTMX).content.decode()
    assert "-000001" in content
    assert hidden.number not in content
    assert hidden.number in login(manager).get(url).content.decode()
    assert login(teammate).get(url).status_code == 404


def test_a_shipments_page_shows_goods_and_tracking(login, rep, warehouse):
    shipment = dispatched(fulfilling(rep))
    url = shipment.get_absolute_url()
    page = login(warehouse)
    page.post(f"{url}track/", {"text": "Left the depot", "place": "Wuhan"})
    content = page.get(url).content.decode()
    assert "Left the depot" in content
    assert "in transit" in content


def test_the_list_sums_what_it_shows_and_names_what_has_no_number(login, rep):
    OrderFactory.create_batch(2, owner=rep, number="")
    answer = login(rep).get("/orders/")
    totals = {total["label"] for total in answer.context["totals"]}
    assert {"amount", "outstanding"} <= totals
    assert {row["cells"][0].text for row in answer.context["rows"]} == {"no number yet"}
