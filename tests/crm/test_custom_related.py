"""Own fields of a related record, such as the customer of a deal, in lists and over REST."""

import io

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Account
from crm.models import CustomField
from tests.crm.own import own
from tests.factories.accounts import AccountFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.users import UserFactory
from users.models import Role, User

pytestmark = pytest.mark.django_db
DEALS, CONTACTS = "/opportunities/", "/accounts/contacts/"
TIER, STORES, BUDGET = (f"account__custom__{code}" for code in ("tier", "stores", "budget"))


@pytest.fixture
def fields(db):
    own(Account, "tier", "choice", choices="Gold\nSilver")
    own(Account, "stores", "number")
    own(Account, "budget", "money")
    own(Account, "opened", "date")
    own(Account, "brands", "choices", choices="A\nB\nC")
    own(Account, "buyer", "user")
    own(Account, "listed", "bool")
    own(Account, "remark")


@pytest.fixture
def deals(rep, outsider, fields):
    """Deals of the rep: at a customer with all fields, with few, with none, and at one out of
    sight; each with a contact of the same name."""
    one = {"tier": "Silver", "stores": "12.5", "budget": "1000.50", "opened": "2026-03-01"}
    one |= {"brands": ["A", "C"], "listed": True, "remark": "VIP"}
    one |= {"buyer": {"id": rep.pk, "label": "rep"}}
    two = {"tier": "Gold", "stores": "9", "budget": "20", "remark": "a"}
    rows = (("one", rep, one, "CNY"), ("two", rep, two, "USD"), ("three", rep, {}, "CNY"))
    for name, owner, custom, currency in (*rows, ("hidden", outsider, one, "CNY")):
        account = AccountFactory(owner=owner, custom=custom, currency_id=currency)
        OpportunityFactory(owner=rep, name=name, account=account)
        account.contacts.update(name=name)


def shown(login, person, asked, url=DEALS):
    """{name: text of the second column}, in order."""
    rows = login(person).get(url, {"col": ["name", TIER], **asked}).context["rows"]
    return {row["cells"][0].text: row["cells"][1].text for row in rows}


def test_lists_show_those_of_the_customer(login, rep, deals):
    texts = {"one": "Silver", "two": "Gold", "three": "", "hidden": ""}
    assert shown(login, rep, {}) == texts
    heads = login(rep).get(DEALS, {"col": [TIER, BUDGET]}).context["columns"]
    assert [head["label"] for head in heads] == ["customer: Tier", "customer: Budget"]
    amounts = shown(login, rep, {"col": ["name", BUDGET]})
    assert amounts == {"one": "¥1,000.50", "two": "$20.00", "three": "", "hidden": ""}
    del texts["hidden"]  # a contact is as visible as its customer
    assert shown(login, rep, {}, CONTACTS) == texts


def shown_names(login, person):
    return [choice["name"] for choice in login(person).get(DEALS).context["column_choices"]]


@pytest.mark.parametrize(
    ("code", "operator", "value", "found"),
    [
        ("tier", "in", "Silver", ["one"]),
        ("tier", "notin", "Silver", ["hidden", "three", "two"]),
        ("tier", "empty", "", ["hidden", "three"]),
        ("tier", "filled", "", ["one", "two"]),
        ("stores", "gte", "9", ["one", "two"]),
        ("stores", "ne", "12.5", ["hidden", "three", "two"]),
        ("opened", "from", "2026-02-01", ["one"]),
        ("brands", "in", "C", ["one"]),
        ("listed", "yes", "", ["one"]),
        ("listed", "no", "", ["hidden", "three", "two"]),
        ("remark", "contains", "vi", ["one"]),
        ("remark", "not", "VIP", ["hidden", "three", "two"]),
        ("buyer", "in", "rep", ["one"]),
        ("buyer", "notin", "rep", ["hidden", "three", "two"]),
    ],
)
def test_lists_and_rest_filter_by_them(login, api, rep, deals, code, operator, value, found):
    """What is out of sight counts as empty: no condition tells what it is."""
    value = rep.pk if value == "rep" else value
    asked = {"w1": f"account__custom__{code}", "w1o": operator, "w1v": value}
    assert sorted(shown(login, rep, asked)) == found
    answer = api(rep).get("/api/v1/opportunities/", asked).json()
    assert sorted(row["name"] for row in answer["results"]) == found
    answer = api(rep).get("/api/v1/contacts/", asked).json()
    assert sorted(row["name"] for row in answer["results"]) == [n for n in found if n != "hidden"]


