"""One deal of the sample company, lived through the services at the dates of its story."""

from datetime import timedelta
from decimal import Decimal

from django.core.files.base import ContentFile
from django.utils import timezone

from aftersales import services as aftersales
from aftersales.models import Survey
from approvals import services as approvals
from approvals.models import ApprovalRequest
from contracts import services as contracts
from contracts.models import Contract
from crm import lifecycle
from leads import services as leads
from opportunities import services as deals
from orders import services as orders
from orders.models import Order
from performance.management.commands import _demo_data as data
from receivables import services as receivables
from receivables.models import Receivable


def approve(document):
    """Whoever has it now decides, level by level."""
    request = ApprovalRequest.objects.get(
        object_id=document.pk, content_type__model=document._meta.model_name, state="pending"
    )
    while request.state == "pending":
        person = approvals.approvers(request)[0]
        request = approvals.approve_request(request, by=person, comment="同意")


class Over(Exception):
    """The story has reached today."""


class Deal:
    """From a lead (or an old customer's call) as far as its days go, or as it goes wrong.

    until: where it has come to by today; boss: whose customer it is with.
    """

    def __init__(self, seed, number, start, until=None, boss=None):
        self.seed, self.number, self.day, self.until = seed, number, start, until
        self.random = seed.random
        self.account = self.random.choice(
            [row for row in seed.accounts if boss in (None, row.owner.superior)]
        )
        self.rep = self.account.owner
        self.boss = self.rep.superior
        self.fate = self.random.choices(["won", "lost", "stays"], weights=[62, 22, 16])[0]
        if until:
            self.fate = "won"

    def at(self, days, hour=10):
        """Go on by some days; the story ends where the future begins."""
        self.day += days
        if self.day > 0:
            raise Over
        return self.seed.at(self.day, hour)

    def reach(self, point):
        """Stop here when the story is to wait at this point."""
        if self.until == point:
            raise Over

    def today(self):
        return self.seed.today + timedelta(days=self.day)

    def live(self):
        try:
            self.sell()
            self.deliver()
            self.follow_up()
        except Over:
            pass

    # --- Until won -----------------------------------------------------------------------------

    def sell(self):
        deal = self.open()
        self.reach("needs")
        with self.at(self.random.randrange(2, 8), 11):
            lines = self.needs()
            sheet = deals.create_needs_sheet(
                by=self.rep,
                opportunity=deal,
                summary=self.random.choice(data.NEEDS),
                budget=deal.amount,
                lines=[{"product": product, "quantity": quantity} for product, quantity in lines],
            )
            contact = self.account.contacts.first()
            verbs = deals.NEEDSSHEET_VERBS
            sheet = verbs["confirm"].run(
                sheet,
                by=self.rep,
                confirmed_by=contact.name,
                confirmed_on=self.today(),
                confirmed_how="邮件",
            )
            deals.judge_needs_sheet(sheet, by=self.rep, is_feasible=True, judgement="可按期交付")
            deal = deals.OPPORTUNITY_VERBS["present"].run(deal, by=self.rep)
        self.reach("presentation")
        with self.at(self.random.randrange(4, 12), 14):
            demo = deals.create_demo(
                by=self.rep,
                opportunity=deal,
                subject="样机演示与案例介绍",
                scheduled_at=timezone.now(),
            )
            deals.DEMO_VERBS["hold"].run(
                demo,
                by=self.rep,
                held_on=self.today(),
                reaction="关注能耗和备件供应",
                questions="交期、质保",
            )
            deal = deals.OPPORTUNITY_VERBS["quote"].run(deal, by=self.rep)
        if self.fate == "stays" and self.number % 3 == 0:
            raise Over
        quotation = self.quote(deal, lines)
        if self.fate == "lost":
            with self.at(self.random.randrange(5, 20)):
                deals.lose_opportunity(
                    deal,
                    by=self.rep,
                    reason=self.random.choice(data.LOST),
                    competitor=self.random.choice(["", *data.COMPETITORS]),
                )
            raise Over
        with self.at(self.random.randrange(4, 12), 15):
            deal = deals.OPPORTUNITY_VERBS["negotiate"].run(deal, by=self.rep)
            deals.create_round(
                by=self.rep,
                opportunity=deal,
                held_on=self.today(),
                their_ask="再降 3%,质保延长到 24 个月",
                our_offer="价格不变，质保 18 个月",
                concession="质保延长 6 个月",
                in_return="预付款 30%",
            )
        if self.fate == "stays":
            raise Over
        with self.at(self.random.randrange(2, 8), 16):
            quotation.refresh_from_db()
            deals.accept_quotation(
                quotation, by=self.rep, decided_by=contact.name, decided_how="盖章回传"
            )
            deals.win_opportunity(deal, by=self.rep)
            self.contract = Contract.objects.get(quotation=quotation)

    def needs(self):
        products = self.random.sample(self.seed.products, self.random.choice([1, 2, 3]))
        quantity = {
            True: lambda p: self.random.choice([1, 2, 3, 4]),
            False: lambda p: self.random.choice([10, 20, 30]),
        }
        return [(product, Decimal(quantity[product.price > 1000](product))) for product in products]

    def open(self):
        with self.at(0):
            if self.number % 3:
                return deals.create_opportunity(
                    by=self.rep,
                    name=f"{self.account.name} {self.random.choice(['扩建', '改造', '备件', '新线'])}项目",
                    account=self.account,
                    contact=self.account.contacts.first(),
                    currency=self.account.currency,
                    amount=Decimal(self.random.randrange(20, 400)) * 1000,
                    expected_close_on=self.today() + timedelta(days=60),
                    next_step="确认需求",
                    next_step_on=self.today() + timedelta(days=3),
                )
            contact = self.account.contacts.first()
            lead = leads.create_lead(
                by=self.rep,
                name=contact.name,
                company=self.account.name,
                phone=contact.phone,
                source=self.random.choice(self.seed.sources),
                campaign=self.random.choice([None, *self.seed.campaigns[:2]]),
                need=self.random.choice(data.NEEDS),
                has_budget="yes",
                has_authority="unknown",
                has_timing="yes",
            )
            lead = leads.LEAD_VERBS["start_work"].run(lead, by=self.rep)
        with self.at(2):
            lead = leads.LEAD_VERBS["qualify"].run(lead, by=self.rep)
            return deals.convert_lead(
                lead,
                by=self.rep,
                account=self.account,
                contact=contact,
                name=f"{self.account.name} 项目",
                amount=Decimal(self.random.randrange(20, 400)) * 1000,
                expected_close_on=self.today() + timedelta(days=60),
            )

    def quote(self, deal, lines):
        with self.at(self.random.randrange(2, 6)):
            discount = Decimal(self.random.choice([0, 3, 5, 8, 12]))
            if self.until == "quotation in approval":
                discount = Decimal(15)
            rate = {"USD": Decimal("7.12")}.get(deal.currency_id, Decimal(1))
            quotation = deals.create_quotation(
                by=self.rep,
                opportunity=deal,
                valid_until=self.today() + timedelta(days=45),
                payment_term=self.account.payment_term,
                delivery="合同生效后 30 天内送达",
                service_terms="质保 12 个月，终身维修",
                lines=[
                    {
                        "product": product,
                        "quantity": quantity,
                        "unit_price": (product.price / rate).quantize(Decimal("0.01")),
                        "discount": discount,
                    }
                    for product, quantity in lines
                ],
            )
            self.reach("quotation draft")
            quotation = deals.submit_quotation(quotation, by=self.rep)
            self.reach("quotation in approval")
        if quotation.state == "in_approval":
            if self.day > -4:
                raise Over
            with self.at(1, 9):
                approve(quotation)
                quotation.refresh_from_db()
        with self.at(1):
            return deals.send_quotation(quotation, by=self.rep)

    # --- Until paid ----------------------------------------------------------------------------

    def deliver(self):
        legal, warehouse = self.seed.people["legal"], self.seed.people["warehouse"]
        self.reach("contract draft")
        with self.at(2):
            contract = contracts.submit_contract(self.contract, by=self.rep)
        self.reach("contract in review")
        with self.at(2):
            results = {check.pk: (True, "") for check in contract.checks.all()}
            contracts.check_contract(contract, by=legal, results=results)
            approve(contract)
            contract.refresh_from_db()
        self.reach("contract approved")
        with self.at(3):
            contract = contracts.CONTRACT_VERBS["begin_signing"].run(contract, by=self.rep)
            self.reach("contract signing")
            contract = contracts.sign_contract(
                contract, by=self.rep, side="ours", signer=self.boss.name, signed_on=self.today()
            )
            contract = contracts.sign_contract(
                contract,
                by=self.rep,
                side="theirs",
                signer=self.account.contacts.first().name,
                signed_on=self.today(),
            )
            scan = ContentFile(b"signed copy of the sample contract", name="signed.txt")
            contracts.upload_signed_copy(contract, by=self.rep, file=scan)
            contract = contracts.activate_contract(contract, by=self.rep)
        order = Order.objects.get(contract=contract)
        self.reach("order received")
        self.pay(order, 3)
        with self.at(1):
            order = orders.submit_order(order, by=self.rep)
        self.reach("order under review")
        with self.at(1):
            for check in order.checks.filter(result="failed"):
                orders.waive_check(
                    order, by=self.boss, check=check, reason="老客户，额度已口头放宽"
                )
            order = orders.approve_order(order, by=self.boss)
            self.reach("order approved")
            order = orders.confirm_order(
                order,
                by=self.rep,
                confirmed_by=self.account.contacts.first().name,
                confirmed_on=self.today(),
                confirmed_how="邮件",
            )
        self.reach("order confirmed")
        with self.at(1):
            order = orders.fulfil_order(order, by=self.rep)
        self.reach("order fulfilling")
        self.ship(order, warehouse)
        self.order = order

    def ship(self, order, warehouse):
        sent = []
        for part in range(2):
            with self.at(self.random.randrange(2, 6)):
                for place in self.seed.warehouses:
                    ready = {
                        line.pk: line.allocations.filter(warehouse=place).first()
                        for line in order.lines.all()
                    }
                    quantities = {pk: row.quantity for pk, row in ready.items() if row is not None}
                    if part == 0 and len(quantities) > 1:
                        quantities = dict(list(quantities.items())[:1])
                    if not quantities:
                        continue
                    shipment = orders.plan_shipment(
                        order,
                        by=warehouse,
                        warehouse=place,
                        quantities=quantities,
                        carrier=self.random.choice(self.seed.carriers),
                    )
                    shipment = orders.SHIPMENT_VERBS["pick"].run(shipment, by=warehouse)
                    if lifecycle.refusal(shipment, "dispatch"):
                        raise Over  # no credit left: the goods wait
                    number = f"YD{self.random.randrange(10**9)}"
                    sent.append(
                        orders.dispatch_shipment(shipment, by=warehouse, tracking_number=number)
                    )
        self.reach("order shipped")
        with self.at(self.random.randrange(2, 5)):
            for shipment in sent:
                orders.deliver_shipment(
                    shipment,
                    by=warehouse,
                    received_by=self.account.contacts.first().name,
                    delivered_on=self.today(),
                )

    def pay(self, order, days):
        """The customer pays what is open; every seventh one forgets."""
        if self.until == "unpaid" or (not self.until and self.number % 7 == 3):
            return
        finance = self.seed.people["finance"]
        with self.at(days):
            due = Receivable.objects.filter(order=order, state__in=["open", "part_paid"])
            total = sum((row.balance for row in due), Decimal(0))
            if not total:
                return
            payment = receivables.record_payment(
                by=finance,
                account=order.account,
                amount=total,
                currency=order.currency,
                received_on=self.today(),
                payer=order.account.name,
                reference=f"NO{self.random.randrange(10**8)}",
            )
            payment = receivables.clear_payment(payment, by=finance)
            receivables.allocate_payment(payment, {row.pk: row.balance for row in due}, by=finance)

    # --- Afterwards ----------------------------------------------------------------------------

    def follow_up(self):
        finance, service = self.seed.people["finance"], self.seed.people["service"]
        with self.at(1):
            invoice = receivables.create_invoice(by=finance, order=self.order)
            receivables.issue_invoice(invoice, by=finance)
        self.pay(self.order, 6)
        with self.at(8):
            aftersales.send_surveys(timezone.now())
            survey = Survey.objects.filter(order=self.order, state="sent").first()
        if survey is not None and (self.until or self.number % 4):
            with self.at(2):
                low = self.until == "low score" or (not self.until and self.number % 6 == 1)
                answers = {}
                for question in survey.template.questions.all():
                    score = self.random.choice([3, 4, 5] if low else [8, 9, 9, 10])
                    answers[question.field] = (
                        score if question.kind == "score" else "交付及时，希望备件更快。"
                    )
                aftersales.answer_survey(survey, by=service, **answers)
        if self.number % 5 == 2:
            with self.at(3):
                subject, kind = self.random.choice(data.CASES)
                case = aftersales.create_case(
                    by=service,
                    account=self.account,
                    order=self.order,
                    kind=kind,
                    subject=subject,
                    owner=service,
                    description=subject,
                )
            with self.at(2):
                verbs = aftersales.CASE_VERBS
                if case.state == "new":
                    case = verbs["assign"].run(case, by=service, owner=service)
                case = verbs["start"].run(case, by=service)
                if self.number % 10 == 2:
                    case = verbs["resolve"].run(case, by=service, solution="更换密封件，试运行正常")
                    case = verbs["close"].run(case, by=service)
                    self.improve(case)
        self.pay(self.order, 30)

    def improve(self, case):
        """What one case teaches is changed for all customers; some of it is under way."""
        service = self.seed.people["service"]
        improvement = aftersales.propose_improvement(
            case,
            by=service,
            title="出厂前增加密封耐压测试",
            description="根据服务单反馈，增加测试工序。",
            measure="每月密封件报修数",
            baseline=6,
        )
        for verb in ("accept", "start")[: self.number % 3]:
            improvement = aftersales.IMPROVEMENT_VERBS[verb].run(improvement, by=service)
