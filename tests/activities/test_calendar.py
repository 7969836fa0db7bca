"""The calendar: who sees what, moving, whole days and zones, the private feed, invitations."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from activities import kinds, services
from activities.models import Invitation, Meeting, Task
from crm.errors import StaleVersion
from tests.factories.activities import MeetingFactory, TaskFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import DemoFactory

HTMX = {"HX-Request": "true"}
MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(MONDAY, tick=False):
        yield


def titles(answer):
    return {entry["title"] for day in answer.context["days"] for entry in day["entries"]}


@pytest.mark.parametrize("view", ["day", "week", "month"])
def test_meetings_tasks_and_demos_stand_on_their_days(login, rep, view):
    MeetingFactory(owner=rep, subject="Kick-off", starts_at=MONDAY)
    MeetingFactory(
        owner=rep, subject="Fair", starts_at=None, ends_at=None,
        starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 3),
    )  # fmt: skip
    TaskFactory(owner=rep, subject="Call back", due_at=MONDAY)
    DemoFactory(opportunity__owner=rep, subject="Show it", scheduled_at=MONDAY)
    MeetingFactory(owner=rep, subject="Far", starts_at=MONDAY + timedelta(days=60))
    answer = login(rep).get(f"/activities/calendar/?view={view}&on=2026-03-02")
    assert titles(answer) == {"Kick-off", "Fair", "Call back", "Show it"}
    assert "Kick-off" in answer.content.decode()


def test_the_calendar_shows_ones_own_and_what_one_is_invited_to(
    login, rep, teammate, outsider, manager
):
    MeetingFactory(owner=teammate, subject="Theirs")
    invited = MeetingFactory(owner=outsider, subject="Invited")
    Invitation.objects.create(meeting=invited, user=rep)
    MeetingFactory(owner=rep, subject="Mine")
    url = "/activities/calendar/?view=month"
    assert titles(login(rep).get(url)) == {"Mine", "Invited"}
    # A rep has no team view; the manager sees the team, and nobody else's.
    assert titles(login(rep).get(f"{url}&team=1")) == {"Mine", "Invited"}
    assert titles(login(manager).get(f"{url}&team=1")) == {"Mine", "Theirs"}
    assert titles(login(manager).get(url)) == set()


def test_the_calendar_costs_the_same_for_few_entries_and_many(
    login, rep, django_assert_max_num_queries
):
    page = login(rep)
    for _n in range(15):
        MeetingFactory(owner=rep, starts_at=MONDAY)
        TaskFactory(owner=rep, due_at=MONDAY)
        DemoFactory(opportunity__owner=rep, scheduled_at=MONDAY)
    page.get("/activities/calendar/")
    with django_assert_max_num_queries(10):
        page.get("/activities/calendar/")


def test_dropping_keeps_the_length_and_the_local_time_of_day(login, rep):
    rep.timezone = "America/New_York"
    rep.save()
    # 22:30–23:30 on Saturday, the night before the clocks go forward.
    start = datetime(2026, 3, 7, 22, 30, tzinfo=rep.zone)
    meeting = MeetingFactory(owner=rep, starts_at=start, ends_at=start + timedelta(hours=1))
    url = f"/activities/calendar/move/activities/meeting/{meeting.pk}/"
    page = login(rep)
    data = {"day": "2026-03-08", "version": meeting.version}
    assert page.post(url, data, headers=HTMX).status_code == 204
    meeting.refresh_from_db()
    assert meeting.starts_at == datetime(2026, 3, 8, 22, 30, tzinfo=rep.zone)
    assert meeting.ends_at - meeting.starts_at == timedelta(hours=1)
    data = {"day": "2026-03-09", "hour": 9, "version": meeting.version}
    assert page.post(url, data, headers=HTMX).status_code == 204
    meeting.refresh_from_db()
    assert meeting.starts_at == datetime(2026, 3, 9, 9, tzinfo=rep.zone)


@pytest.mark.parametrize(
    ("on", "hour", "begins"),
    [
        ("2026-11-01", 1, datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # that hour comes twice
        ("2026-03-08", 2, datetime(2026, 3, 8, 7, tzinfo=UTC)),  # and this one not at all
    ],
)
def test_an_hour_stays_an_hour_in_the_nights_the_clocks_are_changed(login, rep, on, hour, begins):
    rep.timezone = "America/New_York"
    rep.save()
    start = datetime(2026, 10, 28, 1, 30, tzinfo=rep.zone)
    meeting = MeetingFactory(owner=rep, starts_at=start, ends_at=start + timedelta(hours=1))
    task = TaskFactory(owner=rep, due_at=start, remind_at=start - timedelta(hours=3))
    page, data = login(rep), {"day": on, "hour": hour}
    for kind, row in (("meeting", meeting), ("task", task)):
        url = f"/activities/calendar/move/activities/{kind}/{row.pk}/"
        assert page.post(url, data, headers=HTMX).status_code == 204
        row.refresh_from_db()
    assert (meeting.starts_at, meeting.ends_at) == (begins, begins + timedelta(hours=1))
    assert (task.due_at, task.remind_at) == (begins, begins - timedelta(hours=3))


def test_dropping_in_the_row_of_its_hour_keeps_the_minutes(login, rep):
    rep.timezone = "UTC"
    rep.save()
    start = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
    meeting = MeetingFactory(owner=rep, starts_at=start, ends_at=start + timedelta(hours=1))
    url = f"/activities/calendar/move/activities/meeting/{meeting.pk}/"
    login(rep).post(url, {"day": "2026-03-04", "hour": 14}, headers=HTMX)
    meeting.refresh_from_db()
    assert meeting.starts_at == start + timedelta(days=2)


def test_a_meeting_taken_up_on_its_last_day_moves_by_as_many_days(login, rep):
    meeting = MeetingFactory(
        owner=rep, starts_at=None, ends_at=None,
        starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 4),
    )  # fmt: skip
    url = f"/activities/calendar/move/activities/meeting/{meeting.pk}/"
    page = login(rep)
    answer = page.post(url, {"day": "2026-03-05", "from": "2026-03-04"}, headers=HTMX)
    assert answer.status_code == 204
    meeting.refresh_from_db()
    assert (meeting.starts_on, meeting.ends_on) == (date(2026, 3, 3), date(2026, 3, 5))
    for wrong in ({"day": "9999-12-31"}, {"day": "2026-03-05", "from": "soon"}):
        assert page.post(url, wrong, headers=HTMX).status_code == 422


def test_a_meeting_is_drawn_longer_and_shorter(login, rep, teammate, outsider):
    meeting = MeetingFactory(owner=rep, starts_at=MONDAY, ends_at=MONDAY + timedelta(hours=1))
    Invitation.objects.create(meeting=meeting, user=teammate)
    url = f"/activities/calendar/move/activities/meeting/{meeting.pk}/"
    page = login(rep)
    for minutes in (150, 15, 24 * 60):
        meeting.refresh_from_db()
        data = {"minutes": minutes, "version": meeting.version}
        assert page.post(url, data, headers=HTMX).status_code == 204
        meeting.refresh_from_db()
        assert meeting.starts_at == MONDAY
        assert meeting.ends_at == MONDAY + timedelta(minutes=minutes)
    for wrong in (0, -15, 24 * 60 + 1, "long", ""):
        assert page.post(url, {"minutes": wrong}, headers=HTMX).status_code == 422
    assert page.post(url, {"minutes": 30, "version": 1}, headers=HTMX).status_code == 409
    assert login(teammate).post(url, {"minutes": 30}, headers=HTMX).status_code == 403
    assert login(outsider).post(url, {"minutes": 30}, headers=HTMX).status_code == 404
    meeting.refresh_from_db()
    assert meeting.ends_at == MONDAY + timedelta(days=1)


def test_what_has_no_end_or_lasts_whole_days_is_not_drawn(login, rep):
    task = TaskFactory(owner=rep, due_at=MONDAY)
    whole = MeetingFactory(
        owner=rep, starts_at=None, ends_at=None,
        starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 2),
    )  # fmt: skip
    for kind, row in (("task", task), ("meeting", whole)):
        url = f"/activities/calendar/move/activities/{kind}/{row.pk}/"
        assert login(rep).post(url, {"minutes": 30}, headers=HTMX).status_code == 422
    assert "data-may-last" not in login(rep).get("/activities/calendar/").content.decode()


def test_the_hours_reach_to_the_end_of_what_lasts_longest(login, rep):
    rep.timezone = "Asia/Shanghai"
    rep.save()
    night = datetime(2026, 3, 2, 20, 15, tzinfo=rep.zone)
    MeetingFactory(owner=rep, starts_at=night, ends_at=night + timedelta(hours=2, minutes=45))
    TaskFactory(owner=rep, due_at=night.replace(hour=6, minute=0))
    answer = login(rep).get("/activities/calendar/?view=day&on=2026-03-02")
    hours = [row["hour"] for row in answer.context["hours"]]
    assert hours == [None, *range(6, 23)]
    lasting = {e["at"]: e["lasts"] for e in answer.context["days"][0]["entries"]}
    assert lasting == {20 * 60 + 15: 165, 6 * 60: 0}
    over = datetime(2026, 3, 3, 23, tzinfo=rep.zone)
    MeetingFactory(owner=rep, starts_at=over, ends_at=over + timedelta(hours=3))
    answer = login(rep).get("/activities/calendar/?view=day&on=2026-03-03")
    [entry] = answer.context["days"][0]["entries"]
    assert (entry["lasts"], entry["may_last"]) == (60, False)


def test_a_meeting_gets_another_end_by_form(login, rep):
    rep.timezone = "UTC"
    rep.save()
    meeting = MeetingFactory(owner=rep, starts_at=MONDAY, ends_at=MONDAY + timedelta(hours=1))
    url = f"/activities/calendar/move/activities/meeting/{meeting.pk}/"
    times = {"start": "2026-03-02T02:00", "end": "2026-03-02T04:30", "version": meeting.version}
    assert login(rep).post(url, times).status_code == 302
    meeting.refresh_from_db()
    assert meeting.ends_at - meeting.starts_at == timedelta(hours=2, minutes=30)
    # Whoever changes the beginning alone means the same length.
    times = {"start": "2026-03-02T07:00", "end": "2026-03-02T04:30", "version": meeting.version}
    assert login(rep).post(url, times).status_code == 302
    meeting.refresh_from_db()
    assert meeting.ends_at - meeting.starts_at == timedelta(hours=2, minutes=30)
    # Also of one whose end has seconds, which the form does not show.
    Meeting.objects.update(ends_at=MONDAY + timedelta(hours=7, seconds=33))
    times = {"start": "2026-03-02T08:00", "end": "2026-03-02T09:00", "version": 3}
    assert login(rep).post(url, times).status_code == 302
    meeting.refresh_from_db()
    assert meeting.ends_at - meeting.starts_at == timedelta(hours=2, seconds=33)
    times = {"start": "2026-03-02T07:00", "end": "2026-03-02T06:00", "version": meeting.version}
    answer = login(rep).post(url, times)
    assert answer.status_code == 422
    assert "a beginning and a later end" in answer.content.decode()


def test_a_drop_that_is_refused_says_why(login, rep, monkeypatch):
    def refuse(record, **_data):
        raise ValidationError("The room is taken.")

    monkeypatch.setitem(kinds.CALENDAR, Task, replace(kinds.CALENDAR[Task], move=refuse))
    task = TaskFactory(owner=rep, due_at=MONDAY)
    url = f"/activities/calendar/move/activities/task/{task.pk}/"
    answer = login(rep).post(url, {"day": "2026-03-05"}, headers=HTMX)
    assert answer.headers["HX-Retarget"] == "#toasts"
    assert "The room is taken." in answer.content.decode()


def test_dropping_what_somebody_else_has_changed_is_refused(login, rep):
    meeting = MeetingFactory(owner=rep, starts_at=MONDAY)
    services.edit_meeting(meeting, by=rep, version=1, place="Room 2")
    url = f"/activities/calendar/move/activities/meeting/{meeting.pk}/"
    answer = login(rep).post(url, {"day": "2026-03-03", "version": 1}, headers=HTMX)
    assert answer.status_code == 409
    with pytest.raises(StaleVersion):
        services.move_meeting(meeting, by=rep, version=1, start=MONDAY)


def test_an_entry_moves_by_form_too_and_only_for_whom_it_may(login, rep, teammate, outsider):
    whole = MeetingFactory(
        owner=rep, starts_at=None, ends_at=None,
        starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 4),
    )  # fmt: skip
    Invitation.objects.create(meeting=whole, user=teammate)
    url = f"/activities/calendar/move/activities/meeting/{whole.pk}/"
    assert 'type="date"' in login(rep).get(url, headers=HTMX).content.decode()
    answer = login(rep).post(url, {"start": "2026-03-10", "version": whole.version})
    assert answer.status_code == 302
    whole.refresh_from_db()
    assert (whole.starts_on, whole.ends_on) == (date(2026, 3, 10), date(2026, 3, 12))
    assert login(teammate).post(url, {"day": "2026-03-03"}, headers=HTMX).status_code == 403
    assert login(outsider).post(url, {"day": "2026-03-03"}, headers=HTMX).status_code == 404
    assert login(rep).get("/activities/calendar/move/leads/lead/1/").status_code == 404


def test_a_dropped_task_and_demo_move_by_their_own_services(login, rep):
    task = TaskFactory(owner=rep, due_at=MONDAY, remind_at=MONDAY - timedelta(hours=1))
    demo = DemoFactory(opportunity__owner=rep, scheduled_at=MONDAY)
    for kind, row in (("activities/task", task), ("opportunities/demo", demo)):
        url = f"/activities/calendar/move/{kind}/{row.pk}/"
        assert login(rep).post(url, {"day": "2026-03-05"}, headers=HTMX).status_code == 204
        row.refresh_from_db()
        assert row.version == 2
    assert task.due_at == MONDAY + timedelta(days=3)
    assert task.remind_at == task.due_at - timedelta(hours=1)


# --- The feed -----------------------------------------------------------------------------------


def subscribe(rep, login):
    token = services.renew_feed(rep)
    return f"/calendar/{token}.ics"


def events_of(answer):
    found = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    return {str(event["summary"]): event for event in found}


def test_the_feed_needs_no_log_in_and_keeps_uid_while_the_sequence_grows(client, login, rep):
    meeting = MeetingFactory(owner=rep, subject="Kick-off", starts_at=MONDAY)
    MeetingFactory(
        owner=rep, subject="Fair", starts_at=None, ends_at=None,
        starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 3),
    )  # fmt: skip
    url = subscribe(rep, login)
    before = client.get(url)
    assert before.headers["Content-Type"].startswith("text/calendar")
    events = events_of(before)
    assert events["Kick-off"]["dtstart"].to_ical() == b"20260302T020000Z"
    assert b"DTSTART;VALUE=DATE:20260302" in before.content
    assert b"DTEND;VALUE=DATE:20260304" in before.content  # the first day after it
    same = client.get(url, headers={"If-None-Match": before.headers["ETag"]})
    assert same.status_code == 304
    services.move_meeting(meeting, by=rep, start=MONDAY + timedelta(hours=2))
    after = client.get(url, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    moved = events_of(after)["Kick-off"]
    assert moved["uid"] == events["Kick-off"]["uid"]
    assert int(moved["sequence"]) == int(events["Kick-off"]["sequence"]) + 1
    services.MEETING_VERBS["cancel"].run(meeting, by=rep)
    cancelled = events_of(client.get(url))["Kick-off"]
    assert str(cancelled["status"]) == "CANCELLED"
    assert int(cancelled["sequence"]) == 2


def test_a_feed_shows_what_its_person_may_see_until_it_is_revoked(client, login, rep, outsider):
    MeetingFactory(owner=outsider, subject="Secret", starts_at=MONDAY)
    page = login(rep)
    shown = page.post("/activities/calendar/feed/", {"act": "renew"})
    url = shown.context["address"].partition("8000")[2]
    assert client.get(url).status_code == 200
    assert b"Secret" not in client.get(url).content
    assert page.get("/activities/calendar/feed/").context["address"] == ""
    page.post("/activities/calendar/feed/", {"act": "revoke"})
    assert client.get(url).status_code == 404
    url = subscribe(rep, login)
    rep.is_active = False
    rep.save()
    assert client.get(url).status_code == 404


# --- Invitations --------------------------------------------------------------------------------


@pytest.fixture
def plan(rep, teammate, django_capture_on_commit_callbacks):
    def make(**fields):
        fields = {
            "subject": "Kick-off",
            "starts_at": MONDAY + timedelta(days=1),
            "ends_at": MONDAY + timedelta(days=1, hours=1),
            "participants": [teammate],
            "guests": "li@example.com",
            **fields,
        }
        with django_capture_on_commit_callbacks(execute=True):
            return services.create_meeting(by=rep, **fields)

    return make


def calendar_of(mail):
    [(content, kind)] = [(part.content, part.mimetype) for part in mail.alternatives]
    [event] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return kind, event


def test_participants_get_an_invitation_once_and_every_change_with_the_same_uid(
    plan, rep, teammate, mailoutbox, django_capture_on_commit_callbacks
):
    meeting = plan()
    assert {tuple(mail.to) for mail in mailoutbox if mail.alternatives} == {
        (teammate.email,),
        ("li@example.com",),
    }
    kind, first = calendar_of(mailoutbox[-1])
    assert kind == "text/calendar; method=REQUEST"
    assert services.send_waiting_invitations(at=timezone.now()) == 0
    with django_capture_on_commit_callbacks(execute=True):
        services.move_meeting(meeting, by=rep, start=MONDAY + timedelta(days=2))
    _kind, second = calendar_of(mailoutbox[-1])
    assert second["uid"] == first["uid"]
    assert int(second["sequence"]) > int(first["sequence"])
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        services.MEETING_VERBS["cancel"].run(meeting, by=rep)
    sent = [mail for mail in mailoutbox if mail.alternatives]
    assert len(sent) == 2
    kind, event = calendar_of(sent[0])
    assert kind == "text/calendar; method=CANCEL"
    assert str(event["status"]) == "CANCELLED"
    assert "METHOD:CANCEL" in sent[0].alternatives[0].content


def test_who_is_left_out_is_told_once(plan, rep, mailoutbox, django_capture_on_commit_callbacks):
    meeting = plan()
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        services.edit_meeting(meeting, by=rep, guests="")
    assert [mail.to for mail in mailoutbox] == [["li@example.com"]]
    assert calendar_of(mailoutbox[0])[0] == "text/calendar; method=CANCEL"
    assert services.send_waiting_invitations(at=timezone.now()) == 0
    assert [row.user_id is None for row in meeting.invitations.filter(is_removed=False)] == [False]


def test_who_comes_back_is_invited_by_a_newer_mail_than_the_one_that_called_it_off(
    plan, rep, mailoutbox, django_capture_on_commit_callbacks
):
    meeting = plan()
    for minutes, guests in ((5, ""), (10, "li@example.com")):
        with (
            time_machine.travel(MONDAY + timedelta(minutes=minutes), tick=False),
            django_capture_on_commit_callbacks(execute=True),
        ):
            services.edit_meeting(meeting, by=rep, guests=guests)
    to_guest = [calendar_of(mail) for mail in mailoutbox if mail.to == ["li@example.com"]]
    assert [kind.partition("=")[2] for kind, _event in to_guest] == ["REQUEST", "CANCEL", "REQUEST"]
    orders = [(int(event["sequence"]), event["dtstamp"].dt) for _kind, event in to_guest]
    assert orders == sorted(orders)
    assert len(set(orders)) == 3


def test_an_invitation_has_an_organizer_and_says_when_it_is_a_change(
    plan, rep, mailoutbox, django_capture_on_commit_callbacks
):
    rep.email = ""
    rep.save()
    meeting = plan(subject="Kick-off\nBcc: all@example.com")
    _kind, event = calendar_of(mailoutbox[-1])
    assert event["organizer"].startswith("mailto:")
    assert "@" in event["organizer"]
    assert mailoutbox[-1].subject == "Invitation: Kick-off Bcc: all@example.com"
    with django_capture_on_commit_callbacks(execute=True):
        services.move_meeting(meeting, by=rep, start=MONDAY + timedelta(days=2))
    assert mailoutbox[-1].subject == "Changed: Kick-off Bcc: all@example.com"


def test_an_invitation_the_mail_server_refused_is_sent_later(plan, mailoutbox, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            "django.core.mail.EmailMultiAlternatives.send",
            lambda self: (_ for _ in ()).throw(OSError),
        )
        plan()
    assert not [mail for mail in mailoutbox if mail.alternatives]
    assert services.send_waiting_invitations(at=timezone.now()) == 2


def test_a_meeting_is_planned_by_form_about_a_record(login, rep, teammate):
    lead = LeadFactory(owner=rep)
    url = f"/activities/meeting/leads/lead/{lead.pk}/"
    data = {
        "subject": "Visit",
        "starts_on": "2026-03-05",
        "participants": [teammate.pk],
        "guests": "li@example.com\nno address",
    }
    answer = login(rep).post(url, data, headers=HTMX)
    assert answer.status_code == 422
    assert "no address is no mail address" in answer.content.decode()
    data["guests"] = "li@example.com"
    assert login(rep).post(url, data, headers=HTMX).status_code == 200
    meeting = Meeting.objects.get()
    assert (meeting.target, meeting.is_all_day, meeting.ends_on) == (lead, True, date(2026, 3, 5))
    panel = f"/activities/meetings/about/leads/lead/{lead.pk}/"
    assert "Visit" in login(rep).get(panel).content.decode()
    form = {**data, "version": meeting.version, "subject": "Visit them", "ends_on": "2026-03-06"}
    assert login(rep).post(f"{meeting.get_absolute_url()}edit/", form).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.subject, meeting.ends_on) == ("Visit them", date(2026, 3, 6))


def test_the_people_of_a_record_are_offered_as_guests(login, rep):
    lead = LeadFactory(owner=rep, name="Li", email="li@example.com")
    url = f"/activities/meeting/leads/lead/{lead.pk}/"
    assert "Li &lt;li@example.com&gt;" in login(rep).get(url, headers=HTMX).content.decode()
    data = {"subject": "Visit", "starts_on": "2026-03-05", "contacts": ["li@example.com"]}
    assert login(rep).post(url, data, headers=HTMX).status_code == 200
    assert [row.email for row in Meeting.objects.get().invitations.all()] == ["li@example.com"]


def test_a_free_place_of_the_calendar_fills_in_the_form(login, rep):
    page = login(rep)
    url = page.get("/activities/calendar/").context["create_url"]
    form = page.get(f"{url}?starts_at=2026-03-03T14:00&ends_at=2026-03-03T15:00").content.decode()
    assert 'value="2026-03-03T14:00"' in form
    form = page.get(f"{url}?starts_on=2026-03-03").content.decode()
    assert 'value="2026-03-03"' in form
    assert "2026-03-03T09:00" not in form


def test_neither_times_nor_days_is_refused(login, rep):
    page = login(rep)
    answer = page.post("/activities/meetings/new/", {"subject": "x"})
    assert answer.status_code == 422
    answer = page.post(
        "/activities/meetings/new/",
        {"subject": "x", "starts_at": "2026-03-05T10:00", "ends_at": "2026-03-05T09:00"},
    )
    assert answer.status_code == 422


def test_meetings_over_rest(api, rep, teammate):
    data = {
        "subject": "Kick-off",
        "starts_at": "2026-03-05T10:00:00Z",
        "ends_at": "2026-03-05T11:00:00Z",
        "participants": [teammate.pk],
        "guests": "li@example.com",
    }
    made = api(rep).post("/api/v1/meetings/", data, format="json")
    assert made.status_code == 201
    assert len(made.json()["invited"]) == 2
    url = f"/api/v1/meetings/{made.json()['id']}/"
    changed = api(rep).patch(url, {"place": "Room 2", "guests": ""}, format="json")
    assert changed.status_code == 200
    assert len(changed.json()["invited"]) == 1
    assert api(rep).post(f"{url}cancel/").json()["state"] == "cancelled"
