import random
from datetime import datetime, time, timedelta
from decimal import Decimal

import time_machine
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand
from django.db import transaction
from django.test.utils import override_settings
from django.utils import timezone

from accounts.models import AccountClass
from accounts.services import (
    create_account,
    create_account_class,
    create_address,
    create_contact,
    create_payment_term,
    set_credit_account,
)
from activities.services import TASK_VERBS, create_task, log_activity
from approvals.models import ApprovalRequest, ApprovalRule
from approvals.services import approve_request, create_rule
from crm import lifecycle
from crm.events import silently
from crm.imports import without_savepoints
from crm.models import Company, ExchangeRate
from crm.search import index
from inventory import services as inventory
from inventory.models import StockLevel, Warehouse
from leads import services as leads
from orders.models import Carrier
from performance.management.commands import _demo_data as data
from performance.management.commands import _demo_desk, _demo_trouble
from performance.management.commands._demo_chain import Deal
from performance.services import (
    REVIEW_VERBS,
    create_target,
    freeze_scorecard,
    publish_target,
)
from planning import services as planning
from products.services import create_category, create_product
from users.models import Role, User
from users.services import create_team, create_user

PASSWORD = "walk-a-deal"
SEED = 20260101
ACCOUNTS = 80
DEALS = 80
LEADS = 60


