"""Two public data sets as files: what they say, and what is kept of it in the database.

A loading command and the import wizard make the same of them. For each kind of record there is
what the files say (…_listed) and what is kept (…_kept), field by field.
"""

import os
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import Account
from crm.imports import rows, us_date
from opportunities.models import Opportunity
from orders.models import Order
from products.models import Product

DATA = Path(os.environ.get("CLOSELOOP_DATA", settings.ROOT.parent / "shared" / "data"))
PHASES = {"Won": "won", "Lost": "lost", "Engaging": "presentation", "Prospecting": "needs"}
MISSPELT = {"GTXPro": "GTX Pro", "technolgy": "technology"}
CENT = Decimal("0.01")


def needed(name):
    """The folder of a data set; the test skips where it is not."""
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there; CLOSELOOP_DATA names another place")
    return folder


def table(data_set, name):
    """The rows of a file as dicts."""
    return [row for _line, row in rows(DATA / data_set, f"{name}.csv")]


# --- The pipeline of Maven ----------------------------------------------------------------------


def companies_listed():
    """Revenue is in millions of US dollars."""
    return {
        row["account"]: (
            MISSPELT.get(row["sector"], row["sector"]),
            int(row["year_established"]),
            Decimal(row["revenue"]) * 1_000_000,
            int(row["employees"]),
            row["office_location"],
            row["subsidiary_of"],
            "USD",
            "customer",
        )
        for row in table("maven_crm", "accounts")
    }


def companies_kept():
    return {
        account.name: (
            account.industry,
            account.founded,
            account.annual_revenue,
            account.employees,
            account.region,
            account.parent.name if account.parent else "",
            account.currency_id,
            account.status,
        )
        for account in Account.objects.select_related("parent")
    }


def catalogue_listed():
    return {
        row["product"]: (
            row["product"].upper().replace(" ", "-"),
            row["series"],
            Decimal(row["sales_price"]),
            "USD",
            False,
            "on_sale",
        )
        for row in table("maven_crm", "products")
    }


def catalogue_kept():
    return {
        product.name: (
            product.code,
            product.category.name,
            product.price,
            product.currency_id,
            product.is_stocked,
            product.state,
        )
        for product in Product.objects.select_related("category")
    }


def last_engaged():
    """The last day on which anybody was engaged: then at the latest the other deals were open."""
    return max(us_date(row["engage_date"]) or us_date("1/1/1970") for row in pipeline())


def pipeline():
    return table("maven_crm", "sales_pipeline")


def deals_listed(rows=None):
    """What the pipeline says of each deal, or only its `rows`; until it is won it is worth what its
    product costs."""
    prices = {row["product"]: Decimal(row["sales_price"]) for row in table("maven_crm", "products")}
    last, found = last_engaged(), Counter()
    for row in rows or pipeline():
        product = MISSPELT.get(row["product"], row["product"])
        is_won = row["deal_stage"] == "Won"
        found[
            row["account"],
            f"{product} · {row['account'] or row['opportunity_id']}",
            product,
            row["sales_agent"],
            PHASES[row["deal_stage"]],
            us_date(row["engage_date"]) or last,
            us_date(row["close_date"]),
            Decimal(row["close_value"]) if is_won else prices[product],
            "USD",
        ] += 1
    return found


def deals_kept():
    deals = Opportunity.objects.select_related("account", "product", "owner")
    return Counter(
        (
            deal.account.name if deal.account else "",
            deal.name,
            deal.product.name,
            deal.owner.name,
            deal.state,
            deal.opened_on,
            deal.closed_on,
            deal.amount,
            deal.currency_id,
        )
        for deal in deals
    )


# --- The trade of Northwind -----------------------------------------------------------------------


def sellers():
    """{number: name} of those who take orders."""
    listed = table("northwind", "employees")
    return {row["employeeid"]: f"{row['firstname']} {row['lastname']}" for row in listed}


def carriers():
    return {row["shipperid"]: row["companyname"] for row in table("northwind", "shippers")}


