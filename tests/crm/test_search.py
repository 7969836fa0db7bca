"""The global search: words, the index kept by events, who finds what, and its three doors."""

import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as accounts
from crm.models import SearchEntry
from crm.search import find, index
from crm.search.find import MOST, PASS, search
from crm.search.words import query, words_of
from leads import services as leads
from leads.models import Lead
from tests.factories.accounts import AccountFactory
from tests.factories.aftersales import CaseFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.orders import OrderFactory

PANEL = {"HX-Request": "true", "HX-Target": "search-panel"}


def titles(user, text, **options):
    return [hit.title for group in search(user, text, **options) for hit in group.hits]


def finds(text, typed):
    return query(typed).met_by(words_of(text))


# --- Words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "云栖",
        "栖科技有限",
        "云",
        "雲棲科技",  # traditional characters
        "yunqi",
        "yunqikeji",
        "yunq",
        "YunQi KeJi",
        "yqkj",
        "shyqkj",
        "科技 上海",
        "上海云栖科技（有限公司）",
        "云栖",
    ],
)
def test_a_chinese_name_is_found_by_any_part_its_pinyin_and_its_initials(typed):
    assert finds("上海云栖科技有限公司", typed)


@pytest.mark.parametrize("typed", ["海科", "云技", "yunke", "qiyun", "ykqj", "北京云栖", "栖云"])
def test_a_chinese_name_is_not_found_by_what_it_does_not_say(typed):
    assert not finds("上海云栖科技有限公司", typed)


def test_pinyin_follows_the_word_not_the_single_character():
    assert finds("重庆银行", "chongqingyinhang")
    assert finds("重慶銀行", "cqyh")
    assert not finds("重庆银行", "zhongqing")
    assert finds("西安方案", "xian")
    assert finds("西安方案", "fangan")


@pytest.mark.parametrize(
    ("number", "typed"),
    [
        ("138-1234 5678", "13812345678"),
        ("138-1234 5678", "+86 138 1234 5678"),
        ("138-1234 5678", "0086-13812345678"),
        ("138-1234 5678", "138 1234"),
        ("138-1234 5678", "5678"),
        ("138-1234 5678", "1234 5678"),
        ("+8613812345678", "138-1234-5678"),
        ("(021) 6888-1234", "02168881234"),
        ("(021) 6888-1234", "+86 21 6888 1234"),
        ("(021) 6888-1234", "021-6888"),
        ("(021) 6888-1234", "68881234"),
        ("+44 20 7946 0958", "020 7946 0958"),
        ("+44 20 7946 0958", "0044 20 79460958"),
        ("１３８１２３４５６７８", "138 1234 5678"),
    ],
)
def test_a_phone_number_is_found_however_it_is_written(number, typed):
    assert finds(number, typed)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("QT-2026-000123", "QT-2026-000123"),
        ("QT-2026-000123", "qt2026"),
        ("QT-2026-000123", "123"),
        ("QT-2026-000123", "2026-000123"),
        ("Wang.Lei@yunqi.com.cn", "wang.lei@yunqi"),
        ("Wang.Lei@yunqi.com.cn", "@yunqi.com"),
        ("Wang.Lei@yunqi.com.cn", "lei"),
        ("QT-2026-000123", "000123"),
        ("QT-2026-000123", "00123"),
        ("Harbour Pumps Co., Ltd", "harb pum"),
        ("Harbour Pumps 7", "harbour 7"),
        ("Pacific Technologies", "technolo"),
        ("Pacific Technologies", "technologi"),
        ("Pacific Technologies", "pacific technologies"),
        ("厦门嘉禾食品7号厂", "食品7号"),
        ("O'Brien & Söhne", "o'brien"),
    ],
)
def test_numbers_mails_and_latin_names_are_found_by_their_beginnings(text, typed):
    assert finds(text, typed)


@pytest.mark.parametrize("text", ["QT-2026-000077", "VL-200", "02066904884", "QT-2026-000201"])
def test_the_zeros_of_a_number_belong_to_it(text):
    assert finds("QT-2026-000020", "000020")
    assert not finds(text, "000020")


@pytest.mark.parametrize("typed", ["", " ", "-", "a", "7", "'", "\\", "%%", "☆"])
def test_nothing_that_can_be_searched_asks_nothing(typed, administrator):
    assert not query(typed)
    assert search(administrator, typed) == []


@pytest.mark.parametrize("typed", ["o'b", "a\\b cc", "x:* & y", "!!zz", "(ab", "a@\x00b", "'';--"])
def test_whatever_is_typed_is_words_not_a_query_language(typed, administrator):
    AccountFactory(name="O'Brien & Söhne")
    search(administrator, typed)


