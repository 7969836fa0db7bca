"""Being told: once, by the channel one chose, not in quiet hours, and of nothing out of sight."""

from datetime import UTC, datetime, time

import pytest
import time_machine

from crm import delivery, events
from crm.events import emit
from crm.models import Channel, Digest, Event, Notification, NotificationChoice, Work
from crm.notices import tell_at
from tests.factories.leads import LeadFactory
from tests.factories.users import UserFactory

NEWS = "/notifications/news/"


@pytest.fixture
def tell(manager, django_capture_on_commit_callbacks):
    """`tell(rep)` -> a lead that `manager` has assigned to them: told by mail unless chosen
    otherwise."""

    def assign(rep, **fields):
        lead = LeadFactory(owner=rep, **fields)
        with django_capture_on_commit_callbacks(execute=True):
            emit("lead.assigned", lead, by=manager)
        return lead

    return assign


def choose(user, channel, kind="lead.assigned"):
    NotificationChoice.objects.create(user=user, kind=kind, channel=channel)


def test_one_is_told_by_the_channel_one_chose(rep, tell, mailoutbox):
    tell(rep)
    assert len(mailoutbox) == 1
    choose(rep, Channel.IN_APP)
    tell(rep)
    assert len(mailoutbox) == 1
    assert rep.notifications.count() == 2
    NotificationChoice.objects.update(channel=Channel.NONE)
    tell(rep)
    assert rep.notifications.count() == 2


def test_delivering_an_event_twice_tells_once(rep, tell, mailoutbox):
    tell(rep)
    event = Event.objects.get(name="lead.assigned")
    Event.objects.update(delivered_at=None)
    delivery.deliver(event.pk)
    delivery.deliver_waiting()
    assert rep.notifications.count() == 1
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("start", "end", "clock", "until"),
    [
        (time(22), time(7), "2026-03-02T23:30", "2026-03-03T07:00"),
        (time(22), time(7), "2026-03-02T06:59", "2026-03-02T07:00"),
        (time(22), time(7), "2026-03-02T07:00", "2026-03-02T07:00"),
        (time(12), time(14), "2026-03-02T13:00", "2026-03-02T14:00"),
        (time(12), time(12), "2026-03-02T12:00", "2026-03-02T12:00"),
    ],
)
def test_quiet_hours_are_those_of_the_persons_zone(rep, start, end, clock, until):
    rep.timezone, rep.quiet_from, rep.quiet_until = "America/New_York", start, end
    at = datetime.fromisoformat(clock).replace(tzinfo=rep.zone)
    assert tell_at(rep, at.astimezone(UTC)) == datetime.fromisoformat(until).replace(
        tzinfo=rep.zone
    )


def test_mail_and_toast_wait_for_the_end_of_the_quiet_hours(rep, tell, login, mailoutbox):
    rep.timezone, rep.quiet_from, rep.quiet_until = "Asia/Shanghai", time(22), time(7)
    rep.save()
    with time_machine.travel(datetime(2026, 3, 2, 15, tzinfo=UTC), tick=False):  # 23:00 there
        lead = tell(rep)
        delivery.deliver_waiting()
        answer = login(rep).post(NEWS, {"unread": 0})
        assert str(lead) not in answer.content.decode()
        assert not mailoutbox
    with time_machine.travel(datetime(2026, 3, 2, 23, 1, tzinfo=UTC), tick=False):  # 07:01
        delivery.deliver_waiting()
        delivery.deliver_waiting()
        assert len(mailoutbox) == 1
        assert str(lead) in login(rep).post(NEWS, {"unread": 1}).content.decode()


def test_the_bell_answers_only_when_there_is_something_new(
    rep, tell, login, django_assert_max_num_queries
):
    page = login(rep)
    assert page.post(NEWS, {"unread": 0}).status_code == 204
    lead = tell(rep)
    answer = page.post(NEWS, {"unread": 0})
    assert answer.status_code == 200
    assert str(lead) in answer.content.decode()
    with django_assert_max_num_queries(3):  # session, person, count
        assert page.post(NEWS, {"unread": 1}).status_code == 204
    # Another page shows the count, but no second toast.
    answer = page.post(NEWS, {"unread": 0})
    assert str(lead) not in answer.content.decode()


def test_many_notices_at_once_are_one_toast(rep, tell, login):
    for _n in range(4):
        tell(rep)
    text = login(rep).post(NEWS, {"unread": 0}).content.decode()
    assert text.count("toast-note") == 1
    assert "4 new notices" in text


