"""Every list: columns, conditions, groups, saved views, verbs on many rows, exports."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils.text import capfirst

from accounts.models import Account
from crm.lists.attributes import attributes
from crm.models import Event, SavedView, Work
from crm.pages import Pages
from leads.models import Lead
from opportunities.filters import OpportunityFilter
from opportunities.models import Opportunity
from orders.models import Order
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import DemoFactory, OpportunityFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def names(page, url, **data):
    """What the first column of a list says."""
    answer = page.get(url, data)
    assert answer.status_code == 200
    return sorted(row["cells"][0].text for row in answer.context["rows"])


@pytest.fixture
def deals(rep):
    far = AccountFactory(owner=rep, name="Far Pumps", region="Guangdong")
    near = AccountFactory(owner=rep, name="Near Valves", region="Jiangsu")
    for name, account, amount in (("a", far, 100), ("b", far, 5000), ("c", near, 200)):
        OpportunityFactory(owner=rep, account=account, name=name, amount=Decimal(amount))


DEALS = "/opportunities/"


# --- Conditions -------------------------------------------------------------------------------------


def test_conditions_of_one_group_must_all_hold_and_those_of_any_group_may(login, rep, deals):
    page = login(rep)
    rich = {"w1": "amount", "w1o": "gte", "w1v": "150"}
    far = {"w2": "account__region", "w2o": "contains", "w2v": "guang"}
    assert names(page, DEALS, **rich) == ["b", "c"]
    assert names(page, DEALS, **rich, **far) == ["b"]
    assert names(page, DEALS, **rich, **far, w2j="or") == ["a", "b", "c"]
    assert names(page, DEALS, **far, w3="amount", w3o="lt", w3v="150", w3j="or") == ["a", "b"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (("name", "is", "A"), ["a"]),
        (("name", "not", "a"), ["b", "c"]),
        (("account__name", "starts", "near"), None),
        (("amount", "eq", "5,000"), ["b"]),
        (("amount", "ne", "5000"), ["a", "c"]),
        (("created_at", "past", "3"), ["a", "b", "c"]),
        (("created_at", "until", "2020-01-01"), []),
        (("created_at", "month", ""), ["a", "b", "c"]),
        (("expected_close_on", "filled", ""), None),
        (("state", "in", "needs"), ["a", "b", "c"]),
        (("state", "notin", "needs"), []),
        (("campaign", "empty", ""), None),
    ],
)
def test_each_kind_of_field_has_its_comparisons(login, rep, deals, condition, found):
    path, operator, value = condition
    answer = login(rep).get(DEALS, {"w1": path, "w1o": operator, "w1v": value})
    assert answer.status_code == 200
    if found is not None and not answer.context["wrong"]:
        assert sorted(row["cells"][0].text for row in answer.context["rows"]) == found


def test_few_and_many_that_fit_are_paged_and_counted_the_same(monkeypatch, login, rep, deals):
    page, rich = login(rep), {"w1": "amount", "w1o": "gte", "w1v": "150", "o": "-amount"}
    for few in (200, 1):
        monkeypatch.setattr("crm.lists.pages.FEW", few)
        answer = page.get(DEALS, rich)
        assert [row["cells"][0].text for row in answer.context["rows"]] == ["b", "c"]
        assert answer.context["count_label"] == "2"
        assert [total["value"] for total in answer.context["totals"]] == ["¥5,200.00"]


@pytest.mark.parametrize(
    ("path", "operator", "value"),
    [
        ("account__credit_limit", "gte", "0"),
        ("owner__password", "starts", "a"),
        ("amount", "contains", "1"),
        ("amount", "eq", "many"),
        ("created_at", "on", "yesterday"),
        ("account", "in", "x"),
        ("account", "in", "99999999999999999999"),
        ("created_at", "past", "999999999999"),
        ("version", "eq", "1"),
    ],
)
def test_what_cannot_be_understood_or_may_not_be_asked_shows_nothing_and_says_so(
    login, api, rep, deals, path, operator, value
):
    asked = {"w1": path, "w1o": operator, "w1v": value}
    answer = login(rep).get(DEALS, asked)
    assert (answer.status_code, answer.context["rows"]) == (200, [])
    assert "cannot be understood" in answer.content.decode()
    problem = api(rep).get("/api/v1/opportunities/", asked)
    assert problem.status_code == 400


def test_the_rows_of_a_filter_are_none_when_it_is_wrong_whoever_reads_them(rep, deals, rf):
    request = rf.get(DEALS)
    request.user = rep
    rows = Opportunity.objects.visible_to(rep)
    for wrong in ("w1=nonsense&w1o=is&w1v=1", "expected_close_on_after=soon"):
        assert not OpportunityFilter(QueryDict(wrong), rows, request=request).qs
    assert len(OpportunityFilter(QueryDict("w1=name&w1o=is&w1v=a"), rows, request=request).qs) == 1


def test_the_api_reads_the_same_conditions(api, rep, deals):
    answer = api(rep).get(
        "/api/v1/opportunities/", {"w1": "account__region", "w1o": "is", "w1v": "Jiangsu"}
    )
    assert [row["name"] for row in answer.json()["results"]] == ["c"]


def test_the_fields_of_the_filters_come_when_they_are_opened_or_filled_in(login, rep, deals):
    page, state = login(rep), 'name="state"'
    for url in ("/opportunities/", "/opportunities/?q=a", "/opportunities/board/"):
        answer = page.get(url)
        assert state not in answer.content.decode()
    headers = {"HX-Request": "true", "HX-Target": "filter-fields"}
    opened = page.get("/opportunities/", headers=headers).content.decode()
    assert state in opened
    assert 'name="w1"' in opened
    assert "<table" not in opened
    # Without scripts they are a link away, and what is filled in is always seen.
    for query in ("filters=1", "owner=1", "w1=name"):
        assert state in page.get(f"/opportunities/?{query}").content.decode()
    assert "filters=1" not in page.get("/opportunities/?filters=1").context["query"]


def test_what_is_masked_or_secret_cannot_be_filtered_by(login, rep, manager):
    def fields(url):
        [condition] = login(rep).get(f"{url}?filters=1").context["conditions"]
        return dict(condition["path"].field.choices)

    assert {"region", "owner__team"} <= fields("/leads/").keys()
    assert "cost" not in fields("/products/")
    assert "margin" not in fields("/opportunities/quotations/")
    product = {"w1": "cost", "w1o": "gt", "w1v": "1"}
    assert login(rep).get("/products/", product).context["rows"] == []


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("contains", "0000"),
        ("is", "13800001234"),
        ("starts", "138"),
        ("not", "139"),
        ("filled", ""),
    ],
)
def test_what_is_masked_in_the_pool_is_compared_with_what_has_an_owner_only(
    login, api, rep, manager, operator, value
):
    LeadFactory(owner=None, name="Pooled", phone="13800001234")
    LeadFactory(owner=rep, name="Owned", phone="13800001234")
    asked = {"w1": "phone", "w1o": operator, "w1v": value, "o": "name"}
    for person in (rep, manager):
        expected = ["Owned", "Pooled"] if operator == "filled" else ["Owned"]
        assert names(login(person), "/leads/", **asked) == expected
        answer = api(person).get("/api/v1/leads/", asked).json()["results"]
        assert sorted(row["name"] for row in answer) == expected
    either = {**asked, "w2": "name", "w2o": "is", "w2v": "nobody", "w2j": "or"}
    assert names(login(rep), "/leads/", **either) == expected
    columns = login(rep).get("/leads/", {"col": ["phone", "name"]}).context["columns"]
    assert [column["name"] for column in columns] == ["name"]


def test_a_chosen_field_brings_its_comparisons_and_values(login, rep):
    page = login(rep)
    fragment = page.get(DEALS, {"condition": "1", "w1": "state"}, headers=HTMX).content.decode()
    assert 'name="w1o"' in fragment
    assert '<option value="won"' in fragment
    blank = page.get(DEALS, {"condition": "new", "w1": "state"}, headers=HTMX).content.decode()
    assert 'name="w2"' in blank
    assert page.get(DEALS, {"condition": "x"}).status_code == 404


# --- Columns and groups -------------------------------------------------------------------------------


def test_columns_are_chosen_and_ordered_in_the_address(login, rep, deals):
    answer = login(rep).get(DEALS, {"col": ["amount", "account__region", "nonsense", "name"]})
    assert [c["name"] for c in answer.context["columns"]] == ["amount", "account__region", "name"]
    assert "Guangdong" in answer.content.decode()


def test_columns_are_as_wide_as_the_address_says_within_reason(login, rep, deals):
    page = login(rep)
    said = {"width_name": "240", "width_amount": "7", "width_account": "99999", "width_state": "-1"}
    context = page.get(DEALS, {**said, "width_owner": "１２０", "width_nonsense": "90"}).context
    widths = {c["name"]: c["width"] for c in context["columns"]}
    assert (widths["name"], widths["amount"], widths["owner"]) == (240, 48, "")
    assert (widths["account"], widths["state"]) == ("", "")
    assert not context["narrowed"]
    assert all("width_name=240" in c["sort_url"] for c in context["columns"] if c["sort_url"])
    groups = page.get(f"{DEALS}?group=account&width_name=240").context["groups"]
    assert 'data-width="240"' in page.get(groups[0]["rows_url"], headers=HTMX).content.decode()


def test_links_are_ordered_by_the_names_that_they_show(login, rep, deals):
    page = login(rep)
    for order, found in (("account__name", "Far Pumps"), ("-account__name", "Near Valves")):
        context = page.get(DEALS, {"o": order, "col": ["account", "owner"]}).context
        assert context["rows"][0]["cells"][0].text == found
        assert context["columns"][0]["sorted"]
    assert [c["sort_url"] != "" for c in context["columns"]] == [True, True]


def test_what_belongs_to_something_is_found_by_what_that_belongs_to(login, rep, teammate, deals):
    near = Account.objects.get(name="Near Valves")
    Account.objects.filter(pk=near.pk).update(owner=teammate)
    ContactFactory(account=near, name="Near One")
    ContactFactory(account=Account.objects.get(name="Far Pumps"), name="Far One")
    page = login(rep)
    mine = {"w1": "account__owner", "w1o": "in", "w1v": rep.pk}
    found = names(page, "/accounts/contacts/", **mine)
    assert ("Far One" in found, "Near One" in found) == (True, False)
    team = {"w1": "account__owner__team", "w1o": "notin", "w1v": rep.team_id}
    assert "Far One" not in names(page, "/accounts/contacts/", **team)
    demo = DemoFactory(opportunity=Opportunity.objects.get(name="a"), subject="Show")
    far = {"w1": "opportunity__account__region", "w1o": "is", "w1v": "Guangdong"}
    assert names(page, "/opportunities/demos/", **far) == [demo.subject]
    # What a record points to itself is not offered a second time.
    assert "contract__account" not in attributes(Pages.registry[Order], rep)


def test_groups_have_their_number_and_sums_and_open_to_their_rows(login, rep, deals):
    page = login(rep)
    answer = page.get(DEALS, {"group": "account"})
    found = {g["label"]: (g["n"], g["sums"]) for g in answer.context["groups"]}
    assert found == {"Far Pumps": (2, ["¥5,100.00"]), "Near Valves": (1, ["¥200.00"])}
    far = next(g for g in answer.context["groups"] if g["label"] == "Far Pumps")
    rows = page.get(far["rows_url"], headers=HTMX).context["rows"]
    assert sorted(row["cells"][0].text for row in rows) == ["a", "b"]
    assert names(page, far["url"]) == ["a", "b"]


def test_groups_stand_in_the_order_of_the_process_or_of_names(login, rep):
    for name, phase in (("Zoo", "won"), ("Bay", "needs"), ("Ask", "quotation"), ("Mud", "lost")):
        account = AccountFactory(name=name, owner=rep)
        OpportunityFactory(owner=rep, account=account, state=phase)
    page = login(rep)

    def labels(group):
        return [g["label"] for g in page.get(DEALS, {"group": group}).context["groups"]]

    words = dict(Opportunity.state_field().flatchoices)
    phases = ("needs", "quotation", "won", "lost")
    assert labels("state") == [capfirst(str(words[phase])) for phase in phases]
    assert labels("account") == ["Ask", "Bay", "Mud", "Zoo"]


def opened(page, url, **asked):
    """{label: (number, names of the rows that it opens to)} of the groups of a list."""
    found = {}
    for group in page.get(url, asked).context["groups"]:
        rows = page.get(group["rows_url"], headers=HTMX).context["rows"]
        found[group["label"]] = (group["n"], sorted(row["cells"][0].text for row in rows))
    return found


def test_groups_of_a_text_open_to_their_rows_and_those_without_are_one_group(login, rep, deals):
    lower = AccountFactory(owner=rep, region="jiangsu")
    OpportunityFactory(owner=rep, account=lower, name="d")
    AccountFactory(owner=rep, parent=AccountFactory(owner=rep, region=""), region="", name="e")
    page = login(rep)
    assert opened(page, DEALS, group="account__region") == {
        "Guangdong": (2, ["a", "b"]),
        "Jiangsu": (1, ["c"]),
        "jiangsu": (1, ["d"]),
    }
    # Without a parent, and with one that has no region.
    groups = page.get("/accounts/", {"group": "parent__region"}).context["groups"]
    assert [(group["label"], group["n"]) for group in groups] == [("", Account.objects.count())]


def test_groups_of_days_and_moments_are_the_months_of_ones_own_calendar(login, rep, deals):
    rep.timezone = "Asia/Shanghai"
    rep.save()
    days = {"a": date(2026, 11, 1), "b": date(2026, 12, 31), "c": date(2026, 11, 30)}
    for name, day in days.items():
        Opportunity.objects.filter(name=name).update(expected_close_on=day)
    night = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)  # a minute to midnight in Shanghai
    Opportunity.objects.update(created_at=night)
    Opportunity.objects.filter(name="c").update(created_at=night + timedelta(minutes=1))
    OpportunityFactory(owner=rep, account__owner=rep, name="d", expected_close_on=None)
    Opportunity.objects.filter(name="d").update(created_at=night)
    page = login(rep)
    assert opened(page, DEALS, group="expected_close_on") == {
        "November 2026": (2, ["a", "c"]),
        "December 2026": (1, ["b"]),
        "": (1, ["d"]),
    }
    assert opened(page, DEALS, group="created_at") == {
        "November 2026": (3, ["a", "b", "d"]),
        "December 2026": (1, ["c"]),
    }
    month = {"w1": "created_at", "w1o": "within"}
    assert names(page, DEALS, **month, w1v="2026-12") == ["c"]
    for wrong in ("2026", "2026-13", "soon", "9999-12", "-"):
        assert page.get(DEALS, {**month, "w1v": wrong}).context["wrong"]


def test_a_group_holds_what_its_list_has_of_it_whichever_conditions_it_has(login, rep, deals):
    either = {"w1": "amount", "w1o": "lt", "w1v": "150", "w2j": "or"}
    either |= {"w2": "amount", "w2o": "gt", "w2v": "1000"}
    assert opened(login(rep), DEALS, group="account", **either) == {"Far Pumps": (2, ["a", "b"])}
    either["w2o"], either["w2v"] = "eq", "200"
    assert opened(login(rep), DEALS, group="account", **either) == {
        "Far Pumps": (1, ["a"]),
        "Near Valves": (1, ["c"]),
    }


def test_what_a_group_has_in_common_is_a_condition_that_is_seen_and_removed(login, rep, deals):
    page = login(rep)
    far, _near = page.get(DEALS, {"group": "account__region"}).context["groups"]
    shown = page.get(far["url"])
    condition = shown.context["conditions"][-1]
    assert (condition["path"].initial, condition["v"].initial) == ("account__region", "Guangdong")
    assert "j" not in condition
    assert "data-remove-condition" in shown.content.decode()


def test_groups_of_two_currencies_are_whole_where_not_all_are_shown(login, rep, deals, monkeypatch):
    account = Account.objects.get(name="Far Pumps")
    OpportunityFactory(owner=rep, account=account, amount=Decimal(7), currency_id="USD")
    monkeypatch.setattr("crm.lists.groups.MOST", 1)
    context = login(rep).get(DEALS, {"group": "account"}).context
    assert context["more_groups"]
    assert [(g["n"], g["sums"]) for g in context["groups"]] == [(3, ["¥5,100.00", "$7.00"])]


def test_only_what_narrows_counts_as_a_filter_and_clearing_keeps_the_looks(login, rep, deals):
    page = login(rep)
    for idle in ("utm_source=x", "w1=amount", "w1=amount&w1o=gte&w1v=", "owner="):
        context = page.get(f"{DEALS}?{idle}").context
        assert (context["narrowed"], context["active_filters"]) == (False, 0)
    for narrow in ("q=a", "closed_on_after=2026-01-01", "w1=amount&w1o=gte&w1v=1"):
        assert page.get(f"{DEALS}?{narrow}").context["narrowed"]
    looks = "o=amount&col=name&col=amount&group=account&width_name=240"
    context = page.get(f"{DEALS}?q=a&{looks}&cursor=x&view=7").context
    assert context["clear_url"] == f"{DEALS}?{looks}"


# --- Saved views --------------------------------------------------------------------------------------


def test_a_view_is_private_until_somebody_with_the_right_shares_it(login, rep, teammate, manager):
    login(rep).post("/leads/views/", {"name": "Mine", "query": "mine=true", "pin": "1"})
    view = SavedView.objects.get()
    page = login(rep).get(view.get_absolute_url()).content.decode()
    assert "Mine" in page
    assert "Mine" not in [v.name for v in login(teammate).get("/leads/").context["views"]]
    refused = login(rep).post("/leads/views/", {"name": "x", "query": "", "is_shared": "1"})
    assert refused.status_code == 403
    login(manager).post("/leads/views/", {"name": "Hot", "query": "state=new", "is_shared": "1"})
    assert [v.name for v in login(teammate).get("/leads/").context["views"]] == ["Hot"]
    hot = SavedView.objects.get(name="Hot")
    assert login(teammate).post(f"/leads/views/{hot.pk}/", {"act": "delete"}).status_code == 403
    assert login(teammate).post(f"/leads/views/{view.pk}/", {"act": "pin"}).status_code == 404
    login(teammate).post(f"/leads/views/{hot.pk}/", {"act": "pin"})
    assert hot.pinned_by.get() == teammate
    login(manager).post(f"/leads/views/{hot.pk}/", {"act": "delete"})
    assert not SavedView.objects.filter(name="Hot").exists()


def test_the_same_name_replaces_the_view_and_an_empty_one_is_refused(login, rep):
    page = login(rep)
    for query in ("state=new", "state=working"):
        page.post("/leads/views/", {"name": "V", "query": query})
    assert SavedView.objects.get().query == "state=working"
    assert page.post("/leads/views/", {"name": " ", "query": ""}).status_code == 422


def test_a_view_is_changed_renamed_and_shared_by_whoever_made_it(login, rep, teammate, manager):
    page = login(manager)
    for name in ("Hot", "Cold"):
        page.post("/leads/views/", {"name": name, "query": "state=new", "is_shared": "1"})
    view = SavedView.objects.get(name="Hot")
    url = f"/leads/views/{view.pk}/"
    shown = page.get(view.get_absolute_url())
    assert shown.context["own_view"] == view
    assert "view=" not in shown.context["query"]
    page.post(url, {"act": "save", "query": "state=working&group=owner"})
    page.post(url, {"act": "edit", "name": " Warm "})
    view.refresh_from_db()
    facts = (view.query, view.name, view.is_shared)
    assert facts == ("state=working&group=owner", "Warm", False)
    for name in ("Cold", " "):
        assert page.post(url, {"act": "edit", "name": name}).status_code == 422
    page.post(url, {"act": "edit", "name": "Warm", "is_shared": "1"})
    other = login(teammate)
    assert other.get(view.get_absolute_url()).context["own_view"] is None
    for data in ({"act": "save", "query": ""}, {"act": "edit", "name": "Mine"}):
        assert other.post(url, data).status_code == 403
    login(rep).post("/leads/views/", {"name": "Own", "query": ""})
    own = SavedView.objects.get(name="Own")
    share = {"act": "edit", "name": "Own", "is_shared": "1"}
    assert login(rep).post(f"/leads/views/{own.pk}/", share).status_code == 403
    assert other.post(f"/leads/views/{own.pk}/", share).status_code == 404
    own.refresh_from_db()
    view.refresh_from_db()
    assert (own.is_shared, view.name, view.query) == (False, "Warm", "state=working&group=owner")


# --- Verbs on many ------------------------------------------------------------------------------------


def run_bulk(page, capture, **data):
    with capture(execute=True):
        answer = page.post("/leads/bulk/", data)
    assert answer.status_code == 302, answer.content.decode()
    return Work.objects.get()


def test_a_verb_runs_on_ticked_rows_and_reports_each(
    login, rep, django_capture_on_commit_callbacks
):
    good, bad = LeadFactory(owner=rep, state="working"), LeadFactory(owner=rep, state="converted")
    page = login(rep)
    asked = page.get("/leads/bulk/", {"verb": "disqualify", "pk": [good.pk, bad.pk]}, headers=HTMX)
    assert "2 records" in asked.content.decode()
    data = {"verb": "disqualify", "pk": [good.pk, bad.pk], "reason": "No budget"}
    work = run_bulk(page, django_capture_on_commit_callbacks, **data)
    assert work.result == {"done": 1, "skipped": 0, "refused": 1}
    good.refresh_from_db()
    assert good.state == "disqualified"
    assert Event.objects.get(name="lead.disqualified").actor == rep
    report = page.get(work.get_absolute_url()).content.decode()
    assert str(bad) in report
    assert "not possible" in report
    assert f'href="{bad.get_absolute_url()}"' in report
    assert f'href="{good.get_absolute_url()}"' not in report
    assert 'href="/leads/"' in report


def test_all_that_match_are_taken_and_nothing_out_of_sight(
    login, rep, outsider, django_capture_on_commit_callbacks
):
    for region in ("north", "north", "south"):
        LeadFactory(owner=rep, state="working", region=region)
    theirs = LeadFactory(owner=outsider, state="working", region="north")
    query = "w1=region&w1o=is&w1v=north"
    data = {"verb": "disqualify", "all": "1", "query": query, "reason": "x", "pk": theirs.pk}
    work = run_bulk(login(rep), django_capture_on_commit_callbacks, **data)
    assert work.result["done"] == 2
    assert Lead.objects.filter(state="disqualified", region="north", owner=rep).count() == 2
    theirs.refresh_from_db()
    assert theirs.state == "working"


def test_another_number_of_records_than_was_asked_about_is_asked_about_again(
    login, rep, django_capture_on_commit_callbacks
):
    page, query = login(rep), "w1=region&w1o=is&w1v=north"
    leads = [LeadFactory(owner=rep, state="working", region="north")]
    data = {"verb": "disqualify", "all": "1", "query": query}
    asked = page.get("/leads/bulk/", data)
    assert asked.context["count"] == 1
    leads.append(LeadFactory(owner=rep, state="working", region="north"))
    data |= {"reason": "x", "count": "1"}
    again = page.post("/leads/bulk/", data)
    assert (again.status_code, again.context["count"]) == (422, 2)
    assert "other records" in again.content.decode()
    assert not Work.objects.exists()
    work = run_bulk(page, django_capture_on_commit_callbacks, **{**data, "count": "2"})
    assert work.result["done"] == 2


def test_rows_that_the_list_shows_no_more_when_it_is_their_turn_are_left_out(
    login, rep, django_capture_on_commit_callbacks
):
    stays, goes, gone = LeadFactory.create_batch(3, owner=rep, state="working", region="north")
    query = "w1=region&w1o=is&w1v=north"
    data = {"verb": "disqualify", "all": "1", "query": query, "reason": "x"}
    with django_capture_on_commit_callbacks() as callbacks:
        login(rep).post("/leads/bulk/", data)
    Lead.objects.filter(pk=goes.pk).update(region="south")
    Lead.objects.filter(pk=gone.pk).update(owner=UserFactory())
    for callback in callbacks:
        callback()
    work = Work.objects.get()
    assert work.result == {"done": 1, "skipped": 2, "refused": 0}
    told = dict(work.rows.values_list("place", "message"))
    assert told[goes.pk] == "The list does not show it any more."
    assert told[gone.pk] == "It is no longer there."
    assert set(Lead.objects.filter(state="disqualified")) == {stays}


def test_bulk_refuses_unknown_verbs_empty_choices_and_bad_forms(login, rep, service):
    lead = LeadFactory(owner=rep, state="working")
    page = login(rep)
    assert page.post("/leads/bulk/", {"verb": "convert", "pk": lead.pk}).status_code == 404
    assert page.post("/leads/bulk/", {"verb": "disqualify", "reason": "x"}).status_code == 409
    assert page.post("/leads/bulk/", {"verb": "disqualify", "pk": lead.pk}).status_code == 422
    assert not Work.objects.exists()
    assert login(service).post("/leads/bulk/", {"verb": "disqualify"}).status_code == 403