def test_python_and_the_database_read_a_query_alike(administrator):
    names = ["上海云栖科技有限公司", "云海物流", "Harbour Pumps 77 Ltd", "重庆银行", "O'Brien"]
    for name in names:
        AccountFactory(name=name)
    for typed in ("云", "yunqi", "yh", "cqyh", "har pu", "77", "银行", "o'br", "hai", "gs"):
        expected = {name for name in names if finds(name, typed)}
        assert set(titles(administrator, typed)) == expected, typed


# --- Kept by events -----------------------------------------------------------------------------


def test_a_record_is_found_as_soon_as_it_is_written_and_by_its_new_name(rep):
    account = accounts.create_account(by=rep, name="云栖科技", phone="021-68881234")
    assert titles(rep, "yunqi") == ["云栖科技"]
    accounts.edit_account(account, by=rep, name="海澜物流", phone="")
    assert titles(rep, "yunqi") == titles(rep, "6888 1234") == []
    assert titles(rep, "hlwl") == ["海澜物流"]


def test_what_names_another_record_is_found_by_its_new_name(
    rep, django_capture_on_commit_callbacks
):
    account = accounts.create_account(by=rep, name="云栖科技")
    accounts.create_contact(by=rep, account=account, name="王磊")
    assert titles(rep, "yunqi") == ["云栖科技", "王磊"]
    with django_capture_on_commit_callbacks(execute=True):
        accounts.edit_account(account, by=rep, name="海澜物流")
    assert titles(rep, "yunqi") == []
    assert titles(rep, "hailan") == ["海澜物流", "王磊"]


def test_what_changes_hands_is_found_by_its_new_owner_with_all_that_belongs_to_it(
    rep, outsider, manager, django_capture_on_commit_callbacks
):
    account = accounts.create_account(by=rep, name="云栖科技")
    accounts.create_contact(by=rep, account=account, name="王磊")
    case = CaseFactory(account=account, subject="云栖漏水")
    assert case.owner is None
    everything = {"云栖科技", "王磊", str(case)}
    assert set(titles(rep, "云栖")) == set(titles(manager, "云栖")) == everything
    with django_capture_on_commit_callbacks(execute=True):
        accounts.assign_account(account, by=None, owner=outsider)
    assert set(titles(outsider, "云栖")) == everything
    assert titles(rep, "云栖") == titles(manager, "云栖") == []


def test_an_edit_that_changes_no_word_writes_no_entry(rep):
    account = accounts.create_account(by=rep, name="云栖科技")
    with CaptureQueriesContext(connection) as queries:
        accounts.edit_account(account, by=rep, description="Pays late")
    assert not [q for q in queries if "crm_searchentry" in q["sql"]]


def test_rebuilding_writes_what_the_events_have_written_and_drops_what_is_gone(rep):
    account = accounts.create_account(by=rep, name="云栖科技", phone="021-68881234")
    accounts.create_contact(by=rep, account=account, name="王磊", email="wl@yunqi.cn")
    kept = sorted(SearchEntry.objects.values_list("content_type", "object_id", "tokens"))
    SearchEntry.objects.filter(object_id=account.pk).update(object_id=account.pk + 1000)
    call_command("rebuild_search", verbosity=0)
    assert sorted(SearchEntry.objects.values_list("content_type", "object_id", "tokens")) == kept


# --- Rank ---------------------------------------------------------------------------------------


def test_the_whole_name_comes_first_then_what_begins_so_then_what_contains_it(administrator):
    for name in ("上海云栖科技", "云栖科技", "云栖"):
        AccountFactory(name=name)
    assert titles(administrator, "云栖") == ["云栖", "云栖科技", "上海云栖科技"]


def test_the_whole_name_is_not_lost_among_many_that_contain_it(administrator):
    for n in range(MOST + 5):
        AccountFactory(name=f"北方云栖{n}")
    AccountFactory(name="云栖")
    assert titles(administrator, "云栖")[0] == "云栖"


def test_a_number_brings_its_kind_to_the_front(administrator):
    OrderFactory(number="SO-2026-000042")
    AccountFactory(name="2026 SO 42 000042")
    assert search(administrator, "so-2026-000042")[0].kind == "orders.order"


def test_what_one_opened_lately_comes_first_among_equals(login, rep):
    first = AccountFactory(name="云栖甲", owner=rep)
    AccountFactory(name="云栖乙", owner=rep)
    assert titles(rep, "云栖") == ["云栖乙", "云栖甲"]
    page = login(rep)
    page.get(first.get_absolute_url())
    content = page.get("/search/", {"q": "云栖"}, headers=PANEL).content.decode()
    assert content.index("云栖甲") < content.index("云栖乙")


# --- Who finds what -----------------------------------------------------------------------------


