from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm import lifecycle
from crm.errors import WrongMoment
from crm.models import Event
from orders.models import Order
from orders.services import confirm_order, submit_order
from receivables import services
from receivables.models import Receivable
from tests.factories.receivables import (
    PayerFactory,
    PaymentFactory,
    ReceivableFactory,
    SoldOrderFactory,
    payment_term,
    signed_contract,
)


def advance_payment():
    return payment_term(
        "30/60/10",
        ("advance", 30, "signing", 0),
        ("on delivery", 60, "delivery", 0),
        ("retention", 10, "delivery", 30),
    )


def activate(contract, by):
    return lifecycle.advance(contract, "activate", by=by, rate=Decimal(1))


def parts_of(contract):
    return list(contract.receivables.order_by("position"))


def test_an_advance_that_is_due_is_not_counted_twice_against_the_credit_of_its_order(rep):
    contract = signed_contract(Decimal("1000.00"), advance_payment(), owner=rep)
    contract.account.credit_limit = Decimal("1000.00")
    contract.account.save()
    activate(contract, None)
    order = Order.objects.get(contract=contract)
    assert (order.due, order.account.exposure) == (Decimal("300.00"), Decimal("300.00"))
    order = submit_order(order, by=rep)
    check = order.checks.get(kind="credit")
    assert check.result == "passed"
    assert [reason["code"] for reason in check.reasons] == ["within_limit"]


@pytest.mark.parametrize("amount", ["1000.01", "0.01", "99999.99", "33.35", "7.77"])
def test_parts_of_a_contract_add_up_to_the_cent(rep, amount, figures_agree):
    contract = signed_contract(Decimal(amount), advance_payment(), owner=rep)
    activate(contract, None)
    parts = parts_of(contract)
    assert sum(part.amount for part in parts) == Decimal(amount)
    assert all(part.amount > 0 for part in parts)
    assert {part.order for part in parts} == {Order.objects.get(contract=contract)}
    figures_agree()


def test_the_rest_takes_what_rounding_left(rep):
    third = ("third", Decimal("33.3333"), "signing", 0)
    term = payment_term("rest first", ("rest", None, "delivery", 0), third)
    order = SoldOrderFactory(
        account=PayerFactory(owner=rep), amount=Decimal("10.00"), payment_term=term
    )
    confirm_order(order, by=rep, confirmed_by="Mr Li")
    parts = order.receivables.order_by("position").values_list("label", "amount")
    assert list(parts) == [("rest", Decimal("6.67")), ("third", Decimal("3.33"))]


def test_signing_opens_the_advance_on_the_later_signature_and_delivery_the_rest(rep, figures_agree):
    contract = signed_contract(Decimal("1000.01"), advance_payment(), owner=rep)
    activate(contract, None)
    advance, delivery, retention = parts_of(contract)
    assert (advance.state, advance.amount, advance.due_on) == (
        "open",
        Decimal("300.00"),
        date(2026, 3, 10),
    )
    assert (delivery.state, delivery.due_on) == ("planned", None)
    order = Order.objects.get(contract=contract)
    assert order.outstanding == Decimal("1000.01")
    Order.objects.filter(pk=order.pk).update(state="fulfilling", confirmed_on=date(2026, 3, 12))
    order.lines.update(shipped=1)
    lifecycle.advance(order, "ship", by=None, shipped_on=date(2026, 4, 1))
    assert parts_of(contract)[1].state == "planned"
    lifecycle.advance(order, "deliver", by=None, delivered_on=date(2026, 4, 5))
    _advance, delivery, retention = parts_of(contract)
    assert (delivery.state, delivery.due_on) == ("open", date(2026, 4, 5))
    assert (retention.state, retention.due_on) == ("open", date(2026, 5, 5))
    figures_agree()


def test_planning_twice_gives_the_same_parts(rep):
    contract = activate(signed_contract(Decimal(100), advance_payment(), owner=rep), None)
    before = [part.pk for part in parts_of(contract)]
    again = services.plan_receivables(contract=contract, by=rep)
    assert [part.pk for part in again] == before
    order = Order.objects.get(contract=contract)
    assert [part.pk for part in services.plan_receivables(order=order, by=rep)] == before
    assert Event.objects.filter(name="receivable.open").count() == 1


def test_confirming_a_direct_order_plans_it_with_its_freight(rep, figures_agree):
    term = payment_term("half", ("half", 50, "confirmation", 10), ("rest", None, "delivery", 0))
    order = SoldOrderFactory(
        account=PayerFactory(owner=rep),
        amount=Decimal("100.01"),
        freight=Decimal("20.00"),
        payment_term=term,
    )
    today = timezone.localdate()
    confirm_order(order, by=rep, confirmed_by="Mr Li", confirmed_how="phone")
    half, rest = order.receivables.order_by("position")
    assert (half.amount, rest.amount) == (Decimal("60.01"), Decimal("60.00"))
    assert (half.state, half.due_on) == ("open", today + timedelta(10))
    assert rest.state == "planned"
    order.account.refresh_from_db()
    assert order.account.exposure == Decimal("120.01")
    figures_agree()


