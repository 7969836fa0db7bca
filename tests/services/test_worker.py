"""What has happened reaches people through a real worker, also when it is killed on the way."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from crm.celery import app
from crm.models import Event, JobRun, Notification
from leads.models import Lead
from leads.services import assign_lead, company_today, warn_before_release
from leads.tasks import release_to_pool
from tests.factories.leads import LeadFactory, PoolFactory
from tests.services.conftest import NAME, wait_until

pytestmark = pytest.mark.services


def test_a_committed_event_becomes_one_notice_and_one_mail(worker, rep, manager):
    lead = assign_lead(LeadFactory(pool=PoolFactory()), owner=rep, by=manager)
    [notice] = wait_until(lambda: list(Notification.objects.filter(user=rep)), "a notice")
    assert notice.event.target == lead
    assert notice.event.name == "lead.assigned"
    wait_until(lambda: f"To: {rep.email}" in worker.sent(), "a mail")
    assert worker.sent().count("To: ") == 1


def test_what_is_rolled_back_tells_nobody(worker, rep, manager):
    lead = LeadFactory(pool=PoolFactory())
    with pytest.raises(RuntimeError), transaction.atomic():
        assign_lead(lead, owner=rep, by=manager)
        raise RuntimeError
    other = assign_lead(LeadFactory(pool=PoolFactory()), owner=rep, by=manager)
    wait_until(Notification.objects.filter(user=rep).exists, "the notice of the other lead")
    assert [notice.event.target for notice in Notification.objects.all()] == [other]


def test_a_job_killed_between_two_steps_is_run_again_and_does_nothing_twice(worker, rep, teammate):
    PoolFactory(is_default=True, release_after_days=5)
    long_ago = timezone.now() - timedelta(days=30)
    for n in range(6):
        lead = LeadFactory(owned_since=long_ago, owner=[rep, teammate][n % 2])
        Lead.objects.filter(pk=lead.pk).update(created_at=long_ago)
    warn_before_release(company_today())
    Lead.objects.update(warned_on=company_today())
    due = list(Lead.objects.to_release(company_today()).values_list("pk", flat=True))
    assert len(due) == 6

    with transaction.atomic():
        Lead.objects.select_for_update().get(pk=due[3])
        release_to_pool.delay()
        wait_until(is_somebody_waiting, "the job comes to the lead that is held")
        assert Lead.objects.filter(owner=None).count() == 3
        worker.kill_child()
    wait_until(lambda: not Lead.objects.exclude(owner=None).exists(), "the job is run again")

    released = Event.objects.filter(name="lead.released")
    assert sorted(released.values_list("object_id", flat=True)) == sorted(due)
    wait_until(lambda: not released.undelivered().exists(), "everybody is told")
    told = Notification.objects.filter(event__in=released)
    assert sorted(told.values_list("user", flat=True)) == sorted([rep.pk, teammate.pk] * 3)
    runs = JobRun.objects.filter(task="leads.tasks.release_to_pool").order_by("pk")
    wait_until(lambda: runs.exclude(finished_at=None).exists(), "the second run ends")
    assert [run.result for run in runs] == ["", "3"]


def is_somebody_waiting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # kept as long as the transaction
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


def test_the_worker_knows_every_job_of_the_clock(worker):
    [known] = app.control.inspect([NAME], timeout=10).registered().values()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(known)
