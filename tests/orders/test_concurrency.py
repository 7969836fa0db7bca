"""Two people at once, each in a thread with a connection of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Sum

from crm.errors import DomainError
from inventory.models import StockLevel
from orders import services
from orders.models import Allocation, Order, Shipment
from tests.factories.orders import (
    CarrierFactory,
    OrderFactory,
    PlaceFactory,
    confirmed,
    fulfilling,
    planned,
    stock,
)
from tests.factories.products import ProductFactory

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def together(*works):
    """Run callables at the same moment; return their results, an error as itself."""
    start = Barrier(len(works))

    def run(work):
        try:
            start.wait(5)
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_two_orders_are_never_promised_the_same_last_piece():
    product = ProductFactory()
    stock(product, 1)
    orders = [confirmed(OrderFactory(lines=[(product, 1)])) for _ in range(2)]
    answers = together(
        *(lambda order=order: services.fulfil_order(order, by=None) for order in orders)
    )
    assert [answer.state for answer in answers] == ["fulfilling", "fulfilling"]
    level = StockLevel.objects.get()
    assert (level.on_hand, level.reserved) == (1, 1)
    assert Allocation.objects.aggregate(total=Sum("quantity"))["total"] == 1


def test_orders_with_the_same_products_in_another_order_do_not_block_each_other():
    PlaceFactory()
    products = ProductFactory.create_batch(4)
    for product in products:
        stock(product, 3)
    pairs = [(product, 2) for product in products]
    orders = [confirmed(OrderFactory(lines=lines)) for lines in (pairs, pairs[::-1])]
    answers = together(
        *(lambda order=order: services.fulfil_order(order, by=None) for order in orders)
    )
    assert [getattr(answer, "state", answer) for answer in answers] == ["fulfilling"] * 2
    assert Allocation.objects.aggregate(total=Sum("quantity"))["total"] == 12


def test_a_shipment_dispatched_twice_at_once_leaves_once():
    order = fulfilling(quantity=5, in_stock=5)
    shipment = services.pick_shipment(planned(order, carrier=CarrierFactory()), by=None)
    answers = together(*[lambda: services.dispatch_shipment(shipment, by=None)] * 2)
    assert sum(isinstance(answer, Shipment) for answer in answers) == 1
    assert sum(isinstance(answer, DomainError) for answer in answers) == 1
    level = StockLevel.objects.get()
    assert (level.on_hand, level.reserved) == (0, 0)
    assert Order.objects.get().state == "shipped"


def test_the_same_goods_are_not_planned_twice_at_once():
    order = fulfilling(quantity=5, in_stock=5)
    answers = together(*[lambda: planned(order, 4)] * 2)
    assert sum(isinstance(answer, Shipment) for answer in answers) == 1
    assert Shipment.objects.count() == 1
