"""One deal from lead to improvement in a real browser, as the six people who carry it.

The rules on the way are the matter of tests/test_chain.py; here somebody clicks what is
shown, and the page has to show what came of it.
"""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from accounts.services import create_payment_term
from aftersales.models import Case, Improvement, Survey, SurveyTemplate
from aftersales.tasks import send_surveys
from approvals.models import ApprovalRequest
from approvals.services import create_rule
from contracts.models import Contract
from inventory import services as inventory
from inventory.models import PurchaseRequest
from leads.models import Lead
from opportunities.models import Demo, NeedsSheet, Opportunity, Quotation
from orders.models import Carrier, Order, Shipment
from performance.models import Scorecard
from receivables.models import Payment, Receivable
from tests.browser.conftest import PHONE
from tests.factories.inventory import WarehouseFactory
from tests.factories.products import ProductFactory

pytestmark = pytest.mark.browser

TOTAL = Decimal("4148.43")
PARTS = ["1244.53", "2489.06", "414.84"]


@pytest.fixture
def goods(transactional_db):
    """What the company has set up before the first lead: goods, stock, terms and a rule."""
    pump = ProductFactory(code="PUMP", name="离心泵", unit="台", price=Decimal("1234.56"), cost=700)
    seal = ProductFactory(code="SEAL", name="密封圈", unit="个", price=Decimal("89.99"), cost=30)
    store = WarehouseFactory(name="苏州仓")
    Carrier.objects.create(name="顺达物流")
    inventory.receive(pump, store, Decimal(2), by=None)
    inventory.receive(seal, store, Decimal(50), by=None)
    create_payment_term(
        by=None,
        name="三六一付款",
        lines=[
            {"label": "预付款", "percent": 30, "event": "signing", "days": 0},
            {"label": "到货款", "percent": 60, "event": "delivery", "days": 0},
            {"label": "质保金", "percent": None, "event": "delivery", "days": 30},
        ],
    )
    create_rule(
        by=None,
        name="折扣超过 3%",
        kind="quotation",
        conditions=[{"fact": "discount", "operator": "over", "value": 3}],
        levels=[{"approver": "superior"}],
    )
    SurveyTemplate.objects.update(days_after=0)


def mailed_path():
    """The path of the link in the last mail to the customer."""
    [*_, message] = [m for m in mail.outbox if m.to == ["wang@example.org"]]
    return re.search(r"https?://[^/\s]+(/\S+)", message.body).group(1)


def approve_from_inbox(desk, picture):
    """Decide the one thing that waits, from the list of what waits."""
    desk.go("/approvals/")
    desk.shoot(picture)
    desk.do("approve", within="main article", comment="同意")
    assert ApprovalRequest.objects.order_by("pk").last().state == "approved"


def test_six_people_take_a_lead_to_a_closed_case(cast, goods, desk, tmp_path):
    rep = desk(cast["rep"])
    opportunity = win_the_lead(rep)
    manager = desk(cast["manager"])
    offer_and_win(rep, manager, desk, opportunity)
    legal = desk(cast["legal"])
    order = sign_the_contract(rep, legal, tmp_path)
    warehouse = desk(cast["warehouse"])
    fulfil_the_order(rep, manager, warehouse, order)
    finance = desk(cast["finance"])
    collect_the_money(finance, rep, order)
    service = desk(cast["service"])
    listen_to_the_customer(desk, service, manager, order)
    measure(manager)


def win_the_lead(rep):
    rep.go("/")
    rep.shoot("01-my-day-rep")
    rep.make(
        "/leads/new/",
        name="王芳",
        company="恒润水务有限公司",
        phone="13800000001",
        email="wang@example.org",
        picture="02-lead-form-rep",
    )
    lead = Lead.objects.get()
    rep.sees(lead, "new")
    rep.reads("王芳", "恒润水务有限公司")
    rep.shoot("03-lead-created-rep")
    rep.do("start_work")
    rep.sees(lead, "working")
    rep.make(
        f"{lead.get_absolute_url()}edit/",
        need="两台泵及备用密封圈",
        has_budget="yes",
        has_authority="unknown",
        has_timing="yes",
    )
    rep.do("qualify")
    rep.sees(lead, "qualified")
    rep.shoot("04-lead-qualified-rep")
    rep.do("convert", name="恒润水泵项目", amount="4000", picture="05-convert-dialog-rep")
    opportunity = Opportunity.objects.get()
    rep.go(lead)
    rep.sees(lead, "converted")
    rep.page.locator(".journey").get_by_text("恒润水泵项目").click()
    rep.settle()
    rep.sees(opportunity, "needs")
    return opportunity


