"""公海: claiming, giving back, and what happens by the clock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from activities.services import log_activity
from crm.errors import WrongMoment
from crm.models import Event, Notification
from leads.models import Lead
from leads.services import (
    assign_lead,
    claim_lead,
    company_today,
    record_contact,
    release_idle,
    release_lead,
    warn_before_release,
)
from leads.tasks import release_to_pool
from leads.tasks import warn_before_release as warn_task
from tests.factories.leads import LeadFactory, PoolFactory
from tests.factories.users import UserFactory
from users.services import deactivate_user


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def idle_lead(days, **fields):
    """A lead nobody has followed up for so many days."""
    lead = LeadFactory(owned_since=days_ago(days), **fields)
    Lead.objects.filter(pk=lead.pk).update(created_at=days_ago(days))
    return lead


def test_claiming_makes_the_lead_ones_own(rep, outsider):
    lead = LeadFactory(pool=PoolFactory())
    lead = claim_lead(lead, by=rep)
    assert lead.owner == rep
    assert lead.owned_since is not None
    assert Event.objects.get(name="lead.claimed").actor == rep
    with pytest.raises(WrongMoment, match="rep has this lead already") as refused:
        claim_lead(lead, by=outsider)
    assert refused.value.status == 409


def test_a_closed_lead_cannot_be_claimed(rep):
    with pytest.raises(WrongMoment, match="closed"):
        claim_lead(LeadFactory(disqualified=True), by=rep)


def test_whoever_may_not_claim_does_not(marketing):
    with pytest.raises(PermissionDenied):
        claim_lead(LeadFactory(), by=marketing)


def test_one_person_holds_no_more_than_the_pool_allows(rep):
    pool = PoolFactory(max_held=2)
    LeadFactory(owner=rep)
    LeadFactory(owner=rep, converted=True)
    claim_lead(LeadFactory(pool=pool), by=rep)
    with pytest.raises(WrongMoment, match="You hold 2 leads; this pool allows 2"):
        claim_lead(LeadFactory(pool=pool), by=rep)


def test_giving_a_lead_back_does_not_refund_the_claim(rep, outsider):
    pool = PoolFactory(claims_per_day=2)
    for _n in range(2):
        release_lead(claim_lead(LeadFactory(pool=pool), by=rep), by=rep)
    with pytest.raises(WrongMoment, match="claimed 2 leads today"):
        claim_lead(LeadFactory(pool=pool), by=rep)
    assert claim_lead(LeadFactory(pool=pool), by=outsider).owner == outsider
    assert claim_lead(LeadFactory(pool=PoolFactory(claims_per_day=1)), by=rep).owner == rep


def test_the_claims_of_yesterday_do_not_count_today(rep):
    pool = PoolFactory(claims_per_day=1)
    claim_lead(LeadFactory(pool=pool), by=rep)
    Event.objects.filter(name="lead.claimed").update(at=days_ago(1))
    assert claim_lead(LeadFactory(pool=pool), by=rep).owner == rep


def test_the_last_owner_waits_before_claiming_again(rep, outsider):
    pool = PoolFactory(cooldown_days=7)
    lead = release_lead(claim_lead(LeadFactory(pool=pool), by=rep), by=rep, reason="No need")
    assert (lead.owner, lead.last_owner, lead.pool) == (None, rep, pool)
    with pytest.raises(WrongMoment, match="You had this lead last"):
        claim_lead(lead, by=rep)
    Lead.objects.update(released_at=days_ago(8))
    assert claim_lead(lead, by=rep).owner == rep


def test_leads_without_a_pool_follow_the_default_one(rep):
    pool = PoolFactory(is_default=True, claims_per_day=1)
    lead = release_lead(LeadFactory(owner=rep), by=rep)
    assert lead.pool == pool
    claim_lead(LeadFactory(), by=rep)
    with pytest.raises(WrongMoment, match="today"):
        claim_lead(LeadFactory(), by=rep)


def test_a_manager_assigns_within_the_team_and_a_rep_does_not(rep, teammate, manager, outsider):
    lead = LeadFactory()
    with pytest.raises(PermissionDenied):
        assign_lead(lead, owner=teammate, by=rep)
    with pytest.raises(ValidationError):
        assign_lead(lead, owner=outsider, by=manager)
    assert assign_lead(lead, owner=rep, by=manager).owner == rep
    assert assign_lead(lead, owner=teammate, by=manager).owner == teammate
    with pytest.raises(PermissionDenied):
        assign_lead(LeadFactory(owner=outsider), owner=rep, by=manager)


def test_an_assigned_lead_is_told_to_its_new_owner_by_mail(
    rep, manager, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assign_lead(LeadFactory(), owner=rep, by=manager)
    assert [row.user for row in Notification.objects.all()] == [rep]
    assert [mail.to for mail in mailoutbox] == [[rep.email]]


def test_a_rep_releases_only_leads_of_her_own(rep, teammate):
    with pytest.raises(PermissionDenied):
        release_lead(LeadFactory(owner=teammate), by=rep)
    with pytest.raises(WrongMoment):
        release_lead(LeadFactory(), by=rep)
    with pytest.raises(WrongMoment):
        release_lead(LeadFactory(owner=rep, converted=True), by=rep)


def test_an_idle_lead_is_warned_of_once_and_released_two_days_later(rep):
    PoolFactory(is_default=True, release_after_days=10)
    lead, today = idle_lead(8, owner=rep), company_today()
    assert release_idle(today) == 0
    assert (warn_before_release(today), warn_before_release(today)) == (1, 0)
    lead.refresh_from_db()
    assert lead.warned_on == today + timedelta(days=2)
    assert warn_before_release(today + timedelta(days=1)) == 0
    assert release_idle(today + timedelta(days=1)) == 0
    assert release_idle(today + timedelta(days=2)) == 1
    lead.refresh_from_db()
    assert (lead.owner, lead.last_owner) == (None, rep)
    assert "10 days" in Event.objects.get(name="lead.released").data["reason"]
    assert release_idle(today + timedelta(days=2)) == 0


def test_nobody_loses_a_lead_without_two_days_of_warning(rep):
    PoolFactory(is_default=True, release_after_days=10)
    lead, today = idle_lead(100, owner=rep), company_today()
    assert release_idle(today) == 0
    warn_before_release(today)
    lead.refresh_from_db()
    assert lead.warned_on == today + timedelta(days=2)
    assert release_idle(today + timedelta(days=1)) == 0
    assert release_idle(today + timedelta(days=2)) == 1


def test_a_contact_after_the_warning_saves_the_lead_and_starts_the_clock_anew(rep):
    PoolFactory(is_default=True, release_after_days=10)
    lead, today = idle_lead(9, owner=rep), company_today()
    warn_before_release(today)
    log_activity(lead, by=rep, kind="call", subject="Called")
    assert release_idle(today + timedelta(days=5)) == 0
    assert warn_before_release(today + timedelta(days=7)) == 0
    assert warn_before_release(today + timedelta(days=8)) == 1


def test_only_live_followed_leads_of_pools_with_a_limit_are_released(rep):
    pool = PoolFactory(release_after_days=5)
    free = PoolFactory()
    today = company_today()
    idle_lead(9, owner=rep, pool=free)
    idle_lead(9, owner=rep)
    idle_lead(9, owner=rep, pool=pool, converted=True)
    idle_lead(9, owner=rep, pool=pool, disqualified=True)
    idle_lead(9, owner=rep, pool=pool, nurturing=True)
    idle_lead(2, owner=rep, pool=pool)
    idle_lead(9, pool=pool)
    doomed = idle_lead(9, owner=rep, pool=pool)
    assert warn_before_release(today) == 1
    assert release_idle(today + timedelta(days=2)) == 1
    doomed.refresh_from_db()
    assert doomed.owner is None


def test_the_days_count_from_a_contact_however_late_it_was_entered(rep):
    PoolFactory(is_default=True, release_after_days=5)
    lead = idle_lead(30, owner=rep)
    record_contact(lead, at=days_ago(4))
    record_contact(lead, at=days_ago(20))
    lead.refresh_from_db()
    assert (timezone.now() - lead.last_contact_at).days == 4
    assert [row.pk for row in Lead.objects.idle_by(company_today())] == []
    assert Lead.objects.idle_by(company_today() + timedelta(days=1)).exists()


def test_leads_of_somebody_who_left_come_with_the_full_time(rep, teammate, administrator):
    PoolFactory(is_default=True, release_after_days=5)
    lead, today = idle_lead(9, owner=rep), company_today()
    warn_before_release(today)
    deactivate_user(rep, by=administrator, successor=teammate)
    lead.refresh_from_db()
    assert (lead.owner, lead.warned_on) == (teammate, None)
    assert release_idle(today + timedelta(days=2)) == 0


def test_the_jobs_of_the_night_leave_a_trace(rep):
    PoolFactory(is_default=True, release_after_days=5)
    idle_lead(9, owner=rep)
    assert warn_task() == "1"
    assert release_to_pool() == "0"


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_fifty_people_claim_one_lead_and_one_of_them_gets_it(api):
    lead = LeadFactory(pool=PoolFactory(max_held=5, claims_per_day=5))
    people = [UserFactory(role="rep") for _n in range(50)]
    clients = [api(person) for person in people]

    def claim(client):
        try:
            return client.post(f"/api/v1/leads/{lead.pk}/claim/")
        finally:
            connection.close()

    with ThreadPoolExecutor(25) as threads:
        answers = list(threads.map(claim, clients))
    winners = [answer for answer in answers if answer.status_code == 200]
    losers = [answer for answer in answers if answer.status_code == 409]
    assert (len(winners), len(losers)) == (1, 49)
    lead.refresh_from_db()
    assert winners[0].data["owner"] == lead.owner_id
    assert {answer.data["detail"] for answer in losers} == {f"{lead.owner} has this lead already."}
    assert Event.objects.filter(name="lead.claimed").count() == 1


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_ten_claims_at_once_by_one_person_do_not_pass_the_limit():
    person = UserFactory(role="rep")
    pool = PoolFactory(max_held=3)
    leads = [LeadFactory(pool=pool) for _n in range(10)]

    def claim(lead):
        try:
            claim_lead(lead, by=person)
        except WrongMoment as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        codes = list(threads.map(claim, leads))
    assert codes.count(None) == 3
    assert codes.count("pool_limit") == 7
    assert Lead.objects.filter(owner=person).count() == 3
