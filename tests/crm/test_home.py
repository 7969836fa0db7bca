"""My day: a card counts what its list and the API show, and its rows are finished in place."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Activity, Task
from crm import home
from crm.models import Event
from crm.urls import router
from performance.management.commands import seed_demo
from tests.factories.activities import MeetingFactory, TaskFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.orders import fulfilling
from tests.performance.test_seed import SMALL
from users.models import User

HTMX = {"HX-Request": "true"}
MOST_QUERIES = 34


def client_of(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="users.backends.RoleBackend")
    return client


def listed(client, url):
    """The keys of all rows of a list, page by page."""
    found = []
    while url:
        context = client.get(url).context
        found += [row["pk"] for row in context["rows"]]
        url = context["next_url"]
    return found


def served(client, url):
    """The keys of all rows over REST, page by page."""
    found, url = [], f"{url}&page_size=7"
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, f"{url}: {answer.content}"
        found += [row["id"] for row in answer.json()["results"]]
        url = answer.json()["next"]
    return found


class TestSampleDays(TestCase):
    @classmethod
    def setUpTestData(cls):
        with patch.multiple(seed_demo, **SMALL):
            call_command("seed_demo", verbosity=0)

    def test_every_card_of_every_role_counts_what_its_list_and_the_api_show(self):
        shown = set()
        for username, _password, _name in seed_demo.Command.LOGINS:
            client = client_of(User.objects.get(username=username))
            cards = client.get("/").context["cards"]
            over_rest = client.get("/api/v1/my-day/").json()
            assert [card["name"] for card in over_rest] == [card["name"] for card in cards]
            for card, twin in zip(cards, over_rest, strict=True):
                with self.subTest(person=username, card=card["name"]):
                    rows = listed(client, card["url"])
                    assert card["count"] == twin["count"] == len(rows)
                    assert served(client, twin["api_url"]) == rows
                    if card["is_later"]:
                        assert not card["items"]
                        card = client.get(f"/day/{card['name']}/").context["card"]
                    assert len(card["items"]) == min(len(rows), home.ROWS)
                    for item in card["items"][:1] + card["items"][-1:]:
                        for act in item["actions"]:
                            if act["has_form"]:
                                assert client.get(act["url"], headers=HTMX).status_code == 200, act
            shown |= {card["name"] for card in cards if card["count"]}
        assert len(shown) >= 20, shown

    def test_every_role_has_a_day_that_fits(self):
        days = {
            "rep1": {"tasks", "new-leads", "deals-to-move", "quotations-expiring"},
            "east": {"approvals", "team-tasks", "team-stale-deals", "pool-soon"},
            "finance": {"receivables-due-today", "payments-to-allocate", "payments-uncleared"},
            "legal": {"contracts-in-review", "contracts-signing", "contracts-ending"},
            "warehouse": {"orders-to-allocate", "shipments-to-pick", "shipments-to-dispatch"},
            "service": {"overdue-cases", "new-cases", "my-cases"},
            "marketing": {"leads-without-owner", "campaigns-running", "campaigns-over-budget"},
            "admin": {"failed-jobs"},
        }
        for username, wanted in days.items():
            cards = client_of(User.objects.get(username=username)).get("/").context["cards"]
            assert wanted <= {card["name"] for card in cards}, username

    def test_a_day_costs_a_query_for_all_counts_and_few_for_each_card_at_once(self):
        for username, _password, _name in seed_demo.Command.LOGINS:
            person = User.objects.get(username=username)
            client = client_of(person)
            client.get("/")
            with CaptureQueriesContext(connection) as queries:
                cards = client.get("/").context["cards"]
            assert sum(bool(card["items"]) for card in cards) <= home.AT_ONCE
            assert len(queries) < MOST_QUERIES, username


def test_every_card_names_a_kind_whose_list_and_api_filter_alike(db):
    over_rest = {viewset.model: viewset for _prefix, viewset, _name in router.registry}
    for card in home._cards.values():
        viewset = over_rest.get(card.pages.model)
        assert viewset is None or viewset.filterset_class is card.pages.filterset, card.name
        assert set(card.query) <= set(card.pages.filterset.base_filters), card.name
        verbs = [action for action in card.actions if not callable(action)]
        assert set(verbs) <= set(card.pages.verbs), card.name


def test_a_card_is_there_for_whoever_has_the_rights_and_for_nobody_else(login, rep, finance):
    assert login(rep).get("/day/new-leads/").status_code == 200
    assert login(finance).get("/day/new-leads/").status_code == 404
    assert login(rep).get("/day/nonsense/").status_code == 404
    assert Client().get("/day/new-leads/").status_code == 302
    assert Client().get("/api/v1/my-day/").status_code == 401


def test_a_manager_sees_the_team_where_a_rep_sees_their_own(login, rep, manager, outsider):
    past = timezone.localdate() - timedelta(days=1)
    OpportunityFactory(owner=rep, name="Forgotten", expected_close_on=past)
    OpportunityFactory(owner=outsider, expected_close_on=past)

    def texts(person, name):
        cards = login(person).get("/").context["cards"]
        return [i["text"] for c in cards if c["name"] == name for i in c["items"]]

    assert texts(rep, "deals-to-move") == ["Forgotten"]
    assert texts(manager, "team-slipped-deals") == ["Forgotten"]
    assert texts(manager, "deals-to-move") == texts(rep, "team-slipped-deals") == []


def in_days(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_a_task_is_done_and_the_next_step_planned_in_one_go(login, rep):
    lead = LeadFactory(owner=rep)
    task = TaskFactory(owner=rep, target=lead, due_at=timezone.now() - timedelta(hours=2))
    page = login(rep)
    data = {"result": "Reached her", "next_subject": "Send the offer", "next_on": in_days(3)}
    assert page.post(f"{task.get_absolute_url()}finish/", data, headers=HTMX).status_code == 200
    task.refresh_from_db()
    assert (task.state, task.result) == ("done", "Reached her")
    following = Task.objects.get(state="open")
    assert (following.subject, following.target, following.owner) == ("Send the offer", lead, rep)
    due = timezone.localtime(following.due_at)
    assert (due.date(), due.hour) == (timezone.localdate() + timedelta(days=3), 9)
    names = set(Event.objects.about(lead).values_list("name", flat=True))
    assert {"task.finished", "task.planned"} <= names
    card = page.get("/day/tasks/").content.decode()
    assert "Nothing is due today." in card


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"next_on": "2099-01-01"}, "next_subject"),
        ({"next_subject": "Call again", "next_on": "2020-01-01"}, "next_on"),
        ({"next_subject": "Call again", "next_on": "soon"}, "next_on"),
    ],
)
def test_half_a_next_step_is_asked_for_and_nothing_is_done(login, rep, data, wrong):
    task = TaskFactory(owner=rep, due_at=timezone.now())
    answer = login(rep).post(f"{task.get_absolute_url()}finish/", data, headers=HTMX)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert Task.objects.get().state == "open"


def test_the_next_step_of_somebody_who_has_left_is_ones_own(login, manager, teammate):
    task = TaskFactory(owner=teammate, due_at=timezone.now())
    teammate.is_active = False
    teammate.save()
    data = {"next_subject": "Take over", "next_on": in_days(1)}
    answer = login(manager).post(f"{task.get_absolute_url()}finish/", data, headers=HTMX)
    assert answer.status_code == 200
    assert Task.objects.get(state="open").owner == manager


def test_the_next_step_comes_over_rest_too(api, rep):
    task = TaskFactory(owner=rep, due_at=timezone.now())
    data = {"next_subject": "Visit", "next_on": "2031-05-01"}
    answer = api(rep).post(f"/api/v1/tasks/{task.pk}/finish/", data, format="json")
    assert answer.status_code == 200
    assert timezone.localdate(Task.objects.get(subject="Visit").due_at).isoformat() == "2031-05-01"


def test_a_call_is_logged_from_the_row_of_a_lead(login, rep):
    lead = LeadFactory(owner=rep)
    page = login(rep)
    [item] = next(c for c in page.get("/").context["cards"] if c["name"] == "new-leads")["items"]
    assert [action["name"] for action in item["actions"]] == ["start_work", "log"]
    url = item["actions"][1]["url"]
    assert page.get(url, headers=HTMX).context["form"].initial["kind"] == "call"
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    data = {"kind": "call", "subject": "Nobody there", "happened_at": now}
    assert page.post(url, data, headers=HTMX).status_code == 200
    assert Activity.objects.get().target == lead


def test_a_row_offers_no_verb_that_does_not_begin_there(login, service, manager):
    from tests.factories.aftersales import CaseFactory

    CaseFactory(owner=service)
    cards = {card["name"]: card for card in login(service).get("/").context["cards"]}
    [item] = cards["my-cases"]["items"]
    assert [action["name"] for action in item["actions"]] == ["start"]


def test_whoever_has_done_everything_is_told_so_and_how_to_go_on(login, rep, finance, outsider):
    LeadFactory(owner=outsider)
    page = login(rep).get("/")
    assert not page.context["busy"]
    text = page.content.decode()
    assert "Everything is done" in text
    assert "Claim a lead from the pool" in text
    assert "Claim a lead from the pool" not in login(finance).get("/").content.decode()


def test_a_card_of_many_rows_counts_them_all_and_shows_the_first(login, rep):
    LeadFactory.create_batch(home.ROWS + 3, owner=rep)
    page = login(rep)
    card = next(c for c in page.get("/").context["cards"] if c["name"] == "new-leads")
    assert (card["count"], len(card["items"])) == (home.ROWS + 3, home.ROWS)
    assert listed(page, card["url"])[: home.ROWS] == [
        int(item["url"].rstrip("/").rpartition("/")[2]) for item in card["items"]
    ]


STAY = HTMX | {"X-Stay": "1"}


def test_the_day_is_read_anew_in_one_go_with_what_has_become_work_elsewhere(login, rep):
    lead = LeadFactory(owner=rep)
    page = login(rep)
    assert 'id="day-tasks"' not in page.get("/").content.decode()
    TaskFactory(owner=rep, target=lead, due_at=timezone.now())
    assert login(rep).post(f"/leads/{lead.pk}/start_work/", headers=HTMX).status_code == 200
    answer = page.get("/day/?shown=new-leads&shown=nonsense", headers=HTMX)
    assert [card["name"] for card in answer.context["busy"]] == ["tasks", "new-leads"]
    text = answer.content.decode()
    assert text.lstrip().startswith('<div id="day"')
    assert "No new leads." in text
    assert 'id="waiting"' in text
    assert page.get("/day/").status_code == 302


def test_the_day_is_over_when_no_card_has_a_row(login, rep, outsider):
    LeadFactory(owner=outsider)
    answer = login(rep).get("/day/?shown=new-leads", headers=HTMX)
    assert not answer.context["busy"]
    assert "Everything is done" in answer.content.decode()


def test_whoever_works_through_rows_stays_with_them_whatever_comes_of_one(login, warehouse):
    order = fulfilling()
    page, url = login(warehouse), f"/orders/{order.pk}/plan_shipment/"
    form = page.get(url, headers=HTMX).context["form"]
    data = {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}
    data = {name: value for name, value in data.items() if value is not None}
    answer = page.post(url, data, headers=STAY)
    made = order.shipments.get()
    assert (answer["HX-Retarget"], answer["HX-Trigger"]) == ("#toasts", "dialog:close")
    assert "HX-Redirect" not in answer
    assert f'href="{made.get_absolute_url()}"' in answer.content.decode()


def test_the_meetings_still_ahead_today_are_there_with_those_one_is_invited_to(
    login, rep, manager, outsider
):
    now = timezone.now()
    lead = LeadFactory(owner=rep)
    mine = MeetingFactory(owner=rep, starts_at=now, target=lead, place="Room 2")
    invited = MeetingFactory(owner=manager, starts_at=now)
    invited.invitations.create(user=rep)
    today = timezone.localdate()
    MeetingFactory(owner=rep, starts_at=None, ends_at=None, starts_on=today, ends_on=today)
    MeetingFactory(owner=rep, starts_at=now - timedelta(hours=2))
    MeetingFactory(owner=rep, starts_at=now + timedelta(days=2))
    MeetingFactory(owner=outsider, starts_at=now)
    page = login(rep)
    [card] = [c for c in page.get("/").context["cards"] if c["name"] == "meetings-today"]
    assert card["count"] == 3
    assert {mine.pk, invited.pk} < set(listed(page, card["url"]))
    [item] = [item for item in card["items"] if item["text"] == f"{mine.subject} · {lead}"]
    assert item["meta"].endswith(" · Room 2")
    [log] = item["actions"]
    asked = page.get(log["url"], headers=HTMX)
    assert asked.context["form"].initial["kind"] == "meeting"
