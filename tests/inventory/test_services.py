from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from crm.delivery import check_figures
from crm.errors import DomainError, WrongMoment
from crm.lifecycle import advance
from crm.models import Event
from inventory.models import PurchaseRequest, StockLevel, StockMove
from inventory.services import (
    LEVEL_VERBS,
    PURCHASE_VERBS,
    adjust,
    approve_purchase_request,
    available,
    dispatch,
    edit_purchase_request,
    receive,
    receive_purchase_request,
    release,
    reserve,
    submit_purchase_request,
    suggest_purchase,
    transfer,
)
from tests.factories.inventory import PurchaseRequestFactory, StockLevelFactory, WarehouseFactory
from tests.factories.products import ProductFactory

pytestmark = pytest.mark.django_db


def figures(level):
    level.refresh_from_db()
    return level.on_hand, level.reserved


def test_every_transition_is_a_verb():
    names = {t.name for t in PurchaseRequest().get_all_state_transitions()}
    assert names == set(PURCHASE_VERBS)
    assert set(LEVEL_VERBS) == {"receive", "adjust", "transfer"}


def test_stock_is_promised_in_the_order_of_the_warehouses_as_far_as_it_goes(rep):
    product = ProductFactory()
    far = StockLevelFactory(product=product, warehouse__priority=20, stock=10)
    near = StockLevelFactory(product=product, warehouse__priority=5, stock=4)
    StockLevelFactory(product=product, warehouse__priority=1)
    closed = StockLevelFactory(product=product, warehouse__priority=2, stock=99)
    closed.warehouse.is_active = False
    closed.warehouse.save()
    taken = reserve(product, Decimal(6), by=rep)
    assert taken == [(near.warehouse, 4), (far.warehouse, 2)]
    assert reserve(product, Decimal(100), by=rep) == [(far.warehouse, 8)]
    assert reserve(product, Decimal(1), by=rep) == []
    assert (figures(near), figures(far)) == ((4, 4), (10, 10))
    assert available([product]) == {product.pk: 0}


def test_what_was_promised_is_given_back_or_leaves_but_never_twice(warehouse):
    level = StockLevelFactory(stock=10)
    product, place = level.product, level.warehouse
    reserve(product, Decimal(5), by=warehouse)
    release(product, place, Decimal(2), by=warehouse)
    dispatch(product, place, Decimal(3), by=warehouse, reference="SH-2026-000001")
    assert figures(level) == (7, 0)
    with pytest.raises(DomainError, match="only 0 there, 1 asked for"):
        dispatch(product, place, Decimal(1), by=warehouse, reference="SH-2026-000002")
    with pytest.raises(DomainError):
        release(product, place, Decimal(1), by=warehouse)
    move = StockMove.objects.get(kind="dispatch")
    assert (move.quantity, move.reference, move.by) == (-3, "SH-2026-000001", warehouse)


def test_goods_are_received_where_there_was_no_level_yet(warehouse):
    product, place = ProductFactory(), WarehouseFactory()
    level = receive(product, place, Decimal("2.5"), by=warehouse, kind="return", reason="Broken")
    assert figures(level) == (Decimal("2.500"), 0)
    assert level.moves.get().kind == "return"
    with pytest.raises(ValidationError):
        receive(product, place, Decimal(0), by=warehouse)


def test_a_count_corrects_the_stock_but_not_below_what_is_promised(warehouse, rep):
    level = StockLevelFactory(stock=10)
    reserve(level.product, Decimal(8), by=None)
    with pytest.raises(DomainError, match="only 2 there"):
        adjust(level, Decimal(-3), by=warehouse, reason="Count")
    adjust(level, Decimal(-2), by=warehouse, reason="Count")
    assert figures(level) == (8, 8)
    with pytest.raises(ValidationError):
        adjust(level, Decimal(0), by=warehouse, reason="Count")
    with pytest.raises(PermissionDenied):
        adjust(level, Decimal(1), by=rep, reason="Wish")
    assert Event.objects.get(name="stocklevel.adjusted").data["reason"] == "Count"