def customers_listed():
    return {
        row["companyname"]: (
            row["country"],
            row["phone"],
            "USD",
            "customer",
            [(row["contactname"], row["contacttitle"], row["phone"], True)],
            [
                (row["contactname"], row["country"], row["region"], row["city"], row["city"])
                + (row["postalcode"], "shipping", True)
            ],
        )
        for row in table("northwind", "customers")
    }


def customers_kept():
    accounts = Account.objects.prefetch_related("contacts", "addresses")
    return {
        account.name: (
            account.region,
            account.phone,
            account.currency_id,
            account.status,
            [
                (person.name, person.title, person.phone, person.is_primary)
                for person in account.contacts.all()
            ],
            [
                (place.recipient, place.country, place.province, place.city, place.street)
                + (place.postcode, place.kind, place.is_default)
                for place in account.addresses.all()
            ],
        )
        for account in accounts
    }


def goods_listed():
    """Less than nothing in stock is nothing."""
    listed = table("northwind", "categories")
    categories = {row["categoryid"]: row["categoryname"] for row in listed}
    return {
        row["productname"]: (
            categories[row["categoryid"]],
            row["quantityperunit"],
            Decimal(row["unitprice"]),
            "USD",
            0,
            "off_sale" if row["discontinued"] == "1" else "on_sale",
            [(max(Decimal(row["unitsinstock"]), 0), 0, Decimal(row["reorderlevel"]), "Northwind")],
        )
        for row in table("northwind", "products")
    }


def goods_kept():
    products = Product.objects.select_related("category")
    return {
        product.name: (
            product.category.name,
            product.unit,
            product.price,
            product.currency_id,
            product.tax_rate,
            product.state,
            [
                (level.on_hand, level.reserved, level.reorder_point, level.warehouse.name)
                for level in product.stock_levels.all()
            ],
        )
        for product in products.prefetch_related("stock_levels__warehouse")
    }


def sent_to(row):
    parts = (row[f"ship{part}"] for part in ("city", "region", "postalcode", "country"))
    return " ".join(filter(None, parts))


def orders_listed():
    """{order id: what the files say of the order and its lines}."""
    customers = {row["customerid"]: row["companyname"] for row in table("northwind", "customers")}
    products = {row["productid"]: row["productname"] for row in table("northwind", "products")}
    people, carried_by, lines = sellers(), carriers(), defaultdict(list)
    for row in table("northwind", "orders_details"):
        numbers = (row["quantity"], row["unitprice"], row["discount"] or 0)
        quantity, price, discount = map(Decimal, numbers)
        left = quantity
        lines[row["orderid"]].append(
            (products[row["productid"]], quantity, price, discount * 100, left)
        )
    found = {}
    for row in table("northwind", "orders"):
        ordered_on, shipped_on = us_date(row["orderdate"]), us_date(row["shippeddate"])
        rows_of_it = lines[row["orderid"]]
        if not shipped_on:
            rows_of_it = [(*line[:-1], 0) for line in rows_of_it]
        found[row["orderid"]] = (
            customers[row["customerid"]],
            people[row["employeeid"]],
            (ordered_on, us_date(row["requireddate"]), ordered_on, shipped_on),
            ("shipped" if shipped_on else "confirmed", "mail", "USD"),
            "Northwind: 30 days after shipment",
            (row["shipname"], row["shipname"], sent_to(row)),
            Decimal(row["freight"]).quantize(CENT),
            [(carried_by[row["shipvia"]], "Northwind", shipped_on)] if shipped_on else [],
            rows_of_it,
        )
    return found


def orders_kept():
    orders = Order.objects.select_related("account", "owner", "payment_term")
    orders = orders.prefetch_related("lines__product", "shipments__carrier", "shipments__warehouse")
    return {
        order.customer_reference: (
            order.account.name,
            order.owner.name,
            (order.ordered_on, order.requested_on, order.confirmed_on, order.shipped_on),
            (order.state, order.channel, order.currency_id),
            order.payment_term.name,
            (order.recipient, order.confirmed_by, order.address),
            order.freight,
            [
                (row.carrier.name, row.warehouse.name, timezone.localdate(row.dispatched_at))
                for row in order.shipments.all()
            ],
            [
                (line.product.name, line.quantity, line.unit_price, line.discount, line.shipped)
                for line in order.lines.all()
            ],
        )
        for order in orders
    }
