from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from approvals.models import ApprovalRequest, Approver
from approvals.services import approve_request, create_rule, send_back_request
from crm.errors import WrongMoment
from crm.lifecycle import advance
from crm.models import Event, ExchangeRate
from planning.models import Campaign
from planning.services import CAMPAIGN_VERBS, cancel_campaign, edit_campaign, submit_campaign
from tests.factories.planning import CampaignFactory
from users.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule():
    """Budgets over 5000 need finance."""
    return create_rule(
        by=None,
        name="Large budgets",
        kind="campaign",
        levels=[{"approver": Approver.ROLE, "role": Role.objects.get(code="finance")}],
        conditions=[{"fact": "budget", "operator": "over", "value": Decimal(5000)}],
    )


def test_every_transition_by_hand_is_a_verb():
    names = {t.name for t in Campaign().get_all_state_transitions()}
    assert names - {"approve", "send_back"} == set(CAMPAIGN_VERBS)


def test_without_a_rule_a_campaign_is_approved_at_once_by_the_system(marketing):
    campaign = submit_campaign(CampaignFactory(owner=marketing), by=marketing)
    assert campaign.state == "approved"
    assert Event.objects.get(name="campaign.approved").actor.is_system


def test_a_large_budget_waits_for_finance(marketing, finance, rule):
    campaign = CampaignFactory(owner=marketing, budget=Decimal(9000))
    campaign = submit_campaign(campaign, by=marketing)
    assert campaign.state == "in_approval"
    approve_request(ApprovalRequest.objects.get(), by=finance)
    campaign.refresh_from_db()
    assert campaign.state == "approved"


def test_a_foreign_budget_is_compared_in_the_companys_currency(marketing, finance, rule):
    ExchangeRate.objects.create(currency_id="USD", on="2020-01-01", rate=Decimal("7.2"))
    campaign = CampaignFactory(owner=marketing, budget=Decimal(1000), currency_id="USD")
    assert submit_campaign(campaign, by=marketing).state == "in_approval"


def test_a_campaign_sent_back_can_be_changed_and_submitted_again(marketing, finance, rule):
    campaign = CampaignFactory(owner=marketing, budget=Decimal(9000))
    submit_campaign(campaign, by=marketing)
    with pytest.raises(WrongMoment):
        edit_campaign(campaign, by=marketing, budget=Decimal(4000))
    send_back_request(ApprovalRequest.objects.get(), by=finance, comment="Too much")
    campaign.refresh_from_db()
    assert campaign.state == "draft"
    assert Event.objects.get(name="campaign.draft").data["comment"] == "Too much"
    edit_campaign(campaign, by=marketing, budget=Decimal(4000))
    assert submit_campaign(campaign, by=marketing).state == "approved"


def test_an_approved_budget_does_not_grow_afterwards(marketing):
    campaign = CampaignFactory(owner=marketing, approved=True)
    with pytest.raises(ValidationError, match="budget"):
        edit_campaign(campaign, by=marketing, budget=Decimal(99999))
    assert edit_campaign(campaign, by=marketing, goal="More leads").goal == "More leads"


def test_cancelling_withdraws_the_open_request(marketing, finance, rule):
    campaign = CampaignFactory(owner=marketing, budget=Decimal(9000))
    campaign = submit_campaign(campaign, by=marketing)
    assert cancel_campaign(campaign, reason="Fair closed", by=marketing).state == "cancelled"
    assert ApprovalRequest.objects.get().state == "withdrawn"


def test_a_campaign_starts_on_its_day_and_runs_to_its_evaluation(marketing):
    campaign = CampaignFactory(owner=marketing, approved=True)
    later = edit_campaign(
        campaign,
        by=marketing,
        starts_on=campaign.starts_on + timedelta(days=3),
        ends_on=campaign.ends_on,
    )
    with pytest.raises(WrongMoment, match="start date"):
        advance(later, "start", by=marketing)
    edit_campaign(later, by=marketing, starts_on=campaign.starts_on)
    for verb, data, state in [
        ("start", {}, "running"),
        ("pause", {}, "paused"),
        ("resume", {}, "running"),
        ("finish", {"cost": Decimal(800)}, "finished"),
        ("evaluate", {"conclusion": "Twelve leads"}, "evaluated"),
    ]:
        campaign = advance(campaign, verb, by=marketing, **data)
        assert campaign.state == state
    assert (campaign.cost, campaign.conclusion) == (800, "Twelve leads")


def test_a_rep_sees_campaigns_and_changes_none(rep, marketing):
    campaign = CampaignFactory(owner=marketing)
    assert Campaign.objects.visible_to(rep).get() == campaign
    with pytest.raises(PermissionDenied):
        submit_campaign(campaign, by=rep)
