"""Reactions to approvals, the verb that converts a lead, and who is told of what."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.handlers import people_of_document
from activities import kinds as calendar
from approvals import kinds
from crm import events
from crm.cells import money
from crm.delivery import figure_check
from crm.lifecycle import advance
from crm.verbs import Verb
from leads.services import LEAD_VERBS
from opportunities import services
from opportunities.models import Demo, Opportunity, Quotation

events.label("opportunity.assigned", _("Owner changed"))
events.label("opportunity.ticked", _("Checklist"))
events.label("needssheet.judged", _("Needs judged"))
events.label("quotation.link_revoked", _("Public link revoked"))

kinds.register(
    "quotation",
    Quotation,
    _("Quotation"),
    facts={
        "amount": (_("amount in the company's currency"), services.company_amount),
        "discount": (_("discount %"), lambda quotation: quotation.discount),
        "margin": (_("margin %"), lambda quotation: quotation.margin),
    },
    secret={"margin": "products.view_cost"},
    amounts=("amount",),
)


def demo_entry(demo):
    return calendar.Entry(
        demo,
        demo.scheduled_at,
        demo.scheduled_at + timedelta(hours=1),
        is_cancelled=demo.state == Demo.State.CANCELLED,
        is_done=demo.state == Demo.State.HELD,
        place=demo.place,
        note=demo.materials,
        owner=demo.opportunity.owner,
    )


def demo_rows(rows, users, span):
    found = calendar.at_moment("scheduled_at", "opportunity__owner")(rows, users, span)
    return found.select_related("opportunity__owner")


def move_demo(demo, *, by, version=None, start):
    return services.edit_demo(demo, by=by, version=version, scheduled_at=start)


calendar.register(Demo, rows=demo_rows, entry=demo_entry, move=move_demo, badge="green")


def amount(deal):
    return money(deal.amount, deal.currency_id)


DEAL = {
    "account.name": (_("customer: name"), lambda deal: deal.account.name),
    "deal.amount": (_("amount"), amount),
}
calendar.register_mail(
    Opportunity,
    people=people_of_document,
    placeholders={**DEAL, "opportunity.name": (_("deal: name"), lambda deal: deal.name)},
)
calendar.register_mail(
    Quotation,
    people=people_of_document,
    placeholders={
        **DEAL,
        "quotation.number": (_("quotation: number"), lambda quotation: quotation.number),
        "quotation.valid_until": (
            _("quotation: valid until"),
            lambda quotation: date_format(quotation.valid_until),
        ),
    },
)

LEAD_VERBS["convert"] = Verb(
    run=services.convert_lead,
    label=_("Convert"),
    permission="leads.convert_lead",
    form="opportunities.forms.ConvertLeadForm",
    style="primary",
    refusal=services.conversion_verb_refusal,
)


@events.on("approvalrequest.approved")
def approve_quotation(event, request):
    if request.kind == "quotation":
        advance(request.target, "approve", by=event.actor)


@events.on("approvalrequest.returned")
def send_back_quotation(event, request):
    if request.kind == "quotation":
        advance(request.target, "send_back", by=event.actor, comment=event.data.get("comment", ""))


@events.on("task.planned", "task.finished")
def follow_next_step(event, obj):
    if isinstance(obj, Opportunity):
        services.follow_next_step(obj, by=event.actor)


@events.audience("opportunity.assigned", mail=True)
def new_owner(event, opportunity):
    return [opportunity.owner]


@events.audience("quotation.accepted", "quotation.declined", "quotation.expired", mail=True)
def quotation_owner(event, quotation):
    return [quotation.owner]


@events.audience("opportunity.won", "opportunity.lost")
def superior(event, opportunity):
    owner = opportunity.owner and get_user_model().objects.get(pk=opportunity.owner_id)
    return [owner.superior] if owner else []


@figure_check
def quotation_totals():
    """Each quotation's amount is the sum of its lines."""
    return [
        f"quotation {quotation.pk}: {quotation.amount} is stored, its lines sum to {quotation.total}"
        for quotation in Quotation.objects.with_wrong_amount()[:100]
    ]
