from datetime import timedelta

from django.utils import timezone

from leads.models import Lead, Pool
from leads.services import company_today
from tests.factories.accounts import AccountFactory
from tests.factories.leads import LeadFactory, PoolFactory, SourceFactory
from tests.factories.planning import CampaignFactory

HTMX = {"HX-Request": "true"}


def rows(answer):
    return [row["pk"] for row in answer.context["rows"]]


def test_the_pool_is_open_to_those_who_may_claim_and_hides_how_to_reach_people(
    login, rep, outsider, finance
):
    free = LeadFactory(phone="13800138000", email="wang@example.com", wechat="wang88")
    mine = LeadFactory(owner=rep, phone="13900139000")
    url = free.get_absolute_url()
    content = login(outsider).get(url).content.decode()
    assert "138****8000" in content.replace("*" * 4, "****")
    assert "13800138000" not in content
    assert "wang@" not in content
    assert "wang88" not in content
    assert login(outsider).get(mine.get_absolute_url()).status_code == 404
    assert "13900139000" in login(rep).get(mine.get_absolute_url()).content.decode()
    assert login(finance).get(url).status_code == 403
    page = login(outsider)
    page.post(f"/leads/{free.pk}/claim/")
    assert "13800138000" in page.get(url).content.decode()


def test_whoever_claims_second_is_told_who_was_first(login, rep, outsider):
    lead = LeadFactory()
    assert login(rep).post(f"/leads/{lead.pk}/claim/", headers=HTMX).status_code == 200
    late = login(outsider).post(f"/leads/{lead.pk}/claim/", headers=HTMX)
    assert late.status_code == 409
    assert "rep has this lead already" in late.content.decode()


def test_a_lead_in_the_pool_cannot_be_edited_by_those_who_have_not_claimed_it(login, rep):
    lead = LeadFactory()
    answer = login(rep).post(
        f"/leads/{lead.pk}/edit/", {"name": "Mine", "version": 1, "allow_duplicate": ""}
    )
    assert answer.status_code == 403
    assert login(rep).get(f"/leads/{lead.pk}/edit/").status_code == 403
    assert "/edit/" not in login(rep).get(lead.get_absolute_url()).content.decode()
    assert login(rep).post(f"/leads/{lead.pk}/disqualify/", {"reason": "x"}).status_code == 403


def test_the_list_is_filtered_by_state_owner_pool_and_danger(login, manager, rep):
    PoolFactory(is_default=True, release_after_days=5)
    source, campaign = SourceFactory(), CampaignFactory()
    mine = LeadFactory(owner=manager, source=source)
    theirs = LeadFactory(owner=rep, working=True, campaign=campaign)
    free = LeadFactory()
    Lead.objects.filter(pk=theirs.pk).update(created_at=timezone.now() - timedelta(days=9))
    page = login(manager)
    for query, expected in {
        "mine=true": {mine.pk},
        "in_pool=true": {free.pk},
        "in_pool=false": {mine.pk, theirs.pk},
        "falling=true": {theirs.pk},
        "state=working": {theirs.pk},
        f"source={source.pk}": {mine.pk},
        f"campaign={campaign.pk}": {theirs.pk},
        f"owner={rep.pk}": {theirs.pk},
        f"q={free.company}": {free.pk},
    }.items():
        assert set(rows(page.get(f"/leads/?{query}"))) == expected, query


def test_a_lead_that_may_exist_already_is_asked_about(login, rep, outsider):
    AccountFactory(name="Acme Ltd", owner=outsider)
    page = login(rep)
    typed = page.get("/leads/duplicates/", {"company": "ACME"}).content.decode()
    assert "Acme Ltd" in typed
    data = {"name": "Wang", "company": "Acme Inc"}
    asked = page.post("/leads/new/", data)
    assert asked.status_code == 409
    assert "owner: outsider" in asked.content.decode()
    assert page.post("/leads/new/", {**data, "allow_duplicate": "on"}).status_code == 302
    assert Lead.objects.get().owner == rep


