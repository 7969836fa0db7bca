"""What a won deal and an approval mean for contracts, and who is told of what."""

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.handlers import people_of_document
from activities.kinds import register_mail
from approvals import kinds
from contracts import services
from contracts.models import Amendment, Contract
from crm import events
from crm.cells import money
from crm.delivery import figure_check
from crm.lifecycle import advance
from opportunities.services import company_amount

events.label("contract.checked", _("Compliance checked"))
events.label("contract.assessed", _("Risk assessed"))
events.label("contract.signed", _("Signature recorded"))

AMOUNT = (_("amount in the company's currency"), company_amount)
kinds.register("contract", Contract, _("Contract"), facts={"amount": AMOUNT}, amounts=("amount",))
kinds.register(
    "amendment",
    Amendment,
    _("Amendment"),
    facts={"amount": (AMOUNT[0], lambda amendment: company_amount(amendment.contract))},
    amounts=("amount",),
)

register_mail(
    Contract,
    people=people_of_document,
    placeholders={
        "account.name": (_("customer: name"), lambda contract: contract.account.name),
        "contract.number": (_("contract: number"), lambda contract: contract.number),
        "contract.title": (_("contract: title"), lambda contract: contract.title),
        "contract.amount": (
            _("contract: amount"),
            lambda contract: money(contract.amount, contract.currency_id),
        ),
        "contract.ends_on": (
            _("contract: until"),
            lambda contract: contract.ends_on and date_format(contract.ends_on),
        ),
    },
)


@events.on("opportunity.won")
def draft(event, opportunity):
    if quotation := services.quotation_to_contract(opportunity):
        services.draft_from_quotation(quotation, by=event.actor)


@events.on("opportunity.assigned")
def follow_owner(event, opportunity):
    services.follow_owner(opportunity, by=event.actor)


@events.on("approvalrequest.approved")
def approve(event, request):
    """The contract's own conditions may refuse, and with them the approval."""
    if request.kind in ("contract", "amendment"):
        advance(request.target, "approve", by=event.actor)


@events.on("approvalrequest.returned")
def send_back(event, request):
    verb = {"contract": "request_changes", "amendment": "send_back"}.get(request.kind)
    if verb:
        comment = event.data.get("comment", "")
        advance(request.target, verb, by=event.actor, comment=comment)


@events.audience("contract.active", "contract.expired", "contract.terminated", mail=True)
def contract_owner(event, contract):
    return [contract.owner]


@figure_check
def contract_totals():
    """Each contract's amount is the sum of its lines."""
    return [
        f"contract {contract.pk}: {contract.amount} is stored, its lines sum to {contract.total}"
        for contract in Contract.objects.with_wrong_amount()[:100]
    ]
