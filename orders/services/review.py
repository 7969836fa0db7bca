"""The review of an order: what is compared, and who may let a failed check pass."""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.models import ContractLine
from crm import lifecycle
from crm.cells import decimal, money
from crm.errors import WrongMoment
from crm.events import emit
from crm.locks import lock_one
from crm.money import ZERO, rate_on
from crm.numbers import next_number
from crm.verbs import ABSENT
from inventory.services import available
from orders.models import Order, OrderCheck
from products.models import Product
from products.services import price_in

Kind, Result = OrderCheck.Kind, OrderCheck.Result


@transaction.atomic
def submit_order(order, *, by):
    """Give the order its number, once, and run the review."""
    order = lock_one(order)
    number = order.number or next_number("SO", year=order.ordered_on.year)
    order = lifecycle.advance(order, "submit", by=by, number=number)
    review_order(order, by=by)
    return order


def review_order(order, *, by):
    """Replace the checks of a locked order by fresh ones; return them.

    Records `order.reviewed` with every result and its reasons.
    """
    lines = list(order.lines.select_related("product"))
    agreed = None
    if order.contract_id:
        rows = ContractLine.objects.filter(contract=order.contract_id)
        agreed = list(rows.select_related("product"))
    results = {
        Kind.QUANTITY: check_quantities(lines, agreed),
        Kind.PRICE: check_prices(order, lines, agreed),
        Kind.PAYMENT: check_payment(order),
        Kind.ADDRESS: [] if order.address.strip() else [{"code": "no_address"}],
        Kind.PRODUCT: check_products(lines),
    }
    checks = [
        OrderCheck(
            order=order,
            kind=kind,
            result=Result.FAILED if reasons else Result.PASSED,
            reasons=reasons,
        )
        for kind, reasons in results.items()
    ]
    checks.append(check_credit(order))
    shortages = check_stock(lines)
    result = Result.WARNING if shortages else Result.PASSED
    checks.append(OrderCheck(order=order, kind=Kind.STOCK, result=result, reasons=shortages))
    order.checks.all().delete()
    OrderCheck.objects.bulk_create(checks)
    facts = [{"kind": c.kind, "result": c.result, "reasons": c.reasons} for c in checks]
    emit("order.reviewed", order, by=by, checks=facts)
    return checks


def check_quantities(lines, agreed):
    reasons = [
        {"code": "not_positive", "product": str(line.product)}
        for line in lines
        if line.quantity <= 0
    ]
    if agreed is None:
        return reasons
    promised = Counter()
    for line in agreed:
        promised[line.product_id] += line.quantity
    ordered = Counter()
    for line in lines:
        ordered[line.product] += line.quantity
    return reasons + [
        {
            "code": "over_contract",
            "product": str(product),
            "quantity": decimal(quantity),
            "agreed": decimal(Decimal(promised[product.pk])),
        }
        for product, quantity in ordered.items()
        if product.pk in promised and quantity > promised[product.pk]
    ]


def net_price(line):
    """Price per unit after discount, 4 decimals."""
    return (line.unit_price * (1 - line.discount / 100)).quantize(Decimal("0.0001"))


def check_prices(order, lines, agreed):
    """With a contract its very prices; without one no price below the list."""
    reasons = []
    for line in lines:
        product, price = str(line.product), net_price(line)
        facts = {"product": product, "price": decimal(price)}
        if agreed is None:
            listed = price_in(line.product, order.currency_id, order.ordered_on)
            if price < listed:
                facts["list"] = decimal(listed)
                reasons.append({"code": "below_list_price", **facts})
            continue
        prices = {net_price(row) for row in agreed if row.product_id == line.product_id}
        if not prices:
            reasons.append({"code": "not_in_contract", "product": product})
        elif price not in prices:
            reasons.append({"code": "off_contract_price", **facts})
    return reasons


def check_payment(order):
    if order.payment_term_id is None:
        return [{"code": "no_payment_term"}]
    if order.contract_id and order.contract.payment_term_id != order.payment_term_id:
        return [{"code": "other_payment_term", "agreed": str(order.contract.payment_term)}]
    return []


def check_products(lines):
    return [
        {"code": "off_sale", "product": str(line.product)}
        for line in lines
        if line.product.state != Product.State.ON_SALE
    ]


def check_credit(order):
    """Credit in use plus what this order adds to it against the limit, in the company's currency.

    What has been paid adds nothing, and what has fallen due with the contract is in use already.
    """
    account = order.account
    check = OrderCheck(order=order, kind=Kind.CREDIT, result=Result.PASSED)
    if account.credit_limit is None:
        check.reasons = [{"code": "no_limit"}]
        return check
    rate = rate_on(order.currency_id, order.ordered_on)
    amount = ((order.total - order.received - order.due) * rate).quantize(
        ZERO, rounding=ROUND_HALF_UP
    )
    over = account.exposure + amount > account.credit_limit
    check.result = Result.FAILED if over else Result.PASSED
    check.reasons = [
        {
            "code": "over_limit" if over else "within_limit",
            "used": money(account.exposure),
            "amount": money(amount),
            "limit": money(account.credit_limit),
        }
    ]
    return check


def check_stock(lines):
    """A shortage delays an order, it does not forbid it."""
    ordered = Counter()
    for line in lines:
        if line.product.is_stocked:
            ordered[line.product] += line.quantity
    free = available(list(ordered)) if ordered else {}
    return [
        {
            "code": "short",
            "product": str(product),
            "quantity": decimal(quantity),
            "available": decimal(free.get(product.pk, Decimal(0))),
        }
        for product, quantity in ordered.items()
        if quantity > free.get(product.pk, 0)
    ]


@transaction.atomic
def waive_check(order, *, by, check, reason):
    """Let `check`, an OrderCheck that failed, pass with name and reason."""
    order = lock_one(order)
    lifecycle.require(by, "orders.waive_order", order)
    row = order.checks.filter(pk=check.pk, result=Result.FAILED).first()
    if order.state != Order.State.UNDER_REVIEW or row is None:
        raise WrongMoment(_("There is no such failed check to waive."))
    row.result, row.waive_reason = Result.WAIVED, reason
    row.waived_by = by or get_user_model().objects.system()
    row.save()
    emit("order.check_waived", order, by=by, check=row.kind, reason=reason, reasons=row.reasons)
    return order


def waive_refusal(order):
    if order.state != Order.State.UNDER_REVIEW:
        return ABSENT
    return None if order.checks.filter(result=Result.FAILED).exists() else ABSENT
