"""Amendments: documents of their own; the contract keeps its wording."""

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.services import withdraw_request
from contracts.models import Amendment, Contract
from contracts.services.review import request_review
from crm import lifecycle
from crm.errors import WrongMoment
from crm.lifecycle import advance
from crm.locks import lock_one
from crm.verbs import Verbs


@transaction.atomic
def create_amendment(*, by, contract, **fields):
    """Draft a change of an active contract that `by` may change."""
    contract = lock_one(contract)
    lifecycle.require(by, "contracts.change_contract", contract)
    if contract.state != Contract.State.ACTIVE:
        raise WrongMoment(_("Only an active contract can be amended."))
    return lifecycle.create(Amendment(contract=contract, **fields), by=by)


@transaction.atomic
def edit_amendment(amendment, *, by, version=None, **changes):
    return lifecycle.edit(amendment, by=by, version=version, **changes)


@transaction.atomic
def submit_amendment(amendment, *, by):
    lock_one(amendment.contract)
    amendment = advance(amendment, "submit", by=by)
    request_review(amendment, kind="amendment", by=by)
    return amendment


@transaction.atomic
def put_into_effect(amendment, *, by):
    lock_one(amendment.contract)
    return advance(amendment, "put_into_effect", by=by)


@transaction.atomic
def cancel_amendment(amendment, *, by, reason):
    amendment = advance(amendment, "cancel", by=by, reason=reason)
    withdraw_request(amendment, by=None)
    return amendment


AMENDMENT_VERBS = Verbs(
    Amendment,
    submit=submit_amendment,
    put_into_effect=put_into_effect,
    cancel=cancel_amendment,
)
