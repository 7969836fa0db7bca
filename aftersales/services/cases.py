"""Cases: opened by whoever hears the customer, worked on by service, measured by two clocks."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.models import Case
from aftersales.services.improvements import propose_improvement
from aftersales.services.returns import request_return, return_refusal
from crm import lifecycle
from crm.lifecycle import advance
from crm.locks import lock_one
from crm.numbers import keep_ahead, next_number
from crm.verbs import ABSENT, Verb, Verbs
from users.models import User

# What the acts on a case leave behind, and a file may tell of those that were done elsewhere.
PAST = (
    "number",
    "respond_by",
    "responded_at",
    "resolve_by",
    "waiting_since",
    "resolved_at",
    "solution",
    "cause",
    "closed_at",
)
ENDED = (Case.State.RESOLVED, Case.State.CLOSED)


@transaction.atomic
def create_case(*, by, check=True, owner=None, **fields):
    """Open a case, number it and start its clocks.

    It follows the journey of its order. Whoever may work on cases takes their own; others leave
    theirs to be assigned. `check` False: for cases that follow from something else.
    """
    if check:
        lifecycle.require(by, "aftersales.add_case")
    case = _of_order(Case(**fields))
    case.set_clocks(timezone.now())
    case.number = next_number("CS")
    case = lifecycle.create(case, by=by, check=False)
    if owner is None and by is not None and may_work(by):
        owner = by
    return assign_case(case, by=by, owner=owner) if owner else case


def _of_order(case):
    """Let a case follow the journey of its order, and be of its customer."""
    if case.order_id:
        case.journey = case.order.journey
        if case.account_id is None:
            case.account = case.order.account
        if case.contact_id is None and case.account_id == case.order.account_id:
            case.contact = case.order.contact
    return case


@transaction.atomic
def take_over_case(*, by, state="", owner=None, **fields):
    """A case of a file: opened now, or as it stands elsewhere when the file says so.

    What it says is of Case.State and in PAST; the clocks of an open case start now where it does
    not say when they end.
    """
    if state in ("", Case.State.NEW) and not any(fields.get(name) for name in PAST):
        return create_case(by=by, owner=owner, **fields)
    if number := fields.get("number"):
        keep_ahead(number)
    fields["number"] = number or next_number("CS")
    found = Case.State.ASSIGNED if owner else Case.State.NEW
    case = _of_order(Case(**fields, owner=owner, state=state or found))
    if case.state in ENDED:
        _end(case)
    else:
        _go_on(case)
    for name in ("responded_at", "waiting_since", "resolved_at", "closed_at"):
        if (moment := getattr(case, name)) and moment > timezone.now():
            raise ValidationError({name: _("This day has not come yet.")})
    return lifecycle.take_over(case, by=by)


def _end(case):
    """Fill in when a case ended that is taken over: of what is not known, now."""
    case.resolved_at = case.resolved_at or case.closed_at or timezone.now()
    is_closed = case.state == Case.State.CLOSED
    case.closed_at = (case.closed_at or case.resolved_at) if is_closed else None


def _go_on(case):
    """Let the clocks of an open case run that is taken over. Raises ValidationError where what it
    says of itself is not that of an open case."""
    if case.state != Case.State.NEW and case.owner is None:
        raise ValidationError({"owner": _("Say who works on the case.")})
    if case.resolved_at or case.closed_at:
        raise ValidationError({"state": _("A case that is open has not been resolved.")})
    known = case.respond_by, case.resolve_by
    case.set_clocks(timezone.now())
    case.respond_by, case.resolve_by = known[0] or case.respond_by, known[1] or case.resolve_by
    if case.state == Case.State.WAITING:
        case.waiting_since = case.waiting_since or timezone.now()


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
    """Give the case to one person who may work on cases."""
    if not User.objects.holding("aftersales.start_case").filter(pk=owner.pk).exists():
        text = _("%(person)s may not work on cases.") % {"person": owner}
        raise ValidationError({"owner": text})
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
        label=gettext_lazy("Request a return"),
        permission="aftersales.add_return",
        form="aftersales.forms.RequestReturnForm",
        refusal=_return_refusal,
    ),
    propose_improvement=Verb(
        run=propose_improvement,
        label=gettext_lazy("Propose an improvement"),
        permission="aftersales.add_improvement",
        form="aftersales.forms.ProposeImprovementForm",
    ),
)
