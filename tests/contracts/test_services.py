import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from approvals.models import ApprovalRequest, ApprovalRule
from approvals.services import approve_request, send_back_request, take_back_request
from contracts import services
from contracts.models import Amendment, Contract, Risk
from contracts.tasks import expire_contracts
from crm.errors import WrongMoment
from crm.models import Event
from opportunities.models import Opportunity
from opportunities.services import OPPORTUNITY_VERBS
from tests.factories.accounts import AccountFactory
from tests.factories.approvals import rule
from tests.factories.contracts import AmendmentFactory, ContractFactory, pass_checks, sign_both
from tests.factories.opportunities import OpportunityFactory, QuotationFactory
from tests.factories.products import ProductFactory

VERBS = services.CONTRACT_VERBS


def run(contract, verb, by, **data):
    return VERBS[verb].run(contract, by=by, **data)


def pending():
    return ApprovalRequest.objects.get(state="pending")


def test_every_transition_is_a_verb():
    for model, verbs in ((Contract, VERBS), (Amendment, services.AMENDMENT_VERBS)):
        doors = {
            transition.name
            for transition in model.state_field().get_all_transitions(model)
            if not transition.custom.get("automatic")
        }
        assert doors <= set(verbs)


def test_a_won_deal_drafts_its_contract_from_the_accepted_quotation(rep):
    quotation = QuotationFactory(
        opportunity__owner=rep, accepted=True, delivery="By truck", service_terms="One year"
    )
    line = quotation.lines.get()
    OPPORTUNITY_VERBS["win"].run(quotation.opportunity, by=rep)
    contract = Contract.objects.get()
    assert contract.quotation == quotation
    assert (contract.account, contract.owner, contract.journey) == (
        quotation.account,
        rep,
        quotation.opportunity.journey,
    )
    assert (contract.amount, contract.payment_term) == (quotation.amount, quotation.payment_term)
    assert [(row.product, row.unit_price) for row in contract.lines.all()] == [
        (line.product, line.unit_price)
    ]
    template = services.default_template()
    titles = [clause.title for clause in contract.clauses.all()]
    assert titles == [*(c.title for c in template.clauses.all()), "After-sales terms"]
    assert contract.checks.count() == template.checks.count() > 0
    assert contract.state == "draft"


def test_drafting_twice_gives_the_same_contract(rep):
    quotation = QuotationFactory(opportunity__owner=rep, accepted=True)
    first = services.draft_from_quotation(quotation, by=rep)
    assert services.draft_from_quotation(quotation, by=rep) == first
    assert Contract.objects.count() == 1
    with pytest.raises(WrongMoment):
        services.draft_from_quotation(QuotationFactory(opportunity__owner=rep, sent=True), by=rep)


def test_a_contract_without_quotation_takes_terms_and_clauses_from_customer_and_template(
    rep, teammate
):
    account = OpportunityFactory(owner=rep).account
    lines = [{"product": ProductFactory(), "quantity": 2}]
    contract = services.create_contract(by=rep, account=account, title="Frame", lines=lines)
    assert (contract.amount, contract.payment_term) == (Decimal("200.00"), account.payment_term)
    assert contract.clauses.exists()
    with pytest.raises(PermissionDenied):
        services.create_contract(
            by=rep, opportunity=OpportunityFactory(owner=teammate), title="Theirs"
        )
    with pytest.raises(ValidationError, match="payment term"):
        services.create_contract(by=rep, account=AccountFactory(owner=rep), title="No term")


def test_legal_always_reviews_and_approves_only_a_complete_checklist(rep, legal):
    contract = run(ContractFactory(owner=rep), "submit", rep)
    assert re.fullmatch(r"CT-\d{4}-\d{6}", contract.number)
    request = pending()
    assert request.levels.get().role.code == "legal"
    with pytest.raises(WrongMoment, match="checklist is not complete"):
        approve_request(request, by=legal)
    request.refresh_from_db()
    assert request.state == "pending"
    pass_checks(contract, by=legal)
    approve_request(request, by=legal)
    contract.refresh_from_db()
    assert contract.state == "approved"


