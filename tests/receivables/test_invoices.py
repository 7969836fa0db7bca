from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from crm.errors import DomainError, WrongMoment
from crm.models import NumberSequence
from orders.models import Order
from receivables import services
from receivables.models import Invoice
from tests.factories.receivables import PayerFactory, SoldOrderFactory


def sold(amount="1000.01", tax="115.05", **fields):
    account = PayerFactory(invoice_title="Payer Ltd", tax_number="91310000", **fields)
    return SoldOrderFactory(confirmed=True, account=account, amount=Decimal(amount), tax=tax)


def issued(order, by, amount=None):
    invoice = services.create_invoice(by=by, order=order, amount=amount and Decimal(amount))
    return services.issue_invoice(invoice, by=by)


def test_an_invoice_is_drafted_from_order_and_customer(finance):
    invoice = services.create_invoice(by=finance, order=sold())
    assert (invoice.amount, invoice.tax) == (Decimal("1000.01"), Decimal("115.05"))
    assert (invoice.title, invoice.tax_number, invoice.number) == ("Payer Ltd", "91310000", "")


def test_tax_of_part_invoices_adds_up_to_the_tax_of_the_order(finance):
    order = sold()
    parts = [issued(order, finance, amount) for amount in ("333.33", "333.33", None)]
    assert sum(part.amount for part in parts) == Decimal("1000.01")
    assert sum(part.tax for part in parts) == Decimal("115.05")
    assert parts[0].tax == Decimal("38.35")


def test_no_more_is_invoiced_than_the_order_costs(finance):
    order = sold()
    first = services.create_invoice(by=finance, order=order, amount=Decimal("600"))
    second = services.create_invoice(by=finance, order=order, amount=Decimal("600"))
    services.issue_invoice(first, by=finance)
    with pytest.raises(DomainError, match=r"Only 400\.01"):
        services.issue_invoice(second, by=finance)
    with pytest.raises(DomainError):
        services.create_invoice(by=finance, order=order, amount=Decimal("400.02"))
    with pytest.raises(ValidationError):
        services.create_invoice(by=finance, order=order, amount=Decimal("0"))


def test_numbers_have_no_gaps_even_after_a_refusal(finance):
    order = sold(amount="100", tax="10")
    first = issued(order, finance, "50")
    refused = services.create_invoice(by=finance, order=order, kind="special", amount=Decimal(1))
    Invoice.objects.filter(pk=refused.pk).update(tax_number="")
    with pytest.raises(WrongMoment, match="tax number"):
        services.issue_invoice(refused, by=finance)
    second = issued(order, finance, "50")
    assert int(second.number[-6:]) == int(first.number[-6:]) + 1
    assert NumberSequence.objects.get(key__startswith="INV-").last == 2


def test_a_reversing_invoice_takes_an_invoice_back(finance):
    order = sold()
    invoice = issued(order, finance)
    reversing = services.reverse_invoice(invoice, reason="wrong title", by=finance)
    invoice.refresh_from_db()
    assert invoice.state == "reversed"
    assert (reversing.state, reversing.reverses) == ("issued", invoice)
    assert (reversing.amount, reversing.tax) == (-invoice.amount, -invoice.tax)
    assert reversing.number != invoice.number
    assert services.to_invoice(order) == order.total
    for again in (invoice, reversing):
        with pytest.raises(WrongMoment):
            services.reverse_invoice(again, reason="again", by=finance)
    assert issued(order, finance).amount == order.total


def test_an_issued_invoice_is_never_edited(finance):
    invoice = services.create_invoice(by=finance, order=sold())
    invoice = services.edit_invoice(invoice, by=finance, amount=Decimal("100"), title="Other Ltd")
    assert (invoice.title, invoice.tax) == ("Other Ltd", Decimal("11.50"))
    invoice = services.issue_invoice(invoice, by=finance)
    with pytest.raises(WrongMoment):
        services.edit_invoice(invoice, by=finance, title="Third Ltd")


def test_only_a_confirmed_order_is_invoiced_and_only_by_finance(finance, rep, manager):
    order = sold(owner=rep)
    for person in (rep, manager):
        with pytest.raises(PermissionDenied):
            services.create_invoice(by=person, order=order)
    Order.objects.filter(pk=order.pk).update(confirmed_on=None)
    with pytest.raises(WrongMoment, match="confirmed"):
        services.create_invoice(by=finance, order=order)


def test_an_invoiced_order_is_not_cancelled_before_the_invoice_is_reversed(finance, rep):
    from crm.lifecycle import advance

    order = sold(owner=rep)
    invoice = issued(order, finance)
    with pytest.raises(WrongMoment, match="Reverse the invoice"):
        advance(order, "cancel", by=rep, reason="changed plans")
    services.reverse_invoice(invoice, reason="cancelled", by=finance)
    assert advance(order, "cancel", by=rep, reason="changed plans").state == "cancelled"
