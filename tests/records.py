"""One record of every kind that has pages, made for a given owner: for tests that walk them all."""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.models import Account
from aftersales.models import Improvement, Return, ReturnPolicy
from approvals.models import ApprovalRequest, Approver
from contracts.models import ContractTemplate
from crm.models import CustomField
from inventory.services import receive
from orders.models import OrderException, Shipment
from performance.models import Review, Scorecard
from receivables.models import Invoice, WriteOff
from tests.factories import (
    accounts,
    activities,
    aftersales,
    contracts,
    inventory,
    leads,
    orders,
    performance,
    planning,
    products,
    receivables,
    users,
)
from tests.factories import opportunities as deals
from tests.factories.approvals import rule
from users.models import Delegation, Role

_numbers = iter(range(1, 1_000_000))


def number():
    return next(_numbers)


def role(owner):
    return Role.objects.create(code=f"role-{number()}", name=f"Role {number()}")


def delegation(owner):
    today = timezone.localdate()
    return Delegation.objects.create(
        user=owner,
        substitute=users.UserFactory(role="rep"),
        starts_on=today,
        ends_on=today + timedelta(days=7),
    )


def approval_request(owner):
    """Waiting for marketing."""
    campaign = planning.CampaignFactory(owner=owner)
    found = ApprovalRequest.objects.create(
        kind="campaign",
        title=f"Request {number()}",
        submitted_by=owner,
        content_type=ContentType.objects.get_for_model(campaign),
        object_id=campaign.pk,
    )
    marketing = Role.objects.get(code="marketing")
    found.levels.create(approver=Approver.ROLE, role=marketing, position=1)
    return found


def stock_move(owner):
    level = inventory.StockLevelFactory()
    receive(level.product, level.warehouse, 5, by=None)
    return level.moves.get()


def customer_order(owner):
    return orders.OrderFactory(owner=owner)


def shipment(owner):
    return Shipment.objects.create(
        order=customer_order(owner), number=f"SH-T-{number()}", warehouse=orders.PlaceFactory()
    )


def order_exception(owner):
    return OrderException.objects.create(
        order=customer_order(owner), kind=OrderException.Kind.values[0], cause="Late", owner=owner
    )


def receivable(owner):
    return receivables.ReceivableFactory(account__owner=owner)


def invoice(owner):
    order = receivables.SoldOrderFactory(account__owner=owner)
    return Invoice.objects.create(
        order=order, account=order.account, owner=owner, title="Pumps", amount=10, currency_id="CNY"
    )


def write_off(owner):
    return WriteOff.objects.create(receivable=receivable(owner), amount=1, reason="Small")


def returned(owner):
    order = aftersales.DeliveredOrderFactory(owner=owner)
    return Return.objects.create(
        order=order,
        policy=policy(owner),
        number=f"RT-T-{number()}",
        kind=Return.Kind.REFUND,
        reason="Broken",
    )


def policy(owner):
    return ReturnPolicy.objects.create(name=f"Policy {number()}")


def improvement(owner):
    return Improvement.objects.create(
        title=f"Idea {number()}", description="Better boxes", owner=owner
    )


def scorecard(owner):
    """Of a period of its own: a person has one for each."""
    day = timezone.localdate() - timedelta(days=31 * number())
    return Scorecard.objects.create(person=owner, starts_on=day, ends_on=day + timedelta(days=30))


def review(owner):
    return Review.objects.create(scorecard=scorecard(owner), person=owner)


def target(owner):
    day = timezone.localdate() - timedelta(days=31 * number())
    return performance.TargetFactory(
        person=owner, starts_on=day, ends_on=timezone.localdate() + timedelta(days=1)
    )


def own_field(owner):
    kind = ContentType.objects.get_for_model(Account)
    return CustomField.objects.create(
        content_type=kind, code=f"own_{number()}", label="Own", kind="text"
    )


MAKERS = {
    "crm.customfield": own_field,
    "users.user": lambda owner: users.UserFactory(role="rep"),
    "users.team": lambda owner: users.TeamFactory(),
    "users.role": role,
    "users.delegation": delegation,
    "approvals.approvalrequest": approval_request,
    "approvals.approvalrule": lambda owner: rule("campaign", "finance", amount__over=100),
    "activities.activity": lambda owner: activities.ActivityFactory(owner=owner),
    "activities.task": lambda owner: activities.TaskFactory(owner=owner),
    "products.product": lambda owner: products.ProductFactory(),
    "products.category": lambda owner: products.CategoryFactory(),
    "inventory.warehouse": lambda owner: inventory.WarehouseFactory(),
    "inventory.stocklevel": lambda owner: inventory.StockLevelFactory(),
    "inventory.stockmove": stock_move,
    "inventory.purchaserequest": lambda owner: inventory.PurchaseRequestFactory(),
    "planning.campaign": lambda owner: planning.CampaignFactory(owner=owner),
    "accounts.account": lambda owner: accounts.AccountFactory(owner=owner),
    "accounts.contact": lambda owner: accounts.ContactFactory(account__owner=owner),
    "accounts.address": lambda owner: accounts.AddressFactory(account__owner=owner),
    "accounts.accountclass": lambda owner: accounts.AccountClassFactory(),
    "accounts.paymentterm": lambda owner: accounts.PaymentTermFactory(),
    "leads.lead": lambda owner: leads.LeadFactory(owner=owner),
    "leads.source": lambda owner: leads.SourceFactory(),
    "leads.pool": lambda owner: leads.PoolFactory(),
    "opportunities.opportunity": lambda owner: deals.OpportunityFactory(owner=owner),
    "opportunities.needssheet": lambda owner: deals.NeedsSheetFactory(opportunity__owner=owner),
    "opportunities.demo": lambda owner: deals.DemoFactory(opportunity__owner=owner),
    "opportunities.negotiationround": lambda owner: deals.RoundFactory(opportunity__owner=owner),
    "opportunities.quotation": lambda owner: deals.QuotationFactory(
        owner=owner, opportunity__owner=owner
    ),
    "opportunities.salesprocess": lambda owner: deals.SalesProcessFactory(),
    "contracts.contract": lambda owner: contracts.ContractFactory(owner=owner),
    "contracts.contracttemplate": lambda owner: ContractTemplate.objects.create(
        name=f"Template {number()}"
    ),
    "contracts.amendment": lambda owner: contracts.AmendmentFactory(contract__owner=owner),
    "orders.order": customer_order,
    "orders.shipment": shipment,
    "orders.orderexception": order_exception,
    "orders.carrier": lambda owner: orders.CarrierFactory(),
    "receivables.receivable": receivable,
    "receivables.payment": lambda owner: receivables.PaymentFactory(account__owner=owner),
    "receivables.invoice": invoice,
    "receivables.writeoff": write_off,
    "aftersales.case": lambda owner: aftersales.CaseFactory(owner=owner, account__owner=owner),
    "aftersales.return": returned,
    "aftersales.survey": lambda owner: aftersales.SurveyFactory(rep=owner),
    "aftersales.improvement": improvement,
    "aftersales.returnpolicy": policy,
    "aftersales.surveytemplate": lambda owner: aftersales.TemplateFactory(),
    "performance.target": target,
    "performance.scorecard": scorecard,
    "performance.review": review,
}
