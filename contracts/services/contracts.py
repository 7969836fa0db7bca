"""Contracts: drafted, reviewed, signed by both sides, in force, ended."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.services import withdraw_request
from contracts.models import ComplianceCheck, Contract, ContractLine, Risk
from contracts.services.review import request_review
from contracts.services.templates import CLAUSE_FIELDS, default_template, snapshot, write_clauses
from crm import lifecycle
from crm.errors import WrongMoment
from crm.events import emit
from crm.files import add_attachment
from crm.lifecycle import advance
from crm.locks import lock_one
from crm.money import rate_on
from crm.numbers import next_number
from crm.verbs import ABSENT, Verb, Verbs
from opportunities.models import Quotation
from opportunities.services import copy_lines, note
from products.services import lines_snapshot, write_lines

State = Contract.State
IN_WORK = (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED)
SIGNED_COPY = "signed_copy"


# --- Drafting --------------------------------------------------------------------------------


@transaction.atomic
def draft_from_quotation(quotation, *, by):
    """The contract of an accepted quotation: its parties, lines, prices and payment term.

    A second call gives the same contract. Locks the quotation.
    """
    quotation = lock_one(quotation)
    if existing := Contract.objects.filter(quotation=quotation).first():
        return existing
    if quotation.state != Quotation.State.ACCEPTED:
        raise WrongMoment(_("A contract is drafted from an accepted quotation."))
    contract = Contract(
        quotation=quotation,
        opportunity=quotation.opportunity,
        journey=quotation.journey,
        account=quotation.account,
        contact=quotation.contact,
        owner=quotation.owner,
        title=str(quotation.opportunity)[:200],
        currency=quotation.currency,
        payment_term=quotation.payment_term,
        delivery=quotation.delivery,
        template=default_template(),
    )
    extra = []
    if quotation.service_terms:
        extra = [{"title": _("After-sales terms"), "body": quotation.service_terms}]
    return _create(contract, copy_lines(quotation), extra=extra, by=by, check=False)


@transaction.atomic
def create_contract(
    *, by, account=None, opportunity=None, template=None, lines=(), clauses=None, **fields
):
    """A contract without quotation, owned by `by`; of an opportunity only one that `by` may
    change. Without `clauses` those of the template are copied."""
    if opportunity is not None:
        opportunity = lock_one(opportunity)
        lifecycle.require(by, "opportunities.change_opportunity", opportunity)
        account = account or opportunity.account
        fields["journey"] = opportunity.journey
    if account is None:
        raise ValidationError({"account": _("Choose the customer.")})
    fields["payment_term"] = fields.get("payment_term") or account.payment_term
    if fields["payment_term"] is None:
        raise ValidationError({"payment_term": _("The customer has no payment term: choose one.")})
    contract = Contract(
        account=account,
        opportunity=opportunity,
        template=template or default_template(),
        owner=fields.pop("owner", None) or by,
        **fields,
    )
    return _create(contract, lines, by=by, clauses=clauses)


def _create(contract, lines, *, by, clauses=None, extra=(), check=True):
    contract = lifecycle.create(contract, by=by, check=check)
    _price(contract, lines)
    if clauses is None:
        clauses = contract.template.clauses.values(*CLAUSE_FIELDS)
    titles = {clause["title"] for clause in clauses}
    write_clauses(contract, [*clauses, *(c for c in extra if c["title"] not in titles)])
    ComplianceCheck.objects.bulk_create(
        ComplianceCheck(contract=contract, text=check.text, position=check.position)
        for check in contract.template.checks.all()
    )
    return contract


def _price(contract, lines):
    write_lines(contract, ContractLine, "contract", lines)
    contract.save()


@transaction.atomic
def edit_contract(contract, *, by, version=None, lines=None, clauses=None, **changes):
    """Edit a draft, or one with changes requested; `lines` and `clauses` replace the old ones."""
    contract = lifecycle.edit(contract, by=by, version=version, **changes)
    if lines is None and "currency" in changes:
        lines = copy_lines(contract)
    found = {}
    if lines is not None:
        before = lines_snapshot(contract)
        _price(contract, lines)
        found["lines"] = [before, lines_snapshot(contract)]
    if clauses is not None:
        before = snapshot(contract)
        write_clauses(contract, clauses)
        found["clauses"] = [before, snapshot(contract)]
    found = {name: pair for name, pair in found.items() if pair[0] != pair[1]}
    if found:
        contract.version += 1
        contract.save()
        emit("contract.edited", contract, by=by, changes=found)
    return contract


# --- Review ----------------------------------------------------------------------------------


@transaction.atomic
def submit_contract(contract, *, by):
    """Give the number and ask for approval; legal always reviews."""
    contract = lock_one(contract)
    number = contract.number
    if not number and lifecycle.refusal(contract, "submit") is None:
        number = next_number("CT")
    contract = advance(contract, "submit", by=by, number=number)
    request_review(contract, kind="contract", by=by)
    return contract


@transaction.atomic
def check_contract(contract, *, by, results):
    """Answer points of the compliance checklist. results: {check pk: (passed or None, note)}."""
    contract = lock_one(contract)
    if check_refusal(contract):
        raise WrongMoment(_("The checklist is answered before approval."))
    lifecycle.require(by, "contracts.check_contract", contract)
    changed = {}
    for check in contract.checks.filter(pk__in=results):
        passed, remark = results[check.pk]
        if (check.passed, check.note) == (passed, remark):
            continue
        changed[check.text] = [_verdict(check.passed), f"{_verdict(passed)} {remark}".strip()]
        check.passed, check.note = passed, remark
        check.checked_by, check.checked_at = by, timezone.now()
        check.full_clean()
        check.save()
    if changed:
        contract.version += 1
        contract.save()
        emit("contract.checked", contract, by=by, changes=changed)
    return contract


def _verdict(passed):
    return {True: _("passed"), False: _("failed"), None: ""}[passed]


def check_refusal(contract):
    return None if contract.state in IN_WORK and contract.checks.exists() else ABSENT


@transaction.atomic
def assess_risk(contract, *, by, level, description, measure="", risk=None):
    """Add a risk with its measure, or change `risk`."""
    contract = lock_one(contract)
    if assess_refusal(contract):
        raise WrongMoment(_("Risks are assessed before approval."))
    lifecycle.require(by, "contracts.assess_contract", contract)
    if risk is not None and risk.contract_id != contract.pk:
        raise ValidationError({"risk": _("This risk belongs to another contract.")})
    old = f"{risk.get_level_display()}: {risk.description} → {risk.measure}" if risk else ""
    risk = risk or Risk(contract=contract)
    risk.level, risk.description, risk.measure = level, description, measure
    risk.full_clean()
    risk.save()
    new = f"{risk.get_level_display()}: {risk.description} → {risk.measure}"
    contract.version += 1
    contract.save()
    emit("contract.assessed", contract, by=by, changes={"risk": [old, new]})
    return contract


def assess_refusal(contract):
    return None if contract.state in IN_WORK else ABSENT


# --- Signing ---------------------------------------------------------------------------------


@transaction.atomic
def sign_contract(contract, *, by, side, signer, signed_on):
    """Record who signed for which side ("ours", "theirs") and on which date."""
    contract = lock_one(contract)
    if signing_refusal(contract):
        raise WrongMoment(_("The contract is not being signed now."))
    lifecycle.require(by, "contracts.sign_contract", contract)
    if signed_on > timezone.localdate():
        raise ValidationError({"signed_on": _("This day has not come yet.")})
    prefix = {"ours": "our", "theirs": "their"}[side]
    changes = {f"{prefix}_signer": signer, f"{prefix}_signed_on": signed_on}
    return note(contract, "signed", by=by, **changes)


@transaction.atomic
def upload_signed_copy(contract, *, by, file):
    contract = lock_one(contract)
    if signing_refusal(contract):
        raise WrongMoment(_("The contract is not being signed now."))
    lifecycle.require(by, "contracts.sign_contract", contract)
    add_attachment(contract, file, by=by, kind=SIGNED_COPY)
    return contract


def signing_refusal(contract):
    return None if contract.state == State.SIGNING else ABSENT


@transaction.atomic
def activate_contract(contract, *, by):
    """Put the contract into force at today's rate; what follows hears `contract.active`."""
    rate = rate_on(contract.currency_id, timezone.localdate())
    return advance(contract, "activate", by=by, rate=rate)