def offer_and_win(rep, manager, desk, opportunity):
    rep.make(
        f"/opportunities/needs/new/?opportunity={opportunity.pk}",
        summary="两台 5.5 kW 离心泵及密封圈",
        budget="5000",
        lines=[
            {"product": "离心泵", "requirement": "5.5 kW", "quantity": "3"},
            {"requirement": "备用密封圈", "quantity": "7"},
        ],
        picture="06-needs-form-rep",
    )
    sheet = NeedsSheet.objects.get()
    rep.do("confirm", confirmed_by="王芳", confirmed_how="邮件")
    rep.sees(sheet, "confirmed")
    rep.do("judge", is_feasible="yes", judgement="有现货")
    rep.go(opportunity)
    rep.do("present")
    rep.sees(opportunity, "presentation")
    rep.make(
        f"/opportunities/demos/new/?opportunity={opportunity.pk}",
        subject="试验台演示",
        scheduled_at=timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
    )
    rep.do("hold", reaction="很感兴趣")
    rep.sees(Demo.objects.get(), "held")
    rep.go(opportunity)
    rep.do("quote")
    rep.sees(opportunity, "quotation")
    rep.make(
        f"/opportunities/quotations/new/?opportunity={opportunity.pk}",
        valid_until=str(timezone.localdate() + timedelta(days=30)),
        payment_term="三六一付款",
        lines=[
            {"product": "离心泵", "quantity": "3", "discount": "5"},
            {"product": "密封圈", "quantity": "7"},
        ],
        picture="07-quotation-form-rep",
    )
    quotation = Quotation.objects.get()
    rep.sees(quotation, "draft")
    rep.reads("4,148.43")
    rep.do("submit")
    rep.sees(quotation, "in_approval")
    approve_from_inbox(manager, "08-approvals-manager")
    rep.go(quotation)
    rep.sees(quotation, "approved")
    rep.do("send")
    rep.sees(quotation, "sent")
    rep.shoot("09-quotation-sent-rep")
    rep.go(opportunity)
    rep.do("negotiate")
    rep.sees(opportunity, "negotiation")

    customer = desk(None)
    customer.go(mailed_path())
    customer.reads("恒润水务有限公司", "4,148.43")
    customer.shoot("10-quotation-public-customer", whole=True)
    accept = customer.page.locator("form").filter(has=customer.page.locator("button[value=accept]"))
    customer.fill(accept, **{"accept-decided_by": "王芳"})
    accept.locator("button[value=accept]").click()
    expect(customer.page.locator("main [role=status]")).to_be_visible()
    customer.shoot("11-quotation-accepted-customer")
    rep.go(quotation)
    rep.sees(quotation, "accepted")
    rep.go(opportunity)
    rep.do("win")
    rep.sees(opportunity, "won")
    rep.shoot("12-opportunity-won-rep")


def sign_the_contract(rep, legal, folder):
    contract = Contract.objects.get()
    rep.page.locator(f".journey a[href='{contract.get_absolute_url()}']").click()
    rep.settle()
    rep.sees(contract, "draft")
    rep.do("submit")
    rep.sees(contract, "in_review")
    legal.go(contract)
    answers = {f"passed_{check.pk}": "yes" for check in contract.checks.all()}
    legal.do("check", picture="13-compliance-dialog-legal", **answers)
    legal.do("assess", level="high", description="交期延误", measure="安全库存")
    legal.reads("交期延误", "安全库存")
    approve_from_inbox(legal, "14-approvals-legal")
    rep.go(contract)
    rep.sees(contract, "approved")
    rep.do("begin_signing", signing_place="苏州")
    rep.do("sign", side="ours", signer="沈敏")
    rep.do("sign", side="theirs", signer="王芳")
    scan = folder / "合同扫描件.pdf"
    scan.write_bytes(b"%PDF-1.4 signed")
    rep.do("upload_copy", file=scan, picture="15-signed-copy-dialog-rep")
    expect(rep.page.locator("#timeline")).to_contain_text("合同扫描件.pdf")
    rep.do("activate")
    rep.sees(contract, "active")
    rep.opens("应收款")
    rep.reads("预付款", "1,244.53")
    rep.shoot("16-contract-active-rep")
    return Order.objects.get()


