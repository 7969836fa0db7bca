"""Files of other systems: amounts in other units, what stands beside a record, orders of the past."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Account, Address, Contact
from aftersales.models import Survey
from crm.delivery import check_figures
from crm.imports.fields import targets_of, unit_of
from crm.imports.importer import pages_of
from crm.imports.texts import number
from crm.models import Import
from crm.numbers import next_number
from inventory.models import PurchaseRequest, StockLevel, StockMove
from inventory.services import adjust, open_stock
from orders.models import Order, OrderLine, Shipment
from products.models import Product
from receivables.models import Receivable
from tests.crm.importing import check, run, undo, upload, verdicts
from tests.factories.accounts import AccountFactory
from tests.factories.inventory import WarehouseFactory
from tests.factories.orders import CarrierFactory, TermFactory
from tests.factories.products import ProductFactory

pytestmark = pytest.mark.django_db


# --- Amounts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("年营业额（万元）", ("年营业额", 4)),
        ("年營業額(百萬元)", ("年營業額", 6)),
        ("年营业额亿元", ("年营业额", 8)),
        ("Revenue (million USD)", ("Revenue", 6)),
        ("Annual revenue [in thousands]", ("Annual revenue", 3)),
        ("Annual revenue", ("Annual revenue", None)),
        ("Annual revenue (USD)", ("Annual revenue (USD)", None)),
    ],
)
def test_a_header_may_say_what_its_amounts_are_counted_in(header, unit):
    assert unit_of(header) == unit


def test_numbers_are_multiplied_exactly():
    assert number("1,100.04", 6) == "1100040000"
    assert number("(1.50)", 4) == "-15000"
    assert number("0", 4) == "0"


def test_amounts_are_read_by_their_header_else_as_chosen_and_other_numbers_as_they_are(
    manager, take_in
):
    text = "名称,年营业额（万元）,员工人数\nAlpha,1.5,12\n"
    _client, found, _rows = take_in(manager, text, amounts="6")
    assert set(found.mapping) >= {"name", "annual_revenue"}
    take_in(manager, "Name,Annual revenue,Employees\nBeta,1.5,12\n", amounts="6")
    take_in(manager, "Name,Annual revenue,Employees\nGamma,1.5,12\n", amounts="0")
    revenues = Account.objects.order_by("pk").values_list("annual_revenue", flat=True)
    assert list(revenues) == [Decimal(15_000), Decimal(1_500_000), Decimal("1.5")]
    assert set(Account.objects.exclude(employees=None).values_list("employees", flat=True)) == {12}


# --- Beside a record ------------------------------------------------------------------------------

CUSTOMERS = (
    "Name,Phone,Contact,Job title,Contact phone,City,Street\n"
    "Acme,021,Li,CEO,138,Suzhou,1 Road\nBeta,,,,,,\nGamma,,,Buyer,,,\n"
)


def test_a_customer_comes_with_its_main_contact_and_address_and_goes_with_them(
    manager, take_in, django_capture_on_commit_callbacks
):
    client, found, rows = take_in(manager, CUSTOMERS)
    assert verdicts(rows) == {2: "created", 3: "created", 4: "refused"}
    assert rows[4].message == "Contact: Name: This field is required."
    acme, beta = Account.objects.order_by("pk")
    person, place = acme.contacts.get(), acme.addresses.get()
    assert (person.name, person.title, person.phone, person.is_primary) == (
        "Li",
        "CEO",
        "138",
        True,
    )
    assert (place.street, place.city, place.is_default) == ("1 Road", "Suzhou", True)
    assert not beta.contacts.exists()
    assert not beta.addresses.exists()
    undo(client, found, django_capture_on_commit_callbacks)
    assert {model.objects.count() for model in (Account, Contact, Address)} == {0}


def test_what_a_person_may_not_add_beside_a_record_is_not_offered_nor_brought_in(
    manager, login, django_capture_on_commit_callbacks
):
    pages = pages_of("accounts.account")
    assert "contact.name" in targets_of(pages, manager)
    client = login(manager)
    found = check(client, upload(client, CUSTOMERS), django_capture_on_commit_callbacks)
    right = Permission.objects.get(codename="add_contact")
    manager.roles.get().permissions.remove(right)
    rows = run(client, found, django_capture_on_commit_callbacks)
    assert set(verdicts(rows).values()) == {"refused"}
    assert rows[2].message == "You do not have the right to do this."
    assert not Account.objects.exists()
    assert "contact.name" not in upload(login(manager), CUSTOMERS).mapping


PRODUCTS = (
    "Code,Name,List price,Kept in stock,On hand,Reorder point\n"
    "P-1,One,1,yes,39,10\nP-2,Two,1,yes,,\nP-3,Three,1,no,5,\nP-4,Four,1,yes,-3,\n"
)


def test_products_come_with_their_opening_stock_and_go_with_it(
    administrator, take_in, django_capture_on_commit_callbacks
):
    place = WarehouseFactory()
    client, found, rows = take_in(administrator, PRODUCTS, "products.product")
    assert verdicts(rows) == {2: "created", 3: "created", 4: "refused", 5: "refused"}
    assert rows[4].message == "P-3 Three is not kept in stock."
    level = StockLevel.objects.get()
    assert (level.warehouse, level.on_hand, level.reorder_point) == (place, 39, 10)
    move = level.moves.get()
    assert (move.quantity, move.reason, move.by) == (39, "Opening stock", administrator)
    assert check_figures() == "0"
    undo(client, found, django_capture_on_commit_callbacks)
    models = (Product, StockLevel, StockMove)
    assert [model.objects.count() for model in models] == [0, 0, 0]


def test_stock_that_has_changed_since_keeps_its_product(
    administrator, take_in, django_capture_on_commit_callbacks
):
    WarehouseFactory()
    client, found, _rows = take_in(administrator, PRODUCTS, "products.product")
    adjust(StockLevel.objects.get(), Decimal(-1), by=administrator, reason="Broken")
    undo(client, found, django_capture_on_commit_callbacks)
    assert Product.objects.get().code == "P-1"
    assert StockLevel.objects.get().on_hand == 38


def test_stock_is_for_those_who_may_book_it(manager):
    targets = targets_of(pages_of("products.product"), manager)
    assert not [name for name in targets if name.startswith("stock.")]


# --- Orders of the past -----------------------------------------------------------------------------

HEAD = (
    "Customer,Ordered on,Product,Quantity,Unit price,State,Shipped on,Carrier,Delivered on,Number"
)
PAST = f"{HEAD}\nAcme,2026-01-05,P-1,12,14,shipped,2026-01-09,Swift,,SO-2026-000041\n"


@pytest.fixture
def trade(manager):
    """A customer, a product of which 20 lie in stock, and a carrier."""
    AccountFactory(name="Acme", owner=manager, payment_term=TermFactory())
    product = ProductFactory(code="P-1", price=Decimal(20))
    open_stock(product, by=None, warehouse=WarehouseFactory(), on_hand=Decimal(20))
    return {"carrier": CarrierFactory(name="Swift"), "product": product}


def everything():
    """All that an order leaves behind, row by row."""
    models = (Order, OrderLine, Shipment, Receivable, StockMove, PurchaseRequest, Survey)
    rows = [list(model.objects.order_by("pk").values()) for model in models]
    stock = list(StockLevel.objects.values("product", "on_hand", "reserved"))
    return [*rows, stock, list(Account.objects.values("pk", "exposure", "status"))]


def test_an_order_of_the_past_comes_in_as_it_stands_and_moves_no_stock(
    administrator, take_in, trade, django_capture_on_commit_callbacks
):
    before = everything()
    client, found, rows = take_in(administrator, PAST, "orders.order", key="")
    assert verdicts(rows) == {2: "created"}, rows[2].message
    order = Order.objects.get()
    assert (order.state, order.number) == ("shipped", "SO-2026-000041")
    assert (order.confirmed_on, order.shipped_on) == (date(2026, 1, 5), date(2026, 1, 9))
    assert (order.carrier, order.created_by) == (trade["carrier"], administrator)
    # It was sold below the list price of today.
    waived = order.checks.filter(result="waived")
    assert {check.waive_reason for check in waived} == {"Order of the past"}
    assert (order.outstanding, order.receivables.count()) == (Decimal(168), 1)
    assert StockLevel.objects.get().on_hand == 20
    assert check_figures() == "0"
    assert next_number("SO", year=2026) == "SO-2026-000042"
    undo(client, found, django_capture_on_commit_callbacks)
    assert everything() == before
    assert check_figures() == "0"


@pytest.mark.parametrize(
    ("state", "facts", "left"),
    [
        ("received", "", "received"),
        ("under review", "", "under_review"),
        ("approved", "", "approved"),
        ("confirmed by the customer", "", "confirmed"),
        ("being fulfilled", "", "fulfilling"),
        ("", "2026-01-09,Swift,", "shipped"),
        ("", "2026-01-09,Swift,2026-01-11", "delivered"),
        ("completed", "2026-01-09,Swift,2026-01-11", "completed"),
        ("on hold", "", "on_hold"),
        ("cancelled", "", "cancelled"),
    ],
)
def test_every_state_is_taken_over_and_given_back(
    state, facts, left, administrator, take_in, trade, django_capture_on_commit_callbacks
):
    before = everything()
    facts = facts or ",,"
    text = f"{HEAD}\nAcme,2026-01-05,P-1,25,14,{state},{facts},\n"
    client, found, rows = take_in(administrator, text, "orders.order", key="")
    order = Order.objects.get()
    assert order.state == left, rows[2].message
    # Only what is still to be shipped is promised goods, as far as there are any.
    assert StockLevel.objects.get().reserved == (20 if left == "fulfilling" else 0)
    assert not Survey.objects.exists()
    if left == "completed":
        assert (order.outstanding, order.receivables.count(), order.account.exposure) == (0, 0, 0)
    assert check_figures() == "0"
    undo(client, found, django_capture_on_commit_callbacks)
    assert everything() == before


def test_days_that_do_not_fit_and_goods_without_a_carrier_are_refused_whole(
    administrator, take_in, trade
):
    before = everything()
    text = (
        f"{HEAD}\nAcme,2026-01-05,P-1,1,14,approved,2026-01-09,Swift,,\n"
        "Acme,2026-01-05,P-1,1,14,shipped,2099-01-09,Swift,,\n"
        "Acme,2026-01-05,P-1,1,14,shipped,2026-01-09,,,\n"
    )
    _client, _found, rows = take_in(administrator, text, "orders.order", key="")
    assert [row.message for row in rows.values()] == [
        "Shipped on: An order that is “approved” has no such day.",
        "Shipped on: This lies in the future.",
        "Carrier: A carrier is needed before dispatch.",
    ]
    assert everything() == before


def test_who_may_not_take_over_history_reaches_states_by_verbs_only(manager, login, take_in, trade):
    history = set(pages_of("orders.order").importer.history)
    offered = targets_of(pages_of("orders.order"), manager)
    assert history & offered.keys() == {"state", "number"}
    assert offered["number"].field is None  # it only tells the order
    file = SimpleUploadedFile("orders.csv", PAST.encode())
    answer = login(manager).post("/imports/new/", {"kind": "orders.order", "file": file})
    assert answer.status_code == 422
    sentence = "Remove these columns: Shipped on, Carrier, Delivered on."
    assert sentence in answer.content.decode()
    assert not Import.objects.exists()
    text = "Customer,Product,Quantity,Unit price,State\nAcme,P-1,1,20,approved\nAcme,P-1,1,20,shipped\n"
    _client, _found, rows = take_in(manager, text, "orders.order", key="")
    assert verdicts(rows)[3] == "refused"
    assert rows[3].message == "State: A file cannot bring a record as far as “shipped”."


def test_an_order_that_went_on_since_is_kept(
    administrator, take_in, trade, django_capture_on_commit_callbacks
):
    client, found, _rows = take_in(administrator, PAST, "orders.order", key="")
    shipment = Shipment.objects.get()
    answer = client.post(
        f"{shipment.get_absolute_url()}deliver/",
        {"received_by": "Li", "delivered_on": "2026-01-12"},
    )
    assert answer.status_code in (200, 204, 302)
    undo(client, found, django_capture_on_commit_callbacks)
    assert Order.objects.get().state == "delivered"
    assert "Kept, it has been changed since" in found.undo_run.rows.get().message
