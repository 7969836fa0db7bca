from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from crm.errors import WrongMoment
from crm.lifecycle import advance
from crm.models import Event
from orders.models import OrderCheck
from orders.services import (
    approve_order,
    confirm_order,
    create_order,
    edit_order,
    submit_order,
    waive_check,
)
from products.services import PRODUCT_VERBS
from tests.factories.orders import CustomerFactory, OrderFactory, confirmed, stock
from tests.factories.products import ProductFactory


def results(order):
    return dict(order.checks.values_list("kind", "result"))


def test_an_order_takes_term_currency_and_usual_address_from_its_customer(rep):
    account = CustomerFactory(owner=rep)
    account.addresses.create(street="2 Back Lane", city="Wuhan")
    account.addresses.create(street="1 Front Road", city="Wuhan", is_default=True, recipient="Li")
    lines = [{"product": ProductFactory(price=10), "quantity": 3, "discount": 10}]
    order = create_order(by=rep, account=account, channel="fax", freight=Decimal(8), lines=lines)
    assert (order.address, order.recipient) == ("Wuhan 1 Front Road", "Li")
    assert (order.payment_term, order.owner) == (account.payment_term, rep)
    assert (order.amount, order.total) == (Decimal("27.00"), Decimal("35.00"))
    assert order.number == ""


def test_only_a_new_order_can_be_edited_and_its_lines_are_replaced(rep):
    order = OrderFactory(owner=rep)
    product = ProductFactory(price=7)
    order = edit_order(order, by=rep, lines=[{"product": product, "quantity": 2}], notes="x")
    assert order.amount == Decimal("14.00")
    old, new = Event.objects.filter(name="order.edited").last().data["lines"]
    assert (old[0]["quantity"], new[0]["quantity"]) == ("5.000", "2.000")
    order = submit_order(order, by=rep)
    with pytest.raises(WrongMoment, match="can no longer be edited"):
        edit_order(order, by=rep, lines=[])


def test_an_order_without_lines_is_not_reviewed_and_takes_no_number(rep):
    order = OrderFactory(owner=rep, lines=[])
    with pytest.raises(WrongMoment, match="no lines"):
        submit_order(order, by=rep)
    assert submit_order(OrderFactory(owner=rep), by=rep).number.endswith("-000001")


def test_an_order_at_list_price_passes_and_a_shortage_only_warns(rep, manager):
    order = submit_order(OrderFactory(owner=rep), by=rep)
    assert results(order) == {
        "quantity": "passed",
        "price": "passed",
        "payment": "passed",
        "address": "passed",
        "product": "passed",
        "credit": "passed",
        "stock": "warning",
    }
    assert "5 ordered, 0 available" in order.checks.get(kind="stock").detail
    assert order.checks.get(kind="credit").detail == "No credit limit is set."
    assert approve_order(order, by=manager).state == "approved"


def test_a_direct_order_below_list_price_fails_until_somebody_waives_it(rep, manager):
    order = OrderFactory(owner=rep, lines=[])
    lines = [{"product": ProductFactory(price=100), "quantity": 1, "discount": 5}]
    order = submit_order(edit_order(order, by=rep, lines=lines), by=rep)
    check = order.checks.get(kind="price")
    assert "95 is below the list price of 100" in check.detail
    with pytest.raises(WrongMoment, match="failed and is not waived"):
        approve_order(order, by=manager)
    with pytest.raises(PermissionDenied):
        waive_check(order, check=check, reason="Old friend", by=rep)
    waive_check(order, check=check, reason="Old friend", by=manager)
    check.refresh_from_db()
    assert (check.result, check.waived_by, check.waive_reason) == ("waived", manager, "Old friend")
    assert approve_order(order, by=manager).state == "approved"
    with pytest.raises(WrongMoment):
        waive_check(order, check=check, reason="Again", by=manager)


def test_missing_term_address_and_a_product_off_sale_fail(rep, manager):
    product = ProductFactory()
    order = OrderFactory(owner=rep, payment_term=None, address="", lines=[(product, 1)])
    PRODUCT_VERBS["take_off_sale"].run(product, by=manager)
    failed = {
        kind for kind, result in results(submit_order(order, by=rep)).items() if result == "failed"
    }
    assert failed == {"payment", "address", "product"}


@pytest.mark.parametrize(("exposure", "result"), [(500, "passed"), (501, "failed")])
def test_credit_in_use_and_this_order_may_reach_the_limit_but_not_pass_it(rep, exposure, result):
    account = CustomerFactory(owner=rep, credit_limit=1000, exposure=exposure)
    order = submit_order(OrderFactory(owner=rep, account=account), by=rep)
    assert results(order)["credit"] == result


def test_a_returned_order_keeps_its_number_and_is_reviewed_anew(rep, manager):
    order = submit_order(OrderFactory(owner=rep, address=""), by=rep)
    number = order.number
    check = order.checks.get(kind="address")
    waive_check(order, check=check, reason="Fetched by the customer", by=manager)
    order = advance(order, "return_for_changes", by=manager, comment="Address?")
    order = edit_order(order, by=rep, address="5 New Street")
    order = submit_order(order, by=rep)
    assert order.number == number
    assert results(order)["address"] == "passed"
    assert not OrderCheck.objects.filter(order=order, result="waived").exists()


def test_confirming_asks_who_and_when_and_fixes_the_rate(rep, manager):
    order = approve_order(submit_order(OrderFactory(owner=rep), by=rep), by=manager)
    order = confirm_order(order, by=rep, confirmed_by="Ms Wang", confirmed_how="mail")
    assert (order.rate, order.confirmed_by, order.confirmed_how) == (1, "Ms Wang", "mail")
    assert order.outstanding == order.total


def test_enough_stock_passes_without_a_warning(rep):
    product = ProductFactory()
    stock(product, 5)
    order = confirmed(OrderFactory(owner=rep, lines=[(product, 5)]))
    assert results(order)["stock"] == "passed"
