"""Two public data sets as files: what they say, and what is kept of it in the database.

A loading command and the import wizard make the same of them.
"""

import os
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from crm.imports import rows, us_date
from opportunities.models import Opportunity
from orders.models import Order

DATA = Path(os.environ.get("CLOSELOOP_DATA", settings.ROOT.parent / "shared" / "data"))
PHASES = {"Won": "won", "Lost": "lost", "Engaging": "presentation", "Prospecting": "needs"}
MISSPELT = {"GTXPro": "GTX Pro"}


def needed(name):
    """The folder of a data set; the test skips where it is not."""
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there; CLOSELOOP_DATA names another place")
    return folder


def table(data_set, name):
    """The rows of a file as dicts."""
    return [row for _line, row in rows(DATA / data_set, f"{name}.csv")]


def deals_listed(listed=None):
    """What the pipeline says of each deal; only of a deal that was won it says the amount, and of
    one that nobody has been engaged in yet no day."""
    return Counter(
        (
            row["account"],
            MISSPELT.get(row["product"], row["product"]),
            row["sales_agent"],
            PHASES[row["deal_stage"]],
            us_date(row["engage_date"]),
            us_date(row["close_date"]),
            Decimal(row["close_value"]) if row["deal_stage"] == "Won" else None,
        )
        for row in listed or table("maven_crm", "sales_pipeline")
    )


def deals_kept():
    deals = Opportunity.objects.select_related("account", "product", "owner")
    return Counter(
        (
            deal.account.name if deal.account else "",
            deal.product.name,
            deal.owner.name,
            deal.state,
            None if deal.state == "needs" else deal.opened_on,
            deal.closed_on,
            deal.amount if deal.state == "won" else None,
        )
        for deal in deals
    )


def orders_listed():
    """{order id: what the files say of the order and its lines}."""
    customers = {row["customerid"]: row["companyname"] for row in table("northwind", "customers")}
    sellers = {
        row["employeeid"]: f"{row['firstname']} {row['lastname']}"
        for row in table("northwind", "employees")
    }
    products = {row["productid"]: row["productname"] for row in table("northwind", "products")}
    lines = defaultdict(list)
    for row in table("northwind", "orders_details"):
        numbers = (row["quantity"], row["unitprice"], row["discount"] or 0)
        quantity, price, discount = map(Decimal, numbers)
        lines[row["orderid"]].append((products[row["productid"]], quantity, price, discount * 100))
    return {
        row["orderid"]: (
            customers[row["customerid"]],
            sellers[row["employeeid"]],
            us_date(row["orderdate"]),
            us_date(row["requireddate"]),
            row["shipname"],
            Decimal(row["freight"]).quantize(Decimal("0.01")),
            lines[row["orderid"]],
        )
        for row in table("northwind", "orders")
    }


def orders_kept():
    orders = Order.objects.select_related("account", "owner")
    return {
        order.customer_reference: (
            order.account.name,
            order.owner.name,
            order.ordered_on,
            order.requested_on,
            order.recipient,
            order.freight,
            [
                (line.product.name, line.quantity, line.unit_price, line.discount)
                for line in order.lines.all()
            ],
        )
        for order in orders.prefetch_related("lines__product")
    }


def order_sheet(orders=None):
    """(headers, rows) of the orders of both files as one table, a row per line."""
    heads = {row["orderid"]: row for row in table("northwind", "orders")}
    sellers = {
        row["employeeid"]: f"{row['firstname']} {row['lastname']}"
        for row in table("northwind", "employees")
    }
    columns = ("customerid", "orderdate", "requireddate", "shipname", "freight")
    headers = ["customer's reference", "customer", "ordered on", "delivery wanted by"]
    headers += ["recipient", "freight", "owner", "product", "quantity", "unit price", "discount %"]
    found = []
    for row in table("northwind", "orders_details"):
        head = heads[row["orderid"]]
        if orders is None or row["orderid"] in orders:
            price = [row["productid"], row["quantity"], row["unitprice"]]
            discount = f"{Decimal(row['discount'] or 0):.2%}"
            facts = [head[name] for name in columns]
            found.append([row["orderid"], *facts, sellers[head["employeeid"]], *price, discount])
    return headers, found