def test_only_what_one_may_see_is_found(rep, teammate, manager, outsider, administrator):
    account = AccountFactory(name="云栖科技", owner=teammate)
    OpportunityFactory(account=account, owner=teammate)
    assert search(rep, "云栖") == search(outsider, "云栖") == []
    for person in (teammate, manager, administrator):
        found = {group.kind for group in search(person, "云栖")}
        assert found == {"accounts.account", "accounts.contact", "opportunities.opportunity"}


def test_ones_own_row_is_found_behind_many_of_others(rep, outsider):
    for n in range(MOST + 5):
        AccountFactory(name=f"云栖{n}", owner=outsider)
    AccountFactory(name="我的云栖", owner=rep)
    assert titles(rep, "云栖") == ["我的云栖"]


@pytest.fixture
def short_pass(monkeypatch):
    """The first pass over the index ends after three entries, the look at a kind after two."""
    monkeypatch.setattr(find, "PASS", 3)
    monkeypatch.setattr(find, "CUT", find.CUT.replace(f"LIMIT {PASS})", "LIMIT 3)"))
    monkeypatch.setattr(find, "WALK", find.WALK.replace(str(find.LATEST), "2"))


def test_a_word_of_too_many_is_looked_for_in_each_kind(short_pass, administrator, rep, outsider):
    for n in range(5):
        AccountFactory(name=f"云栖{n}")
    LeadFactory(company="云栖科技", owner=rep)
    AccountFactory(name="Moreton", owner=outsider)
    found = {group.kind: len(group.hits) for group in search(administrator, "云")}
    assert found == {"accounts.account": 5, "leads.lead": 1}
    assert search(outsider, "云") == []


def test_what_is_older_than_the_latest_of_its_kind_is_found_too(short_pass, administrator):
    old = LeadFactory(company="云栖科技")
    for n in range(4):
        AccountFactory(name=f"云栖{n}")
        LeadFactory(company="Moreton")
    found = {group.kind: group.hits for group in search(administrator, "云")}
    assert [hit.obj for hit in found["leads.lead"]] == [old]
    assert len(found["accounts.account"]) == 4


def test_a_kind_one_may_not_view_is_not_searched(warehouse, administrator):
    LeadFactory(company="云栖科技")
    assert titles(administrator, "云栖")
    assert titles(warehouse, "云栖") == []


def test_what_the_pool_hides_is_neither_found_nor_shown(login, api, rep, manager, administrator):
    lead = leads.create_lead(
        by=rep, name="王磊", company="云栖科技", phone="13812345678", email="wl@yunqi.cn"
    )
    assert Lead.objects.get(pk=lead.pk).owner == rep
    for typed in ("138 1234 5678", "5678", "wl@yunqi"):
        assert titles(rep, typed) == [str(lead)]
    leads.release_lead(lead, by=manager, reason="Nobody calls")
    for person in (rep, manager, administrator):
        for typed in ("138 1234 5678", "5678", "1381234", "wl@yunqi", "@yunqi"):
            assert titles(person, typed) == [], typed
        assert titles(person, "云栖") == [str(lead)]
        page = login(person)
        for headers in ({}, PANEL):
            content = page.get("/search/", {"q": "云栖"}, headers=headers).content.decode()
            assert "王磊" in content
            assert "12345678" not in content
            assert "wl@yunqi" not in content
        answer = api(person).get("/api/v1/search/", {"q": "云栖"})
        assert "王磊" in answer.content.decode()
        assert "12345678" not in answer.content.decode()
    leads.claim_lead(lead, by=rep)
    assert titles(rep, "13812345678") == [str(lead)]


def test_recent_records_that_went_out_of_sight_are_not_shown(login, rep, outsider):
    account = AccountFactory(name="云栖科技", owner=rep)
    page = login(rep)
    page.get(account.get_absolute_url())
    assert "云栖科技" in page.get("/search/", headers=PANEL).content.decode()
    account.owner = outsider
    account.save()
    assert "云栖科技" not in page.get("/search/", headers=PANEL).content.decode()


def test_a_list_finds_by_the_same_words_and_hides_the_same(login, rep, manager):
    lead = leads.create_lead(by=rep, name="王磊", company="云栖科技", phone="138-1234-5678")

    def listed(typed):
        answer = login(rep).get("/leads/", {"q": typed}, headers={"HX-Request": "true"})
        return str(lead.pk) in {str(row["pk"]) for row in answer.context["rows"]}

    assert listed("yunqi")
    assert listed("+86 13812345678")
    assert not listed("海澜")
    assert listed("x")  # too short to ask anything
    leads.release_lead(lead, by=manager, reason="Nobody calls")
    assert listed("yunqi")
    assert not listed("+86 13812345678")


