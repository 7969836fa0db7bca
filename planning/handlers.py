from django.utils.translation import gettext_lazy as _

from approvals import kinds
from crm import events, lifecycle
from planning.models import Campaign
from planning.services import budget_in_company_currency

kinds.register(
    "campaign",
    Campaign,
    _("campaign"),
    facts={"budget": (_("budget"), budget_in_company_currency)},
    amounts=("budget",),
)


@events.on("approvalrequest.approved")
def approve(event, request):
    if request.kind == "campaign":
        lifecycle.advance(request.target, "approve", by=None)


@events.on("approvalrequest.returned")
def send_back(event, request):
    if request.kind == "campaign":
        comment = event.data.get("comment", "")
        lifecycle.advance(request.target, "send_back", by=None, comment=comment)
