from decimal import Decimal

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.text import slugify

from accounts.models import Account
from accounts.services import create_account
from crm.events import silently
from crm.imports import Report, rows, us_date
from crm.lifecycle import edit
from crm.money import use_currency
from crm.search import index
from opportunities.models import Opportunity, Phase
from opportunities.services import default_process, import_opportunity, name_of_deal
from products.models import Category, Product
from products.services import create_category, create_product
from users.models import Role, Team, User
from users.services import create_team, create_user

# An engaged customer is being shown the product; a prospect is still being understood.
PHASES = {
    "Won": Phase.WON,
    "Lost": Phase.LOST,
    "Engaging": Phase.PRESENTATION,
    "Prospecting": Phase.NEEDS,
}
MISSPELT = {"technolgy": "technology"}
MILLION = Decimal(1_000_000)


def squeeze(name):
    """A product's name without spaces and case: what two spellings share."""
    return name.replace(" ", "").casefold()


class Command(BaseCommand):
    """Load the CRM Sales Opportunities data set of Maven Analytics, through the services.

    May run twice: every record is found again by its external key. Amounts are USD.
    """

    help = "Load accounts, products, sales teams and the pipeline from the CSV files in DIR."

    def add_arguments(self, parser):
        parser.add_argument("dir")
        parser.add_argument("--rate", type=Decimal, help="Company currency for one US dollar.")

    def handle(self, *, dir, rate, **options):
        self.folder, self.report = dir, Report()
        with transaction.atomic(), silently(), index.in_one_go():
            use_currency("USD", rate)
            self.process = default_process()
            self.load_teams()
            self.load_accounts()
            self.load_products()
            self.load_pipeline()
        for line in self.report.lines():
            self.stdout.write(line)

    def load_teams(self):
        """Regional offices hold the managers' teams, which hold the agents."""
        self.agents = {}
        for line, row in rows(self.folder, "sales_teams.csv"):
            with self.report.guard("sales_teams.csv", line):
                office = self.team(row["regional_office"], f"office:{row['regional_office']}")
                team = self.team(row["manager"], f"team:{row['manager']}", parent=office)
                manager = self.person("manager", row["manager"], team, "manager")
                if team.manager_id is None:
                    team.manager = manager
                    team.save(update_fields=["manager"])
                self.agents[row["sales_agent"]] = self.person(
                    "agent", row["sales_agent"], team, "rep"
                )

    def team(self, name, key, parent=None):
        key = f"maven:{key}"
        team = Team.objects.filter(external_key=key).first()
        if team is None:
            team = create_team(by=None, name=name, parent=parent, external_key=key)
            self.report.count("teams", True)
        return team

    def person(self, kind, name, team, role):
        username = f"maven.{slugify(name)}"
        user = User.objects.filter(username=username).first()
        if user is None:
            roles = Role.objects.filter(code=role)
            user = create_user(by=None, username=username, name=name, team=team, roles=roles)
            self.report.count(f"{kind}s", True)
        elif kind == "agent":
            self.report.count(f"{kind}s", False)
        return user

    def load_accounts(self):
        self.accounts, parents = {}, {}
        for line, row in rows(self.folder, "accounts.csv"):
            with self.report.guard("accounts.csv", line):
                key = f"maven:account:{row['account']}"
                account = Account.objects.filter(external_key=key).first()
                self.report.count("accounts", account is None)
                sector = row["sector"]
                if sector in MISSPELT:
                    self.report.note(
                        f"sector {sector!r} read as {MISSPELT[sector]!r}", f"line {line}"
                    )
                    sector = MISSPELT[sector]
                if account is None:
                    account = create_account(
                        by=None,
                        allow_duplicate=True,
                        name=row["account"],
                        external_key=key,
                        industry=sector,
                        founded=int(row["year_established"]),
                        annual_revenue=Decimal(row["revenue"]) * MILLION,
                        employees=int(row["employees"]),
                        region=row["office_location"],
                        currency_id="USD",
                        status=Account.Status.CUSTOMER,
                    )
                self.accounts[row["account"]] = account
                if row["subsidiary_of"]:
                    parents[account] = (line, row["subsidiary_of"])
        for account, (line, parent) in parents.items():
            with self.report.guard("accounts.csv", line):
                if account.parent_id is None:
                    edit(account, by=None, parent=self.accounts[parent])

    def load_products(self):
        self.products = {}
        for line, row in rows(self.folder, "products.csv"):
            with self.report.guard("products.csv", line):
                key = f"maven:product:{row['product']}"
                product = Product.objects.filter(external_key=key).first()
                self.report.count("products", product is None)
                if product is None:
                    series = f"maven:series:{row['series']}"
                    category = Category.objects.filter(external_key=series).first()
                    category = category or create_category(
                        by=None, name=row["series"], external_key=series
                    )
                    product = create_product(
                        by=None,
                        code=slugify(row["product"]).upper(),
                        name=row["product"],
                        category=category,
                        price=Decimal(row["sales_price"]),
                        currency_id="USD",
                        tax_rate=0,
                        is_stocked=False,
                        external_key=key,
                    )
                self.products[squeeze(row["product"])] = product

    def load_pipeline(self):
        pipeline = list(rows(self.folder, "sales_pipeline.csv"))
        known = set(
            Opportunity.objects.filter(external_key__startswith="maven:opportunity:").values_list(
                "external_key", flat=True
            )
        )
        engaged = [day for _line, row in pipeline if (day := us_date(row["engage_date"]))]
        last_day = max(engaged)
        for line, row in pipeline:
            key = f"maven:opportunity:{row['opportunity_id']}"
            self.report.count("opportunities", key not in known)
            if key in known:
                continue
            with self.report.guard("sales_pipeline.csv", line):
                self.load_opportunity(row, key, last_day)

    def load_opportunity(self, row, key, last_day):
        product = self.products[squeeze(row["product"])]
        if product.name != row["product"]:
            self.report.note(f"product {row['product']!r} read as {product.name!r}")
        if not row["account"]:
            self.report.note("opportunities without an account, kept")
        if not row["engage_date"]:
            self.report.note(f"opportunities without an engage date, opened on {last_day}")
        phase = PHASES[row["deal_stage"]]
        account = self.accounts[row["account"]] if row["account"] else None
        # Only of a deal that was won the file says what it was worth.
        value = Decimal(row["close_value"]) if phase == Phase.WON else None
        import_opportunity(
            by=None,
            external_key=key,
            name=name_of_deal(product, account, row["opportunity_id"]),
            account=account,
            owner=self.agents[row["sales_agent"]],
            product=product,
            state=phase,
            process=self.process,
            amount=value,
            currency_id="USD",
            opened_on=us_date(row["engage_date"]) or last_day,
            closed_on=us_date(row["close_date"]),
        )
