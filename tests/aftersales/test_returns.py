from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from aftersales import services
from aftersales.models import Return, ReturnPolicy
from aftersales.services.returns import check_open_returns
from crm.errors import DomainError
from inventory.models import StockMove
from orders.models import Order
from receivables.models import Payment
from tests.factories.aftersales import CaseFactory, WarehouseFactory
from tests.factories.aftersales import DeliveredOrderFactory as OrderFactory


def request(order, by, quantity=4, kind="refund", **data):
    lines = [{"line": order.lines.get(), "quantity": Decimal(quantity)}]
    data = {"reason": "Wrong size", **data}
    return services.create_return(by=by, order=order, kind=kind, lines=lines, **data)


def settled(order, rep, service, refund="400.00", **data):
    claim = services.approve_return(request(order, rep, **data), by=service)
    claim = services.receive_return(claim, by=service, warehouse=WarehouseFactory())
    claim = services.RETURN_VERBS["inspect"].run(claim, by=service, inspection="As new")
    return services.settle_return(claim, by=service, settlement="Paid back", refund=Decimal(refund))


def test_a_fresh_installation_has_one_default_policy(db):
    policy = ReturnPolicy.objects.get(is_default=True)
    assert (policy.refund_days, policy.replacement_days, policy.repair_days) == (7, 15, 365)


def test_no_more_is_returned_than_was_delivered_and_not_returned_before(rep):
    order = OrderFactory(owner=rep)
    request(order, rep, 7)
    with pytest.raises(DomainError, match="More than was delivered"):
        request(order, rep, 4)
    assert request(order, rep, 3).number.startswith("RT-")
    assert services.returnable_lines(order) == []


def test_a_rejected_return_gives_its_quantity_back(rep, service):
    order = OrderFactory(owner=rep)
    services.reject_return(request(order, rep, 10), by=service, reason="Used")
    assert request(order, rep, 10).state == "requested"


def test_a_line_of_another_order_is_refused(rep):
    order, other = OrderFactory(owner=rep), OrderFactory(owner=rep)
    lines = [{"line": other.lines.get(), "quantity": Decimal(1)}]
    with pytest.raises(ValidationError, match="another order"):
        services.create_return(by=rep, order=order, kind="refund", reason="x", lines=lines)


@pytest.mark.parametrize(
    ("days", "kind", "within"),
    [
        (7, "refund", True),
        (8, "refund", False),
        (15, "replacement", True),
        (16, "replacement", False),
        (365, "repair", True),
        (366, "repair", False),
    ],
)
def test_the_policy_counts_the_days_since_delivery_by_kind(rep, days, kind, within):
    claim = request(OrderFactory(owner=rep, days_ago=days), rep, kind=kind)
    assert claim.is_within_policy is within
    assert claim.days_passed == days
    assert str(days) in claim.verdict


def test_outside_the_policy_approval_needs_the_right_and_a_reason(rep, service, manager):
    claim = request(OrderFactory(owner=rep, days_ago=30), rep)
    with pytest.raises(PermissionDenied):
        services.approve_return(claim, by=service, override_reason="Good customer")
    with pytest.raises(DomainError, match="reason"):
        services.approve_return(claim, by=manager)
    approved = services.approve_return(claim, by=manager, override_reason="Good customer")
    assert approved.override_reason == "Good customer"


def test_editing_the_kind_is_judged_anew(rep, service):
    claim = request(OrderFactory(owner=rep, days_ago=10), rep)
    assert not claim.is_within_policy
    assert services.edit_return(claim, by=service, kind="replacement").is_within_policy


def test_received_goods_enter_the_chosen_warehouse_and_the_refund_the_customers_credit(
    rep, service
):
    order = OrderFactory(owner=rep)
    claim = settled(order, rep, service)
    move = StockMove.objects.get(reference=claim.number)
    assert (move.kind, move.quantity) == ("return", Decimal(4))
    assert move.level.warehouse == WarehouseFactory()
    assert Payment.objects.get().amount == Decimal("400.00")
    assert claim.state == "settled"


def test_goods_to_be_repaired_stay_the_customers_and_enter_no_stock(rep, service):
    claim = services.approve_return(
        request(OrderFactory(owner=rep), rep, kind="repair"), by=service
    )
    services.receive_return(claim, by=service, warehouse=WarehouseFactory())
    assert not StockMove.objects.exists()


def test_a_refund_is_at_most_what_the_returned_goods_cost(rep, service):
    with pytest.raises(DomainError, match="more than the returned goods cost"):
        settled(OrderFactory(owner=rep), rep, service, refund="400.01")
    with pytest.raises(DomainError, match="Only a return for a refund"):
        settled(OrderFactory(owner=rep), rep, service, kind="replacement", refund="1")


def test_the_order_counts_its_open_returns_and_the_check_finds_nothing(rep, service):
    order = OrderFactory(owner=rep)
    claim = settled(order, rep, service)
    assert Order.objects.get(pk=order.pk).open_returns == 1
    assert check_open_returns() == []
    services.close_return(claim, by=service)
    assert Order.objects.get(pk=order.pk).open_returns == 0
    Order.objects.filter(pk=order.pk).update(open_returns=3)
    assert len(check_open_returns()) == 1


def test_a_return_for_a_case_joins_the_orders_journey(rep, service):
    order = OrderFactory(owner=rep)
    case = CaseFactory(account=order.account, order=order)
    claim = request(order, rep, case=case)
    assert (claim.case, claim.journey) == (case, order.journey)
    with pytest.raises(ValidationError, match="another customer"):
        request(OrderFactory(owner=rep), rep, case=case)


def test_a_return_is_as_visible_as_its_order(rep, outsider, warehouse):
    claim = request(OrderFactory(owner=rep), rep)
    assert claim in Return.objects.visible_to(warehouse)
    assert claim not in Return.objects.visible_to(outsider)


def test_choosing_another_default_policy_takes_the_flag_from_the_old_one(administrator):
    services.create_policy(by=administrator, name="Generous", is_default=True, refund_days=30)
    assert ReturnPolicy.objects.get(is_default=True).name == "Generous"