def test_a_failed_point_or_an_unanswered_high_risk_refuses_approval(rep, legal):
    contract = run(ContractFactory(owner=rep), "submit", rep)
    pass_checks(contract, by=legal)
    check = contract.checks.first()
    services.check_contract(contract, by=legal, results={check.pk: (False, "No licence")})
    with pytest.raises(WrongMoment, match="checklist"):
        approve_request(pending(), by=legal)
    services.check_contract(contract, by=legal, results={check.pk: (True, "Licence seen")})
    run(contract, "assess", legal, level="high", description="They may not pay")
    with pytest.raises(WrongMoment, match="high risk"):
        approve_request(pending(), by=legal)
    risk = Risk.objects.get()
    run(
        contract,
        "assess",
        legal,
        risk=risk,
        level="high",
        description=risk.description,
        measure="Half in advance",
    )
    approve_request(pending(), by=legal)
    contract.refresh_from_db()
    assert contract.state == "approved"
    assert Event.objects.filter(name="contract.assessed").count() == 2


def test_without_any_matching_rule_the_contract_goes_to_legal_all_the_same(rep, legal):
    ApprovalRule.objects.all().delete()
    rule("contract", "finance", amount__over=1_000_000)
    run(ContractFactory(owner=rep), "submit", rep)
    assert [level.role.code for level in pending().levels.all()] == ["legal"]


def test_a_contract_sent_back_is_changed_and_submitted_again_under_its_number(rep, legal):
    contract = run(ContractFactory(owner=rep), "submit", rep)
    with pytest.raises(WrongMoment, match="can no longer be edited"):
        services.edit_contract(contract, by=rep, title="Other")
    send_back_request(pending(), by=legal, comment="Add a penalty clause")
    contract.refresh_from_db()
    assert contract.state == "changes_requested"
    assert (
        Event.objects.get(name="contract.changes_requested").data["comment"]
        == "Add a penalty clause"
    )
    clauses = [*contract.clauses.values("title", "body", "is_mandatory")]
    clauses.append({"title": "Penalty", "body": "One percent a week"})
    contract = services.edit_contract(contract, by=rep, clauses=clauses)
    assert contract.clauses.last().title == "Penalty"
    again = run(contract, "submit", rep)
    assert (again.state, again.number) == ("in_review", contract.number)
    take_back_request(pending(), by=rep)
    contract.refresh_from_db()
    assert contract.state == "changes_requested"


def test_a_missing_mandatory_clause_or_line_refuses_the_submission(rep):
    contract = ContractFactory(owner=rep, lines=[])
    with pytest.raises(WrongMoment, match="no lines"):
        run(contract, "submit", rep)
    contract = ContractFactory(owner=rep)
    contract.clauses.first().delete()
    with pytest.raises(WrongMoment, match="mandatory clause"):
        run(contract, "submit", rep)
    assert Contract.objects.exclude(number="").count() == 0


def test_a_contract_comes_into_force_with_both_signatures_and_the_signed_copy(rep):
    contract = run(ContractFactory(owner=rep, approved=True), "begin_signing", rep)
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError, match="not come yet"):
        services.sign_contract(contract, by=rep, side="ours", signer="Boss", signed_on=tomorrow)
    with pytest.raises(WrongMoment, match="Both signatures"):
        run(contract, "activate", rep)
    today = timezone.localdate()
    for side in ("ours", "theirs"):
        services.sign_contract(contract, by=rep, side=side, signer="Boss", signed_on=today)
    with pytest.raises(WrongMoment, match="signed copy"):
        run(contract, "activate", rep)
    sign_both(contract, by=rep)
    contract = run(contract, "activate", rep)
    assert (contract.state, contract.rate, contract.activated_on) == ("active", Decimal(1), today)
    assert Event.objects.filter(name="contract.active", actor=rep).count() == 1


def test_a_signature_outside_of_signing_is_refused(rep):
    with pytest.raises(WrongMoment, match="not being signed"):
        services.sign_contract(
            ContractFactory(owner=rep),
            by=rep,
            side="ours",
            signer="Boss",
            signed_on=timezone.localdate(),
        )


