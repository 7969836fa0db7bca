from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from crm.errors import StaleVersion, WrongMoment
from crm.lifecycle import advance
from crm.models import Event
from crm.money import included_tax, line_amount, round_money, split
from products.models import Product
from products.services import PRODUCT_VERBS, edit_product
from tests.factories.products import ProductFactory


def test_every_transition_is_a_verb():
    assert {t.name for t in Product().get_all_state_transitions()} == set(PRODUCT_VERBS)


def test_advancing_checks_the_moment_before_the_right(rep, manager):
    product = ProductFactory()
    with pytest.raises(PermissionDenied):
        advance(product, "take_off_sale", by=rep)
    advance(product, "take_off_sale", by=manager)
    with pytest.raises(WrongMoment):
        advance(product, "take_off_sale", by=rep)
    event = Event.objects.get(name="product.off_sale")
    assert event.actor == manager
    assert (event.data["from"], event.data["to"]) == ("on_sale", "off_sale")


def test_an_edit_keeps_old_and_new_and_refuses_a_stale_version(manager):
    product = ProductFactory(name="Old")
    edit_product(product, by=manager, version=1, name="New")
    event = Event.objects.get(name="product.edited")
    assert event.data["changes"] == {"name": ["Old", "New"]}
    with pytest.raises(StaleVersion):
        edit_product(product, by=manager, version=1, name="Other")


@pytest.mark.django_db
def test_amounts_round_half_up_at_the_currencys_digits():
    assert line_amount(Decimal(3), Decimal("0.335"), Decimal(0), "CNY") == Decimal("1.01")
    assert round_money(Decimal("10.5"), "JPY") == Decimal("11.00")
    assert included_tax(Decimal("113.00"), Decimal(13), "CNY") == Decimal("13.00")
    parts = split(Decimal("100.01"), [Decimal(30), Decimal(60), Decimal(10)], "CNY")
    assert sum(parts) == Decimal("100.01")
    assert parts == [Decimal("30.00"), Decimal("60.01"), Decimal("10.00")]
