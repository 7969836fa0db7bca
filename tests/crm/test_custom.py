"""The company's own fields: in forms, lists, conditions, REST, timeline and lifecycle."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError

from accounts.models import Account
from crm import lifecycle
from crm.custom import services
from crm.custom.fields import is_customised
from crm.errors import WrongMoment
from crm.lifecycle import advance
from crm.models import CustomField
from crm.pages import Pages
from opportunities.models import Opportunity
from tests.factories.accounts import AccountFactory
from tests.factories.opportunities import OpportunityFactory
from tests.records import MAKERS

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def own(model, code, kind="text", **fields):
    content_type = ContentType.objects.get_for_model(model)
    fields = {"label": code.capitalize(), **fields}
    return services.create_field(by=None, content_type=content_type, code=code, kind=kind, **fields)


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
    from leads.models import Lead
    from tests.factories.leads import LeadFactory

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
