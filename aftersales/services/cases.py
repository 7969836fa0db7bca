"""Cases: opened by whoever hears the customer, worked on by service, measured by two clocks."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.models import Case
from aftersales.services.improvements import propose_improvement
from aftersales.services.returns import request_return, return_refusal
from crm import lifecycle
from crm.lifecycle import advance
from crm.locks import lock_one
from crm.numbers import next_number
from crm.verbs import ABSENT, Verb, Verbs


@transaction.atomic
def create_case(*, by, check=True, owner=None, **fields):
    """Open a case, number it and start its clocks.

    It follows the journey of its order. Whoever may work on cases takes their own; others leave
    theirs to be assigned. `check` False: for cases that follow from something else.
    """
    if check:
        lifecycle.require(by, "aftersales.add_case")
    case = Case(**fields)
    if case.order_id:
        case.journey = case.order.journey
        if case.account_id is None:
            case.account = case.order.account
        if case.contact_id is None and case.account_id == case.order.account_id:
            case.contact = case.order.contact
    case.set_clocks(timezone.now())
    case.number = next_number("CS")
    case = lifecycle.create(case, by=by, check=False)
    if owner is None and by is not None and may_work(by):
        owner = by
    return assign_case(case, by=by, owner=owner) if owner else case


def may_work(user):
    return user.has_perm("aftersales.start_case") and user.has_perm("aftersales.assign_case")


@transaction.atomic
def edit_case(case, *, by, version=None, **changes):
    """Edit a case; another priority moves both limits, another order the journey."""
    fresh = lock_one(case)
    priority = changes.get("priority", fresh.priority)
    if priority != fresh.priority:
        old, new = Case.HOURS[fresh.priority], Case.HOURS[priority]
        for name, before, after in zip(("respond_by", "resolve_by"), old, new, strict=True):
            changes[name] = getattr(fresh, name) + timedelta(hours=after - before)
    if changes.get("order"):
        changes["journey"] = changes["order"].journey
    return lifecycle.edit(case, by=by, version=version, **changes)


@transaction.atomic
def assign_case(case, *, by, owner):
    """Give the case to one person; one who may not work on cases is refused by the form."""
    return advance(case, "assign", by=by, owner=owner)


@transaction.atomic
def record_response(case, *, by):
    """Stop the first clock when somebody who works on the case has spoken with the customer."""
    if by.pk != case.owner_id and not by.has_perm("aftersales.start_case"):
        return
    # The comment or activity is the event; this is only its time kept beside the limit.
    Case.objects.filter(pk=case.pk, responded_at=None).update(responded_at=timezone.now())


def request_return_of_case(case, *, by, **data):
    return request_return(case.order, by=by, case=case, **data)


def _return_refusal(case):
    return return_refusal(case.order) if case.order_id else ABSENT


CASE_VERBS = Verbs(
    Case,
    assign=assign_case,
    request_return=Verb(
        run=request_return_of_case,
        label=_("Request a return"),
        permission="aftersales.add_return",
        form="aftersales.forms.RequestReturnForm",
        refusal=_return_refusal,
    ),
    propose_improvement=Verb(
        run=propose_improvement,
        label=_("Propose an improvement"),
        permission="aftersales.add_improvement",
        form="aftersales.forms.ProposeImprovementForm",
    ),
)