def test_whoever_enters_what_they_may_not_see_goes_on_at_home(login, service):
    PoolFactory(is_default=True)
    page = login(service)
    form = page.get("/leads/new/")
    assert form.context["cancel_url"] == "/"
    answer = page.post("/leads/new/", {"name": "Wang", "phone": "13800138000"}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "Saved." in answer.content.decode()
    assert Lead.objects.get().owner is None


def test_a_lead_is_claimed_from_its_row_in_the_pool(login, rep, finance):
    free = LeadFactory(name="王芳")
    url = f"{free.get_absolute_url()}claim/"
    assert f'form="claim" formaction="{url}"' in login(rep).get("/leads/pool/").content.decode()
    assert login(finance).post(url).status_code in (403, 404)
    answer = login(rep).post(url)
    assert (answer.status_code, answer.headers["Location"]) == (302, free.get_absolute_url())
    free.refresh_from_db()
    assert free.owner == rep


def test_the_pool_page_shows_the_rules_and_who_loses_what_tonight(login, rep, manager, outsider):
    PoolFactory(name="East", is_default=True, release_after_days=5, max_held=20, claims_per_day=3)
    free = LeadFactory()
    tonight = company_today() + timedelta(days=1)
    doomed = LeadFactory(owner=rep, warned_on=tonight)
    Lead.objects.filter(pk=doomed.pk).update(created_at=timezone.now() - timedelta(days=9))
    content = login(manager).get("/leads/pool/").content.decode()
    for text in ("East", "0 / 20", "0 / 3", str(free.name), str(doomed.name)):
        assert text in content
    assert doomed.name not in login(outsider).get("/leads/pool/").content.decode()
    page = login(rep)
    page.post(f"/leads/{free.pk}/claim/")
    assert "1 / 3" in page.get("/leads/pool/").content.decode()


def test_my_day_lists_new_leads_and_those_about_to_fall_back(login, rep, finance):
    PoolFactory(is_default=True, release_after_days=5)
    new = LeadFactory(owner=rep)
    doomed = LeadFactory(owner=rep, working=True)
    Lead.objects.filter(pk=doomed.pk).update(created_at=timezone.now() - timedelta(days=9))
    answer = login(rep).get("/")
    cards = {str(card["label"]): card for card in answer.context["cards"]}
    assert [item["text"] for item in cards["New leads"]["items"]] == [str(new)]
    [item] = cards["About to fall into the pool"]["items"]
    assert item["text"] == str(doomed)
    for card in (cards["New leads"], cards["About to fall into the pool"]):
        assert len(rows(login(rep).get(card["url"]))) == card["count"] == 1
    names = {str(card["label"]) for card in login(finance).get("/").context["cards"]}
    assert "New leads" not in names


def test_a_card_moved_on_the_board_runs_the_button_or_says_what_is_missing(login, rep):
    lead = LeadFactory(owner=rep)
    page = login(rep)
    free = LeadFactory()
    board = page.get("/leads/board/").content.decode()
    assert f">{lead.name}<" in board
    assert free.name not in board
    assert page.post(f"/leads/{lead.pk}/move/", {"to": "working"}, headers=HTMX).status_code == 204
    refused = page.post(f"/leads/{lead.pk}/move/", {"to": "qualified"}, headers=HTMX)
    assert refused.status_code == 409
    assert "need has not been written down" in refused.content.decode()
    asked = page.post(f"/leads/{lead.pk}/move/", {"to": "nurturing"}, headers=HTMX)
    assert 'name="resume_on"' in asked.content.decode()


def test_a_date_in_the_past_is_refused_in_the_dialog(login, rep):
    lead = LeadFactory(owner=rep, working=True)
    answer = login(rep).post(
        f"/leads/{lead.pk}/nurture/", {"resume_on": "2020-01-01"}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "in the future" in answer.content.decode()


def test_a_campaign_and_a_customer_show_their_leads(login, rep, outsider):
    campaign, account = CampaignFactory(), AccountFactory(owner=rep)
    mine = LeadFactory(owner=rep, campaign=campaign, account=account)
    theirs = LeadFactory(owner=outsider, campaign=campaign)
    page = login(rep)
    content = page.get(f"/leads/campaign/{campaign.pk}/").content.decode()
    assert mine.name in content
    assert theirs.name not in content
    assert mine.name in page.get(f"/leads/account/{account.pk}/").content.decode()
    assert login(outsider).get(f"/leads/account/{account.pk}/").status_code == 404


def test_a_manager_sets_the_rules_of_the_pool(login, manager, rep):
    data = {"name": "East", "release_after_days": "2", "cooldown_days": "0"}
    page = login(manager)
    assert page.post("/leads/pools/new/", data).status_code == 422
    assert page.post("/leads/pools/new/", {**data, "release_after_days": "10"}).status_code == 302
    assert Pool.objects.get().release_after_days == 10
    assert login(rep).post("/leads/pools/new/", data).status_code == 403
    assert page.post("/leads/sources/new/", {"name": "Fair", "is_active": "on"}).status_code == 302


def test_the_list_costs_the_same_queries_however_long_it_is(
    login, rep, django_assert_max_num_queries
):
    for _n in range(30):
        LeadFactory(owner=rep, source=SourceFactory(), campaign=CampaignFactory())
    page = login(rep)
    page.get("/leads/")
    with django_assert_max_num_queries(14):
        answer = page.get("/leads/")
    assert len(rows(answer)) == 30
