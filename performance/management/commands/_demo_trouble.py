"""What goes wrong or changes on the way in the sample company: each kind once per stage."""

from datetime import timedelta
from decimal import Decimal

from aftersales import services as aftersales
from aftersales.services.returns import returnable_lines
from contracts import services as contracts
from contracts.models import Contract
from inventory import services as inventory
from orders import services as orders
from orders.models import Order
from performance.management.commands._demo_chain import approve
from receivables import services as receivables
from receivables.models import Receivable

EXCEPTIONS = (
    ("delay", "承运商中转站积压，预计晚到两天"),
    ("damage", "一台电机外壳运输中磕碰"),
    ("wrong_data", "收货人电话有误，司机联系不上"),
    ("shortage", "到货少一套密封件"),
)
RETURNS = (
    ("repair", "轴承异响"),
    ("repair", "密封处渗漏"),
    ("refund", "规格与现场不符"),
    ("replacement", "叶轮有砂眼"),
    ("repair", "控制柜显示屏不亮"),
)
AMENDMENTS = (
    ("交货地点变更", "第二批货物改送至客户新厂区。"),
    ("质保期延长", "质保期由 12 个月延长至 18 个月。"),
    ("补充协议：备件包", "每台随机增配一套易损件。"),
)


def live(seed):
    make_exceptions(seed)
    make_returns(seed)
    make_amendments(seed)
    make_write_offs(seed)
    make_purchases(seed)


def make_exceptions(seed):
    """Open, told to the customer, resolved, closed."""
    verbs = orders.EXCEPTION_VERBS
    rows = Order.objects.filter(state__in=["fulfilling", "shipped", "delivered"]).order_by("-pk")
    for stage, (order, (kind, cause)) in enumerate(zip(rows, EXCEPTIONS, strict=False)):
        rep = order.owner
        with seed.at(-2):
            found = orders.open_exception(order, by=rep, kind=kind, cause=cause)
        with seed.at(-1):
            if stage > 0:
                on = seed.today - timedelta(days=1)
                found = verbs["handle"].run(found, by=rep, told_by=rep.name, told_on=on)
            if stage > 1:
                found = verbs["resolve"].run(found, by=rep, solution="已与客户商定：本周内补发")
        if stage > 2:
            with seed.at(0):
                verbs["close"].run(found, by=rep)


def make_returns(seed):
    """Requested, approved, received and inspected, settled, closed."""
    service, warehouse = seed.people["service"], seed.people["warehouse"]
    verbs = aftersales.RETURN_VERBS
    rows = Order.objects.filter(state__in=["delivered", "completed"]).order_by("-delivered_on")
    stocked = ((order, goods(order)) for order in rows)
    orders_with_goods = ((order, line) for order, line in stocked if line is not None)
    for stage, ((order, line), (kind, reason)) in enumerate(
        zip(orders_with_goods, RETURNS, strict=False)
    ):
        with seed.at(-3):
            lines = [{"line": line, "quantity": Decimal(1)}]
            claim = aftersales.create_return(
                by=service, order=order, kind=kind, reason=reason, lines=lines
            )
        with seed.at(-2):
            if stage > 0:
                words = "" if claim.is_within_policy else "老客户，例外同意"
                claim = verbs["approve"].run(
                    claim, by=seed.people["director"], override_reason=words
                )
            if stage > 1:
                place = seed.warehouses[0]
                claim = verbs["receive"].run(claim, by=warehouse, warehouse=place)
        with seed.at(-1):
            if stage > 1:
                claim = verbs["inspect"].run(claim, by=warehouse, inspection="外观完好，可再次入库")
            if stage > 2:
                claim = verbs["settle"].run(claim, by=service, settlement="更换新件并发出")
            if stage > 3:
                verbs["close"].run(claim, by=service)


def goods(order):
    """The first line of the order of which something kept in stock can be returned, or None."""
    lines = (line for line, left in returnable_lines(order) if left >= 1)
    return next((line for line in lines if line.product.is_stocked), None)


def make_amendments(seed):
    """Draft, in review, in effect."""
    rows = Contract.objects.filter(state="active").order_by("-pk")
    for stage, (contract, (title, changes)) in enumerate(zip(rows, AMENDMENTS, strict=False)):
        with seed.at(-2):
            amendment = contracts.create_amendment(
                by=contract.owner,
                contract=contract,
                title=title,
                changes=changes,
                effective_on=seed.today - timedelta(days=1),
            )
            if stage > 0:
                amendment = contracts.AMENDMENT_VERBS["submit"].run(amendment, by=contract.owner)
        if stage > 1:
            with seed.at(-1):
                approve(amendment)
                amendment.refresh_from_db()
                verbs = contracts.AMENDMENT_VERBS
                verbs["put_into_effect"].run(amendment, by=seed.people["legal"])


def make_write_offs(seed):
    """Small remainders that nobody will pay: one waits for approval, one is given up."""
    finance = seed.people["finance"]
    rows = Receivable.objects.overdue(seed.today).filter(balance__gt=100).order_by("due_on", "pk")
    for stage, row in enumerate(rows[:2]):
        with seed.at(-1):
            write_off = receivables.request_write_off(
                row, amount=Decimal("36.50") + stage, reason="尾差，客户不再支付", by=finance
            )
        if stage > 0:
            with seed.at(0):
                approve(write_off)


def make_purchases(seed):
    """Suggested, submitted, approved, ordered, received."""
    warehouse, finance = seed.people["warehouse"], seed.people["finance"]
    verbs = inventory.PURCHASE_VERBS
    products = [product for product in seed.products if product.is_stocked]
    for stage, product in enumerate(products[:5]):
        with seed.at(-4):
            request = inventory.create_purchase_request(
                by=warehouse,
                product=product,
                warehouse=seed.warehouses[0],
                quantity=Decimal(10),
                reason="低于安全库存",
            )
            if stage > 0:
                request = verbs["submit"].run(request, by=warehouse)
        with seed.at(-3):
            if stage > 1:
                request = verbs["approve"].run(request, by=finance)
            if stage > 2:
                on = seed.today + timedelta(days=5)
                request = verbs["order"].run(request, by=warehouse, expected_on=on)
        if stage > 3:
            with seed.at(-1):
                verbs["receive"].run(request, by=warehouse)