class Command(BaseCommand):
    """Fill an empty installation with a company, a year of its history and work for today.

    Everything goes through the services, at the moment it is said to have happened. All or
    nothing: an interrupted run leaves nothing behind, a second run changes nothing.
    """

    help = "Create the sample company, unless there is data already."
    LOGINS = [(username, PASSWORD, name) for username, name, *_rest in data.PEOPLE]

    def handle(self, *, verbosity=1, **options):
        if User.objects.filter(username=data.PEOPLE[0][0]).exists():
            if verbosity:
                self.stdout.write("The sample company is there already.")
            return
        if verbosity:
            self.stdout.write("Creating the sample company and a year of its history …")
        self.random = random.Random(SEED)
        self.today = timezone.localdate()
        nobody = "django.core.mail.backends.dummy.EmailBackend"
        with (
            override_settings(EMAIL_BACKEND=nobody),
            transaction.atomic(),
            silently(),
            index.in_one_go(),
        ):
            with without_savepoints():
                self.make_history()
            # An import refuses single rows, which takes savepoints.
            _demo_desk.live(self)

    def make_history(self):
        with self.at(-400):
            self.make_company()
            self.make_products()
            self.make_rules()
        self.make_campaigns()
        self.make_accounts()
        self.make_targets()
        self.make_deals()
        _demo_trouble.live(self)
        self.make_leads()
        self.make_tasks()
        self.make_reviews()

    def at(self, days, hour=10):
        """Be at `hour` o'clock, `days` from today; never later than now."""
        day = self.today + timedelta(days=days)
        moment = timezone.make_aware(datetime.combine(day, time(hour, self.random.randrange(60))))
        return time_machine.travel(min(moment, timezone.now()), tick=True)

    # --- The company ---------------------------------------------------------------------------

    def make_company(self):
        company = Company.current()
        company.name, company.legal_name = "苏州润泵", "苏州润泵流体设备有限公司"
        company.language = "zh-hans"
        company.address, company.phone = "江苏省苏州市工业园区星湖街 88 号", "0512-6000 1234"
        company.email, company.bank = "sales@example.com", "苏州工业园区示例银行"
        company.bank_account = "1001 0000 0000 0000 001"
        company.save()
        on = self.today - timedelta(days=500)
        for code, rate in (("USD", "7.12"), ("EUR", "7.80")):
            ExchangeRate.objects.get_or_create(currency_id=code, on=on, defaults={"rate": rate})
        teams = []
        for name, parent in data.TEAMS:
            above = teams[parent] if parent is not None else None
            teams.append(create_team(by=None, name=name, parent=above))
        self.people = {}
        for username, name, role, team, language in data.PEOPLE:
            self.people[username] = create_user(
                by=None,
                username=username,
                name=name,
                email=f"{username}@example.com",
                team=teams[team],
                roles=list(Role.objects.filter(code=role)),
                language=language,
                is_staff=role == "administrator",
            )
        # Hashed once for all: it takes as long as everything else about a person.
        User.objects.filter(username__in=self.people).update(password=make_password(PASSWORD))
        for team, username in zip(teams, ("director", "east", "south", "overseas"), strict=True):
            team.manager = self.people[username]
            team.save(update_fields=["manager"])
        self.reps = [self.people[f"rep{n}"] for n in range(1, 6)]

    def make_products(self):
        self.warehouses = [
            lifecycle.create(Warehouse(code=code, name=name, priority=priority), by=None)
            for code, name, priority in (("SZ", "苏州总仓", 10), ("GZ", "广州分仓", 20))
        ]
        self.carriers = [lifecycle.create(Carrier(name=name), by=None) for name in data.CARRIERS]
        categories = [create_category(by=None, name=name) for name in data.CATEGORIES]
        self.products = []
        for code, name, category, unit, price, cost, stocked, opening in data.PRODUCTS:
            product = create_product(
                by=None,
                code=code,
                name=name,
                category=categories[category],
                unit=unit,
                price=price,
                cost=cost,
                tax_rate=13 if stocked else 6,
                is_stocked=stocked,
            )
            self.products.append(product)
            if not stocked:
                continue
            for warehouse, share in zip(self.warehouses, (8, 2), strict=True):
                quantity = Decimal(opening * 3 * share // 10)
                inventory.receive(product, warehouse, quantity, by=None, reason="期初库存")
                level = StockLevel.objects.get(product=product, warehouse=warehouse)
                lifecycle.edit(
                    level, by=None, reorder_point=opening // 10, reorder_quantity=opening // 4
                )

    def make_rules(self):
        finance = Role.objects.get(code="finance")
        superior = {"approver": "superior"}
        if not ApprovalRule.objects.filter(kind="quotation").exists():
            create_rule(
                by=None,
                name="折扣超过 10% Discount over 10 %",
                kind="quotation",
                conditions=[{"fact": "discount", "operator": "over", "value": 10}],
                levels=[superior],
            )
            create_rule(
                by=None,
                name="金额超过 50 万 Amount over 500,000",
                kind="quotation",
                conditions=[{"fact": "amount", "operator": "over", "value": 500_000}],
                levels=[superior, {"approver": "role", "role": finance}],
            )
        create_rule(
            by=None,
            name="预算超过 5 万 Budget over 50,000",
            kind="campaign",
            conditions=[{"fact": "budget", "operator": "over", "value": 50_000}],
            levels=[{"approver": "person", "person": self.people["director"]}],
        )
        self.terms = [
            create_payment_term(by=None, name=name, lines=lines)
            for name, lines in (
                (
                    "30% 预付 60% 到货 10% 质保 30/60/10",
                    [
                        {"label": "预付款", "percent": 30, "event": "signing", "days": 0},
                        {"label": "到货款", "percent": 60, "event": "delivery", "days": 0},
                        {"label": "质保金", "percent": None, "event": "delivery", "days": 30},
                    ],
                ),
                ("货到 30 天 30 days net", [{"label": "货款", "event": "delivery", "days": 30}]),
                ("款到发货 Prepaid", [{"label": "全款", "event": "confirmation", "days": 0}]),
            )
        ]
        for code, name, days in (
            ("A", "战略客户", 30),
            ("B", "重点客户", 60),
            ("C", "普通客户", 120),
        ):
            create_account_class(by=None, code=code, name=name, visit_days=days)
        self.classes = list(AccountClass.objects.all())
        self.pool = leads.create_pool(
            by=None,
            name="公海 Public pool",
            is_default=True,
            release_after_days=15,
            max_held=30,
            claims_per_day=10,
            cooldown_days=3,
        )
        self.sources = [leads.create_source(by=None, name=name) for name in data.SOURCES]

    def make_campaigns(self):
        """Campaigns as far as their dates and budgets have let them come."""
        self.campaigns = []
        for name, kind, start, length, budget, cost in data.CAMPAIGNS:
            with self.at(start - 90):
                campaign = planning.create_campaign(
                    by=self.people["marketing"],
                    name=name,
                    kind=kind,
                    starts_on=self.today + timedelta(days=start),
                    ends_on=self.today + timedelta(days=start + length),
                    budget=budget,
                )
            self.campaigns.append(self.run_campaign(campaign, start, length, cost))

    def run_campaign(self, campaign, start, length, cost):
        marketing, verbs = self.people["marketing"], planning.CAMPAIGN_VERBS
        if start > 90:
            return campaign
        with self.at(start - 60):
            campaign = planning.submit_campaign(campaign, by=marketing)
        if campaign.state == campaign.State.IN_APPROVAL:
            if start > 0:
                return campaign
            with self.at(start - 55):
                request = ApprovalRequest.objects.get(object_id=campaign.pk, kind="campaign")
                approve_request(request, by=self.people["director"], comment="同意")
        if start < 0:
            with self.at(start):
                campaign = verbs["start"].run(campaign, by=marketing)
        if start + length < 0:
            with self.at(start + length):
                campaign = verbs["finish"].run(campaign, by=marketing, cost=cost)
            with self.at(start + length + 14):
                words = "线索质量好于上一届，下一年度保留。"
                campaign = verbs["evaluate"].run(campaign, by=marketing, conclusion=words)
        return campaign

    # --- Customers -------------------------------------------------------------------------------

    def make_accounts(self):
        self.accounts = []
        names = [
            (f"{city}{name}{trade}有限公司", f"{province}{city}", industry)
            for name in data.NAMES
            for (province, city), (trade, industry) in [
                (self.random.choice(data.CITIES), self.random.choice(data.TRADES))
            ]
        ]
        while len(names) < ACCOUNTS - len(data.OVERSEAS):
            province, city = self.random.choice(data.CITIES)
            trade, industry = self.random.choice(data.TRADES)
            name = f"{city}{self.random.choice(data.NAMES)}{trade}有限公司"
            if name not in {known for known, *_rest in names}:
                names.append((name, f"{province}{city}", industry))
        for number, (name, region, industry) in enumerate(names):
            south = any(place in region for place in ("广", "福建", "湖南"))
            rep = self.random.choice(self.reps[2:4] if south else self.reps[0:2])
            self.make_account(number, name, region, industry, rep, "CNY", data.SURNAMES)
        for number, (name, country, city) in enumerate(data.OVERSEAS):
            self.make_account(
                100 + number,
                name,
                f"{country}, {city}",
                "水处理 Water treatment",
                self.reps[4],
                "USD",
                None,
            )

    def make_account(self, number, name, region, industry, rep, currency, surnames):
        with self.at(-380 + self.random.randrange(30)):
            account = create_account(
                by=rep,
                name=name,
                region=region,
                industry=industry,
                currency_id=currency,
                employees=self.random.choice([30, 80, 150, 400, 1200]),
                account_class=self.random.choice(self.classes),
                payment_term=self.random.choice(self.terms),
                phone=f"0{self.random.choice([512, 571, 755, 20])}-6{self.random.randrange(10**6, 10**7)}",
                invoice_title=name,
                tax_number=f"91320{self.random.randrange(10**12, 10**13)}",
            )
            account = set_credit_account(
                account,
                by=self.people["finance"],
                credit_limit=Decimal(self.random.choice([300_000, 800_000, 2_000_000])),
            )
            for place in range(self.random.choice([1, 2, 2, 3])):
                if surnames:
                    person = self.random.choice(surnames) + self.random.choice(data.GIVEN)
                    title = self.random.choice(data.TITLES)
                else:
                    person, title = data.FOREIGN[number % len(data.FOREIGN)], "Purchasing manager"
                create_contact(
                    by=rep,
                    account=account,
                    name=person,
                    title=title,
                    role=("decides", "influences", "buys")[place],
                    phone=f"13{self.random.randrange(10**8, 10**9)}",
                    email=f"contact{number}-{place}@example.org",
                    is_primary=place == 0,
                )
                if not surnames:
                    break
            create_address(
                by=rep,
                account=account,
                recipient=account.contacts.first().name,
                phone=account.phone,
                city=region,
                street=f"工业大道 {self.random.randrange(1, 300)} 号"
                if surnames
                else "1 Harbour Road",
                is_default=True,
            )
            self.accounts.append(account)

    # --- Work ------------------------------------------------------------------------------------

    def make_targets(self):
        """Quarterly targets of every rep, this quarter and the three before."""
        quarter = quarter_of(self.today)
        for _n in range(4):
            end = (quarter + timedelta(days=95)).replace(day=1) - timedelta(days=1)
            with self.at((quarter - self.today).days - 5):
                for rep in self.reps:
                    boss = rep.superior
                    for metric, value in (
                        ("won", 900_000),
                        ("collected", 600_000),
                        ("satisfaction", 8),
                    ):
                        target = create_target(
                            by=boss,
                            person=rep,
                            metric=metric,
                            starts_on=quarter,
                            ends_on=end,
                            value=value,
                        )
                        publish_target(target, by=boss)
            quarter = quarter_of(quarter - timedelta(days=1))

    def make_deals(self):
        starts = sorted(self.random.randrange(-360, -1) for _n in range(DEALS))
        for number, start in enumerate(starts):
            Deal(self, number, start).live()
        for number, (until, boss, start) in enumerate(data.WAITING):
            Deal(self, number, start, until, self.people[boss]).live()

    def make_leads(self):
        for number in range(LEADS):
            start = -self.random.randrange(0, 60)
            rep = self.random.choice(self.reps)
            with self.at(start):
                lead = leads.create_lead(
                    by=rep,
                    name=self.random.choice(data.SURNAMES) + self.random.choice(data.GIVEN),
                    company=f"{self.random.choice(data.CITIES)[1]}{self.random.choice(data.NAMES)}"
                    f"{self.random.choice(data.TRADES)[0]}{number}号厂",
                    phone=f"13{self.random.randrange(10**8, 10**9)}",
                    source=self.random.choice(self.sources),
                    campaign=self.random.choice([None, None, *self.campaigns[:3]]),
                    need=self.random.choice(data.NEEDS) if number % 2 else "",
                    has_budget="unknown",
                    has_authority="yes",
                    has_timing="unknown",
                    pool=self.pool,
                    **({} if number % 4 == 0 else {"owner": rep}),
                )
            if number % 4 == 0:
                continue
            with self.at(start + 1, 14):
                if number % 4 >= 2:
                    log_activity(lead, by=rep, kind="call", subject="电话初访")
            with self.at(start + 2, 15):
                lead.refresh_from_db()
                if number % 8 == 3:
                    leads.LEAD_VERBS["disqualify"].run(lead, by=rep, reason="暂无采购计划")
                elif number % 8 == 7:
                    leads.LEAD_VERBS["qualify"].run(lead, by=rep)
                elif number % 8 == 6:
                    leads.nurture_lead(
                        lead,
                        by=rep,
                        resume_on=self.today + timedelta(days=self.random.randrange(3, 40)),
                    )

    def make_tasks(self):
        """Tasks late, for today and to come; a few are done."""
        days = (-6, -3, -1, 0, 0, 0, 1, 2, 4, 7, 11)
        accounts = self.random.sample(self.accounts, min(44, len(self.accounts)))
        for number, account in enumerate(accounts):
            day = self.today + timedelta(days=days[number % len(days)])
            when = timezone.make_aware(datetime.combine(day, time(9 + number % 8)))
            with self.at(-8):
                task = create_task(
                    by=account.owner,
                    target=account,
                    subject=self.random.choice(data.TASKS),
                    due_at=when,
                    remind_at=when - timedelta(hours=1),
                )
            if number % 11 == 0:
                with self.at(-7):
                    TASK_VERBS["finish"].run(task, by=account.owner)

    def make_reviews(self):
        """The last quarter of every rep, the talk about it at different points."""
        end = quarter_of(self.today) - timedelta(days=1)
        verbs = REVIEW_VERBS
        for number, rep in enumerate(self.reps):
            boss = rep.superior
            with self.at(0):
                card = freeze_scorecard(person=rep, starts_on=quarter_of(end), ends_on=end, by=boss)
                review = card.review
                if number > 2:
                    continue
                words = "重点客户推进较好，新客户开发不足。"
                review = verbs["assess"].run(review, by=rep, self_assessment=words)
                if number > 1:
                    continue
                review = verbs["share"].run(
                    review,
                    by=boss,
                    feedback="回款及时，继续保持。",
                    rating=4,
                    agreed="每周两次拜访",
                )
                if number == 0:
                    verbs["acknowledge"].run(review, by=rep)


def quarter_of(day):
    """The first day of the quarter of `day`."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
