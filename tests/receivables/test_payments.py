from datetime import date
from decimal import Decimal
from io import StringIO
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connections

from crm.errors import DomainError, WrongMoment
from crm.models import Currency, ExchangeRate
from orders.models import Order
from orders.services import confirm_order
from receivables import services
from receivables.models import Payment, PaymentAllocation, Receivable
from tests.factories.receivables import (
    PayerFactory,
    PaymentFactory,
    ReceivableFactory,
    SoldOrderFactory,
)
from tests.factories.users import UserFactory


def two_parts(first="300.10", second="200.20"):
    account = PayerFactory()
    late = ReceivableFactory(account=account, amount=Decimal(first), due_on="2026-03-01")
    later = ReceivableFactory(account=account, amount=Decimal(second), due_on="2026-04-01")
    return account, late, later


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_one_payment_pays_two_receivables(finance, figures_agree):
    account, late, later = two_parts()
    payment = PaymentFactory(account=account, amount=Decimal("400.00"))
    amounts = {late.pk: Decimal("300.10"), later.pk: Decimal("99.90")}
    payment = services.allocate_payment(payment, amounts, by=finance)
    assert (payment.allocated, payment.unallocated) == (Decimal("400.00"), 0)
    late, later = fresh(late), fresh(later)
    assert (late.state, late.balance) == ("paid", 0)
    assert (later.state, later.balance) == ("part_paid", Decimal("100.30"))
    order = fresh(later.order)
    assert (order.received, order.outstanding) == (Decimal("99.90"), Decimal("100.30"))
    assert fresh(account).exposure == Decimal("100.30")
    figures_agree()


def test_the_oldest_is_paid_first_and_the_rest_stays_as_credit(finance, figures_agree):
    account, late, later = two_parts()
    disputed = ReceivableFactory(account=account, due_on="2026-01-01", state="disputed")
    payment = PaymentFactory(account=account, amount=Decimal("600.00"))
    payment = services.allocate_oldest(payment, by=finance)
    assert [fresh(row).state for row in (late, later, disputed)] == ["paid", "paid", "disputed"]
    assert payment.unallocated == Decimal("99.70")
    # What is disputed is owed until the dispute is settled.
    assert fresh(account).exposure == Decimal("1000.00") - Decimal("99.70")
    with pytest.raises(DomainError, match="nothing to allocate"):
        services.allocate_oldest(payment, by=finance)
    figures_agree()


def test_nothing_is_allocated_when_one_amount_is_wrong(finance):
    account, late, later = two_parts()
    payment = PaymentFactory(account=account, amount=Decimal("1000.00"))
    stranger = ReceivableFactory()
    for amounts in (
        {late.pk: Decimal("300.11")},
        {late.pk: Decimal("300.10"), later.pk: Decimal("200.21")},
        {late.pk: Decimal("1"), later.pk: Decimal("0")},
        {late.pk: Decimal("1"), later.pk: Decimal("-1")},
        {late.pk: Decimal("0.001")},
        {late.pk: Decimal("1"), stranger.pk: Decimal("1")},
        {late.pk: Decimal("1"), 999999: Decimal("1")},
        {},
    ):
        with pytest.raises(DomainError):
            services.allocate_payment(payment, amounts, by=finance)
    assert not PaymentAllocation.objects.exists()
    assert fresh(late).allocated == fresh(payment).allocated == 0


def test_no_more_is_allocated_than_the_payment_has(finance):
    account, late, later = two_parts()
    payment = PaymentFactory(account=account, amount=Decimal("400.00"))
    amounts = {late.pk: Decimal("300.10"), later.pk: Decimal("99.91")}
    with pytest.raises(DomainError, match=r"Only 400\.00"):
        services.allocate_payment(payment, amounts, by=finance)


def test_money_pays_only_what_is_owed_in_its_currency(finance):
    account, late, _later = two_parts()
    payment = PaymentFactory(account=account, currency_id="USD", rate=7)
    with pytest.raises(DomainError, match="CNY"):
        services.allocate_payment(payment, {late.pk: Decimal(1)}, by=finance)


