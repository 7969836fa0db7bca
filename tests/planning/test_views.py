from planning.models import Campaign
from tests.factories.planning import CampaignFactory

HTMX = {"HX-Request": "true"}


def test_marketing_plans_submits_and_finishes_a_campaign(login, marketing):
    page = login(marketing)
    data = {
        "name": "Autumn fair",
        "kind": "exhibition",
        "starts_on": "2026-01-10",
        "ends_on": "2026-01-01",
        "currency": "CNY",
        "budget": "1000",
    }
    answer = page.post("/planning/campaigns/new/", data)
    assert answer.status_code == 422
    assert "cannot end before it starts" in answer.content.decode()
    answer = page.post("/planning/campaigns/new/", {**data, "ends_on": "2026-01-12"})
    assert answer.status_code == 302, answer.content.decode()
    campaign = Campaign.objects.get()
    assert campaign.owner == marketing
    url = f"/planning/campaigns/{campaign.pk}/"
    for verb, form in [("submit", {}), ("start", {}), ("finish", {"cost": "900"})]:
        assert page.post(f"{url}{verb}/", form, headers=HTMX).status_code == 200
    content = page.get(url).content.decode()
    assert "¥900.00" in content
    assert 'data-tab="leads-campaign_panel"' in content
    assert 'data-tab="accounts-campaign_panel"' in content


def test_the_form_of_an_approved_campaign_leaves_the_budget_alone(login, marketing):
    campaign = CampaignFactory(owner=marketing, approved=True)
    page, url = login(marketing), f"/planning/campaigns/{campaign.pk}/edit/"
    assert 'name="budget"' not in page.get(url).content.decode()
    data = {
        "name": "Other name",
        "kind": "other",
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "cost": "5",
        "version": 1,
    }
    assert page.post(url, data).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.name, campaign.budget) == ("Other name", 1000)


def test_a_rep_reads_campaigns_only(login, rep):
    campaign = CampaignFactory()
    page = login(rep)
    assert page.get(f"/planning/campaigns/{campaign.pk}/").status_code == 200
    assert page.get("/planning/campaigns/new/").status_code == 403
    assert page.post(f"/planning/campaigns/{campaign.pk}/submit/").status_code == 403


def test_the_list_is_filtered_by_day_and_owner(login, marketing):
    mine = CampaignFactory(owner=marketing, starts_on="2026-01-01", ends_on="2026-02-01")
    CampaignFactory(starts_on="2025-01-01", ends_on="2025-02-01")
    page = login(marketing)
    for query in ("on=2026-01-15", "mine=true"):
        answer = page.get(f"/planning/campaigns/?{query}")
        assert [row["pk"] for row in answer.context["rows"]] == [mine.pk]
    assert page.get("/planning/campaigns/board/").status_code == 200


def test_the_list_costs_the_same_queries_however_long_it_is(
    login, marketing, django_assert_max_num_queries
):
    CampaignFactory.create_batch(30, owner=marketing)
    page = login(marketing)
    page.get("/planning/campaigns/")
    with django_assert_max_num_queries(11):
        answer = page.get("/planning/campaigns/")
    assert len(answer.context["rows"]) == 30
