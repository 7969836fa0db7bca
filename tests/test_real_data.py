"""Two public data sets, taken over whole through the services: their known figures come out."""

from decimal import Decimal
from io import StringIO

from django.core.management import call_command
from django.db.models import Count, F, Sum
from django.test import TestCase

from accounts.models import Account
from crm.delivery import check_figures
from crm.imports import rows
from crm.models import Event, Notification
from opportunities.models import Opportunity
from orders.models import Carrier, Order, OrderLine, Shipment
from products.models import Product
from tests.real_files import (
    DATA,
    catalogue_kept,
    catalogue_listed,
    companies_kept,
    companies_listed,
    customers_kept,
    customers_listed,
    deals_kept,
    deals_listed,
    goods_kept,
    goods_listed,
    needed,
    orders_kept,
    orders_listed,
)
from users.models import Team, User


def load(name):
    """Load a data set; return the report."""
    text = StringIO()
    call_command(f"load_{name}", str(DATA / name), stdout=text)
    return text.getvalue()


def counted():
    models = (Account, Product, User, Team, Opportunity, Order, OrderLine, Shipment, Event)
    return {model: model.objects.count() for model in models}


class TestMaven(TestCase):
    @classmethod
    def setUpClass(cls):
        needed("maven_crm")  # before a transaction is open, which a skip would leave behind
        super().setUpClass()

    @classmethod
    def setUpTestData(cls):
        cls.report = load("maven_crm")

    def test_agents_sit_under_managers_and_regional_offices(self):
        agents = User.objects.filter(username__startswith="maven.", roles__code="rep")
        assert agents.count() == 35
        assert {agent.team.manager.roles.get().code for agent in agents} == {"manager"}
        offices = {agent.team.parent.name for agent in agents}
        assert offices == {"Central", "East", "West"}

    def test_customers_and_products_are_those_of_the_files(self):
        assert Account.objects.count() == 85
        assert companies_kept() == companies_listed()
        assert catalogue_kept() == catalogue_listed()

    def test_the_pipeline_is_whole(self):
        assert Product.objects.count() == 7
        found = Opportunity.objects.order_by().values_list("state").annotate(Count("pk"))
        assert dict(found) == {
            "won": 4238,
            "lost": 2473,
            "presentation": 1589,
            "needs": 500,
        }
        won = Opportunity.objects.filter(state="won")
        assert won.aggregate(sum=Sum("amount"))["sum"] == 10_005_534
        assert Opportunity.objects.filter(account=None).count() == 1425
        assert "opportunities without an account, kept: 1,425" in self.report
        assert "product 'GTXPro' read as 'GTX Pro'" in self.report
        assert "refused: 0" in self.report

    def test_every_deal_is_that_of_the_file(self):
        assert deals_kept() == deals_listed()

    def test_a_second_run_doubles_nothing_and_nobody_is_told(self):
        before = counted()
        report = load("maven_crm")
        assert counted() == before
        assert "opportunities: 0 made, 8,800 matched" in report
        assert not Notification.objects.exists()
        assert check_figures() == "0"


class TestNorthwind(TestCase):
    @classmethod
    def setUpClass(cls):
        needed("northwind")  # before a transaction is open, which a skip would leave behind
        super().setUpClass()

    @classmethod
    def setUpTestData(cls):
        cls.report = load("northwind")

    def test_people_report_to_their_managers(self):
        listed = {
            row["employeeid"]: row for _line, row in rows(DATA / "northwind", "employees.csv")
        }
        assert len(listed) == User.objects.filter(username__startswith="northwind.").count() == 9
        for row in listed.values():
            person = User.objects.get(name=f"{row['firstname']} {row['lastname']}")
            above = listed.get(row["reportsto"])
            superior = person.superior.name if person.superior else None
            assert superior == (f"{above['firstname']} {above['lastname']}" if above else None)

    def test_customers_goods_and_stock_are_those_of_the_files(self):
        assert Account.objects.count() == 91
        assert customers_kept() == customers_listed()
        assert goods_kept() == goods_listed()
        assert "negative stock, read as none: 3" in self.report

    def test_orders_are_whole_to_the_cent(self):
        """Each line is rounded half up, which makes 25 cents more than rounding only the sum."""
        assert Order.objects.count() == 830
        assert OrderLine.objects.count() == 2155
        assert Account.objects.filter(orders__isnull=False).distinct().count() == 89
        assert Order.objects.aggregate(sum=Sum("amount"))["sum"] == Decimal("1265793.29")
        assert (
            "1,265,793.29; unrounded they come to 1,265,793.0395, which is 1,265,793.04"
            in self.report
        )
        assert "repeated rows of orders.csv, taken once: 6" in self.report
        assert "order lines with an empty discount, read as none: 11" in self.report
        assert "refused: 0" in self.report

    def test_every_order_is_that_of_the_file(self):
        assert orders_kept() == orders_listed()

    def test_goods_left_but_for_those_of_21_orders(self):
        assert Carrier.objects.count() == 6
        assert Order.objects.filter(shipped_on=None).count() == 21
        unshipped = OrderLine.objects.exclude(shipped=F("quantity"))
        assert set(unshipped.values_list("order__state", flat=True)) == {"confirmed"}

    def test_a_second_run_doubles_nothing_and_nobody_is_told(self):
        before = counted()
        report = load("northwind")
        assert counted() == before
        assert "orders: 0 made, 830 matched" in report
        assert not Notification.objects.exists()
        assert check_figures() == "0"