def test_reversing_restores_everything(finance, figures_agree):
    account, late, later = two_parts()
    payment = PaymentFactory(account=account, amount=Decimal("400.00"))
    rows = (late, later, late.order, later.order, payment, account)
    names = ("state", "allocated", "balance", "unallocated", "received", "outstanding", "exposure")

    def figures():
        return [[getattr(fresh(row), name, None) for name in names] for row in rows]

    before = figures()
    amounts = {late.pk: Decimal("300.10"), later.pk: Decimal("99.90")}
    services.allocate_payment(payment, amounts, by=finance)
    assert figures() != before
    for allocation in payment.allocations.all():
        services.reverse_allocation(allocation, reason="wrong customer order", by=finance)
    assert figures() == before
    with pytest.raises(WrongMoment, match="already"):
        services.reverse_allocation(payment.allocations.first(), reason="again", by=finance)
    assert payment.allocations.filter(reverse_reason="wrong customer order").count() == 2
    figures_agree()


def test_a_bounced_payment_reopens_what_it_had_paid(finance, figures_agree):
    account, late, later = two_parts()
    payment = services.record_payment(
        by=finance, account=account, amount=Decimal("500.30"), method="cheque"
    )
    assert payment.number.startswith("PM-")
    services.allocate_oldest(payment, by=finance)
    assert {fresh(late).state, fresh(later).state} == {"paid"}
    # A cheque is not cash: until it clears, the customer's credit stays in use.
    assert fresh(account).exposure == Decimal("500.30")
    services.clear_payment(payment, by=finance)
    assert fresh(account).exposure == 0
    services.bounce_payment(payment, reason="no cover", by=finance)
    assert [fresh(row).state for row in (late, later)] == ["open", "open"]
    assert {a.reverse_reason for a in payment.allocations.all()} == {"no cover"}
    assert fresh(payment).unallocated == 0
    assert fresh(account).exposure == Decimal("500.30")
    assert fresh(late.order).received == 0
    with pytest.raises(WrongMoment, match="bounced"):
        services.allocate_oldest(payment, by=finance)
    figures_agree()


def test_paying_a_delivered_order_in_full_completes_it(finance):
    part = ReceivableFactory(amount=Decimal(10))
    Order.objects.filter(pk=part.order_id).update(state="delivered")
    services.allocate_oldest(PaymentFactory(account=part.account), by=finance)
    assert fresh(part.order).state == "completed"


def test_a_refund_takes_no_more_than_is_left(finance, figures_agree):
    account, late, _later = two_parts()
    payment = PaymentFactory(account=account, amount=Decimal("400.00"))
    services.allocate_payment(payment, {late.pk: Decimal("300.00")}, by=finance)
    with pytest.raises(DomainError, match=r"Only 100\.00"):
        services.refund_payment(payment, amount=Decimal("100.01"), reason="overpaid", by=finance)
    payment = services.refund_payment(
        payment, amount=Decimal("100.00"), reason="overpaid", by=finance
    )
    assert payment.unallocated == 0
    with pytest.raises(WrongMoment, match="refunded"):
        services.bounce_payment(payment, reason="no cover", by=finance)
    figures_agree()


def test_a_credit_note_pays_like_money_but_cannot_bounce(service, finance, figures_agree):
    _account, late, _later = two_parts()
    note = services.credit_customer(
        late.account, Decimal("50.00"), reason="two pumps came back", by=service
    )
    assert (note.state, note.method, note.unallocated) == ("cleared", "credit", Decimal("50.00"))
    services.allocate_oldest(note, by=finance)
    assert fresh(late).balance == Decimal("250.10")
    with pytest.raises(WrongMoment, match="credit note"):
        services.bounce_payment(note, reason="x", by=finance)
    figures_agree()


def test_only_finance_handles_money(rep, manager, finance):
    account = PayerFactory(owner=rep)
    part = ReceivableFactory(account=account)
    payment = PaymentFactory(account=account)
    for person in (rep, manager):
        with pytest.raises(PermissionDenied):
            services.record_payment(by=person, account=account, amount=Decimal(1))
        with pytest.raises(PermissionDenied):
            services.allocate_payment(payment, {part.pk: Decimal(1)}, by=person)
        with pytest.raises(PermissionDenied):
            services.refund_payment(payment, amount=Decimal(1), reason="x", by=person)