def test_a_digest_goes_out_once_a_day_in_the_persons_zone(rep, tell, login, mailoutbox):
    choose(rep, Channel.DIGEST)
    rep.timezone, rep.digest_at = "America/New_York", time(8)
    rep.save()
    with time_machine.travel(datetime(2026, 3, 2, 12, 30, tzinfo=UTC), tick=False):  # 07:30
        lead = tell(rep)
        assert login(rep).post(NEWS, {"unread": 0}).status_code == 204
        assert delivery.send_digests() == 0
    with time_machine.travel(datetime(2026, 3, 2, 13, 30, tzinfo=UTC), tick=False):  # 08:30
        assert delivery.send_digests() == 1
        later = tell(rep)
        assert delivery.send_digests() == 0
        [mail] = mailoutbox
        assert str(lead) in mail.body
        assert str(later) not in mail.body
    with time_machine.travel(datetime(2026, 3, 3, 13, 30, tzinfo=UTC), tick=False):
        assert delivery.send_digests() == 1
        assert str(later) in mailoutbox[1].body
        assert str(lead) not in mailoutbox[1].body


def test_a_digest_killed_half_way_is_not_repeated_and_loses_nothing(
    rep, tell, mailoutbox, monkeypatch
):
    choose(rep, Channel.DIGEST)
    rep.timezone, rep.digest_at = "UTC", time(0)
    rep.save()
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False):
        lead = tell(rep)
        with monkeypatch.context() as patch:
            patch.setattr(delivery, "send_mail", lambda *args: (_ for _ in ()).throw(SystemExit))
            with pytest.raises(SystemExit):
                delivery.send_digests()
        assert delivery.send_digests() == 0
        assert not mailoutbox
    with time_machine.travel(datetime(2026, 3, 3, 9, tzinfo=UTC), tick=False):
        assert delivery.send_digests() == 1
    assert str(lead) in mailoutbox[0].body


def test_a_digest_the_mail_server_refused_is_tried_again(rep, tell, mailoutbox, monkeypatch):
    choose(rep, Channel.DIGEST)
    rep.timezone, rep.digest_at = "UTC", time(0)
    rep.save()
    tell(rep)
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "send_mail", lambda *args: (_ for _ in ()).throw(OSError))
        assert delivery.send_digests() == 0
    assert not Digest.objects.exists()
    assert delivery.send_digests() == 1
    assert len(mailoutbox) == 1


def test_what_one_may_no_longer_see_has_no_name(rep, outsider, tell, login, mailoutbox):
    choose(rep, Channel.DIGEST)
    lead = tell(rep, name="Zhou Secret")
    lead.owner = outsider
    lead.save()
    page = login(rep)
    text = page.get("/notifications/").content.decode()
    assert "Zhou Secret" not in text
    assert "no longer visible" in text
    row = Notification.objects.get()
    assert page.get(f"/notifications/{row.pk}/").headers["Location"] == "/notifications/"
    rep.timezone, rep.digest_at = "UTC", time(0)
    rep.save()
    assert delivery.send_digests() == 0
    assert not mailoutbox


def test_of_what_one_does_not_see_one_is_told_no_more(
    rep, outsider, manager, tell, login, mailoutbox, django_capture_on_commit_callbacks
):
    """Neither of what happens later, nor of what was still waiting for the quiet hours."""
    rep.timezone, rep.quiet_from, rep.quiet_until = "UTC", time(22), time(7)
    rep.save()
    with time_machine.travel(datetime(2026, 3, 2, 23, tzinfo=UTC), tick=False):
        lead = tell(rep)
        lead.owner = outsider
        lead.save()
    with time_machine.travel(datetime(2026, 3, 3, 8, tzinfo=UTC), tick=False):
        delivery.deliver_waiting()
        assert "toast-note" not in login(rep).post(NEWS, {"unread": 0}).content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            emit("comment.added", lead, by=manager, comment="?", mentioned=[rep.pk])
    assert not mailoutbox
    assert rep.notifications.count() == 1


def test_who_loses_a_lead_is_told_so_though_they_see_it_no_more(
    rep, outsider, manager, django_capture_on_commit_callbacks
):
    lead = LeadFactory(owner=outsider, last_owner=rep)
    with django_capture_on_commit_callbacks(execute=True):
        emit("lead.released", lead, by=manager)
    assert rep.notifications.get().event.name == "lead.released"


