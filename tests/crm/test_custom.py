"""The company's own fields: in forms, lists, conditions, REST, timeline and lifecycle."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Account
from crm import lifecycle
from crm.custom import services
from crm.custom.fields import is_customised
from crm.errors import WrongMoment
from crm.lifecycle import advance
from crm.lists import conditions
from crm.lists.attributes import attributes
from crm.models import CustomField, Work
from crm.pages import Pages
from leads.models import Lead
from opportunities.models import Opportunity
from tests.crm.importing import verdicts
from tests.crm.own import own
from tests.factories.accounts import AccountFactory
from tests.factories.leads import LeadFactory, SourceFactory
from tests.factories.opportunities import OpportunityFactory, SalesProcessFactory
from tests.records import MAKERS

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def fields(db):
    return [
        own(Account, "tier", "choice", choices="Gold\nSilver", label="等级", label_en="Tier"),
        own(Account, "stores", "number"),
        own(Account, "budget", "money"),
        own(Account, "opened", "date"),
        own(Account, "brands", "choices", choices="A\nB\nC"),
        own(Account, "buyer", "user"),
        own(Account, "listed", "bool"),
        own(Account, "shop", "link"),
        own(Account, "remark"),
    ]


def entered(person):
    return {
        "custom__tier": "Gold",
        "custom__stores": "12.5",
        "custom__budget": "1000.50",
        "custom__opened": "2026-03-01",
        "custom__brands": ["A", "C"],
        "custom__buyer": person.pk,
        "custom__listed": "on",
        "custom__shop": "shop.example.com",
        "custom__remark": "VIP",
    }


def account_form(name, **more):
    return {"name": name, "status": "prospect", "currency": "CNY", **more}


def test_they_are_entered_shown_and_told_in_the_timeline(login, rep, fields):
    page = login(rep)
    form = page.get("/accounts/new/").content.decode()
    assert "Tier" in form
    answer = page.post("/accounts/new/", account_form("Own Ltd", **entered(rep)))
    assert answer.status_code == 302, answer.content.decode()
    account = Account.objects.get(name="Own Ltd")
    assert account.custom == {
        "tier": "Gold",
        "stores": "12.5",
        "budget": "1000.50",
        "opened": "2026-03-01",
        "brands": ["A", "C"],
        "buyer": {"id": rep.pk, "label": str(rep)},
        "listed": True,
        "shop": "https://shop.example.com",
        "remark": "VIP",
    }
    record = page.get(account.get_absolute_url()).content.decode()
    for text in ("¥1,000.50", "A, C", "2026-03-01", "https://shop.example.com"):
        assert text in record
    data = {**account_form("Own Ltd"), **entered(rep), "custom__tier": "Silver", "version": 1}
    assert page.post(f"{account.get_absolute_url()}edit/", data).status_code == 302
    timeline = page.get(
        f"/about/accounts/account/{account.pk}/timeline/", headers=HTMX
    ).content.decode()
    assert "Tier" in timeline
    assert "changed from Gold to Silver" in timeline
    assert "—" not in timeline
    assert "Silver" in timeline


@pytest.mark.parametrize(
    ("code", "operator", "value", "found"),
    [
        ("tier", "in", "Gold", ["one"]),
        ("tier", "empty", "", ["three"]),
        ("stores", "gte", "9", ["one", "two"]),
        ("stores", "eq", "12.50", ["one"]),
        ("stores", "ne", "12.5", ["three", "two"]),
        ("opened", "from", "2026-02-01", ["one"]),
        ("brands", "in", "C", ["one"]),
        ("listed", "yes", "", ["one"]),
        ("opened", "on", "2026-03-01", ["one"]),
        ("opened", "until", "2025-12-31", ["two"]),
        ("opened", "within", "2025-12", ["two"]),
        ("opened", "past", "3660", ["one", "two"]),
        ("opened", "coming", "0", []),
        ("listed", "no", "", ["three", "two"]),
        ("remark", "contains", "vi", ["one"]),
    ],
)
def test_lists_filter_by_them(login, api, rep, fields, code, operator, value, found):
    one = {"tier": "Gold", "stores": "12.5", "opened": "2026-03-01", "brands": ["A", "C"]}
    AccountFactory(owner=rep, name="one", custom={**one, "listed": True, "remark": "VIP"})
    two = {"tier": "Silver", "stores": "9", "opened": "2025-12-31", "brands": ["A"]}
    AccountFactory(owner=rep, name="two", custom={**two, "listed": False})
    AccountFactory(owner=rep, name="three")
    asked = {
        "w1": f"custom__{code}",
        "w1o": operator,
        "w1v": value,
        "col": ["name", f"custom__{code}"],
    }
    rows = login(rep).get("/accounts/", asked).context["rows"]
    assert sorted(row["cells"][0].text for row in rows) == found
    answer = api(rep).get("/api/v1/accounts/", asked).json()
    assert sorted(row["name"] for row in answer["results"]) == found


VALUES = {"past": "7", "coming": "7", "within": "2026-03"}
OF_TYPES = {"date": "2026-03-01", "datetime": "2026-03-01", "number": "1", "text": "x"}


def value_for(attribute, operator):
    if attribute.type == "choice":
        return str(attribute.choices[0][0])
    if attribute.type == "link":
        return str(getattr(attribute.rows.first(), "pk", 1))
    return VALUES.get(operator) or OF_TYPES.get(attribute.type, "")


def test_every_field_of_every_list_is_compared_in_every_way(administrator, fields):
    asked = 0
    for pages in Pages.registry.values():
        if pages.filterset is None:
            continue
        for attribute in attributes(pages, administrator).values():
            for operator, _label in conditions.OPERATORS[attribute.type]:
                value = value_for(attribute, operator)
                one = conditions.Condition(1, attribute.path, operator, (value,))
                assert one.is_complete, one
                rows = pages.queryset(administrator)
                found = conditions.apply(rows, [one], {attribute.path: attribute})
                found.count()
                asked += 1
    assert asked > 2000


@pytest.mark.parametrize("body", [[], [None, None], "text", 7, None])
def test_rest_refuses_a_body_that_is_no_record(api, administrator, body):
    for kind in ("accounts", "leads", "opportunities", "orders", "products"):
        answer = api(administrator).post(f"/api/v1/{kind}/", body, format="json")
        assert answer.status_code == 400, (kind, answer.data)


def test_rest_checks_and_keeps_them(api, rep, fields):
    client = api(rep)
    body = {"name": "Rest Ltd", "custom": {"stores": "3", "tier": "Bronze"}}
    problem = client.post("/api/v1/accounts/", body, format="json")
    assert problem.status_code == 400
    assert "tier" in str(problem.json())
    body["custom"] = {"stores": "3", "tier": "Gold"}
    made = client.post("/api/v1/accounts/", body, format="json").json()
    assert made["custom"] == {"stores": "3", "tier": "Gold"}
    url = f"/api/v1/accounts/{made['id']}/"
    changed = client.patch(url, {"custom": {"tier": "Silver"}}, format="json").json()
    assert changed["custom"] == {"stores": "3", "tier": "Silver"}
    unknown = client.patch(url, {"custom": {"nonsense": 1}}, format="json")
    assert unknown.status_code == 400


def test_what_is_required_is_asked_for_at_both_doors(login, api, rep):
    own(Account, "sector", is_required=True)
    page = login(rep)
    assert page.post("/accounts/new/", account_form("No sector")).status_code == 422
    assert (
        api(rep).post("/api/v1/accounts/", {"name": "No sector"}, format="json").status_code == 400
    )
    assert not Account.objects.filter(name="No sector").exists()


def test_a_field_may_be_required_from_a_phase_on_in_one_sales_process(api, rep):
    deal, other = OpportunityFactory(owner=rep), OpportunityFactory(owner=rep)
    own(Opportunity, "rival", required_from="lost", scope_id=deal.process_id)
    own(Opportunity, "decider", required_from="won", scope_id=deal.process_id + 1)
    from crm.custom.fields import fields_for, gap

    assert [field.code for field in fields_for(deal)] == ["rival"]
    CustomField.objects.filter(code="rival").update(required_from="needs")
    assert gap(Opportunity.objects.get(pk=deal.pk), "won") == "Fill in first: Rival."
    assert gap(Opportunity.objects.get(pk=deal.pk), "lost") is None
    lead = api(rep).post(f"/api/v1/opportunities/{other.pk}/quote/")
    assert lead.status_code == 409
    deal.custom = {"rival": "None"}
    deal.save()
    assert gap(Opportunity.objects.get(pk=deal.pk), "won") is None


def test_a_transition_is_refused_until_it_is_filled_in(rep):
    own(Lead, "need_code", required_from="working", label="Code of the need")
    lead = LeadFactory(owner=rep)
    with pytest.raises(WrongMoment, match="Code of the need"):
        advance(lead, "start_work", by=rep)
    lead.custom = {"need_code": "N1"}
    lead.save()
    assert advance(lead, "start_work", by=rep).state == "working"


def test_a_field_is_made_by_administrators_and_keeps_its_meaning(login, administrator, rep, fields):
    kind = ContentType.objects.get_for_model(Account)
    assert login(rep).get("/settings/fields/").status_code == 403
    page = login(administrator)
    data = {"content_type": kind.pk, "code": "floor", "kind": "number", "label": "Floor"}
    data |= {"position": 5, "is_active": "on"}
    assert page.post("/settings/fields/new/", data).status_code == 302
    assert CustomField.objects.get(code="floor").created_by == administrator
    assert page.post("/settings/fields/new/", {**data, "code": "1x"}).status_code == 422
    assert (
        page.post("/settings/fields/new/", {**data, "code": "c", "kind": "choice"}).status_code
        == 422
    )
    with pytest.raises(ValidationError):
        services.edit_field(fields[1], by=administrator, kind="date")
    with pytest.raises(ValidationError):
        own(Account, "state", required_from="nowhere")


def test_the_state_from_which_it_is_required_is_one_of_its_document(login, administrator):
    leads, deals = (ContentType.objects.get_for_model(model) for model in (Lead, Opportunity))
    process = SalesProcessFactory(name="Tender")
    page = login(administrator)
    data = {"content_type": deals.pk, "code": "rival", "kind": "text", "label": "Rival"}
    data |= {"position": 5, "is_active": "on", "scope_id": process.pk}
    wrong = page.post("/settings/fields/new/", {**data, "required_from": f"{leads.pk}:working"})
    assert wrong.status_code == 422
    assert "no state of the chosen document" in wrong.content.decode()
    right = {**data, "required_from": f"{deals.pk}:quotation"}
    assert page.post("/settings/fields/new/", right).status_code == 302
    field = CustomField.objects.get()
    assert field.required_from == "quotation"
    record = page.get(field.get_absolute_url()).content.decode()
    for text in ("quotation", "Tender"):
        assert text in record
    # Another part of it is changed in place.
    url = f"{field.get_absolute_url()}field/label/"
    assert page.post(url, {"label": "Rivals", "version": 1}).status_code == 302
    field.refresh_from_db()
    assert (field.label, field.required_from) == ("Rivals", "quotation")
    edited = page.get(f"{field.get_absolute_url()}edit/").content.decode()
    assert f'value="{deals.pk}:quotation" selected' in edited
    assert f'value="{leads.pk}:working"' not in edited


def test_the_timeline_tells_own_fields_in_sentences_with_their_currency(login, rep, fields):
    account = AccountFactory(owner=rep)
    lifecycle.edit(account, by=rep, custom={"budget": "1000.50"})
    lifecycle.edit(account, by=rep, custom={"budget": "20"})
    lifecycle.edit(account, by=rep, custom={})
    url = f"/about/accounts/account/{account.pk}/timeline/"
    timeline = login(rep).get(url, headers=HTMX).content.decode()
    for sentence in (
        "Budget set to ¥1,000.50",
        "Budget changed from ¥1,000.50 to ¥20.00",
        "Budget emptied, it was ¥20.00",
    ):
        assert sentence in timeline


def test_a_money_field_is_rounded_nowhere(rep, fields):
    account = AccountFactory(owner=rep, custom={"budget": "0.10"})
    assert Decimal(Account.objects.get(pk=account.pk).custom["budget"]) == Decimal("0.1")


CUSTOMISED = sorted(m._meta.label_lower for m in apps.get_models() if is_customised(m))


@pytest.mark.parametrize("kind", CUSTOMISED)
def test_every_kind_that_has_them_takes_them_through_its_own_service(kind, rep, administrator):
    model = apps.get_model(kind)
    own(model, "extra")
    record = MAKERS[kind](rep)
    pages = Pages.registry[model]
    assert "custom__extra" in pages.form(instance=record, user=administrator).fields
    if pages.edit and lifecycle.editable(record):
        pages.edit(record, by=administrator, custom={"extra": "yes"})
        record = model.objects.get(pk=record.pk)
        assert record.custom == {"extra": "yes"}


# --- Order, groups, sums ----------------------------------------------------------------------------


@pytest.fixture
def three(rep, teammate, fields):
    """Accounts that differ in each own field; the last one has none."""
    one = {"tier": "Silver", "stores": "12.5", "budget": "1000.50", "opened": "2026-03-01"}
    one |= {"listed": True, "remark": "b", "buyer": {"id": rep.pk, "label": "rep"}}
    two = {"tier": "Gold", "stores": "9", "budget": "20", "opened": "2025-12-31", "remark": "a"}
    two |= {"buyer": {"id": teammate.pk, "label": "teammate"}}
    for name, custom in (("one", one), ("two", two), ("three", {})):
        AccountFactory(owner=rep, name=name, custom=custom)


@pytest.mark.parametrize(
    ("code", "order"),
    [
        ("stores", ["two", "one", "three"]),
        ("budget", ["two", "one", "three"]),
        ("opened", ["two", "one", "three"]),
        ("tier", ["two", "one", "three"]),
        ("remark", ["two", "one", "three"]),
        ("buyer", ["one", "two", "three"]),
    ],
)
def test_lists_and_rest_are_ordered_by_them_page_by_page(
    login, api, rep, three, code, order, monkeypatch
):
    monkeypatch.setattr("crm.lists.pages.PAGE_SIZE", 1)
    for sign, wanted in (("", order), ("-", [*reversed(order[:2]), order[2]])):
        url, found = f"/accounts/?o={sign}custom__{code}&col=name&col=custom__{code}", []
        while url:
            context = login(rep).get(url).context
            found += [row["cells"][0].text for row in context["rows"]]
            url = context["next_url"]
        assert found == wanted
        assert context["columns"][1]["sorted"] == ("desc" if sign else "asc")
        url, found = f"/api/v1/accounts/?page_size=1&ordering={sign}custom__{code}", []
        while url:
            answer = api(rep).get(url).json()
            found += [row["name"] for row in answer["results"]]
            url = answer["next"]
        assert found == wanted


def test_what_has_no_order_cannot_be_ordered_by(login, api, rep, three):
    heads = login(rep).get("/accounts/", {"col": "custom__brands"}).context["columns"]
    assert heads[0]["sort_url"] == ""
    for name in ("custom__brands", "custom__nonsense", "custom"):
        assert api(rep).get("/api/v1/accounts/", {"ordering": name}).status_code == 400


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("tier", {"Gold": ["two"], "Silver": ["one"], "": ["three"]}),
        ("listed", {"Yes": ["one"], "No": ["three", "two"]}),
        ("buyer", {"rep": ["one"], "teammate": ["two"], "": ["three"]}),
        ("opened", {"December 2025": ["two"], "March 2026": ["one"], "": ["three"]}),
    ],
)
def test_groups_are_made_of_them_and_open_to_their_rows(login, rep, three, code, groups):
    page = login(rep)
    answer = page.get("/accounts/", {"group": f"custom__{code}", "col": "name"})
    found = {}
    for group in answer.context["groups"]:
        rows = page.get(group["rows_url"], headers=HTMX).context["rows"]
        assert len(rows) == group["n"]
        found[group["label"]] = sorted(row["cells"][0].text for row in rows)
    assert found == groups


def test_own_numbers_among_the_columns_are_summed_in_all_and_in_groups(login, rep, three):
    page = login(rep)
    asked = {"col": ["name", "custom__stores", "custom__budget"]}
    totals = page.get("/accounts/", asked).context["totals"]
    assert [(total["label"], total["value"]) for total in totals] == [
        ("Stores", "21.5"),
        ("Budget", "¥1,020.50"),
    ]
    assert not page.get("/accounts/").context["totals"]
    groups = page.get("/accounts/", {**asked, "group": "custom__tier"}).context["groups"]
    assert {g["label"]: g["sums"] for g in groups} == {
        "Gold": ["9", "¥20.00"],
        "Silver": ["12.5", "¥1,000.50"],
        "": [],
    }


@pytest.mark.parametrize(
    ("code", "operator", "value", "found"),
    [
        ("tier", "notin", "Gold", ["one", "three"]),
        ("remark", "not", "a", ["one", "three"]),
        ("buyer", "in", "rep", ["one"]),
        ("buyer", "notin", "rep", ["three", "two"]),
        ("buyer", "empty", "", ["three"]),
    ],
)
def test_what_is_empty_is_not_what_was_asked_for(login, rep, three, code, operator, value, found):
    value = rep.pk if value == "rep" else value
    asked = {"w1": f"custom__{code}", "w1o": operator, "w1v": value, "col": "name"}
    rows = login(rep).get("/accounts/", asked).context["rows"]
    assert sorted(row["cells"][0].text for row in rows) == found


def test_queries_do_not_grow_with_the_rows(login, api, rep, three):
    names = [f"custom__{code}" for code in ("tier", "stores", "budget", "buyer", "brands")]
    asked = {"col": ["name", *names], "o": "custom__stores"}

    def queries():
        found = []
        for ask in (
            lambda: login(rep).get("/accounts/", asked),
            lambda: login(rep).get("/accounts/", {**asked, "group": "custom__buyer"}),
            lambda: api(rep).get("/api/v1/accounts/", {"ordering": "custom__stores"}),
        ):
            ask()
            with CaptureQueriesContext(connection) as captured:
                assert ask().status_code == 200
            found.append(len(captured))
        return found

    before = queries()
    for number in range(6):
        custom = {"stores": str(number), "buyer": {"id": rep.pk, "label": "rep"}, "brands": ["A"]}
        AccountFactory(owner=rep, custom=custom)
    assert queries() == before


def test_a_spreadsheet_gets_own_numbers_and_dates_as_such(login, rep, three):
    query = "col=name&col=custom__budget&col=custom__stores&col=custom__opened&o=name"
    page = login(rep)
    answer = page.post("/accounts/export/", {"format": "xlsx", "query": query})
    content = b"".join(page.get(answer.url).streaming_content)
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert rows[0] == ("Name", "Budget", "Stores", "Opened", "Currency")
    assert rows[1][:3] + rows[1][4:] == ("one", 1000.5, 12.5, "CNY")
    assert rows[1][3].date() == date(2026, 3, 1)
    assert rows[2] == ("three", None, None, None, "CNY")


# --- Required from a state on, at every door --------------------------------------------------------


@pytest.fixture
def needed(db):
    return own(Lead, "permit", required_from="working")


def test_bulk_and_rest_verbs_wait_for_what_a_state_requires(
    login, api, rep, needed, django_capture_on_commit_callbacks
):
    bare, filled = LeadFactory(owner=rep), LeadFactory(owner=rep, custom={"permit": "x"})
    url = f"/api/v1/leads/{bare.pk}/start_work/"
    refused = api(rep).post(url)
    assert refused.status_code == 409
    assert "Permit" in refused.json()["detail"]
    data = {"verb": "start_work", "pk": [bare.pk, filled.pk]}
    with django_capture_on_commit_callbacks(execute=True):
        assert login(rep).post("/leads/bulk/", data).status_code == 302
    work = Work.objects.get()
    assert work.result == {"done": 1, "skipped": 0, "refused": 1}
    assert "Fill in first: Permit." in work.rows.get(place=bare.pk).message
    bare.refresh_from_db()
    assert bare.state == "new"


def test_an_import_waits_for_what_a_state_requires(manager, administrator, needed, take_in):
    SourceFactory(name="Exhibition")
    text = "Contact person,Company,Source,State,Permit\nLi,Beta,,working,\nWang,Gamma,,working,x\n"
    _client, _found, rows = take_in(manager, text, "leads.lead", key="")
    assert verdicts(rows) == {2: "refused", 3: "created"}
    assert "Fill in first: Permit." in rows[2].message
    own(Opportunity, "rival", required_from="won")
    AccountFactory(name="Acme")
    text = "Name,Customer,Phase,Rival\nA,Acme,won,\nB,Acme,won,x\nC,Acme,lost,\nD,Acme,quotation,\n"
    _client, _found, rows = take_in(administrator, text, "opportunities.opportunity", key="")
    assert verdicts(rows) == {2: "refused", 3: "created", 4: "created", 5: "created"}
    assert "Fill in first: Rival." in rows[2].message


def test_what_a_state_requires_is_not_emptied_again(login, api, rep, needed):
    lead = LeadFactory(owner=rep, working=True, custom={"permit": "x"})
    page = login(rep)
    field = page.post(
        f"/leads/{lead.pk}/field/custom__permit/", {"custom__permit": "", "version": 1}
    )
    assert field.status_code == 422
    answer = api(rep).patch(f"/api/v1/leads/{lead.pk}/", {"custom": {"permit": ""}}, format="json")
    assert answer.status_code == 400
    with pytest.raises(ValidationError):
        lifecycle.edit(lead, by=rep, custom={})
    lifecycle.edit(lead, by=rep, custom={"permit": "y"})
    assert lifecycle.edit(lead, by=None, custom={}).custom == {}
    lifecycle.edit(lead, by=rep, custom={"other": "z"})  # what was empty before stops nobody


def test_an_import_does_not_empty_what_a_state_requires(manager, needed, take_in):
    lead = LeadFactory(owner=manager, working=True, external_key="L-1", custom={"permit": "x"})
    text = "External key,Permit\nL-1,\n"
    _client, _found, rows = take_in(manager, text, "leads.lead", mode="update", clears="on")
    assert verdicts(rows) == {2: "refused"}
    lead.refresh_from_db()
    assert lead.custom == {"permit": "x"}


def test_fields_of_a_sales_process_are_filled_where_a_record_has_them(api, manager, take_in):
    long, short = SalesProcessFactory(name="Long"), SalesProcessFactory(name="Short")
    own(Opportunity, "rival", scope_id=long.pk)
    AccountFactory(name="Acme", owner=manager)
    text = "Name,Customer,Sales process,Rival\nA,Acme,Long,x\nB,Acme,Short,y\nC,Acme,Short,\n"
    _client, _found, rows = take_in(manager, text, "opportunities.opportunity", key="")
    assert verdicts(rows) == {2: "created", 3: "refused", 4: "created"}
    assert rows[3].message == "Rival: No such field."
    assert Opportunity.objects.get(name="A").custom == {"rival": "x"}
    acme = AccountFactory(name="Other", owner=manager)
    body = {"name": "D", "account": acme.pk, "custom": {"rival": "z"}}
    url = "/api/v1/opportunities/"
    made = api(manager).post(url, {**body, "process": long.pk}, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["custom"] == {"rival": "z"}
    for process in (short.pk, "nonsense"):
        refused = api(manager).post(url, {**body, "process": process}, format="json")
        assert refused.status_code == 400


def test_nobody_changes_the_own_fields_of_a_record_that_is_not_theirs_to_change(
    login, api, rep, legal, outsider, fields
):
    account = AccountFactory(owner=rep, custom={"remark": "x"})
    page, rest = f"/accounts/{account.pk}/field/custom__remark/", f"/api/v1/accounts/{account.pk}/"
    for person, status in ((legal, 403), (outsider, 404)):
        assert login(person).get(page).status_code == status
        data = {"custom__remark": "y", "version": 1}
        assert login(person).post(page, data).status_code == status
        body = {"custom": {"remark": "y"}}
        assert api(person).patch(rest, body, format="json").status_code == status
        with pytest.raises(PermissionDenied):
            lifecycle.edit(account, by=person, custom={"remark": "y"})
    account.refresh_from_db()
    assert account.custom == {"remark": "x"}


def test_what_is_no_field_any_more_is_gone_from_every_door(login, api, rep, fields, three):
    CustomField.objects.filter(code="tier").update(is_active=False)
    page = login(rep)
    asked = {"w1": "custom__tier", "w1o": "in", "w1v": "Gold"}
    assert page.get("/accounts/", asked).context["rows"] == []
    assert api(rep).get("/api/v1/accounts/", asked).status_code == 400
    assert api(rep).get("/api/v1/accounts/", {"ordering": "custom__tier"}).status_code == 400
    looks = page.get("/accounts/", {"col": ["name", "custom__tier"], "group": "custom__tier"})
    assert [column["name"] for column in looks.context["columns"]] == ["name"]
    assert len(looks.context["rows"]) == 3
