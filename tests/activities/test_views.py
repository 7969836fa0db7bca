from datetime import timedelta

from django.utils import timezone

from activities.models import Activity, Task
from tests.factories.activities import ActivityFactory, TaskFactory
from tests.factories.leads import LeadFactory

HTMX = {"HX-Request": "true"}
REST = ("activities", "tasks")


def test_a_call_is_logged_in_a_dialog_on_the_record_and_starts_the_work(login, rep):
    lead = LeadFactory(owner=rep)
    page = login(rep)
    url = f"/activities/log/leads/lead/{lead.pk}/"
    dialog = page.get(f"{url}?kind=chat", headers=HTMX).content.decode()
    assert '<option value="chat" selected' in dialog
    data = {"kind": "chat", "subject": "Sent the catalogue", "happened_at": "2026-01-05T10:00"}
    answer = page.post(url, data, headers=HTMX)
    assert answer.status_code == 200
    assert answer.headers["HX-Retarget"] == "#record"
    activity = Activity.objects.get()
    assert (activity.kind, activity.target, activity.owner) == ("chat", lead, rep)
    timeline = page.get(f"/about/leads/lead/{lead.pk}/timeline/", headers=HTMX).content.decode()
    assert "Sent the catalogue" in timeline
    lead.refresh_from_db()
    assert lead.state == "working"


def test_a_call_without_a_word_is_logged_as_a_call(login, rep):
    lead = LeadFactory(owner=rep)
    url = f"/activities/log/leads/lead/{lead.pk}/"
    form = login(rep).get(f"{url}?kind=call", headers=HTMX).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    assert login(rep).post(url, data, headers=HTMX).status_code == 200
    assert str(Activity.objects.get()) == "Call"


def test_an_empty_log_is_refused_beside_the_field(login, rep):
    lead = LeadFactory(owner=rep)
    answer = login(rep).post(f"/activities/log/leads/lead/{lead.pk}/", {"subject": "x"})
    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()


def test_nothing_is_logged_or_planned_on_a_record_one_cannot_see(login, rep, outsider):
    lead = LeadFactory(owner=outsider)
    page = login(rep)
    data = {"kind": "call", "subject": "x", "happened_at": "2026-01-05T10:00"}
    for what in ("log", "task", "panel"):
        url = f"/activities/{what}/leads/lead/{lead.pk}/"
        assert page.get(url).status_code == 404
        assert page.post(url, data).status_code in (404, 405) or what == "panel"
    assert page.get("/activities/log/nothing/such/1/").status_code == 404
    assert page.get("/activities/log/crm/event/1/").status_code == 404
    assert not Activity.objects.exists()


def test_a_follow_up_planned_on_a_record_stands_on_its_page(login, rep, manager):
    lead = LeadFactory(owner=rep)
    page = login(rep)
    due = timezone.localtime() + timedelta(days=1)
    data = {
        "subject": "Send samples",
        "owner": rep.pk,
        "due_at": due.strftime("%Y-%m-%dT%H:%M"),
        "priority": "high",
    }
    answer = page.post(f"/activities/task/leads/lead/{lead.pk}/", data)
    assert answer.headers["Location"] == lead.get_absolute_url()
    assert Task.objects.get().target == lead
    panels = [panel.get("url") for panel in page.get(lead.get_absolute_url()).context["tabs"]]
    assert f"/activities/panel/leads/lead/{lead.pk}/" in panels
    for person in (rep, manager):
        panel = login(person).get(f"/activities/panel/leads/lead/{lead.pk}/").content.decode()
        assert "Send samples" in panel
        assert f"/activities/tasks/{Task.objects.get().pk}/" in panel


def test_the_panel_shows_tasks_of_others_without_a_link_one_could_not_follow(login, rep, outsider):
    lead = LeadFactory(owner=rep)
    task = TaskFactory(owner=outsider, target=lead, subject="Check the drawing")
    panel = login(rep).get(f"/activities/panel/leads/lead/{lead.pk}/").content.decode()
    assert "Check the drawing" in panel
    assert task.get_absolute_url() not in panel


def test_my_day_holds_overdue_and_todays_tasks_and_finishes_them_in_place(login, rep, teammate):
    now = timezone.now()
    late = TaskFactory(owner=rep, due_at=now - timedelta(days=1))
    TaskFactory(owner=rep, due_at=now + timedelta(days=2))
    TaskFactory(owner=teammate, due_at=now - timedelta(days=1))
    page = login(rep)

    def card():
        cards = page.get("/").context["cards"]
        return next(c for c in cards if c["label"] == "Overdue and today's follow-ups")

    found = card()
    assert found["count"] == len(found["items"]) == 1
    assert len(page.get(found["url"]).context["rows"]) == 1
    url = found["items"][0]["actions"][0]["url"]
    assert url in page.get("/").content.decode()
    page.post(url, {"result": "Reached"}, headers=HTMX)
    late.refresh_from_db()
    assert (late.state, late.result) == ("done", "Reached")
    assert card()["count"] == 0


def test_the_list_filters_mine_overdue_and_today(login, manager, rep):
    now = timezone.localtime()
    TaskFactory(owner=rep, subject="Late", due_at=now - timedelta(days=1))
    TaskFactory(owner=manager, subject="Mine", due_at=now + timedelta(days=3))
    TaskFactory(owner=manager, subject="Far", due_at=now + timedelta(days=30))
    page = login(manager)

    def subjects(query):
        rows = page.get(f"/activities/tasks/?{query}").context["rows"]
        return {row["cells"][0].text for row in rows}

    assert subjects("") == {"Late", "Mine", "Far"}
    assert subjects("mine=true") == {"Mine", "Far"}
    assert subjects("due=overdue") == {"Late"}
    assert subjects("due=today") == {"Late"}
    assert subjects("due=week") == {"Late", "Mine"}
    assert subjects("due=later") == {"Far"}
    assert subjects("q=far") == {"Far"}


def test_only_open_tasks_are_edited(login, rep):
    task = TaskFactory(owner=rep, state="done")
    assert login(rep).get(f"/activities/tasks/{task.pk}/edit/").status_code == 409


def test_lists_cost_the_same_queries_for_one_row_as_for_thirty(
    login, rep, django_assert_max_num_queries
):
    page = login(rep)
    lead = LeadFactory(owner=rep)
    TaskFactory.create_batch(30, owner=rep, target=lead)
    ActivityFactory.create_batch(30, owner=rep, target=lead)
    for url in ("/activities/tasks/", "/activities/"):
        page.get(url)
        with django_assert_max_num_queries(12):
            answer = page.get(url)
        assert answer.content.count(b"<tr data-href") == 30


def test_what_an_activity_is_about_is_not_told_to_those_who_may_no_longer_see_it(
    login, api, rep, outsider
):
    lead = LeadFactory(owner=rep, company="Quietwater")
    ActivityFactory(owner=rep, target=lead)
    TaskFactory(owner=rep, target=lead, due_at=timezone.now())
    addresses = ("/activities/", "/activities/tasks/", "/")

    def told():
        pages = [login(rep).get(url).content.decode() for url in addresses]
        pages += [api(rep).get(f"/api/v1/{kind}/").content.decode() for kind in REST]
        return [str(lead) in page for page in pages]

    assert told() == [True] * 5
    lead.owner = outsider
    lead.save()
    assert told() == [False] * 5