# --- Ends ------------------------------------------------------------------------------------


@transaction.atomic
def cancel_contract(contract, *, by, reason):
    contract = advance(contract, "cancel", by=by, reason=reason)
    withdraw_request(contract, by=None)
    return contract


def expire_contracts(*, on):
    """Expire active contracts whose last day lies before `on`; return how many."""
    count = 0
    for contract in Contract.objects.ended(on).order_by("pk"):
        with transaction.atomic():
            fresh = lock_one(contract)
            if fresh.state == State.ACTIVE and fresh.ends_on < on:
                advance(fresh, "expire", by=None)
                count += 1
    return count


@transaction.atomic
def follow_owner(opportunity, *, by):
    """Give the contracts of a deal that are not signed yet to the deal's new owner."""
    rows = Contract.objects.filter(
        opportunity=opportunity, state__in=[*IN_WORK, State.APPROVED, State.SIGNING]
    )
    for contract in rows.order_by("pk"):
        lifecycle.write(lock_one(contract), by=by, owner=opportunity.owner)


def quotation_to_contract(opportunity):
    """The quotation a won deal is contracted on: the one accepted last, or None."""
    return (
        opportunity.quotations.filter(state=Quotation.State.ACCEPTED)
        .order_by("-decided_at", "-pk")
        .first()
    )


CONTRACT_VERBS = Verbs(
    Contract,
    submit=submit_contract,
    activate=activate_contract,
    cancel=cancel_contract,
    check=Verb(
        run=check_contract,
        label=gettext_lazy("Check compliance"),
        permission="contracts.check_contract",
        form="contracts.forms.CheckForm",
        refusal=check_refusal,
    ),
    assess=Verb(
        run=assess_risk,
        label=gettext_lazy("Assess a risk"),
        permission="contracts.assess_contract",
        form="contracts.forms.RiskForm",
        refusal=assess_refusal,
    ),
    sign=Verb(
        run=sign_contract,
        label=gettext_lazy("Record a signature"),
        permission="contracts.sign_contract",
        form="contracts.forms.SignForm",
        style="primary",
        refusal=signing_refusal,
    ),
    upload_copy=Verb(
        run=upload_signed_copy,
        label=gettext_lazy("Upload the signed copy"),
        permission="contracts.sign_contract",
        form="contracts.forms.UploadCopyForm",
        style="primary",
        refusal=signing_refusal,
    ),
)
