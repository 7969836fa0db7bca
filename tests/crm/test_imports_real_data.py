"""The real files through the pages of the wizard: the records that the loading commands make.

Whole here; tests/browser/test_imports.py does the first rows of them in a browser. A person has
put right in a spreadsheet what the wizard cannot know: that "Engaging" is a presentation, which
product "GTXPro" is, and the two files of orders as one table. Stages and settings that no file
holds are there before: people, product series and categories.
"""

from decimal import Decimal

import pytest
from django.db.models import Sum

from accounts.models import Account
from crm.imports import Report
from crm.imports.reading import write_csv
from opportunities.management.commands import load_maven_crm
from opportunities.models import Opportunity
from orders.management.commands import load_northwind
from orders.models import Order, OrderLine
from products.models import Product
from products.services import create_category
from tests.crm.importing import verdicts
from tests.real_files import (
    DATA,
    MISSPELT,
    PHASES,
    deals_kept,
    deals_listed,
    needed,
    order_sheet,
    orders_kept,
    orders_listed,
    table,
)

pytestmark = pytest.mark.django_db


def made_by(person, take_in, text, kind, **settings):
    """Import a file whose rows are all taken; return how many."""
    _client, _found, rows = take_in(person, text, kind, **settings)
    reasons = {row.message for row in rows.values()} - {""}
    assert set(verdicts(rows).values()) == {"created"}, reasons
    return len(rows)


def text_of(*names):
    return DATA.joinpath(*names).read_text(encoding="utf-8-sig")


def people_of(command, name, method):
    loader = command.Command()
    loader.folder, loader.report = DATA / name, Report()
    getattr(loader, method)()


@pytest.mark.xdist_group("maven_import")
def test_the_maven_pipeline_comes_in_whole(administrator, take_in):
    needed("maven_crm")
    people_of(load_maven_crm, "maven_crm", "load_teams")
    for series in ("GTX", "MG", "GTK"):
        create_category(by=None, name=series)
    names = ("name", "industry", "founded", "annual_revenue", "employees", "region", "parent")
    columns = {f"column_{place}": name for place, name in enumerate(names)}
    accounts = text_of("maven_crm", "accounts.csv")
    assert made_by(administrator, take_in, accounts, "accounts.account", **columns) == 85
    made = {account.name: account for account in Account.objects.select_related("parent")}
    for row in table("maven_crm", "accounts"):
        account = made[row["account"]]
        assert (str(account.founded), str(account.employees), account.region) == (
            row["year_established"],
            row["employees"],
            row["office_location"],
        )
        assert account.annual_revenue == Decimal(row["revenue"])
        assert (account.parent.name if account.parent else "") == row["subsidiary_of"]
    columns = {"column_0": "name", "column_1": "category", "column_2": "price"}
    products = text_of("maven_crm", "products.csv")
    assert made_by(administrator, take_in, products, "products.product", key="", **columns) == 7
    assert Product.objects.get(name="GTX Plus Basic").code == "GTX-PLUS-BASIC"
    pipeline = text_of("maven_crm", "sales_pipeline.csv")
    for word, right in (MISSPELT | PHASES).items():
        pipeline = pipeline.replace(f",{word},", f",{right},")
    names = ("external_key", "owner", "product", "account", "state", "opened_on", "closed_on")
    columns = {f"column_{place}": name for place, name in enumerate([*names, "amount"])}
    settings = {"key": "external_key", "dates": "mdy", **columns}
    deals = "opportunities.opportunity"
    assert made_by(administrator, take_in, pipeline, deals, **settings) == 8800
    assert deals_kept() == deals_listed()
    won = Opportunity.objects.filter(state="won")
    assert (won.count(), won.aggregate(sum=Sum("amount"))["sum"]) == (4238, 10_005_534)
    assert Opportunity.objects.filter(account=None).count() == 1425


@pytest.mark.xdist_group("northwind_import")
def test_northwind_customers_products_and_orders_come_in_line_by_line(administrator, take_in):
    needed("northwind")
    people_of(load_northwind, "northwind", "load_employees")
    for row in table("northwind", "categories"):
        create_category(by=None, name=row["categoryname"], external_key=row["categoryid"])
    customers = text_of("northwind", "customers.csv")
    columns = {"column_0": "external_key", "column_1": "name", "column_5": "", "column_8": "phone"}
    settings = {"allows_duplicates": "on", "key": "external_key", **columns}
    assert made_by(administrator, take_in, customers, "accounts.account", **settings) == 91
    products = text_of("northwind", "products.csv")
    names = {0: "code", 1: "name", 3: "category", 4: "unit", 5: "price", 9: "state"}
    columns = {f"column_{place}": name for place, name in names.items()}
    for flag, state in (("1", "off sale"), ("0", "on sale")):
        lines = products.splitlines()
        products = "\n".join(
            line.removesuffix(f",{flag}") + f",{state}" if line.endswith(f",{flag}") else line
            for line in lines
        )
    settings = {"key": "code", **columns}
    assert made_by(administrator, take_in, products, "products.product", **settings) == 77
    listed = table("northwind", "products")
    gone = {row["productname"] for row in listed if row["discontinued"] == "1"}
    off_sale = Product.objects.filter(state="off_sale")
    assert set(off_sale.values_list("name", flat=True)) == gone
    _client, found, rows = take_in(
        administrator, write_csv(*order_sheet()), "orders.order", key="customer_reference"
    )
    assert found.dates == "mdy"
    assert set(verdicts(rows).values()) == {"created"}, [r.message for r in rows.values()][:3]
    assert (Order.objects.count(), OrderLine.objects.count()) == (830, 2155)
    assert Order.objects.aggregate(sum=Sum("amount"))["sum"] == Decimal("1265793.29")
    assert orders_kept() == orders_listed()
