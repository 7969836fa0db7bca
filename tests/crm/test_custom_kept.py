"""Own fields whose choices, people or use have changed: what is stored is kept, told and found."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Account
from crm import lifecycle
from crm.custom import services, usage
from crm.errors import DomainError
from crm.models import CustomField, Event, SavedView
from leads.models import Lead
from opportunities.models import Opportunity
from tests.crm.importing import verdicts
from tests.crm.own import own
from tests.factories.accounts import AccountFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import OpportunityFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def tier(db):
    return own(Account, "tier", "choice", choices="Gold\nSilver")


@pytest.fixture
def brands(db):
    return own(Account, "brands", "choices", choices="A\nB")


@pytest.fixture
def old(rep, teammate, tier, brands):
    """A customer with answers of which none is offered any more."""
    own(Account, "buyer", "user")
    own(Account, "remark")
    custom = {"tier": "Bronze", "brands": ["A", "Z"]}
    custom["buyer"] = {"id": teammate.pk, "label": str(teammate)}
    account = AccountFactory(owner=rep, name="Old Ltd", custom=custom, external_key="O-1")
    teammate.is_active = False
    teammate.save()
    return account


# --- A person who has left, a word that is no choice now ----------------------------------------------


def test_a_form_keeps_who_has_left_and_what_is_offered_no_more(login, rep, old):
    page, url = login(rep), f"{old.get_absolute_url()}edit/"
    before = dict(old.custom)
    form = page.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert page.post(url, {**data, "custom__remark": "x"}).status_code == 302
    old.refresh_from_db()
    assert old.custom == {**before, "remark": "x"}
    # It is offered where it is, and nowhere else.
    other = AccountFactory(owner=rep)
    data = {"custom__tier": "Bronze", "version": 1}
    url = f"{other.get_absolute_url()}field/custom__tier/"
    assert page.post(url, data).status_code == 422


def test_rest_keeps_them_when_something_else_changes(api, rep, old):
    before, url = dict(old.custom), f"/api/v1/accounts/{old.pk}/"
    changed = api(rep).patch(url, {"custom": {"remark": "x"}}, format="json")
    assert changed.status_code == 200, changed.content
    assert changed.json()["custom"] == {**before, "remark": "x"}
    body = {"custom": {"tier": "Tin"}}
    assert api(rep).patch(url, body, format="json").status_code == 400
    other = AccountFactory(owner=rep)
    body = {"custom": {"tier": "Bronze"}}
    refused = api(rep).patch(f"/api/v1/accounts/{other.pk}/", body, format="json")
    assert refused.status_code == 400


def test_a_file_that_says_what_is_kept_is_no_change(manager, old, teammate, take_in):
    before = dict(old.custom)
    text = f"External key,Tier,Brands,Buyer\nO-1,Bronze,A;Z,{teammate.username}\n"
    _client, _found, rows = take_in(manager, text, "accounts.account", mode="update")
    assert verdicts(rows) != {2: "refused"}, rows[2].message
    old.refresh_from_db()
    assert old.custom == before
    text = "External key,Tier\nO-1,Tin\n"
    _client, _found, rows = take_in(manager, text, "accounts.account", mode="update")
    assert verdicts(rows) == {2: "refused"}


def test_the_filter_by_what_is_offered_no_more_says_so(login, rep, old):
    asked = {"w1": "custom__tier", "w1o": "in", "w1v": "Bronze", "col": "name"}
    context = login(rep).get("/accounts/", asked).context
    assert [row["cells"][0].text for row in context["rows"]] == ["Old Ltd"]
    value = context["conditions"][0]["v"]
    assert "Bronze" in dict(value.field.choices)


# --- Another word for a choice ------------------------------------------------------------------------


def test_a_choice_is_renamed_in_records_and_views(login, administrator, rep, tier, brands):
    gold = AccountFactory(owner=rep, custom={"tier": "Gold", "brands": ["A", "B"]})
    silver = AccountFactory(owner=rep, custom={"tier": "Silver"})
    asked = "w1=custom__tier&w1o=in&w1v=Gold&w1v=Silver&w2=name&w2o=is&w2v=Gold"
    login(rep).post("/accounts/views/", {"name": "V", "query": asked})
    through = "w1=account__custom__tier&w1o=in&w1v=Gold"
    login(rep).post("/opportunities/views/", {"name": "V", "query": through})
    page, url = login(administrator), tier.get_absolute_url()
    assert page.post(f"{url}rename_choice/", {"old": "Gold", "new": "  "}).status_code == 422
    assert page.post(f"{url}rename_choice/", {"old": "Tin", "new": "x"}).status_code == 422
    data = {"old": "Gold", "new": "Platinum"}
    assert page.post(f"{url}rename_choice/", data).status_code == 302
    tier.refresh_from_db()
    assert tier.options == ["Platinum", "Silver"]
    for account, word in ((gold, "Platinum"), (silver, "Silver")):
        account.refresh_from_db()
        assert account.custom["tier"] == word
    assert gold.custom["brands"] == ["A", "B"]
    queries = list(SavedView.objects.order_by("pk").values_list("query", flat=True))
    assert queries[0] == "w1=custom__tier&w1o=in&w1v=Platinum&w1v=Silver&w2=name&w2o=is&w2v=Gold"
    assert queries[1] == "w1=account__custom__tier&w1o=in&w1v=Platinum"
    event = Event.objects.get(name="customfield.choice_renamed")
    assert (event.actor, event.data["records"]) == (administrator, 1)


def test_two_choices_become_one(administrator, rep, tier, brands):
    both = AccountFactory(custom={"tier": "Silver", "brands": ["B", "A"]})
    services.rename_choice(tier, by=administrator, old="Silver", new="Gold")
    services.rename_choice(brands, by=administrator, old="B", new="A")
    both.refresh_from_db()
    assert both.custom == {"tier": "Gold", "brands": ["A"]}
    assert CustomField.objects.get(pk=tier.pk).options == ["Gold"]
    with pytest.raises(PermissionDenied):
        services.rename_choice(tier, by=rep, old="Gold", new="x")


def test_words_with_quotes_are_renamed_as_they_are(administrator, tier):
    account = AccountFactory(custom={"tier": "Gold"})
    services.rename_choice(tier, by=administrator, old="Gold", new="'\"; --\\ 金%s")
    account.refresh_from_db()
    assert account.custom["tier"] == "'\"; --\\ 金%s"


# --- In use no more -------------------------------------------------------------------------------------


def test_the_page_of_a_field_says_where_it_is_used(login, administrator, rep, tier, old):
    AccountFactory(custom={"tier": "Gold"})
    login(rep).post("/accounts/views/", {"name": "Mine", "query": "o=custom__tier"})
    login(administrator).post(
        "/opportunities/views/",
        {"name": "Gold deals", "query": "col=account__custom__tier", "is_shared": "1"},
    )
    # A field of another document has the same name.
    own(Opportunity, "tier")
    login(rep).post("/opportunities/views/", {"name": "Other", "query": "col=custom__tier"})
    facts = dict(usage.facts(tier))
    assert facts["Records"] == "2"
    assert facts["Saved views"] == "Opportunities: Gold deals, 1 private"
    assert (facts["Gold"], facts["Silver"], facts["Bronze (offered no more)"]) == ("1", "0", "1")
    shown = login(administrator).get(tier.get_absolute_url()).content.decode()
    assert "Opportunities: Gold deals" in shown
    brands = CustomField.objects.get(code="brands")
    assert usage.counts(brands) == {"A": 1, "B": 0, "Z": 1}


def test_a_field_in_use_is_retired_only_when_that_is_meant(login, administrator, rep, tier):
    AccountFactory(owner=rep, custom={"tier": "Gold"})
    page, url = login(administrator), tier.get_absolute_url()
    asked = page.get(f"{url}retire/", headers=HTMX).content.decode()
    assert "In use by 1 record." in asked
    refused = page.post(f"{url}retire/")
    assert refused.status_code == 422
    assert "In use by 1 record." in refused.content.decode()
    assert login(rep).post(f"{url}retire/", {"anyway": "on"}).status_code == 403
    assert page.post(f"{url}retire/", {"anyway": "on"}).status_code == 302
    tier.refresh_from_db()
    assert not tier.is_active
    assert Account.objects.filter(custom__tier="Gold").exists()
    page.post(f"{url}restore/")
    tier.refresh_from_db()
    assert tier.is_active


def test_what_nothing_uses_is_retired_and_deleted_at_once(login, administrator, tier):
    page, url = login(administrator), tier.get_absolute_url()
    assert page.post(f"{url}retire/").status_code == 302
    assert page.post(f"{url}delete/").status_code == 302
    assert not CustomField.objects.exists()


def test_a_field_that_holds_something_is_not_deleted(login, administrator, tier):
    AccountFactory(custom={"tier": "Gold"})
    assert login(administrator).post(f"{tier.get_absolute_url()}delete/").status_code == 409
    with pytest.raises(DomainError, match="Retire it instead"):
        services.delete_field(tier, by=administrator)
    with pytest.raises(ValidationError):
        services.retire_field(tier, by=administrator)


def test_a_view_over_a_retired_field_opens_and_says_what_to_remove(login, rep, tier):
    AccountFactory(owner=rep, name="one", custom={"tier": "Gold"})
    page = login(rep)
    query = "col=name&col=custom__tier&o=custom__tier&group=custom__tier&w1=custom__tier&w1o=filled"
    page.post("/accounts/views/", {"name": "V", "query": query})
    CustomField.objects.update(is_active=False)
    shown = page.get(SavedView.objects.get().get_absolute_url())
    assert "“Tier” is in use no more." in shown.content.decode()
    condition = shown.context["conditions"][0]
    assert condition["path"].initial == "custom__tier"
    assert ("custom__tier", "Tier") in condition["path"].field.choices
    assert "data-remove-condition" in shown.content.decode()
    # Without the condition it shows the rest.
    rest = page.get("/accounts/", {"col": ["name", "custom__tier"], "o": "custom__tier"})
    assert [row["cells"][0].text for row in rest.context["rows"]] == ["one"]
    deals = page.get("/opportunities/", {"w1": "account__custom__tier", "w1o": "filled"})
    assert "“Tier” is in use no more." in deals.content.decode()


def test_the_past_is_told_of_a_retired_field_in_words(login, rep, tier, teammate):
    buyer = own(Account, "buyer", "user")
    account = AccountFactory(owner=rep)
    person = {"id": teammate.pk, "label": "Wang Li"}
    lifecycle.edit(account, by=rep, custom={"tier": "Gold", "buyer": person})
    CustomField.objects.filter(pk__in=[tier.pk, buyer.pk]).update(is_active=False)
    url = f"/about/accounts/account/{account.pk}/"
    timeline = login(rep).get(f"{url}timeline/", headers=HTMX).content.decode()
    for sentence in ("Tier set to Gold", "Buyer set to Wang Li"):
        assert sentence in timeline


def test_the_history_of_one_own_field_has_its_changes(login, rep, tier):
    account = AccountFactory(owner=rep)
    lifecycle.edit(account, by=rep, custom={"tier": "Gold"})
    lifecycle.edit(account, by=rep, custom={"tier": "Silver"})
    url = f"/about/accounts/account/{account.pk}/history/?field=custom__tier"
    context = login(rep).get(url, headers=HTMX).context
    assert context["label"] == "Tier"
    assert [change["new"] for change in context["changes"]] == ["Silver", "Gold"]


# --- Amounts, addresses, long texts ---------------------------------------------------------------------


def test_amounts_of_records_without_a_currency_are_in_the_companys(login, rep):
    own(Lead, "budget", "money")
    lead = LeadFactory(owner=rep)
    lifecycle.edit(lead, by=rep, custom={"budget": "1200"})
    page = login(rep)
    assert "¥1,200.00" in page.get(lead.get_absolute_url()).content.decode()
    context = page.get("/leads/", {"col": ["name", "custom__budget"]}).context
    assert context["rows"][0]["cells"][1].text == "¥1,200.00"
    assert [total["value"] for total in context["totals"]] == ["¥1,200.00"]
    timeline = page.get(f"/about/leads/lead/{lead.pk}/timeline/", headers=HTMX).content.decode()
    assert "Budget set to ¥1,200.00" in timeline


def test_an_amount_is_in_the_currency_of_its_record(login, rep):
    own(Opportunity, "budget", "money")
    OpportunityFactory(owner=rep, currency_id="USD", custom={"budget": "5"})
    context = login(rep).get("/opportunities/", {"col": ["custom__budget"]}).context
    assert context["rows"][0]["cells"][0].text == "$5.00"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt://x.example/%0aalert(1)", "data:text/html,x", "vbscript:x"],
)
def test_an_address_that_runs_something_is_refused_at_every_door(
    login, api, manager, address, take_in
):
    own(Account, "shop", "link")
    account = AccountFactory(owner=manager, external_key="L-1")
    url = f"{account.get_absolute_url()}field/custom__shop/"
    answer = login(manager).post(url, {"custom__shop": address, "version": 1})
    assert answer.status_code == 422
    body = {"custom": {"shop": address}}
    rest = api(manager).patch(f"/api/v1/accounts/{account.pk}/", body, format="json")
    assert rest.status_code == 400
    text = f'External key,Shop\nL-1,"{address}"\n'
    _client, _found, rows = take_in(manager, text, "accounts.account", mode="update")
    assert verdicts(rows) == {2: "refused"}
    account.refresh_from_db()
    assert account.custom == {}


def test_a_text_has_an_end(login, api, rep):
    own(Account, "remark")
    account = AccountFactory(owner=rep)
    url, huge = f"/api/v1/accounts/{account.pk}/", "长" * 2001
    for wrong in (huge, "a\0b", ["a"], {"a": 1}):
        answer = api(rep).patch(url, {"custom": {"remark": wrong}}, format="json")
        assert answer.status_code == 400, json.dumps(wrong)[:40]
    answer = api(rep).patch(url, {"custom": {"remark": "长" * 2000}}, format="json")
    assert answer.status_code == 200