def fulfil_the_order(rep, manager, warehouse, order):
    rep.page.locator(f".journey a[href='{order.get_absolute_url()}']").click()
    rep.settle()
    rep.sees(order, "received")
    rep.make(f"{order.get_absolute_url()}edit/", recipient="王芳", address="苏州市工业园 1 号")
    rep.do("submit")
    rep.sees(order, "under_review")
    manager.go(order)
    manager.shoot("17-order-review-manager")
    manager.do("approve")
    manager.sees(order, "approved")
    rep.go(order)
    rep.do("confirm", confirmed_by="王芳", confirmed_how="电话")
    rep.sees(order, "confirmed")
    rep.do("fulfil")
    rep.sees(order, "fulfilling")
    pumps, seals = order.lines.all()
    assert (pumps.allocated, seals.allocated) == (2, 7)

    warehouse.go(order)
    warehouse.do("plan_shipment", carrier="顺达物流", picture="18-plan-shipment-dialog-warehouse")
    first = ship(warehouse)
    restock(warehouse, manager)
    warehouse.go(order)
    warehouse.do("plan_shipment", carrier="顺达物流")
    second = ship(warehouse)
    warehouse.go(order)
    warehouse.sees(order, "shipped")
    for shipment in (first, second):
        warehouse.go(shipment)
        warehouse.do("deliver", received_by="二号门岗")
        warehouse.sees(shipment, "delivered")
    warehouse.shoot("20-shipment-delivered-warehouse")
    rep.go(order)
    rep.sees(order, "delivered")
    rep.shoot("21-order-delivered-rep")


def ship(warehouse):
    """Pick and dispatch the newest shipment."""
    shipment = Shipment.objects.order_by("pk").last()
    warehouse.go(shipment)
    warehouse.do("pick")
    warehouse.sees(shipment, "picking")
    warehouse.do("dispatch", tracking_number="SD-1001")
    return warehouse.sees(shipment, "dispatched")


def restock(warehouse, manager):
    """Order and take in the pump that is missing, from the suggestion made by the shortage."""
    request = PurchaseRequest.objects.get()
    warehouse.go(request)
    warehouse.do("submit")
    manager.go(request)
    manager.do("approve")
    manager.sees(request, "approved")
    warehouse.go(request)
    warehouse.do("order")
    warehouse.do("receive")
    warehouse.sees(request, "received")
    warehouse.shoot("19-purchase-received-warehouse")


def collect_the_money(finance, rep, order):
    finance.make(
        "/receivables/payments/new/",
        account="恒润",
        method="transfer",
        amount=str(TOTAL),
        received_on=str(timezone.localdate()),
        picture="22-payment-form-finance",
    )
    payment = Payment.objects.get()
    finance.do("clear")
    finance.sees(payment, "cleared")
    parts = Receivable.objects.order_by("position")
    amounts = {f"receivable_{part.pk}": due for part, due in zip(parts, PARTS, strict=True)}
    finance.do("allocate", picture="23-allocation-dialog-finance", **amounts)
    finance.reads("4,148.43")
    finance.shoot("24-payment-allocated-finance")
    finance.go("/receivables/ageing/")
    finance.shoot("25-ageing-finance")
    rep.go(order)
    rep.sees(order, "completed")
    rep.shoot("26-order-completed-rep", whole=True)


def listen_to_the_customer(desk, service, manager, order):
    send_surveys.delay()
    phone = desk(None, viewport=PHONE, has_touch=True, is_mobile=True)
    phone.go(mailed_path())
    phone.shoot("27-survey-phone-customer", whole=True)
    assert not phone.problems()
    survey = Survey.objects.get(order=order)
    answers = {
        question.field: "3" if question.kind == "score" else "泵到得晚了"
        for question in survey.template.questions.all()
    }
    phone.fill(phone.page.locator("main form"), **answers)
    phone.page.locator("main form button[type=submit]").click()
    expect(phone.page.locator("main form")).to_have_count(0)
    phone.shoot("28-survey-thanks-customer")

    case = Case.objects.get()
    service.go("/aftersales/cases/")
    service.page.locator("#list").get_by_text(case.number).click()
    service.settle()
    service.sees(case, "new")
    service.do("assign", owner="客服专员")
    service.do("start")
    service.sees(case, "in_progress")
    service.do("resolve", solution="借出备用泵", cause="缺货", picture="29-resolve-dialog-service")
    service.do("close")
    service.sees(case, "closed")
    service.shoot("30-case-closed-service")
    service.do("propose_improvement", title="常备三台离心泵", description="提高再订货点")
    improvement = Improvement.objects.get()
    manager.go(improvement)
    manager.do("accept")
    manager.sees(improvement, "accepted")
    manager.shoot("31-improvement-manager")


def measure(manager):
    today = timezone.localdate()
    manager.make(
        "/performance/scorecards/new/",
        person="销售代表",
        starts_on=str(today.replace(day=1)),
        ends_on=str(today),
    )
    manager.reads("4,148.43")
    assert Scorecard.objects.get().person.name == "销售代表"
    manager.shoot("32-scorecard-manager")
    manager.go("/performance/")
    manager.shoot("33-dashboard-manager", whole=True)
