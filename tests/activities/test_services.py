from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from activities.models import Task
from activities.services import (
    cancel_open_tasks,
    create_task,
    edit_task,
    finish_task,
    log_activity,
    remind,
    send_reminders,
)
from activities.tasks import send_reminders as send_reminders_job
from crm.describe import action, remark
from crm.errors import DomainError, WrongMoment
from crm.lifecycle import advance
from crm.models import Event, JobRun, Notification
from tests.factories.activities import TaskFactory
from tests.factories.leads import LeadFactory


def test_a_logged_call_stands_in_the_history_of_its_record(rep):
    lead = LeadFactory(owner=rep)
    when = timezone.now() - timedelta(hours=2)
    activity = log_activity(
        lead, by=rep, kind="call", subject="Asked for prices", body="Wants 20", happened_at=when
    )
    assert (activity.target, activity.owner, activity.happened_at) == (lead, rep, when)
    event = Event.objects.about(lead).get(name="activity.logged")
    assert event.data["at"] == when.isoformat()
    assert action(event) == "call"
    assert remark(event) == "Asked for prices\nWants 20"


def test_a_note_without_a_record_is_possible(rep):
    log_activity(None, by=rep, kind="note", subject="Trade fair")
    assert not Event.objects.filter(name="activity.logged").exists()


def test_a_task_is_ones_own_unless_it_is_given_to_somebody(
    rep, teammate, django_capture_on_commit_callbacks
):
    due = timezone.now() + timedelta(days=1)
    assert create_task(by=rep, subject="Call back", due_at=due).owner == rep
    with django_capture_on_commit_callbacks(execute=True):
        given = create_task(by=rep, owner=teammate, subject="Visit", due_at=due)
    assert Notification.objects.get().user == teammate
    assert given in Task.objects.visible_to(rep)


def test_a_task_is_not_given_to_somebody_who_has_left(rep, teammate):
    teammate.is_active = False
    teammate.save()
    with pytest.raises(DomainError, match="has left"):
        create_task(by=rep, owner=teammate, subject="Visit", due_at=timezone.now())
    task = TaskFactory(owner=rep)
    with pytest.raises(DomainError, match="has left"):
        edit_task(task, by=rep, owner=teammate)


def test_tasks_are_seen_by_owner_and_scope(rep, teammate, manager, outsider):
    task = TaskFactory(owner=rep)
    assert task in Task.objects.visible_to(rep)
    assert task in Task.objects.visible_to(manager)
    assert task not in Task.objects.visible_to(teammate)
    assert task not in Task.objects.visible_to(outsider)


def test_a_finished_task_tells_its_record_and_can_be_reopened(rep):
    lead = LeadFactory(owner=rep)
    task = create_task(by=rep, target=lead, subject="Call", due_at=timezone.now())
    task = finish_task(task, by=rep, result="Sends the drawing")
    assert (task.state, task.result) == ("done", "Sends the drawing")
    assert "Sends the drawing" in remark(Event.objects.about(lead).get(name="task.finished"))
    with pytest.raises(WrongMoment):
        finish_task(task, by=rep)
    task = advance(task, "reopen", by=rep)
    assert (task.state, task.done_at) == ("open", None)


def test_a_task_of_somebody_elses_is_not_finished(rep, teammate):
    with pytest.raises(PermissionDenied):
        finish_task(TaskFactory(owner=teammate), by=rep)


def test_the_end_of_a_record_cancels_what_is_still_planned_about_it(rep, teammate):
    lead, other = LeadFactory(owner=rep), LeadFactory(owner=rep)
    due = timezone.now()
    mine = create_task(by=rep, target=lead, subject="A", due_at=due)
    theirs = create_task(by=rep, target=lead, owner=teammate, subject="B", due_at=due)
    done = finish_task(create_task(by=rep, target=lead, subject="C", due_at=due), by=rep)
    elsewhere = create_task(by=rep, target=other, subject="D", due_at=due)
    assert cancel_open_tasks(lead, by=rep) == 2
    states = {task.pk: task.state for task in Task.objects.all()}
    assert states == {
        mine.pk: "cancelled",
        theirs.pk: "cancelled",
        done.pk: "done",
        elsewhere.pk: "open",
    }
    assert cancel_open_tasks(lead, by=rep) == 0


def test_overdue_and_due_today_are_told_apart(rep):
    now = timezone.localtime()
    past = TaskFactory(owner=rep, due_at=now - timedelta(minutes=5))
    tonight = TaskFactory(owner=rep, due_at=now.replace(hour=23, minute=59, second=59))
    later = TaskFactory(owner=rep, due_at=now + timedelta(days=2))
    done = TaskFactory(owner=rep, due_at=now - timedelta(days=2), state="done")
    assert past in Task.objects.overdue(now)
    due = Task.objects.due_until(timezone.localdate())
    assert tonight in due
    assert later not in due
    assert done not in due
    assert done not in Task.objects.overdue(now)


def test_a_reminder_is_given_once_in_app_and_by_mail(
    rep, mailoutbox, django_capture_on_commit_callbacks
):
    now = timezone.now()
    task = TaskFactory(owner=rep, remind_at=now - timedelta(minutes=1))
    TaskFactory(owner=rep, remind_at=now + timedelta(hours=1))
    TaskFactory(owner=rep, remind_at=now - timedelta(hours=1), state="done")
    TaskFactory(owner=rep, remind_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        send_reminders_job()
        send_reminders_job()
    assert [run.result for run in JobRun.objects.order_by("pk")] == ["1", "0"]
    assert Notification.objects.get().event.target == task
    assert [mail.to for mail in mailoutbox] == [[rep.email]]
    assert task.subject in mailoutbox[0].subject


def test_a_new_reminder_time_is_a_new_reminder(rep):
    now = timezone.now()
    task = TaskFactory(owner=rep, remind_at=now)
    assert send_reminders(at=now) == 1
    task.refresh_from_db()
    edit_task(task, by=rep, remind_at=now + timedelta(hours=1))
    assert send_reminders(at=now) == 0
    assert send_reminders(at=now + timedelta(hours=2)) == 1


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_reminds(rep):
    now = timezone.now()
    task = TaskFactory(owner=rep, remind_at=now)

    def work(_n):
        try:
            return remind(task.pk, at=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(8))) == 1
    assert Event.objects.filter(name="task.reminded").count() == 1