def test_they_are_joined_with_other_conditions(login, rep, deals):
    asked = {"w1": TIER, "w1o": "in", "w1v": "Gold", "w2j": "or", "w2": "name", "w2o": "is"}
    assert sorted(shown(login, rep, {**asked, "w2v": "three"})) == ["three", "two"]


def test_lists_are_ordered_by_them_page_by_page(login, rep, deals, monkeypatch):
    monkeypatch.setattr("crm.lists.pages.PAGE_SIZE", 1)
    for sign, wanted in (("", ["two", "one"]), ("-", ["one", "two"])):
        url, found = f"{DEALS}?o={sign}{STORES}&col=name&col={STORES}", []
        while url:
            context = login(rep).get(url).context
            found += [row["cells"][0].text for row in context["rows"]]
            url = context["next_url"]
        assert found[:2] == wanted
        assert sorted(found[2:]) == ["hidden", "three"]


def test_groups_are_made_of_them_and_their_amounts_are_not_added_up(login, rep, deals):
    page = login(rep)
    for code, groups in (
        ("tier", {"Gold": ["two"], "Silver": ["one"], "": ["hidden", "three"]}),
        ("listed", {"Yes": ["one"], "No": ["hidden", "three", "two"]}),
        ("buyer", {"rep": ["one"], "": ["hidden", "three", "two"]}),
    ):
        asked = {"group": f"account__custom__{code}", "col": ["name", BUDGET]}
        context = page.get(DEALS, asked).context
        found = {}
        for group in context["groups"]:
            rows = page.get(group["rows_url"], headers={"HX-Request": "true"}).context["rows"]
            assert len(rows) == group["n"]
            found[group["label"]] = sorted(row["cells"][0].text for row in rows)
        assert found == groups
        assert [total["label"] for total in context["totals"]] == ["amount"]


def test_files_have_what_the_list_shows_and_no_amount_without_its_currency(login, rep, deals):
    query = f"col=name&col={TIER}&col={STORES}&col={BUDGET}&o=name"
    page = login(rep)
    answer = page.post(f"{DEALS}export/", {"format": "xlsx", "query": query})
    content = b"".join(page.get(answer.url).streaming_content)
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))[1:]
    assert {row[0]: row[1:4] for row in rows} == {
        "one": ("Silver", 12.5, 1000.5),
        "two": ("Gold", 9, "$20.00"),
        "three": (None, None, None),
        "hidden": (None, None, None),
    }


def test_who_sees_all_customers_sees_them_all(login, administrator, deals):
    found = shown(login, administrator, {})
    assert found == {"one": "Silver", "two": "Gold", "three": "", "hidden": "Silver"}


def test_who_may_not_view_customers_is_offered_none(login, api, rep, deals):
    person = UserFactory(name="no customers", team=rep.team, role="manager")
    assert TIER in shown_names(login, person)
    Role.objects.get(code="manager").permissions.remove(
        Permission.objects.get(codename="view_account")
    )
    person = User.objects.get(pk=person.pk)
    context = login(person).get(DEALS, {"col": ["name", TIER]}).context
    assert [column["name"] for column in context["columns"]] == ["name"]
    assert TIER not in shown_names(login, person)
    asked = {"w1": TIER, "w1o": "in", "w1v": "Silver"}
    assert login(person).get(DEALS, asked).context["rows"] == []
    assert api(person).get("/api/v1/opportunities/", asked).status_code == 400


def test_what_is_no_field_any_more_is_gone(login, rep, deals):
    CustomField.objects.filter(code="tier").update(is_active=False)
    context = login(rep).get(DEALS, {"col": ["name", TIER]}).context
    assert [column["name"] for column in context["columns"]] == ["name"]


def test_queries_do_not_grow_with_the_rows(login, api, rep, deals):
    asked = {"col": ["name", TIER, BUDGET, "account__custom__buyer"], "o": STORES}
    asked |= {"w1": TIER, "w1o": "in", "w1v": "Silver"}

    def queries():
        found = []
        for ask in (
            lambda: login(rep).get(DEALS, asked),
            lambda: login(rep).get(DEALS, {**asked, "group": "account__custom__buyer"}),
            lambda: api(rep).get("/api/v1/opportunities/", asked),
        ):
            ask()
            with CaptureQueriesContext(connection) as captured:
                assert ask().status_code == 200
            found.append(len(captured))
        return found

    before = queries()
    for number in range(6):
        custom = {"tier": "Silver", "stores": str(number), "budget": "3"}
        OpportunityFactory(owner=rep, account=AccountFactory(owner=rep, custom=custom))
    assert queries() == before