def test_only_legal_answers_the_checklist(rep, manager):
    contract = ContractFactory(owner=rep)
    for person in (rep, manager):
        with pytest.raises(PermissionDenied):
            pass_checks(contract, by=person)


def test_cancelling_closes_the_request_and_a_signed_contract_cannot_be_cancelled(rep, legal):
    contract = run(ContractFactory(owner=rep), "submit", rep)
    run(contract, "cancel", rep, reason="They changed their mind")
    assert ApprovalRequest.objects.get().state == "withdrawn"
    with pytest.raises(WrongMoment):
        run(ContractFactory(owner=rep, active=True), "cancel", rep, reason="Late")


def test_a_contract_past_its_last_day_expires_once(rep):
    yesterday = timezone.localdate() - timedelta(days=1)
    late = ContractFactory(owner=rep, active=True, ends_on=yesterday)
    ContractFactory(owner=rep, active=True)
    assert expire_contracts() == "1"
    assert expire_contracts() == "0"
    late.refresh_from_db()
    assert late.state == "expired"


def test_contracts_in_work_follow_the_owner_of_their_deal(manager, rep, teammate):
    deal = OpportunityFactory(owner=rep)
    draft = ContractFactory(owner=rep, account=deal.account, opportunity=deal)
    active = ContractFactory(owner=rep, account=deal.account, opportunity=deal, active=True)
    OPPORTUNITY_VERBS["assign"].run(deal, by=manager, owner=teammate)
    draft.refresh_from_db()
    active.refresh_from_db()
    assert (draft.owner, active.owner) == (teammate, rep)


def test_an_amendment_is_reviewed_by_legal_and_counts_from_its_day(rep, manager, legal):
    contract = ContractFactory(owner=rep, active=True)
    tomorrow = timezone.localdate() + timedelta(days=1)
    verbs = services.AMENDMENT_VERBS
    amendment = services.create_amendment(
        by=rep, contract=contract, title="Later", changes="June", effective_on=tomorrow
    )
    amendment = verbs["submit"].run(amendment, by=rep)
    send_back_request(pending(), by=legal, comment="Name the day")
    amendment.refresh_from_db()
    assert amendment.state == "draft"
    verbs["submit"].run(amendment, by=rep)
    approve_request(pending(), by=legal)
    with pytest.raises(WrongMoment, match="has not come"):
        verbs["put_into_effect"].run(amendment, by=manager)
    Amendment.objects.update(effective_on=timezone.localdate())
    verbs["put_into_effect"].run(amendment, by=manager)
    assert list(contract.amendments.in_force(timezone.localdate())) == [amendment]
    contract.refresh_from_db()
    assert contract.state == "active"


def test_only_an_active_contract_is_amended(rep):
    fields = {"title": "Later", "changes": "June", "effective_on": timezone.localdate()}
    with pytest.raises(WrongMoment, match="active contract"):
        services.create_amendment(by=rep, contract=ContractFactory(owner=rep), **fields)
    amendment = AmendmentFactory(contract__owner=rep)
    Contract.objects.update(state="terminated")
    with pytest.raises(WrongMoment, match="active contract"):
        services.AMENDMENT_VERBS["submit"].run(amendment, by=rep)


def test_contracts_drafted_before_keep_the_clauses_they_were_given(rep, legal):
    contract = ContractFactory(owner=rep)
    before = [clause.title for clause in contract.clauses.all()]
    template = services.edit_template(
        services.default_template(),
        by=legal,
        lines=[{"title": "Only this", "body": "Text", "is_mandatory": True}],
        checks=["Read it"],
    )
    assert [clause.title for clause in template.clauses.all()] == ["Only this"]
    assert [check.text for check in template.checks.all()] == ["Read it"]
    assert [clause.title for clause in contract.clauses.all()] == before


def test_a_deal_won_in_history_drafts_nothing(rep):
    from opportunities.services import import_opportunity

    import_opportunity(by=None, name="Old", state="won", opened_on=timezone.localdate())
    assert Opportunity.objects.count() == 1
    assert not Contract.objects.exists()
