"""The real files through the wizard: the records that the loading commands make of them."""

import csv
from decimal import Decimal

import pytest

from accounts.models import Account
from crm.imports.reading import write_csv
from orders.models import Order, OrderLine
from products.models import Product
from tests.crm.importing import verdicts
from tests.test_real_data import DATA

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there"),
]


def text_of(*names):
    return DATA.joinpath(*names).read_text(encoding="utf-8-sig")


def test_maven_accounts_come_in_with_their_parent_companies(administrator, take_in):
    _client, _found, rows = take_in(
        administrator,
        text_of("maven_crm", "accounts.csv"),
        "accounts.account",
        column_0="name",
        column_1="industry",
        column_2="founded",
        column_3="annual_revenue",
        column_4="employees",
        column_5="region",
        column_6="parent",
    )
    assert set(verdicts(rows).values()) == {"created"}
    listed = list(csv.DictReader(text_of("maven_crm", "accounts.csv").splitlines()))
    made = {account.name: account for account in Account.objects.select_related("parent")}
    assert len(made) == len(listed) == 85
    for row in listed:
        account = made[row["account"]]
        assert (str(account.founded), str(account.employees), account.region) == (
            row["year_established"],
            row["employees"],
            row["office_location"],
        )
        assert account.annual_revenue == Decimal(row["revenue"])
        assert (account.parent.name if account.parent else "") == row["subsidiary_of"]


def test_northwind_customers_products_and_orders_come_in_line_by_line(administrator, take_in):
    customers = {"column_0": "external_key", "column_1": "name", "column_8": "phone"}
    _client, _found, rows = take_in(
        administrator,
        text_of("northwind", "customers.csv"),
        "accounts.account",
        allows_duplicates="on",
        key="external_key",
        **{"column_5": "", **customers},
    )
    assert list(verdicts(rows).values()) == ["created"] * 91
    _client, _found, rows = take_in(
        administrator,
        text_of("northwind", "products.csv"),
        "products.product",
        key="code",
        column_0="code",
        column_1="name",
        column_4="unit",
        column_5="price",
    )
    assert list(verdicts(rows).values()) == ["created"] * Product.objects.count()
    heads = {
        r["orderid"]: r for r in csv.DictReader(text_of("northwind", "orders.csv").splitlines())
    }
    details = list(csv.DictReader(text_of("northwind", "orders_details.csv").splitlines()))[:300]
    table = [
        [d["orderid"], heads[d["orderid"]]["customerid"], heads[d["orderid"]]["orderdate"]]
        + [d["productid"], d["quantity"], d["unitprice"], f"{float(d['discount'] or 0):.0%}"]
        for d in details
    ]
    columns = "External key,Customer,Ordered on,Product,Quantity,Unit price,Discount %"
    _client, found, rows = take_in(
        administrator, write_csv(columns.split(","), table), "orders.order"
    )
    assert found.dates == "mdy"
    assert set(verdicts(rows).values()) == {"created"}, [r.message for r in rows.values()][:3]
    assert Order.objects.count() == len({d["orderid"] for d in details})
    assert OrderLine.objects.count() == 300
    first = Order.objects.get(external_key="10248")
    assert (first.amount, first.account.name) == (
        Decimal("440.00"),
        "Vins et alcools Chevalier",
    )
