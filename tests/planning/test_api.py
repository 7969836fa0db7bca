from tests.factories.planning import CampaignFactory


def test_campaigns_are_planned_and_submitted_over_rest(api, marketing, rep):
    body = {
        "name": "Fair",
        "kind": "exhibition",
        "starts_on": "2026-01-01",
        "ends_on": "2026-01-05",
        "budget": "1000",
    }
    made = api(marketing).post("/api/v1/campaigns/", body, format="json")
    assert made.status_code == 201, made.data
    url = f"/api/v1/campaigns/{made.data['id']}/"
    assert api(rep).post(f"{url}submit/").status_code == 403
    assert api(marketing).post(f"{url}submit/").data["state"] == "approved"
    changed = api(marketing).patch(url, {"budget": "9"}, format="json")
    assert changed.status_code == 400
    assert "budget" in changed.data["errors"]


def test_a_campaign_ends_after_it_starts(api, marketing):
    body = {"name": "Fair", "starts_on": "2026-01-05", "ends_on": "2026-01-01"}
    assert api(marketing).post("/api/v1/campaigns/", body, format="json").status_code == 400


def test_a_refused_verb_says_why(api, marketing):
    campaign = CampaignFactory(owner=marketing, running=True)
    answer = api(marketing).post(f"/api/v1/campaigns/{campaign.pk}/submit/")
    assert answer.status_code == 409
    assert "running" in answer.data["detail"]
