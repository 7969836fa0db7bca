"""Whether it is known already: one service, asked by every door and by the nightly scan."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Account, Contact, DuplicatePair
from accounts.models.keys import core_key, domain_key, is_credit_code
from accounts.services import (
    DuplicateFound,
    create_account,
    create_contact,
    dismiss_pair,
    edit_account,
    find_duplicates,
    merge_records,
    rebuild_keys,
    scan_duplicates,
    undo_merge,
)
from accounts.services.duplicates import SCORES
from accounts.tasks import scan_duplicates as scan_task
from crm.errors import DomainError
from leads.models import Lead
from leads.services import create_lead, edit_lead
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.leads import LeadFactory

CODE = "91310000MA1FL1AB28"


def found(kind, user=None, exclude=None, **data):
    return find_duplicates(kind, data, user=user, exclude=exclude)


def records(kind, **data):
    return [row.record for row in found(kind, **data)]


@pytest.mark.parametrize("code", ["9144030071526726XG", "91330100799655058B", "914403001922038216"])
def test_the_check_digit_of_a_credit_code_is_counted(code):
    assert is_credit_code(code)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert not is_credit_code(wrong)


def test_a_credit_code_is_stored_in_capitals_without_blanks_and_width(rep):
    typed = " 9131 0000 ｍａ1fl1ab28 "
    assert create_account(by=rep, name="A", credit_code=typed).credit_code == CODE
    with pytest.raises(ValidationError, match="the last one must check the others"):
        create_account(by=rep, name="B", credit_code="91310000MA1FL1AB2C")


def test_a_wrong_credit_code_is_told_at_both_doors(login, api, rep):
    data = {"name": "A", "status": "prospect", "currency": "CNY", "credit_code": CODE[:-1] + "9"}
    page = login(rep).post("/accounts/new/", data)
    assert page.status_code == 422
    assert "must check the others" in page.content.decode()
    answer = api(rep).post("/api/v1/accounts/", data, format="json")
    assert answer.status_code == 400
    assert "credit_code" in answer.data["errors"]
    spaced = {**data, "credit_code": "9131 0000 MA1F L1AB 28"}
    assert login(rep).post("/accounts/new/", spaced).status_code == 302
    assert Account.objects.get().credit_code == CODE


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.Acme.com/de?x=1", "acme.com"),
        ("acme.com", "acme.com"),
        ("Wang@ACME.com", "acme.com"),
        ("wang@qq.com", ""),
        ("http://acme.com:8080", "acme.com"),
        ("intranet", ""),
        ("", ""),
    ],
)
def test_the_domain_of_an_address_tells_the_company_unless_everybody_has_it(text, domain):
    assert domain_key(text) == domain


def test_a_company_is_found_by_each_of_its_facts(rep):
    account = AccountFactory(
        name="云栖科技有限公司",
        phone="021-5555 1234",
        credit_code=CODE,
        tax_number="HK 123-456",
        website="www.yunqi.cn",
        owner=rep,
    )
    contact = ContactFactory(account=account, phone="13800138000", email="Wang@example.com")
    assert records(Account, name="云栖软件有限公司") == []
    [both] = found(Account, name="云栖（科技）股份有限公司", credit_code=CODE.lower())
    assert (both.record, both.score) == (account, 100)
    assert set(both.reasons) == {"same credit code", "same name without legal form"}
    assert records(Account, phone="+86 21 55551234") == [account]
    assert records(Account, tax_number="hk123456") == [account]
    assert records(Account, phone="138 0013 8000") == [contact]
    assert records(Lead, email="wang@EXAMPLE.com") == [contact]
    assert records(Lead, email="li@yunqi.cn") == [account]
    assert records(Account, name="云栖科技", exclude=account) == []
    # Its own people are no duplicates of it.
    assert records(Account, phone="138 0013 8000", exclude=account) == []
    assert records(Account) == []


def test_customers_and_leads_are_found_from_one_another(rep, outsider):
    account = AccountFactory(name="云栖科技有限公司", owner=rep)
    lead = LeadFactory(company="云栖科技股份有限公司", phone="13800138000", owner=outsider)
    LeadFactory(company="云栖科技", converted=True, owner=rep)
    for kind, field in ((Lead, "company"), (Account, "name")):
        rows = found(kind, user=rep, **{field: "云栖（科技）公司"})
        assert {(row.record, row.visible) for row in rows} == {(account, True), (lead, False)}
    assert records(Lead, phone="+86 138-0013-8000") == [lead]
    assert records(Lead, phone="13800138000", exclude=lead) == []


def test_a_person_is_found_by_mail_by_phone_and_by_name_at_the_same_customer(rep):
    wang = ContactFactory(name="王 芳", phone="13800138000", email="wang@acme.cn")
    assert records(Contact, email="WANG@acme.cn") == [wang]
    assert records(Contact, phone="+8613800138000") == [wang]
    assert records(Contact, name="王芳", account=wang.account) == [wang]
    assert records(Contact, name="王芳", account=AccountFactory()) == []


def test_a_hit_out_of_sight_shows_company_and_owner_only(rep, outsider):
    account = AccountFactory(name="Acme Ltd", phone="021-55551234", owner=rep)
    ContactFactory(account=account, name="Secret Person", email="secret@acme.cn")
    [masked] = found(Account, user=outsider, name="Acme")
    assert (masked.visible, masked.url, masked.name, masked.owner) == (False, "", "Acme Ltd", "rep")
    assert set(masked.as_json()) == {"kind", "name", "owner", "reasons", "score"}
    [person] = found(Contact, user=outsider, email="secret@acme.cn")
    assert (person.name, person.owner) == ("Acme Ltd", "rep")
    [seen] = found(Account, user=rep, name="Acme")
    assert seen.url and seen.as_json()["id"] == seen.record.pk


def test_looking_costs_the_same_however_many_records_there_are(rep, django_assert_max_num_queries):
    AccountFactory.create_batch(30, name="Acme Ltd", phone="021-55551234", owner=rep)
    with django_assert_max_num_queries(9):
        assert len(found(Account, user=rep, name="Acme", phone="021-55551234")) == 10


def test_a_shared_domain_is_shown_but_asks_no_question(rep):
    AccountFactory(name="Acme Ltd", website="acme.com")
    create_lead(by=rep, name="Li", company="Else", email="li@acme.com", allow_duplicate=False)
    [weak] = found(Lead, email="wang@acme.com", exclude=Lead.objects.get())
    assert weak.reasons == ["same domain"]


def test_an_edit_asks_only_about_what_it_changes(rep):
    AccountFactory(name="Acme Ltd", owner=rep)
    twin = AccountFactory(name="Acme", owner=rep)
    edit_account(twin, by=rep, allow_duplicate=False, region="East")
    other = AccountFactory(name="Else", owner=rep)
    with pytest.raises(DuplicateFound):
        edit_account(other, by=rep, allow_duplicate=False, name="ACME Inc")
    edit_account(other, by=rep, allow_duplicate=True, name="ACME Inc")
    lead = LeadFactory(owner=rep)
    with pytest.raises(DuplicateFound):
        edit_lead(lead, by=rep, allow_duplicate=False, company="Acme")


@pytest.mark.parametrize("kind", ["accounts", "contacts", "leads"])
def test_rest_asks_before_it_writes(api, rep, kind):
    account = AccountFactory(name="Acme Ltd", owner=rep)
    ContactFactory(account=account, name="Wang", email="wang@acme.cn")
    body = {
        "accounts": {"name": "ACME"},
        "contacts": {"name": "W", "account": account.pk, "email": "wang@acme.cn"},
        "leads": {"name": "W", "company": "ACME Inc"},
    }[kind]
    client, url = api(rep), f"/api/v1/{kind}/"
    refused = client.post(url, body, format="json")
    assert (refused.status_code, refused.data["code"]) == (409, "possible_duplicates")
    assert refused["Content-Type"].startswith("application/problem+json")
    assert refused.data["duplicates"][0]["score"] >= 80
    made = client.post(url, {**body, "allow_duplicate": True}, format="json")
    assert made.status_code == 201
    again = client.patch(f"{url}{made.data['id']}/", {"version": 1}, format="json")
    assert again.status_code == 200


def test_the_form_of_a_contact_shows_and_asks(login, rep, warehouse):
    account = AccountFactory(name="Acme Ltd", owner=rep)
    wang = ContactFactory(account=account, name="Wang", email="wang@acme.cn")
    page = login(rep)
    typed = {"email": "wang@acme.cn", "account": account.pk, "name": ""}
    assert (
        wang.get_absolute_url()
        in page.get("/accounts/contacts/duplicates/", typed).content.decode()
    )
    assert login(warehouse).get("/accounts/contacts/duplicates/", typed).status_code == 403
    data = {"name": "W", "account": account.pk, "email": "wang@acme.cn", "is_active": "on"}
    asked = page.post("/accounts/contacts/new/", data)
    assert asked.status_code == 409
    assert "same email" in asked.content.decode()
    assert (
        page.post("/accounts/contacts/new/", {**data, "allow_duplicate": "on"}).status_code == 302
    )
    assert Contact.objects.count() == 2


def test_a_field_changed_in_place_is_asked_about_as_well(login, rep):
    other = AccountFactory(name="Acme Ltd", owner=rep)
    account = AccountFactory(name="Beta", owner=rep)
    url, page = f"/accounts/{account.pk}/field/name/", login(rep)
    data = {"name": "ACME Inc", "version": account.version}
    asked = page.post(url, data, headers={"HX-Request": "true"})
    assert asked.status_code == 409
    content = asked.content.decode()
    assert "same name without legal form" in content
    assert other.get_absolute_url() in content
    assert 'type="checkbox" name="allow_duplicate"' in content
    account.refresh_from_db()
    assert account.name == "Beta"
    # What says nothing about who it is asks no question.
    region = {"region": "East", "version": account.version}
    assert page.post(f"/accounts/{account.pk}/field/region/", region).status_code == 302
    page.post(url, {"name": "ACME Inc", "version": account.version + 1, "allow_duplicate": "on"})
    account.refresh_from_db()
    assert (account.name, account.region) == ("ACME Inc", "East")


def test_an_outdated_form_of_a_contact_shows_the_conflict(login, rep):
    wang = ContactFactory(account__owner=rep, name="Wang")
    Contact.objects.filter(pk=wang.pk).update(title="Boss", version=2)
    data = {"account": wang.account_id, "name": "Wang", "is_active": "on", "version": 1}
    answer = login(rep).post(f"/accounts/contacts/{wang.pk}/edit/", {**data, "title": "Buyer"})
    assert answer.status_code == 409
    assert "Boss" in answer.content.decode()


def test_keys_can_be_rebuilt_and_a_second_time_changes_nothing(rep):
    account = AccountFactory(name="Acme Ltd", website="acme.com")
    Account.objects.filter(pk=account.pk).update(name_key="", core_key="", domain_key="")
    assert records(Account, name="Acme") == []
    assert rebuild_keys() == 1
    assert records(Account, name="Acme") == [account]
    assert rebuild_keys() == 0


# --- The scan ---------------------------------------------------------------------------------


def pairs():
    rows = DuplicatePair.objects.filter(dismissed_at=None)
    return {(row.content_type.model, row.first_id, row.second_id) for row in rows}


def test_the_scan_finds_pairs_of_one_kind_and_may_run_twice(rep):
    a, b = AccountFactory(name="Acme Ltd", website="x.com"), AccountFactory(name="ACME")
    AccountFactory(name="Else", website="x.com")  # a domain alone makes no pair
    c, d = ContactFactory(email="W@acme.cn"), ContactFactory(email="w@acme.cn")
    e, f = LeadFactory(phone="13800138000"), LeadFactory(phone="+86 138 0013 8000")
    wanted = {("account", a.pk, b.pk), ("contact", c.pk, d.pk), ("lead", e.pk, f.pk)}
    assert scan_duplicates() == 3
    assert pairs() == wanted
    scan_task()
    assert pairs() == wanted
    Account.objects.filter(pk=b.pk).update(name_key="else2", core_key="else2")
    scan_duplicates()
    assert pairs() == {pair for pair in wanted if pair[0] != "account"}


def test_persons_of_one_name_make_a_pair_only_at_one_customer(db):
    account = AccountFactory()
    a, b = (ContactFactory(account=account, name=name) for name in ("Wang Fang", "WANG FANG"))
    ContactFactory(name="Wang Fang")
    scan_duplicates()
    assert pairs() == {("contact", a.pk, b.pk)}


def test_a_large_group_does_not_explode_into_pairs(db):
    AccountFactory.create_batch(30, name="Acme")
    assert scan_duplicates() == 29


def test_a_dismissed_pair_stays_dismissed(rep, outsider):
    AccountFactory.create_batch(2, name="Acme", owner=rep)
    scan_duplicates()
    pair = DuplicatePair.objects.get()
    with pytest.raises(PermissionDenied):
        dismiss_pair(pair, by=outsider)
    dismiss_pair(pair, by=rep)
    scan_duplicates()
    assert pairs() == set()


def test_the_page_shows_pairs_to_those_who_may_merge_both(
    login, api, rep, manager, outsider, finance
):
    mine = AccountFactory.create_batch(2, name="Acme", owner=rep)
    AccountFactory(name="Acme", owner=outsider)
    scan_duplicates()
    [row] = login(rep).get("/accounts/pairs/").context["rows"]
    url = f"/accounts/{mine[0].pk}/merge/{mine[1].pk}/"
    assert url in login(rep).get(row["url"]).content.decode()
    assert len(login(manager).get("/accounts/pairs/?kind=account").context["rows"]) == 1
    assert len(login(manager).get("/accounts/pairs/?kind=lead").context["rows"]) == 0
    assert len(login(rep).get("/accounts/pairs/?q=acme").context["rows"]) == 1
    assert len(login(rep).get("/accounts/pairs/?q=else").context["rows"]) == 0
    assert len(login(outsider).get("/accounts/pairs/").context["rows"]) == 0
    assert login(finance).get("/accounts/pairs/").status_code == 403
    content = login(rep).get(url).content.decode()
    assert f"/accounts/pairs/{row['pk']}/dismiss/" in content
    assert api(outsider).post(f"/api/v1/duplicate-pairs/{row['pk']}/dismiss/").status_code == 404
    assert api(rep).post(f"/api/v1/duplicate-pairs/{row['pk']}/dismiss/").status_code == 200
    assert api(rep).get("/api/v1/duplicate-pairs/").data["results"] == []


def test_a_pair_is_gone_when_one_of_the_two_is_merged_and_back_when_that_is_undone(
    login, api, rep, teammate, manager
):
    mine = AccountFactory(name="Acme", owner=rep)
    theirs, third = (AccountFactory(name="Acme Ltd", owner=teammate) for _n in range(2))
    scan_duplicates()
    shown = {rep: 0, teammate: 1, manager: 3}
    merge = merge_records(third, theirs, by=manager)
    for person in shown:
        pks = [row["pk"] for row in login(person).get("/accounts/pairs/").context["rows"]]
        assert len(pks) == (1 if person == manager else 0)
        assert len(api(person).get("/api/v1/duplicate-pairs/").data["results"]) == len(pks)
        for pair in DuplicatePair.objects.filter(second_id=theirs.pk, first_id=mine.pk):
            assert login(person).get(f"/accounts/pairs/{pair.pk}/").status_code == 404
    undo_merge(merge, by=manager)
    for person, count in shown.items():
        assert len(login(person).get("/accounts/pairs/").context["rows"]) == count


def test_a_contact_is_asked_about_by_the_service_too(rep):
    wang = ContactFactory(account__owner=rep, email="wang@acme.cn")
    with pytest.raises(DomainError) as refused:
        create_contact(
            by=rep, account=wang.account, name="W", email="wang@acme.cn", allow_duplicate=False
        )
    assert refused.value.code == "possible_duplicates"


# --- The same name but for the place ----------------------------------------------------------

YUNQI = [
    "云栖科技",
    "上海云栖科技有限公司",
    "云栖科技(上海)有限公司",
    "云栖科技（上海）股份有限公司",
    "上海市浦东新区云栖科技有限公司",
    "云栖科技有限公司（中国）",
    "【上海】云栖科技公司",
    "苏州工业园区云栖科技有限公司",
]


@pytest.mark.parametrize("text", YUNQI)
def test_places_before_after_and_in_brackets_are_no_part_of_the_core_of_a_name(text):
    assert core_key(text) == "云栖科技"


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("Shanghai Yunqi Technology Co., Ltd.", "yunqitechnology"),
        ("Yunqi Technology (Shanghai) Co., Ltd.", "yunqitechnology"),
        ("臺灣雲棲科技股份有限公司", "云栖科技"),
        ("中国云栖科技", "中国云栖科技"),  # the country in front is a part of the name
        ("上海市场研究院", "市场研究院"),
        ("上海国际贸易有限公司", ""),  # only the trade is left
        ("北京信息技术公司", ""),
        ("上海恒瑞有限公司", ""),  # too short to tell
        ("Shanghai Trading Ltd", ""),
        ("上海", ""),
        ("", ""),
    ],
)
def test_what_is_left_of_a_name_has_to_tell_something(text, core):
    assert core_key(text) == core


def test_the_same_name_at_another_place_is_a_hint_and_asks_no_question(rep):
    account = AccountFactory(name="云栖科技(上海)有限公司", owner=rep)
    [hint] = found(Account, name="上海云栖科技有限公司")
    assert (hint.record, hint.score) == (account, SCORES["core"])
    assert hint.reasons == ["same name but for the place"]
    assert found(Lead, company="云栖科技")[0].record == account
    assert create_account(by=rep, name="云栖科技") is not None  # nobody was asked
    [sure, weak] = found(Account, name="云栖科技有限公司")
    assert sure.reasons == ["same name without legal form"]
    assert (sure.score, weak.score) == (SCORES["name"], SCORES["core"])


def test_together_with_another_fact_the_name_makes_surer(rep):
    AccountFactory(name="上海云栖科技有限公司", phone="021-5555 1234", website="yunqi.cn")
    [phone] = found(Account, name="云栖科技", phone="021-55551234")
    assert phone.score == SCORES["phone"] + 5
    [domain] = found(Account, name="云栖科技", website="www.yunqi.cn")
    assert SCORES["core"] < domain.score < 60


def test_the_scan_notes_the_same_name_at_another_place_last(rep):
    first = AccountFactory(name="上海云栖科技有限公司", owner=rep)
    second = AccountFactory(name="云栖科技有限公司", owner=rep)
    third = AccountFactory(name="云栖科技", owner=rep)
    assert scan_duplicates() == 3
    rows = DuplicatePair.objects.order_by("-score", "pk")
    facts = [((row.first_id, row.second_id), row.facts) for row in rows]
    assert facts[0] == ((second.pk, third.pk), ["name"])
    assert sorted(facts[1:]) == [
        ((first.pk, second.pk), ["core"]),
        ((first.pk, third.pk), ["core"]),
    ]


def test_the_form_shows_the_hint_while_somebody_types(login, rep):
    AccountFactory(name="上海云栖科技有限公司", owner=rep)
    page = login(rep).get("/accounts/duplicates/", {"name": "云栖科技"})
    assert "same name but for the place" in page.content.decode()


def test_stored_rows_get_the_key_when_the_column_comes(rep):
    fill = import_module("accounts.migrations.0004_core_keys").fill
    account = AccountFactory(name="上海云栖科技有限公司")
    Account.objects.filter(pk=account.pk).update(core_key="")
    fill(apps, None)
    account.refresh_from_db()
    assert account.core_key == "云栖科技"
