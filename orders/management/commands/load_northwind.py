from collections import defaultdict
from decimal import Decimal

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.functional import cached_property
from django.utils.text import slugify

from accounts.models import Account, PaymentTerm, TermPart
from accounts.services import create_account, create_address, create_contact, create_payment_term
from crm.events import silently
from crm.imports import Report, rows, us_date
from crm.money import ZERO, round_money, use_currency
from crm.search import index
from inventory import services as inventory
from inventory.models import Warehouse
from orders import services
from orders.models import Carrier, Order
from products.models import Category, Product
from products.services import PRODUCT_VERBS, create_category, create_product
from users.models import Role, Team, User
from users.services import create_team, create_user

KEY = "northwind"


class Command(BaseCommand):
    """Load the Northwind sample orders through the services that the browser uses.

    May run twice: every record is found again by its external key. Amounts are USD. Orders are
    taken over as they stand, see orders.services.take_over_order.
    """

    help = "Load customers, employees, products, stock and orders from the CSV files in DIR."

    def add_arguments(self, parser):
        parser.add_argument("dir")
        parser.add_argument("--rate", type=Decimal, help="Company currency for one US dollar.")

    def handle(self, *, dir, rate, **options):
        self.folder, self.report = dir, Report()
        with transaction.atomic(), silently(), index.in_one_go():
            use_currency("USD", rate)
            self.load_employees()
            self.load_customers()
            self.load_carriers()
            self.load_products()
            self.load_orders()
        for line in self.report.lines():
            self.stdout.write(line)

    def find(self, model, kind, key, plural):
        """The record loaded before, or None; counted either way."""
        found = model.objects.filter(external_key=f"{KEY}:{kind}:{key}").first()
        self.report.count(plural, found is None)
        return found

    def load_employees(self):
        """A manager leads a team; each employee sits in the team of the one reported to."""
        found = {row["employeeid"]: (line, row) for line, row in rows(self.folder, "employees.csv")}
        managers = {row["reportsto"] for _line, row in found.values() if row["reportsto"]}
        self.employees, self.teams = {}, {}

        def load(key):
            line, row = found[key]
            if key in self.employees:
                return
            above = row["reportsto"]
            if above:
                load(above)
            with self.report.guard("employees.csv", line):
                self.load_employee(key, row, above, leads=key in managers)

        for key in found:
            load(key)

    def load_employee(self, key, row, above, *, leads):
        name = f"{row['firstname']} {row['lastname']}"
        username = f"{KEY}.{slugify(name)}"
        user = User.objects.filter(username=username).first()
        self.report.count("employees", user is None)
        if leads:
            team_key = f"{KEY}:team:{key}"
            team = Team.objects.filter(external_key=team_key).first()
            self.teams[key] = team or create_team(
                by=None, name=name, parent=self.teams.get(above), external_key=team_key
            )
        team = self.teams[key] if leads else self.teams[above]
        if user is None:
            roles = Role.objects.filter(code="manager" if leads else "rep")
            user = create_user(by=None, username=username, name=name, team=team, roles=roles)
        if leads and team.manager_id is None:
            team.manager = user
            team.save(update_fields=["manager"])
        self.employees[key] = user

    def load_customers(self):
        self.accounts = {}
        for line, row in rows(self.folder, "customers.csv"):
            with self.report.guard("customers.csv", line):
                account = self.find(Account, "customer", row["customerid"], "customers")
                if account is None:
                    account = create_account(
                        by=None,
                        name=row["companyname"],
                        external_key=f"{KEY}:customer:{row['customerid']}",
                        status=Account.Status.CUSTOMER,
                        region=row["country"],
                        phone=row["phone"],
                        currency_id="USD",
                        payment_term=self.term,
                    )
                    create_contact(
                        by=None,
                        account=account,
                        name=row["contactname"],
                        title=row["contacttitle"],
                        phone=row["phone"],
                        is_primary=True,
                    )
                    create_address(
                        by=None,
                        account=account,
                        recipient=row["contactname"],
                        country=row["country"],
                        province=row["region"],
                        city=row["city"],
                        street=row["city"],
                        postcode=row["postalcode"],
                        is_default=True,
                    )
                self.accounts[row["customerid"]] = account

    @cached_property
    def term(self):
        """The data set says nothing of payment: thirty days after shipment."""
        term = PaymentTerm.objects.filter(external_key=f"{KEY}:term").first()
        return term or create_payment_term(
            by=None,
            name="Northwind: 30 days after shipment",
            external_key=f"{KEY}:term",
            lines=[{"label": "Total", "event": TermPart.Event.SHIPMENT, "days": 30}],
        )

    def load_carriers(self):
        self.carriers = {}
        for line, row in rows(self.folder, "shippers.csv"):
            with self.report.guard("shippers.csv", line):
                carrier = self.find(Carrier, "shipper", row["shipperid"], "carriers")
                if carrier is None:
                    carrier = services.create_carrier(
                        by=None,
                        name=row["companyname"],
                        phone=row["phone"],
                        external_key=f"{KEY}:shipper:{row['shipperid']}",
                    )
                self.carriers[row["shipperid"]] = carrier

    @cached_property
    def warehouse(self):
        key = f"{KEY}:warehouse"
        return Warehouse.objects.filter(external_key=key).first() or inventory.create_warehouse(
            by=None, code="NW", name="Northwind", priority=90, external_key=key
        )

    def load_products(self):
        categories = {}
        for line, row in rows(self.folder, "categories.csv"):
            with self.report.guard("categories.csv", line):
                category = self.find(Category, "category", row["categoryid"], "categories")
                categories[row["categoryid"]] = category or create_category(
                    by=None,
                    name=row["categoryname"],
                    description=row["description"],
                    external_key=f"{KEY}:category:{row['categoryid']}",
                )
        self.products, self.discontinued = {}, []
        for line, row in rows(self.folder, "products.csv"):
            with self.report.guard("products.csv", line):
                key = row["productid"]
                product = self.find(Product, "product", key, "products")
                if product is None:
                    product = create_product(
                        by=None,
                        code=f"NW-{int(key):03d}",
                        name=row["productname"],
                        category=categories.get(row["categoryid"]),
                        unit=row["quantityperunit"][:40],
                        price=Decimal(row["unitprice"]),
                        currency_id="USD",
                        tax_rate=0,
                        external_key=f"{KEY}:product:{key}",
                    )
                    on_hand = Decimal(row["unitsinstock"])
                    if on_hand < 0:
                        self.report.note("negative stock, read as none", f"line {line}: {on_hand}")
                    inventory.open_stock(
                        product,
                        by=None,
                        warehouse=self.warehouse,
                        on_hand=max(on_hand, ZERO),
                        reorder_point=Decimal(row["reorderlevel"]),
                    )
                    if row["discontinued"] == "1":
                        self.discontinued.append(product)
                self.products[key] = product

    def load_orders(self):
        lines = defaultdict(list)
        for line, row in rows(self.folder, "orders_details.csv"):
            if row["discount"] == "":
                self.report.note("order lines with an empty discount, read as none", f"line {line}")
            lines[row["orderid"]].append((line, row))
        known = set(
            Order.objects.filter(external_key__startswith=f"{KEY}:order:").values_list(
                "external_key", flat=True
            )
        )
        orders, repeated = {}, "repeated rows of orders.csv, taken once"
        for line, row in rows(self.folder, "orders.csv"):
            if row["orderid"] in orders:
                self.report.note(repeated, f"line {line}: order {row['orderid']}")
            else:
                orders[row["orderid"]] = (line, row)
        missing = {key: pair for key, pair in orders.items() if f"{KEY}:order:{key}" not in known}
        exact = ZERO
        total = ZERO
        for key, (line, row) in orders.items():
            self.report.count("orders", key in missing)
            if key in missing:
                with self.report.guard("orders.csv", line):
                    order = self.load_order(key, row, lines[key])
                    total += order.amount
                    exact += sum(self.exact(detail) for _line, detail in lines[key])
        for product in self.discontinued:
            PRODUCT_VERBS["take_off_sale"].run(product, by=None)
        if missing:
            self.report.say(
                f"order lines rounded half up to the cent come to {total:,.2f}; unrounded they "
                f"come to {exact:,.4f}, which is {round_money(exact, 'USD'):,.2f}"
            )

    def exact(self, detail):
        share = 1 - Decimal(detail["discount"] or 0)
        return Decimal(detail["unitprice"]) * Decimal(detail["quantity"]) * share

    def load_order(self, key, row, details):
        ordered_on, shipped_on = us_date(row["orderdate"]), us_date(row["shippeddate"])
        address = [row[f"ship{part}"] for part in ("city", "region", "postalcode", "country")]
        return services.take_over_order(
            by=None,
            state=Order.State.SHIPPED if shipped_on else Order.State.CONFIRMED,
            shipped_on=shipped_on,
            carrier=self.carriers[row["shipvia"]],
            warehouse=self.warehouse,
            confirmed_how="Northwind",
            external_key=f"{KEY}:order:{key}",
            account=self.accounts[row["customerid"]],
            owner=self.employees[row["employeeid"]],
            channel=Order.Channel.MAIL,
            customer_reference=key,
            currency_id="USD",
            ordered_on=ordered_on,
            requested_on=us_date(row["requireddate"]),
            payment_term=self.term,
            recipient=row["shipname"],
            address=" ".join(filter(None, address)),
            freight=Decimal(row["freight"]).quantize(Decimal("0.01")),
            lines=[
                {
                    "product": self.products[detail["productid"]],
                    "quantity": Decimal(detail["quantity"]),
                    "unit_price": Decimal(detail["unitprice"]),
                    "discount": Decimal(detail["discount"] or 0) * 100,
                }
                for _line, detail in details
            ],
        )
