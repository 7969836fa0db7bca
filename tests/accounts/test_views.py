from accounts.models import Account, PaymentTerm
from tests.factories.accounts import (
    AccountClassFactory,
    AccountFactory,
    AddressFactory,
    ContactFactory,
    PaymentTermFactory,
)
from tests.factories.planning import CampaignFactory


def test_a_possible_duplicate_is_shown_and_asked_about_before_it_is_saved(login, rep, outsider):
    AccountFactory(name="Acme Ltd", phone="021-55551234", owner=outsider)
    page = login(rep)
    data = {"name": "ACME", "status": "prospect", "currency": "CNY"}
    asked = page.post("/accounts/new/", data)
    content = asked.content.decode()
    assert asked.status_code == 409
    assert "Acme Ltd" in content
    assert "owner: outsider" in content
    assert "55551234" not in content
    assert 'type="checkbox" name="allow_duplicate"' in content
    saved = page.post("/accounts/new/", {**data, "allow_duplicate": "on"})
    assert saved.status_code == 302
    assert Account.objects.get(owner=rep).name == "ACME"


def test_a_new_company_is_saved_without_a_question(login, rep):
    page = login(rep)
    assert "allow_duplicate" in page.get("/accounts/new/").content.decode()
    data = {"name": "Fresh", "status": "prospect", "currency": "CNY"}
    assert page.post("/accounts/new/", data).status_code == 302


def test_duplicates_show_up_while_somebody_types(login, rep, finance, warehouse):
    account = AccountFactory(name="云栖科技有限公司", owner=rep)
    page = login(rep)
    found = page.get("/accounts/duplicates/", {"name": "云栖科技公司"}).content.decode()
    assert account.get_absolute_url() in found
    edited = {"name": "云栖科技公司", "exclude": account.pk}
    assert account.name not in page.get("/accounts/duplicates/", edited).content.decode()
    # Finance edits customers, but makes none.
    assert login(finance).get("/accounts/duplicates/", edited).status_code == 200
    assert login(finance).get("/accounts/duplicates/", {"name": "x"}).status_code == 403
    assert login(warehouse).get("/accounts/duplicates/", edited).status_code == 403


def test_a_colleague_of_another_team_does_not_see_the_customer(login, rep, outsider, manager):
    account = AccountFactory(owner=rep)
    contact = ContactFactory(account=account)
    address = AddressFactory(account=account)
    for record in (account, contact, address):
        url = record.get_absolute_url()
        assert login(outsider).get(url).status_code == 404
        assert login(rep).get(url).status_code == 200
        assert login(manager).get(url).status_code == 200


def test_the_record_page_shows_people_addresses_terms_and_subsidiaries(login, rep):
    parent = AccountFactory(
        owner=rep,
        payment_term=PaymentTermFactory(),
        account_class=AccountClassFactory(policy="Visit monthly"),
    )
    child = AccountFactory(owner=rep, parent=parent)
    ContactFactory(account=parent, name="Wang Fang")
    AddressFactory(account=parent, street="8 Harbour Road")
    content = login(rep).get(parent.get_absolute_url()).content.decode()
    for text in ("Wang Fang", "8 Harbour Road", child.name, "the rest, 30 days", "Visit monthly"):
        assert text in content
    assert f"/accounts/contacts/new/?account={parent.pk}" in content


def test_a_contact_is_added_from_the_page_of_its_customer(login, rep):
    account = AccountFactory(owner=rep)
    page = login(rep)
    form = page.get(f"/accounts/contacts/new/?account={account.pk}").content.decode()
    assert f'<option value="{account.pk}" selected' in form
    data = {"account": account.pk, "name": "Li", "is_active": "on"}
    assert page.post("/accounts/contacts/new/", data).status_code == 302
    assert account.contacts.get().name == "Li"


def test_a_contact_cannot_be_put_into_a_customer_out_of_sight(login, outsider, rep):
    account = AccountFactory(owner=rep)
    data = {"account": account.pk, "name": "Li", "is_active": "on"}
    assert login(outsider).post("/accounts/contacts/new/", data).status_code == 422
    assert not account.contacts.exists()


def test_a_manager_changes_the_owner_in_a_dialog_that_offers_the_team_only(
    login, manager, rep, teammate, outsider
):
    account = AccountFactory(owner=rep)
    url = f"/accounts/{account.pk}/assign/"
    assert login(rep).get(url).status_code == 403
    page = login(manager)
    form = page.get(url, headers={"HX-Request": "true"}).content.decode()
    assert ">teammate<" in form
    assert ">outsider<" not in form
    answer = page.post(url, {"owner": teammate.pk}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    account.refresh_from_db()
    assert account.owner == teammate


def test_finance_enters_a_payment_term_and_is_told_when_it_does_not_add_up(login, finance):
    page = login(finance)
    data = {
        "name": "30/70",
        "is_active": "on",
        "parts-TOTAL_FORMS": "2",
        "parts-INITIAL_FORMS": "0",
        "parts-0-label": "Deposit",
        "parts-0-percent": "30",
        "parts-0-event": "signing",
        "parts-0-days": "0",
        "parts-1-label": "Balance",
        "parts-1-percent": "60",
        "parts-1-event": "delivery",
        "parts-1-days": "30",
    }
    answer = page.post("/accounts/terms/new/", data)
    assert answer.status_code == 422
    assert "add up to 100" in answer.content.decode()
    answer = page.post("/accounts/terms/new/", {**data, "parts-1-percent": ""})
    assert answer.status_code == 302, answer.content.decode()
    term = PaymentTerm.objects.get()
    assert [(p.label, p.percent) for p in term.parts.all()] == [("Deposit", 30), ("Balance", None)]
    assert page.get(f"/accounts/terms/{term.pk}/edit/").status_code == 200


def test_a_campaign_shows_the_customers_it_brought(login, rep, outsider):
    campaign = CampaignFactory()
    mine = AccountFactory(owner=rep, campaign=campaign)
    theirs = AccountFactory(owner=outsider, campaign=campaign)
    content = login(rep).get(f"/accounts/campaign/{campaign.pk}/").content.decode()
    assert mine.name in content
    assert theirs.name not in content


def test_lists_cost_the_same_queries_however_long_they_are(
    login, rep, django_assert_max_num_queries
):
    for _n in range(20):
        account = AccountFactory(owner=rep, account_class=AccountClassFactory())
        ContactFactory(account=account)
        AddressFactory(account=account)
        PaymentTermFactory()
    page = login(rep)
    for url in ("", "contacts/", "addresses/", "classes/", "terms/"):
        page.get(f"/accounts/{url}")
        with django_assert_max_num_queries(13):
            answer = page.get(f"/accounts/{url}")
        assert answer.content.count(b"<tr data-href") == 20


def test_the_list_can_be_narrowed_to_ones_own(login, manager, rep):
    mine, other = AccountFactory(owner=manager), AccountFactory(owner=rep)
    answer = login(manager).get("/accounts/?mine=true")
    assert [row["pk"] for row in answer.context["rows"]] == [mine.pk]
    answer = login(manager).get("/accounts/?mine=false")
    assert [row["pk"] for row in answer.context["rows"]] == [other.pk]
