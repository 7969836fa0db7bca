"""What orders, contracts and approvals mean for the money, and who is told."""

from django.utils.translation import gettext_lazy as _

from approvals import kinds
from crm.delivery import figure_check
from crm.events import audience, label, on
from receivables import services
from receivables.models import WriteOff
from receivables.services.figures import refresh

label("payment.allocated", _("Allocated"))
label("payment.reversed", _("Allocation reversed"))
label("payment.refunded", _("Refunded"))
label("receivable.overdue", _("Overdue"))

kinds.register(
    services.KIND,
    WriteOff,
    _("Write-off"),
    facts={"amount": (_("amount in the company's currency"), services.company_amount)},
    amounts=("amount",),
)
figure_check(services.differences)


@on("account.merged", "account.merge_undone")
def count_exposure(event, account):
    refresh(accounts=[account])


@on("contract.active")
def plan_contract(event, contract):
    services.plan_receivables(contract=contract, by=event.actor)


@on("order.confirmed")
def plan_order(event, order):
    if not event.data.get("is_settled"):
        services.plan_order(order, by=event.actor)


@on("order.removed")
def forget_order(event, order):
    refresh(accounts=[order.account_id], by=event.actor)


@on("order.shipped", "order.delivered")
def open_parts(event, order):
    services.open_order_parts(order, by=event.actor)


@on("order.cancelled")
def cancel_parts(event, order):
    services.cancel_order_parts(order, by=event.actor)


@on("approvalrequest.approved")
def apply_write_off(event, request):
    if request.kind == services.KIND:
        services.apply_write_off(request.target, by=event.actor)


@on("approvalrequest.returned", "approvalrequest.withdrawn")
def reject_write_off(event, request):
    if request.kind == services.KIND and request.target.state == WriteOff.State.IN_APPROVAL:
        comment = event.data.get("comment", "")
        services.reject_write_off(request.target, by=event.actor, comment=comment)


@audience("receivable.overdue", "receivable.disputed", "receivable.paid")
def seller(event, receivable):
    document = receivable.order or receivable.contract
    return [document.owner or receivable.account.owner]


@audience("payment.bounced")
def sellers(event, payment):
    rows = payment.allocations.select_related("receivable__order__owner")
    orders = [row.receivable.order for row in rows if row.receivable.order]
    return {order.owner for order in orders} | {payment.account.owner}
