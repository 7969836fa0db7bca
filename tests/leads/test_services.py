from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from activities.services import log_activity
from crm.errors import WrongMoment
from crm.lifecycle import advance
from crm.models import Event
from leads.models import Lead, Pool
from leads.services import (
    LEAD_VERBS,
    company_today,
    create_lead,
    create_pool,
    edit_lead,
    mark_converted,
    nurture_lead,
    resume_nurtured,
)
from leads.tasks import resume_nurtured as resume_task
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.leads import LeadFactory, PoolFactory


def test_every_transition_but_the_conversion_is_a_verb_here():
    names = {t.name for t in Lead().get_all_state_transitions()}
    assert names - {"convert"} < set(LEAD_VERBS)
    assert {"claim", "assign", "release"} < set(LEAD_VERBS)


def test_a_new_lead_is_mine_or_in_the_pool_or_given_to_my_team(rep, teammate, manager, outsider):
    pool = PoolFactory()
    mine = create_lead(by=rep, name="A")
    assert (mine.owner, mine.owned_since is None) == (rep, False)
    free = create_lead(by=rep, name="B", pool=pool)
    assert (free.owner, free.pool, free.owned_since) == (None, pool, None)
    given = create_lead(by=manager, name="C", owner=teammate)
    assert given.owner == teammate
    assert Event.objects.filter(name="lead.assigned").count() == 1
    with pytest.raises(PermissionDenied):
        create_lead(by=rep, name="D", owner=teammate)
    with pytest.raises(ValidationError):
        create_lead(by=manager, name="E", owner=outsider)


def test_what_service_and_marketing_enter_waits_in_the_pool(service, marketing, rep):
    pool = PoolFactory(is_default=True)
    for person in (service, marketing):
        lead = create_lead(by=person, name="A")
        assert (lead.owner, lead.pool, lead.owned_since) == (None, pool, None)
    assert create_lead(by=marketing, name="B", owner=rep).owner == rep


@pytest.mark.django_db
def test_a_lead_of_the_system_lies_in_the_default_pool():
    pool = PoolFactory(is_default=True)
    assert create_lead(by=None, name="A").pool == pool


def test_the_first_logged_contact_starts_work_by_itself(rep):
    lead = LeadFactory(owner=rep)
    log_activity(lead, by=rep, kind="note", subject="Looks promising")
    lead.refresh_from_db()
    assert (lead.state, lead.last_contact_at) == ("new", None)
    log_activity(lead, by=rep, kind="call", subject="Called")
    lead.refresh_from_db()
    assert lead.state == "working"
    assert lead.last_contact_at is not None
    assert Event.objects.get(name="lead.working").actor.is_system
    log_activity(lead, by=rep, kind="call", subject="Called again")
    assert Event.objects.filter(name="lead.working").count() == 1


def test_work_on_a_lead_needs_an_owner(manager):
    with pytest.raises(WrongMoment, match="claim or assign it first"):
        advance(LeadFactory(), "start_work", by=None)


def test_qualifying_says_what_is_missing_one_by_one(rep):
    lead = LeadFactory(owner=rep, working=True, phone="", email="")
    for missing, cure in [
        ("reachable channel", {"wechat": "wang88"}),
        ("need has not", {"need": "Ten pumps"}),
        ("unknown is an answer", {"has_budget": "yes", "has_authority": "unknown"}),
        ("unknown is an answer", {"has_timing": "no"}),
    ]:
        with pytest.raises(WrongMoment, match=missing):
            advance(lead, "qualify", by=rep)
        edit_lead(lead, by=rep, **cure)
    assert advance(lead, "qualify", by=rep).state == "qualified"


def test_a_nurtured_lead_comes_back_on_its_day_and_not_before(rep):
    lead, today = LeadFactory(owner=rep, working=True), company_today()
    with pytest.raises(ValidationError):
        nurture_lead(lead, resume_on=today, by=rep)
    nurture_lead(lead, resume_on=today + timedelta(days=5), by=rep)
    assert resume_nurtured(today + timedelta(days=4)) == 0
    assert resume_nurtured(today + timedelta(days=5)) == 1
    assert resume_nurtured(today + timedelta(days=5)) == 0
    lead.refresh_from_db()
    assert (lead.state, lead.resume_on) == ("working", None)
    assert lead.restarted_at is not None
    assert resume_task() == "0"


def test_resuming_starts_the_clock_of_the_pool_anew(rep):
    PoolFactory(is_default=True, release_after_days=5)
    lead = LeadFactory(owner=rep, nurturing=True)
    long_ago = lead.created_at - timedelta(days=60)
    Lead.objects.update(created_at=long_ago, owned_since=long_ago)
    advance(lead, "resume", by=rep)
    assert not Lead.objects.idle_by(company_today() + timedelta(days=4)).exists()


def test_converting_closes_the_lead_for_good(rep):
    lead = LeadFactory(owner=rep, qualified=True)
    contact = ContactFactory(account__owner=rep)
    lead = mark_converted(lead, account=contact.account, contact=contact, by=rep)
    assert (lead.state, lead.account) == ("converted", contact.account)
    with pytest.raises(WrongMoment):
        mark_converted(lead, account=contact.account, contact=contact, by=rep)
    with pytest.raises(WrongMoment, match="can no longer be edited"):
        edit_lead(lead, by=rep, name="Other")


def test_only_a_qualified_lead_is_converted(rep):
    account = AccountFactory(owner=rep)
    with pytest.raises(WrongMoment):
        mark_converted(LeadFactory(owner=rep), account=account, contact=None, by=rep)


def test_a_disqualified_lead_can_be_reopened_with_a_comment(rep):
    lead = advance(LeadFactory(owner=rep), "disqualify", by=rep, reason="Wrong number")
    assert lead.disqualify_reason == "Wrong number"
    lead = advance(lead, "reopen", by=rep, comment="Called back")
    assert (lead.state, lead.disqualify_reason) == ("new", "")


def test_a_new_default_pool_takes_the_place_of_the_old_one(manager):
    old = PoolFactory(is_default=True)
    new = create_pool(by=manager, name="New", is_default=True)
    old.refresh_from_db()
    assert not old.is_default
    assert Pool.objects.default() == new


def test_an_edit_cannot_change_the_owner(manager, rep, teammate):
    with pytest.raises(ValidationError):
        edit_lead(LeadFactory(owner=rep), by=manager, owner=teammate)