def test_one_event_that_cannot_be_told_holds_up_no_other(rep, manager):
    lead = LeadFactory(owner=rep)
    gone = emit("lead.assigned", LeadFactory(owner=rep), by=manager)
    wrong = emit("lead.released", lead, by=manager)
    last = emit("lead.assigned", lead, by=manager)
    Event.objects.filter(pk=gone.pk).update(object_id=0)
    Event.objects.filter(delivered_at=None).update(at=datetime(2026, 3, 2, tzinfo=UTC))
    events._audiences["lead.released"].insert(
        0, events.Audience(lambda event, obj: 1 / 0, False, False)
    )
    try:
        delivery.deliver_waiting()
    finally:
        del events._audiences["lead.released"][0]
    assert list(Event.objects.filter(delivered_at=None)) == [wrong]
    assert [row.event for row in rep.notifications.all()] == [last]


def test_a_line_break_in_a_name_does_not_stop_the_mail(rep, tell, mailoutbox):
    tell(rep, name="Zhou\nBcc: all@example.com")
    assert "Zhou Bcc" in mailoutbox[0].subject


def test_a_mail_waits_a_day_for_a_server_that_is_not_reached(rep, tell, mailoutbox, monkeypatch):
    monkeypatch.setattr(delivery, "is_reached", lambda: False)
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False):
        tell(rep)
    with time_machine.travel(datetime(2026, 3, 3, 8, tzinfo=UTC), tick=False):
        later = tell(rep)
        delivery.deliver_waiting()
    assert not mailoutbox
    monkeypatch.setattr(delivery, "is_reached", lambda: True)
    with time_machine.travel(datetime(2026, 3, 3, 10, tzinfo=UTC), tick=False):
        delivery.deliver_waiting()
        delivery.deliver_waiting()
    [mail] = mailoutbox
    assert str(later) in mail.body


def test_the_digest_waits_for_the_end_of_the_quiet_hours_and_leaves_out_what_was_read(
    rep, tell, mailoutbox
):
    choose(rep, Channel.DIGEST)
    rep.timezone, rep.digest_at = "UTC", time(6)
    rep.quiet_from, rep.quiet_until = time(22), time(7)
    rep.save()
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False):
        read, new = tell(rep, name="Read"), tell(rep, name="New")
        rep.notifications.filter(event__object_id=read.pk).update(read_at=datetime.now(UTC))
    with time_machine.travel(datetime(2026, 3, 3, 6, 30, tzinfo=UTC), tick=False):
        assert delivery.send_digests() == 0
    with time_machine.travel(datetime(2026, 3, 3, 7, 15, tzinfo=UTC), tick=False):
        assert delivery.send_digests() == 1
    [mail] = mailoutbox
    assert str(new) in mail.body
    assert str(read) not in mail.body


def test_finished_work_is_named_and_opened_from_its_notice(rep, login):
    work = Work.objects.create(kind="export", user=rep, label="Deals of May", data={})
    row = Notification.objects.create(user=rep, event=emit("work.finished", work))
    page = login(rep)
    assert "Deals of May" in page.get("/notifications/").content.decode()
    assert page.get(f"/notifications/{row.pk}/").headers["Location"] == work.get_absolute_url()


def test_choices_and_quiet_hours_are_kept(rep, login):
    page = login(rep)
    form = page.get("/notifications/choices/").context["form"]
    assert "purchaserequest.submitted" not in form.fields or rep.has_perm(
        "inventory.view_purchaserequest"
    )
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"lead.assigned": "digest", "quiet_from": "22:00", "quiet_until": ""}
    answer = page.post("/notifications/choices/", data)
    assert answer.status_code == 422
    data["quiet_until"] = "07:00"
    assert page.post("/notifications/choices/", data).status_code == 302
    rep.refresh_from_db()
    assert (rep.quiet_from, rep.quiet_until) == (time(22), time(7))
    assert NotificationChoice.objects.get().channel == Channel.DIGEST
    data["lead.assigned"] = "mail"
    page.post("/notifications/choices/", data)
    assert not NotificationChoice.objects.exists()  # the default again


def test_nobody_opens_somebody_elses_notification(rep, tell, login):
    tell(rep)
    row = Notification.objects.get()
    other = UserFactory(role="rep")
    assert login(other).get(f"/notifications/{row.pk}/").status_code == 404


def test_every_choice_is_in_words(administrator, login):
    form = login(administrator).get("/notifications/choices/").context["form"]
    words = [words for _group, rows in form.kinds for _kind, words, _default in rows]
    assert "Mentioned in a comment" in words
    assert not [word for word in words if "." in word]