def test_choices_are_found_by_pinyin(login, rep):
    account = AccountFactory(name="云栖科技", owner=rep)
    [choice] = login(rep).get("/options/accounts/account/", {"q": "yqkj"}).json()
    assert choice == {"value": account.pk, "text": "云栖科技"}


# --- Doors --------------------------------------------------------------------------------------


def test_the_panel_offers_hits_and_acts_as_options_of_a_list(login, rep):
    account = AccountFactory(name="云栖科技", owner=rep, phone="021-68881234")
    content = login(rep).get("/search/", {"q": "云栖"}, headers=PANEL).content.decode()
    assert "<html" not in content
    assert f'href="{account.get_absolute_url()}" role="option"' in content
    assert "021-68881234" in content


@pytest.mark.parametrize(
    "typed",
    ["new quotation", "new q", "新建报价", "新建報價", "create quot", "new quote", "add quote"],
)
def test_new_records_are_begun_from_the_search(login, rep, typed):
    content = login(rep).get("/search/", {"q": typed}, headers=PANEL).content.decode()
    assert 'href="/opportunities/quotations/new/"' in content


def test_the_empty_box_offers_what_is_begun_every_day_in_the_order_of_the_process(
    login, administrator
):
    content = login(administrator).get("/search/", headers=PANEL).content.decode()
    offered = re.findall(r'href="([^"]+)new/"', content)
    assert offered[:3] == ["/leads/", "/accounts/", "/accounts/contacts/"]
    assert {"/opportunities/", "/opportunities/quotations/"} <= set(offered)
    assert "/settings/fields/" not in offered


def test_acts_one_may_not_do_are_not_offered(login, warehouse, rep):
    typed = {"q": "new lead"}
    assert "/leads/new/" in login(rep).get("/search/", typed, headers=PANEL).content.decode()
    content = login(warehouse).get("/search/", typed, headers=PANEL).content.decode()
    assert "/leads/" not in content


@pytest.mark.parametrize("typed", ["商机 看板", "board opport"])
def test_boards_are_opened_from_the_search_once(login, rep, warehouse, typed):
    content = login(rep).get("/search/", {"q": typed}, headers=PANEL).content.decode()
    assert content.count('href="/opportunities/board/"') == 1
    content = login(warehouse).get("/search/", {"q": typed}, headers=PANEL).content.decode()
    assert "/opportunities/" not in content


def test_one_kind_alone_shows_more_of_it(login, rep):
    for n in range(12):
        AccountFactory(name=f"云栖{n}", owner=rep)
    page = login(rep)
    content = page.get("/search/", {"q": "云栖"}).content.decode()
    assert content.count('class="search-hit" href="/accounts/') == 8
    assert "kind=accounts.account" in content
    content = page.get("/search/", {"q": "云栖", "kind": "accounts.account"}).content.decode()
    assert content.count('class="search-hit" href="/accounts/') == 12


def test_rest_finds_the_same(api, rep):
    account = AccountFactory(name="云栖科技", owner=rep, phone="021-68881234")
    [group] = api(rep).get("/api/v1/search/", {"q": "yqkj"}).json()
    assert group["kind"] == "accounts.account"
    assert group["hits"] == [
        {
            "id": account.pk,
            "title": "云栖科技",
            "facts": ["021-68881234"],
            "state": "",
            "url": account.get_absolute_url(),
        }
    ]


def test_a_key_searches_only_within_its_scopes(integrator, client):
    from users.models import ApiKey

    AccountFactory(name="云栖科技")
    LeadFactory(company="云栖科技")

    def kinds(scopes):
        key, token = ApiKey.objects.create(integrator)
        ApiKey.objects.filter(pk=key.pk).update(scopes=scopes)
        headers = {"Authorization": f"Token {token}"}
        answer = client.get("/api/v1/search/", {"q": "云栖"}, headers=headers)
        return {group["kind"] for group in answer.json()}

    assert kinds([]) == {"accounts.account", "leads.lead"}
    assert kinds(["leads:read"]) == {"leads.lead"}
    assert kinds(["leads:write"]) == set()


def test_a_search_costs_two_queries_a_kind_however_many_rows(login, rep):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            search(rep, "云栖")
        return len(queries)

    def fill(count):
        for n in range(count):
            account = AccountFactory(name=f"云栖{n}", owner=rep)
            OrderFactory(account=account, owner=rep)

    rep.has_perm("accounts.view_account")  # what a person may is read once per request
    fill(2)
    few = cost()
    fill(20)
    assert cost() <= few <= 1 + 2 * 2


def test_many_records_are_written_in_one_go_at_the_end(rep):
    with index.in_one_go():
        account = accounts.create_account(by=rep, name="Loaded Pumps")
        assert not SearchEntry.objects.exists()
    assert titles(rep, "loaded") == [str(account)]
