from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Account
from crm.errors import WrongMoment
from crm.lifecycle import advance
from crm.models import Event
from inventory import services as inventory
from inventory.models import PurchaseRequest, StockLevel, StockMove
from orders import services
from orders.handlers import lines_are_the_sum_of_their_goods as differences
from orders.models import Order
from tests.factories.orders import (
    CarrierFactory,
    CustomerFactory,
    OrderFactory,
    PlaceFactory,
    confirmed,
    delivered,
    dispatched,
    fulfilling,
    planned,
    stock,
)
from tests.factories.products import ProductFactory

pytestmark = pytest.mark.django_db


def level():
    found = StockLevel.objects.get()
    return found.on_hand, found.reserved


def fresh(order):
    return Order.objects.get(pk=order.pk)


def settle(order):
    return services.record_received(order, received=order.total, outstanding=Decimal(0), by=None)


def test_handing_an_order_over_reserves_stock_and_suggests_to_buy_the_rest(rep):
    order = fulfilling(rep, quantity=5, in_stock=3)
    line = order.lines.get()
    assert (line.allocated, line.to_allocate()) == (3, 2)
    assert level() == (3, 3)
    request = PurchaseRequest.objects.get()
    assert (request.product, request.quantity, request.reason) == (line.product, 2, order.number)
    services.allocate_order(order, by=None)
    assert PurchaseRequest.objects.get().quantity == 2


def test_stock_is_taken_from_the_first_warehouses_and_added_up(rep):
    product = ProductFactory()
    stock(product, 2)
    stock(product, 9, PlaceFactory(code="B", name="Back", priority=20))
    order = services.fulfil_order(confirmed(OrderFactory(lines=[(product, 5)])), by=None)
    held = order.lines.get().allocations.order_by("warehouse__priority")
    assert [(row.warehouse.code, row.quantity) for row in held] == [("MAIN", 2), ("B", 3)]


def test_goods_that_come_in_go_to_the_order_that_has_waited_longest(
    rep, django_capture_on_commit_callbacks
):
    first = fulfilling(rep, quantity=5, in_stock=0, ordered_on="2020-01-01")
    product = first.lines.get().product
    second = OrderFactory(lines=[(product, 5)], ordered_on="2020-01-02")
    second = services.fulfil_order(confirmed(second), by=None)
    with django_capture_on_commit_callbacks(execute=True):
        stock(product, 7)
    assert (first.lines.get().allocated, second.lines.get().allocated) == (5, 2)


def test_cancelling_frees_the_stock_for_others_and_ends_planned_shipments(
    rep, django_capture_on_commit_callbacks
):
    order = fulfilling(rep, quantity=5, in_stock=5)
    waiting = OrderFactory(lines=[(order.lines.get().product, 4)])
    waiting = services.fulfil_order(confirmed(waiting), by=None)
    shipment = planned(order, 2)
    with django_capture_on_commit_callbacks(execute=True):
        services.cancel_order(order, by=rep, reason="Changed their mind")
    shipment.refresh_from_db()
    assert (fresh(order).state, shipment.state) == ("cancelled", "cancelled")
    assert order.lines.get().allocated == 0
    assert waiting.lines.get().allocated == 4
    assert level() == (5, 4)
    assert differences() == []


def test_an_order_cannot_be_cancelled_once_goods_have_left(rep):
    order = fulfilling(rep)
    dispatched(order, 2)
    with pytest.raises(WrongMoment, match="already been shipped"):
        services.cancel_order(order, by=rep, reason="Late")


def test_a_service_needs_no_shipment_and_an_order_of_services_is_delivered_at_once(rep):
    order = confirmed(OrderFactory(lines=[(ProductFactory(is_stocked=False), 1)]))
    order = services.fulfil_order(order, by=None)
    assert order.state == "delivered"
    assert not PurchaseRequest.objects.exists()


def test_no_more_is_planned_than_allocated_and_not_planned_already(rep):
    order = fulfilling(rep, quantity=5, in_stock=4)
    first = planned(order, 3)
    with pytest.raises(ValidationError, match="at most 1 "):
        planned(order, 2)
    advance(first, "cancel", by=None)
    assert planned(order, 4).lines.get().quantity == 4


def test_dispatching_moves_stock_and_the_last_goods_ship_the_order(rep):
    order = fulfilling(rep, quantity=5, in_stock=10)
    dispatched(order, 2)
    line = order.lines.get()
    assert (line.shipped, line.allocated, level()) == (2, 3, (8, 3))
    assert fresh(order).state == "fulfilling"
    shipment = dispatched(order)
    assert (fresh(order).state, level()) == ("shipped", (5, 0))
    move = StockMove.objects.first()
    assert (move.kind, move.quantity, move.reference) == ("dispatch", -3, shipment.number)
    assert Event.objects.get(name="order.shipped").actor.is_system
    assert differences() == []


def test_the_order_is_delivered_with_its_last_shipment(rep):
    order = fulfilling(rep)
    first, second = dispatched(order, 2), dispatched(order)
    services.deliver_shipment(second, by=None, received_by="Wu")
    assert fresh(order).state == "shipped"
    services.deliver_shipment(first, by=None, received_by="Wu")
    assert fresh(order).state == "delivered"
    assert fresh(order).delivered_on == timezone.localdate()


def test_nothing_leaves_without_a_carrier_or_while_the_order_is_on_hold(rep):
    order = fulfilling(rep)
    shipment = services.pick_shipment(planned(order), by=None)
    with pytest.raises(ValidationError, match="carrier is needed"):
        services.dispatch_shipment(shipment, by=None)
    advance(order, "hold", by=None, reason="Unpaid")
    with pytest.raises(WrongMoment, match="on hold"):
        services.dispatch_shipment(shipment, by=None, carrier=CarrierFactory())
    advance(order, "unhold", by=None)
    assert services.dispatch_shipment(shipment, by=None, carrier=CarrierFactory())
    assert fresh(order).state == "shipped"