def test_a_payment_needs_a_real_amount_and_a_day_that_has_come(finance):
    account = PayerFactory()
    for wrong in ({"amount": Decimal(0)}, {"amount": Decimal("0.001")}):
        with pytest.raises(ValidationError):
            services.record_payment(by=finance, account=account, **wrong)
    with pytest.raises(ValidationError, match="not come"):
        services.record_payment(
            by=finance,
            account=account,
            amount=Decimal(1),
            received_on=date(2999, 1, 1),
        )


def test_credit_in_use_is_counted_in_the_companys_currency(finance):
    Currency.objects.get_or_create(code="USD", defaults={"name": "US dollar"})
    ExchangeRate.objects.create(currency_id="USD", on="2026-01-01", rate=7)
    account = PayerFactory(currency_id="USD")
    part = ReceivableFactory(account=account, currency_id="USD", amount=Decimal(100))
    Order.objects.filter(pk=part.order_id).update(currency_id="USD", rate=Decimal("7.2"))
    payment = services.record_payment(by=finance, account=account, amount=Decimal(150))
    services.clear_payment(payment, by=finance)
    assert fresh(account).exposure == Decimal(100) * Decimal("7.2") - Decimal(150) * 7


def test_rebuilding_changes_nothing_when_all_is_right_and_mends_what_is_not(finance):
    account, late, later = two_parts()
    payment = PaymentFactory(account=account, amount=Decimal("400.00"))
    services.allocate_oldest(payment, by=finance)
    before = fresh(payment).version
    services.rebuild_figures()
    assert fresh(payment).version == before
    Receivable.objects.filter(pk=late.pk).update(allocated=0)
    Payment.objects.filter(pk=payment.pk).update(allocated=1)
    Order.objects.filter(pk=later.order_id).update(received=7)
    type(account).objects.update(exposure=5)
    assert len(services.differences()) == 5
    text = StringIO()
    call_command("rebuild_figures", stdout=text)
    assert "5 figures differed" in text.getvalue()
    assert services.differences() == []
    assert fresh(late).state == "paid"


# --- Two people at once -------------------------------------------------------------------------


def at_once(*acts):
    """Run the acts in threads that start together; return what each gave or raised."""
    barrier, results = Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        try:
            barrier.wait(timeout=10)
            results[index] = act()
        except Exception as error:  # the test looks at it
            results[index] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return results


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_allocations_of_one_payment_at_once_never_overspend_it():
    finance = UserFactory(role="finance")
    account, late, later = two_parts("100", "100")
    payment = PaymentFactory(account=account, amount=Decimal(150))
    results = at_once(
        lambda: services.allocate_payment(payment, {late.pk: Decimal(100)}, by=finance),
        lambda: services.allocate_payment(payment, {later.pk: Decimal(100)}, by=finance),
    )
    assert sorted(type(result).__name__ for result in results) == ["DomainError", "Payment"]
    assert fresh(payment).allocated == 100
    assert services.differences() == []


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_payments_to_one_receivable_at_once_never_overpay_it():
    finance = UserFactory(role="finance")
    part = ReceivableFactory(amount=Decimal(100))
    first, second = PaymentFactory.create_batch(2, account=part.account, amount=Decimal(100))
    results = at_once(
        lambda: services.allocate_payment(first, {part.pk: Decimal(60)}, by=finance),
        lambda: services.allocate_payment(second, {part.pk: Decimal(60)}, by=finance),
        lambda: services.allocate_oldest(second, by=finance),
    )
    assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, DomainError)]
    assert fresh(part).allocated <= 100
    assert sum(a.amount for a in PaymentAllocation.objects.live()) == fresh(part).allocated
    assert services.differences() == []


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_orders_of_one_customer_confirmed_at_once_all_count():
    rep = UserFactory(role="rep")
    account = PayerFactory(owner=rep)
    orders = SoldOrderFactory.create_batch(6, account=account)
    results = at_once(
        *(
            lambda order=order: confirm_order(order, by=rep, confirmed_by="Mr Li")
            for order in orders
        )
    )
    assert [type(result).__name__ for result in results] == ["Order"] * 6, results
    assert fresh(account).exposure == 6000
