from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from approvals.models import ApprovalRequest, ApprovalRule
from approvals.services import approve_request, send_back_request
from crm.errors import DomainError, WrongMoment
from receivables import services
from receivables.models import Receivable, WriteOff
from tests.factories.receivables import PayerFactory, PaymentFactory, ReceivableFactory
from tests.factories.users import UserFactory


@pytest.fixture
def owed(rep):
    return ReceivableFactory(account=PayerFactory(owner=rep), amount=Decimal("100.00"))


def ask(receivable, by, amount="100.00"):
    return services.request_write_off(receivable, amount=Decimal(amount), reason="insolvent", by=by)


def test_a_manager_approves_what_finance_wants_to_write_off(owed, finance, manager, figures_agree):
    write_off = ask(owed, finance)
    assert Receivable.objects.get(pk=owed.pk).state == "open"
    approve_request(ApprovalRequest.objects.get(), by=manager)
    owed = Receivable.objects.get(pk=owed.pk)
    assert (owed.state, owed.balance, owed.written_off) == ("written_off", 0, 100)
    write_off.refresh_from_db()
    assert write_off.state == "approved"
    owed.order.refresh_from_db()
    owed.account.refresh_from_db()
    assert (owed.order.outstanding, owed.account.exposure) == (0, 0)
    figures_agree()


def test_the_one_who_asks_cannot_approve(owed, manager):
    both = UserFactory(role="finance manager")
    ask(owed, both)
    with pytest.raises(PermissionDenied):
        approve_request(ApprovalRequest.objects.get(), by=both)
    assert Receivable.objects.get(pk=owed.pk).written_off == 0


def test_without_a_rule_nothing_is_written_off(owed, finance):
    ApprovalRule.objects.filter(kind="write_off").update(is_active=False)
    with pytest.raises(DomainError, match="No rule"):
        ask(owed, finance)
    assert not WriteOff.objects.exists()


def test_sent_back_means_rejected(owed, finance, manager):
    write_off = ask(owed, finance, "40")
    send_back_request(ApprovalRequest.objects.get(), by=manager, comment="try once more")
    write_off.refresh_from_db()
    assert write_off.state == "rejected"
    assert Receivable.objects.get(pk=owed.pk).balance == 100


def test_no_more_is_asked_for_than_is_owed(owed, finance, rep):
    ask(owed, finance, "60")
    with pytest.raises(DomainError, match=r"more than is still owed \(40\.00\)"):
        ask(owed, finance, "40.01")
    with pytest.raises(PermissionDenied):
        ask(owed, rep, "1")


def test_money_that_came_in_meanwhile_stops_the_approval(owed, finance, manager):
    ask(owed, finance, "60")
    payment = PaymentFactory(account=owed.account)
    services.allocate_payment(payment, {owed.pk: Decimal("50")}, by=finance)
    request = ApprovalRequest.objects.get()
    with pytest.raises(DomainError, match="more than is still owed"):
        approve_request(request, by=manager)
    request.refresh_from_db()
    assert request.state == "pending"
    services.allocate_payment(payment, {owed.pk: Decimal("50")}, by=finance)
    with pytest.raises(WrongMoment, match="still owed"):
        approve_request(request, by=manager)


def test_part_paid_and_the_rest_written_off_counts_as_paid(owed, finance, manager):
    payment = PaymentFactory(account=owed.account)
    services.allocate_payment(payment, {owed.pk: Decimal("99.50")}, by=finance)
    ask(owed, finance, "0.50")
    approve_request(ApprovalRequest.objects.get(), by=manager)
    assert Receivable.objects.get(pk=owed.pk).state == "paid"
    services.reverse_allocation(payment.allocations.get(), reason="wrong", by=finance)
    owed = Receivable.objects.get(pk=owed.pk)
    assert (owed.state, owed.balance) == ("open", Decimal("99.50"))