def test_goods_stay_while_the_customer_is_above_the_limit_unless_credit_was_waived(rep, manager):
    account = CustomerFactory(owner=rep, credit_limit=1000)
    order = fulfilling(rep, account=account)
    shipment = services.pick_shipment(planned(order, carrier=CarrierFactory()), by=None)
    Account.objects.update(exposure=1001)
    with pytest.raises(WrongMoment, match="above the credit limit"):
        services.dispatch_shipment(shipment, by=None)
    order.checks.filter(kind="credit").update(result="waived")
    assert services.dispatch_shipment(shipment, by=None).state == "dispatched"


def test_a_second_try_moves_no_stock_again(rep):
    order = fulfilling(rep, quantity=5, in_stock=5)
    shipment = dispatched(order)
    shipment = advance(shipment, "fail", by=None, reason="Nobody there")
    assert shipment.failure == "Nobody there"
    shipment = services.dispatch_shipment(shipment, by=None)
    assert (level(), StockMove.objects.filter(kind="dispatch").count()) == ((0, 0), 1)
    services.deliver_shipment(shipment, by=None, received_by="Wu")
    assert fresh(order).state == "delivered"


def test_goods_taken_back_are_in_stock_owed_again_and_an_exception(rep):
    order = fulfilling(rep, quantity=5, in_stock=5)
    shipment = advance(dispatched(order), "fail", by=None, reason="Refused")
    services.take_back_shipment(shipment, by=None)
    line = order.lines.get()
    assert (line.shipped, line.allocated, level()) == (0, 0, (5, 0))
    assert StockMove.objects.first().kind == "return"
    order = fresh(order)
    assert (order.state, order.exceptions.get().cause) == ("fulfilling", "Refused")
    assert differences() == []
    services.allocate_order(order, by=None)
    assert delivered(order).state == "delivered"


def test_the_first_report_of_the_carrier_sets_the_shipment_in_transit(rep):
    shipment = dispatched(fulfilling(rep))
    shipment = services.track_shipment(shipment, by=None, text="Left the depot", place="Wuhan")
    assert shipment.state == "in_transit"
    shipment = services.track_shipment(shipment, by=None, text="On the van")
    assert shipment.tracking.count() == 2
    with pytest.raises(WrongMoment):
        services.track_shipment(planned(fulfilling(rep)), by=None, text="?")


def test_a_delivery_cannot_lie_before_the_dispatch_or_in_the_future(rep):
    shipment = dispatched(fulfilling(rep))
    today = timezone.localdate()
    for days in (-1, 1):
        on = today + timezone.timedelta(days=days)
        with pytest.raises(ValidationError):
            services.deliver_shipment(shipment, by=None, received_by="Wu", delivered_on=on)


def test_history_keeps_its_own_dates(rep):
    moment = timezone.make_aware(timezone.datetime(1996, 7, 16, 12))
    order = fulfilling(rep, ordered_on=timezone.datetime(1996, 7, 4).date())
    assert order.number == "SO-1996-000001"
    shipment = services.pick_shipment(planned(order, carrier=CarrierFactory()), by=None)
    shipment = services.dispatch_shipment(shipment, by=None, dispatched_at=moment)
    on = timezone.datetime(1996, 7, 20).date()
    services.deliver_shipment(shipment, by=None, received_by="Wu", delivered_on=on)
    order = fresh(order)
    assert (order.shipped_on, order.delivered_on) == (moment.date(), on)
    assert (
        services.record_received(
            order, received=order.total, outstanding=Decimal(0), on=on
        ).completed_on
        == on
    )


def test_the_payment_that_arrives_after_delivery_completes_the_order(rep):
    order = delivered(fulfilling(rep))
    assert (order.state, order.outstanding) == ("delivered", order.total)
    with pytest.raises(WrongMoment, match="not paid in full"):
        advance(order, "complete", by=rep)
    half = order.total / 2
    order = services.record_received(order, received=half, outstanding=half, by=None)
    assert (order.state, order.received) == ("delivered", half)
    version = order.version
    assert services.record_received(order, received=half, outstanding=half).version == version
    assert settle(order).state == "completed"
    assert Event.objects.get(name="order.completed").actor.is_system


def test_an_open_exception_or_return_keeps_an_order_from_completion(rep):
    order = delivered(fulfilling(rep))
    exception = services.open_exception(order, by=rep, kind="damage", cause="Wet")
    order = services.record_open_returns(order, 1)
    assert settle(order).state == "delivered"
    exception = advance(exception, "handle", by=rep, told_by="rep", told_on=timezone.localdate())
    exception = advance(exception, "resolve", by=rep, solution="Ten percent off")
    services.close_exception(exception, by=rep)
    assert fresh(order).state == "delivered"
    assert services.record_open_returns(order, 0).state == "completed"


def test_an_alarm_is_raised_when_a_line_and_its_goods_disagree(rep):
    order = fulfilling(rep)
    assert differences() == []
    order.lines.update(allocated=4, shipped=1)
    found = differences()
    assert [sentence.partition(": ")[2] for sentence in found] == [
        "1 shipped, but the shipments say 0",
        "4 allocated, but the allocations say 5",
    ]


def test_stock_promised_to_an_order_is_not_available_to_others(rep):
    order = fulfilling(rep, quantity=5, in_stock=7)
    product = order.lines.get().product
    assert inventory.available([product]) == {product.pk: 2}
