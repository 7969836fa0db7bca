"""What after-sales does when something happens elsewhere, and whom it tells."""

from django.utils.translation import gettext_lazy as _

from accounts.handlers import people_of_document
from activities.kinds import register_mail
from aftersales import services
from aftersales.models import Case
from aftersales.services.returns import request_return, return_refusal
from crm.events import audience, label, on
from crm.verbs import Verb
from orders.services import ORDER_VERBS

label("survey.low_score", _("Low score"))

ORDER_VERBS["request_return"] = Verb(
    run=request_return,
    label=_("Request a return"),
    permission="aftersales.add_return",
    form="aftersales.forms.RequestReturnForm",
    refusal=return_refusal,
)

register_mail(
    Case,
    people=people_of_document,
    placeholders={
        "account.name": (_("customer: name"), lambda case: case.account.name),
        "case.number": (_("case: number"), lambda case: case.number),
        "case.subject": (_("case: subject"), lambda case: case.subject),
        "case.state": (_("case: state"), lambda case: case.get_state_display()),
        "case.solution": (_("case: solution"), lambda case: case.solution),
    },
)


@on("order.delivered")
def ask_after_delivery(event, order):
    if "origin" in event.data:  # it arrived long before a file told us of it
        return
    services.schedule_surveys("delivery", by=event.actor, order=order)


@on("case.closed")
def ask_after_case(event, case):
    services.schedule_surveys("case", by=event.actor, case=case)


@on("comment.added", "activity.logged")
def note_response(event, obj):
    # What comes with a file was said long before.
    if isinstance(obj, Case) and "origin" not in event.data:
        services.record_response(obj, by=event.actor)


@audience("case.assigned", mail=True)
def owner_of_case(event, case):
    return [case.owner]


@audience("survey.low_score", mail=True)
def rep_and_manager(event, survey):
    return [survey.rep, survey.rep.superior] if survey.rep else []


@audience("return.created")
def approvers_of_return(event, claim):
    owner = claim.order.owner
    return [owner, owner.superior] if owner else []


@audience("return.approved", "return.rejected")
def requester_of_return(event, claim):
    return [claim.created_by, claim.order.owner]
