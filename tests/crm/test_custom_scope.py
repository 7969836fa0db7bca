"""Own fields of one scope, a sales process: asked for as soon as the process is known."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm import lifecycle
from opportunities.models import Opportunity
from opportunities.services import default_process
from tests.crm.own import own
from tests.factories.accounts import AccountFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import OpportunityFactory, SalesProcessFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NEW = "/opportunities/new/"


@pytest.fixture
def usual(db):
    return default_process()


@pytest.fixture
def tender(db):
    return SalesProcessFactory(name="Tender")


@pytest.fixture
def fields(usual, tender):
    """For all deals; for the default process; for tenders, one of them required from the start."""
    own(Opportunity, "budgeted", "number")
    own(Opportunity, "rival", scope_id=usual.pk)
    own(Opportunity, "lots", "choices", choices="A\nB\nC", scope_id=tender.pk)
    own(Opportunity, "office", scope_id=tender.pk, required_from="needs")


def names(form):
    return [name for name in form.fields if name.startswith("custom__")]


def entered(account, process, **more):
    return {
        "name": "Big deal",
        "account": account.pk,
        "process": process.pk,
        "amount": "10",
        "currency": "CNY",
        **more,
    }


def test_a_new_deal_asks_for_the_fields_of_the_default_process(login, rep, fields):
    form = login(rep).get(NEW).context["form"]
    assert names(form) == ["custom__budgeted", "custom__rival"]
    assert [field.name for field in form.scope_fields] == ["custom__rival"]


def test_another_process_brings_its_fields_and_what_was_typed_comes_back(
    login, rep, fields, usual, tender
):
    page = login(rep)
    typed = {"part": "scope", "process": tender.pk, "custom__rival": "Acme"}
    part = page.get(NEW, {**typed, "custom__lots": ["A", "C"]}, headers=HTMX)
    text = part.content.decode()
    assert "<html" not in text
    shown = [field.name for field in part.context["form"].scope_fields]
    assert shown == ["custom__lots", "custom__office"]
    assert '<input type="hidden" name="custom__rival" value="Acme">' in text
    assert text.count(" selected") == 2
    back = page.get(NEW, {**typed, "process": usual.pk}, headers=HTMX).content.decode()
    assert 'name="custom__rival" value="Acme"' in back
    assert 'type="hidden"' not in back
    assert "custom__lots" not in back
    for wrong in ("", "nonsense", SalesProcessFactory(is_active=False).pk):
        part = page.get(NEW, {"part": "scope", "process": wrong}, headers=HTMX)
        assert part.context["form"].scope_fields == []


def test_a_refused_form_keeps_what_was_typed(login, rep, fields, tender):
    account = AccountFactory(owner=rep)
    typed = {"custom__lots": ["B"], "custom__rival": "Acme", "custom__budgeted": "7"}
    refused = login(rep).post(NEW, entered(account, tender, **typed))
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["custom__office"]
    text = refused.content.decode()
    assert '<option value="B" selected' in text
    assert '<input type="hidden" name="custom__rival" value="Acme">' in text
    assert 'value="7"' in text
    assert not Opportunity.objects.exists()


def test_the_deal_keeps_only_the_fields_of_its_process(login, rep, fields, tender):
    account = AccountFactory(owner=rep)
    typed = {"custom__lots": ["B", "C"], "custom__office": "Bureau", "custom__rival": "Acme"}
    assert login(rep).post(NEW, entered(account, tender, **typed)).status_code == 302
    assert Opportunity.objects.get().custom == {"lots": ["B", "C"], "office": "Bureau"}


def test_a_deal_that_changes_its_process_is_asked_for_the_fields_of_the_new_one(
    login, rep, fields, tender
):
    deal = OpportunityFactory(owner=rep, process=default_process(), custom={"rival": "Acme"})
    page, url = login(rep), f"/opportunities/{deal.pk}/edit/"
    part = page.get(url, {"part": "scope", "process": tender.pk}, headers=HTMX)
    assert "custom__office" in part.content.decode()
    same = page.get(url, {"part": "scope", "process": deal.process_id}, headers=HTMX)
    assert 'value="Acme"' in same.content.decode()
    data = entered(deal.account, tender, version=deal.version)
    assert page.post(url, data).status_code == 422
    assert page.post(url, {**data, "custom__office": "Bureau"}).status_code == 302
    deal.refresh_from_db()
    assert deal.custom == {"rival": "Acme", "office": "Bureau"}


def test_the_process_alone_may_change_in_place_before_its_fields_are_filled_in(
    login, rep, fields, tender
):
    deal = OpportunityFactory(owner=rep, process=default_process())
    url = f"/opportunities/{deal.pk}/field/process/"
    assert login(rep).post(url, {"process": tender.pk, "version": deal.version}).status_code == 302
    deal = Opportunity.objects.get(pk=deal.pk)
    assert deal.process == tender
    reason = "Fill in first: Office."
    assert lifecycle.refusal(deal, "lose") is None
    from crm.custom.fields import gap

    assert gap(deal, "quotation") == reason


def test_nobody_is_asked_who_may_not_make_deals(login, finance, outsider, rep, fields, tender):
    asked = {"part": "scope", "process": tender.pk}
    assert login(finance).get(NEW, asked, headers=HTMX).status_code == 403
    deal = OpportunityFactory(owner=rep)
    assert login(outsider).get(f"/opportunities/{deal.pk}/edit/", asked).status_code == 404
    lead = LeadFactory(owner=rep, qualified=True)
    assert login(outsider).get(f"/leads/{lead.pk}/convert/", asked).status_code == 404


# --- Converting a lead -----------------------------------------------------------------------------


def test_converting_a_lead_asks_for_the_fields_of_the_chosen_process(
    login, rep, fields, usual, tender
):
    lead = LeadFactory(owner=rep, qualified=True)
    page, url = login(rep), f"/leads/{lead.pk}/convert/"
    form = page.get(url, headers=HTMX).context["form"]
    assert names(form) == ["custom__budgeted", "custom__rival"]
    part = page.get(url, {"part": "scope", "process": tender.pk}, headers=HTMX)
    assert names(part.context["form"]) == ["custom__budgeted", "custom__lots", "custom__office"]
    data = {"new_account": "on", "process": tender.pk, "custom__lots": ["A"]}
    refused = page.post(url, data, headers=HTMX)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["custom__office"]
    assert page.post(url, {**data, "custom__office": "Bureau"}).status_code == 302
    deal = Opportunity.objects.get(lead=lead)
    assert (deal.process, deal.custom) == (tender, {"lots": ["A"], "office": "Bureau"})


def test_rest_takes_the_fields_of_the_new_deal_when_a_lead_is_converted(api, rep, fields, tender):
    lead, client = LeadFactory(owner=rep, qualified=True), api(rep)
    url = f"/api/v1/leads/{lead.pk}/convert/"
    body = {"new_account": True, "process": tender.pk}
    bare = client.post(url, body, format="json")
    assert bare.status_code == 400
    assert "office" in bare.json()["errors"]["custom"]
    unknown = client.post(url, {**body, "custom": {"rival": "x"}}, format="json")
    assert unknown.status_code == 400
    assert "rival" in unknown.json()["errors"]["custom"]
    body["custom"] = {"office": "Bureau", "lots": ["A", "B"]}
    assert client.post(url, body, format="json").status_code == 200
    assert Opportunity.objects.get().custom == {"office": "Bureau", "lots": ["A", "B"]}


def test_the_description_of_rest_names_them(api, administrator):
    schema = api(administrator).get("/api/schema/?format=json").json()
    body = schema["components"]["schemas"]["ConvertLead"]["properties"]
    assert "custom" in body


# --- REST ---------------------------------------------------------------------------------------------


def test_rest_knows_the_fields_of_the_process_that_a_deal_gets(api, rep, fields, usual, tender):
    account, client = AccountFactory(owner=rep), api(rep)
    body = {"name": "D", "account": account.pk}
    url = "/api/v1/opportunities/"
    made = client.post(url, {**body, "custom": {"rival": "x"}}, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["process"] == usual.pk
    assert made.json()["custom"] == {"rival": "x"}
    one = f"{url}{made.json()['id']}/"
    wrong = client.patch(one, {"custom": {"office": "y"}}, format="json")
    assert wrong.status_code == 400
    both = {"process": tender.pk, "custom": {"office": "y"}}
    changed = client.patch(one, both, format="json")
    assert changed.status_code == 200, changed.content
    assert changed.json()["custom"] == {"rival": "x", "office": "y"}
    assert client.post(url, {**body, "process": tender.pk}, format="json").status_code == 400


def test_rest_asks_for_what_the_default_process_requires(api, rep, usual):
    own(Opportunity, "sponsor", scope_id=usual.pk, is_required=True)
    body = {"name": "D", "account": AccountFactory(owner=rep).pk}
    bare = api(rep).post("/api/v1/opportunities/", body, format="json")
    assert bare.status_code == 400
    assert "sponsor" in str(bare.json())


def test_the_queries_of_a_timeline_do_not_grow_with_changes_of_own_fields(
    login, rep, fields, usual
):
    deal, page = OpportunityFactory(owner=rep, process=usual), login(rep)
    about = f"/about/opportunities/opportunity/{deal.pk}"

    def change(number):
        lifecycle.edit(deal, by=rep, custom={"budgeted": str(number)})

    def costs():
        counts = []
        for url in (f"{about}/timeline/", f"{about}/history/?field=custom__budgeted"):
            with CaptureQueriesContext(connection) as queries:
                assert page.get(url, headers=HTMX).status_code == 200
            counts.append(len(queries))
        return counts

    change(1)
    costs()
    once = costs()
    for number in range(2, 7):
        change(number)
    assert costs() == once