def test_a_transfer_moves_free_stock_and_adds_up_to_nothing(warehouse):
    level, target = StockLevelFactory(stock=10), WarehouseFactory()
    product = level.product
    reserve(product, Decimal(7), by=None)
    with pytest.raises(DomainError):
        transfer(product, level.warehouse, target, Decimal(4), by=warehouse)
    with pytest.raises(ValidationError):
        transfer(product, level.warehouse, level.warehouse, Decimal(1), by=warehouse)
    transfer(product, level.warehouse, target, Decimal(3), by=warehouse, reason="Fair")
    assert figures(level) == (7, 7)
    assert figures(StockLevel.objects.get(warehouse=target)) == (3, 0)
    moved = StockMove.objects.filter(kind="transfer").values_list("quantity", flat=True)
    assert sorted(moved) == [-3, 3]


def test_the_database_itself_promises_no_piece_twice():
    level = StockLevelFactory(stock=1)
    for wrong in ({"reserved": 2}, {"reserved": -1}, {"on_hand": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StockLevel.objects.filter(pk=level.pk).update(**wrong)


def test_the_nightly_check_finds_stock_that_no_move_explains():
    level = StockLevelFactory(stock=5)
    assert check_figures() == "0"
    StockLevel.objects.filter(pk=level.pk).update(on_hand=6)
    assert "6.000 on hand" in check_figures()


def test_a_shortage_is_suggested_once_per_reason(rep):
    product, place = ProductFactory(), WarehouseFactory()
    first = suggest_purchase(product, Decimal(5), by=rep, reason="SO-1")
    again = suggest_purchase(product, Decimal(8), by=rep, reason="SO-1")
    assert (first.pk, first.warehouse) == (again.pk, place)
    assert again.quantity == 8
    assert suggest_purchase(product, Decimal(3), by=rep, reason="SO-2").pk != first.pk
    assert PurchaseRequest.objects.count() == 2


def test_nothing_can_be_bought_for_nowhere(rep):
    with pytest.raises(DomainError, match="no active warehouse"):
        suggest_purchase(ProductFactory(), Decimal(5), by=rep, reason="SO-1")


def test_nobody_approves_a_purchase_they_submitted(warehouse, manager):
    request = submit_purchase_request(PurchaseRequestFactory(), by=warehouse)
    assert request.owner == warehouse
    with pytest.raises(PermissionDenied, match="what they submitted"):
        approve_purchase_request(request, by=warehouse)
    request.refresh_from_db()
    assert request.state == "submitted"
    assert approve_purchase_request(request, by=manager).state == "approved"


def test_bought_goods_enter_the_ledger_once(warehouse):
    request = PurchaseRequestFactory(ordered=True, quantity=Decimal(12))
    with pytest.raises(WrongMoment):
        receive_purchase_request(PurchaseRequestFactory(), by=warehouse)
    receive_purchase_request(request, by=warehouse)
    with pytest.raises(WrongMoment):
        receive_purchase_request(request, by=warehouse)
    level = StockLevel.objects.get(product=request.product, warehouse=request.warehouse)
    assert figures(level) == (12, 0)
    assert level.moves.get().reference == f"PR-{request.pk}"
    assert Event.objects.filter(name="purchaserequest.received").count() == 1


def test_a_submitted_purchase_is_not_edited_any_more(warehouse):
    request = submit_purchase_request(PurchaseRequestFactory(), by=warehouse)
    with pytest.raises(WrongMoment):
        edit_purchase_request(request, by=warehouse, quantity=Decimal(99))
    assert advance(request, "cancel", by=warehouse).state == "cancelled"


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_twenty_orders_at_once_are_promised_no_piece_twice():
    level = StockLevelFactory(stock=10)

    def take(_n):
        try:
            return sum(quantity for _place, quantity in reserve(level.product, Decimal(1), by=None))
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        taken = list(threads.map(take, range(20)))
    assert sum(taken) == 10
    assert figures(level) == (10, 10)