def test_an_order_without_payment_term_is_due_on_delivery(rep):
    order = SoldOrderFactory(account=PayerFactory(owner=rep))
    confirm_order(order, by=rep, confirmed_by="Mr Li")
    part = order.receivables.get()
    assert (part.amount, part.event, part.days, part.state) == (1000, "delivery", 0, "planned")


def test_freight_beyond_the_contract_becomes_a_part_of_its_own(rep):
    contract = activate(signed_contract(Decimal(100), advance_payment(), owner=rep), None)
    order = Order.objects.get(contract=contract)
    Order.objects.filter(pk=order.pk).update(state="approved", freight=Decimal("12.50"))
    order.refresh_from_db()
    confirm_order(order, by=rep, confirmed_by="Mr Li")
    assert [part.amount for part in order.receivables.order_by("position")] == [30, 60, 10, 12.5]
    order.refresh_from_db()
    assert order.outstanding == Decimal("112.50")


def test_a_part_counted_from_a_date_opens_by_the_nightly_job_once(rep):
    day = timezone.localdate() + timedelta(3)
    term = payment_term("dated", ("dated", None, "date", 5, day))
    order = SoldOrderFactory(account=PayerFactory(owner=rep), payment_term=term)
    confirm_order(order, by=rep, confirmed_by="Mr Li")
    part = order.receivables.get()
    assert (part.state, part.due_on) == ("planned", day + timedelta(5))
    assert services.open_due(on=timezone.localdate()) == 0
    # The date comes.
    Receivable.objects.filter(pk=part.pk).update(due_on=timezone.localdate() + timedelta(5))
    assert services.open_due(on=timezone.localdate()) == 1
    assert services.open_due(on=timezone.localdate()) == 0
    part = order.receivables.get()
    assert (part.state, part.opened_on) == ("open", timezone.localdate())


def test_cancelling_an_order_cancels_what_is_unpaid(rep, figures_agree):
    order = SoldOrderFactory(account=PayerFactory(owner=rep))
    order = confirm_order(order, by=rep, confirmed_by="Mr Li")
    lifecycle.advance(order, "cancel", by=rep, reason="changed plans")
    assert order.receivables.get().state == "cancelled"
    order.refresh_from_db()
    order.account.refresh_from_db()
    assert (order.outstanding, order.account.exposure) == (0, 0)
    figures_agree()


def test_an_order_with_money_on_it_is_not_cancelled(rep, finance):
    part = ReceivableFactory(account=PayerFactory(owner=rep))
    payment = PaymentFactory(account=part.account)
    services.allocate_payment(payment, {part.pk: Decimal(1)}, by=finance)
    with pytest.raises(WrongMoment, match="Reverse the allocation"):
        lifecycle.advance(part.order, "cancel", by=rep, reason="changed plans")
    part.order.refresh_from_db()
    assert part.order.state == "confirmed"
    services.reverse_allocation(payment.allocations.get(), reason="cancelled", by=finance)
    lifecycle.advance(part.order, "cancel", by=rep, reason="changed plans")
    assert Receivable.objects.get(pk=part.pk).state == "cancelled"


def test_owners_hear_of_overdue_parts_once_and_then_every_seventh_day(
    rep, django_capture_on_commit_callbacks
):
    today = timezone.localdate()
    part = ReceivableFactory(account=PayerFactory(owner=rep), due_on=today - timedelta(1))
    ReceivableFactory(account=part.account, due_on=today)

    def told(days):
        return services.notify_overdue(on=today + timedelta(days))

    with django_capture_on_commit_callbacks(execute=True):
        assert told(0) == 1
    assert rep.notifications.get().event.name == "receivable.overdue"
    assert told(0) == 0
    Receivable.objects.exclude(pk=part.pk).delete()
    assert [told(day) for day in (1, 6, 7, 7, 8, 14)] == [0, 0, 1, 0, 0, 1]


def test_disputes_stop_reminding_nobody_and_end_in_the_state_the_money_says(finance):
    part = ReceivableFactory()
    payment = PaymentFactory(account=part.account)
    services.allocate_payment(payment, {part.pk: Decimal(400)}, by=finance)
    part = lifecycle.advance(part, "dispute", by=finance, reason="wrong goods")
    part = services.settle_dispute(part, comment="exchanged", by=finance)
    assert part.state == "part_paid"
    part = lifecycle.advance(part, "dispute", by=finance, reason="again")
    services.allocate_payment(payment, {part.pk: Decimal(600)}, by=finance)
    assert Receivable.objects.get(pk=part.pk).state == "paid"
