import uuid

import pytest

from contracts.models import Contract, ContractLine
from crm.events import emit
from orders.models import Order
from orders.services import create_from_contract, edit_order, submit_order
from products.services import write_lines
from tests.factories.orders import CustomerFactory, TermFactory
from tests.factories.products import ProductFactory


@pytest.fixture
def contract(rep):
    account = CustomerFactory(owner=rep)
    account.addresses.create(street="1 Front Road", is_default=True)
    contract = Contract.objects.create(
        title="Pumps",
        state=Contract.State.ACTIVE,
        account=account,
        owner=rep,
        payment_term=TermFactory(name="Agreed"),
        journey=uuid.uuid4(),
    )
    lines = [{"product": ProductFactory(price=100), "quantity": 4, "discount": 20}]
    write_lines(contract, ContractLine, "contract", lines)
    contract.save()
    return contract


def failed(order):
    return {check.kind: check.detail for check in order.checks.filter(result="failed")}


def test_an_active_contract_becomes_one_order_with_its_lines_term_and_journey(contract, rep):
    emit("contract.active", contract, by=rep)
    order = Order.objects.get()
    assert create_from_contract(contract, by=None) == order
    assert (order.contract, order.channel, order.owner) == (contract, "contract", rep)
    assert (order.amount, order.journey) == (contract.amount, contract.journey)
    assert (order.payment_term.name, order.address) == ("Agreed", "1 Front Road")
    assert failed(submit_order(order, by=rep)) == {}


def test_the_review_holds_an_order_to_its_contract(contract, rep):
    order = create_from_contract(contract, by=None)
    product, other = contract.lines.get().product, ProductFactory()
    lines = [
        {"product": product, "quantity": 5, "discount": 25},
        {"product": other, "quantity": 1},
    ]
    order = edit_order(order, by=rep, lines=lines, payment_term=TermFactory(name="Another"))
    found = failed(submit_order(order, by=rep))
    assert "5 ordered, 4 in the contract" in found["quantity"]
    assert "75 is not the price of the contract" in found["price"]
    assert f"{other} is not in the contract" in found["price"]
    assert "Agreed" in found["payment"]
