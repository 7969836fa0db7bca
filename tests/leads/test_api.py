from leads.models import Lead
from tests.factories.accounts import AccountFactory
from tests.factories.leads import LeadFactory, PoolFactory, SourceFactory


def test_a_lead_is_worked_over_rest_from_new_to_qualified(api, rep):
    client = api(rep)
    body = {"name": "Wang", "company": "Acme", "phone": "13800138000"}
    made = client.post("/api/v1/leads/", body, format="json")
    assert made.status_code == 201, made.data
    assert (made.data["state"], made.data["owner"]) == ("new", rep.pk)
    url = f"/api/v1/leads/{made.data['id']}/"
    assert client.post(f"{url}start_work/").data["state"] == "working"
    refused = client.post(f"{url}qualify/")
    assert refused.status_code == 409
    assert "need" in refused.data["detail"]
    answers = {
        "need": "Ten pumps",
        "has_budget": "yes",
        "has_authority": "no",
        "has_timing": "unknown",
    }
    assert client.patch(url, answers, format="json").status_code == 200
    assert client.post(f"{url}qualify/").data["state"] == "qualified"


def test_an_integrator_gives_new_leads_to_people_or_to_a_pool(api, integrator, rep):
    client, pool = api(integrator), PoolFactory()
    given = client.post("/api/v1/leads/", {"name": "A", "owner": rep.pk}, format="json")
    assert (given.status_code, given.data["owner"]) == (201, rep.pk)
    body = {"name": "B", "pool": pool.pk, "phone": "13800138000"}
    free = client.post("/api/v1/leads/", body, format="json")
    assert (free.data["owner"], free.data["pool"]) == (None, pool.pk)
    assert free.data["phone"] == "138****8000"


def test_a_possible_duplicate_answers_409_unless_it_is_allowed(api, rep, outsider):
    AccountFactory(name="Acme Ltd", owner=outsider)
    body = {"name": "Wang", "company": "Acme"}
    refused = api(rep).post("/api/v1/leads/", body, format="json")
    assert refused.status_code == 409
    assert refused.data["code"] == "possible_duplicates"
    assert [row["name"] for row in refused.data["duplicates"]] == ["Acme Ltd"]
    allowed = api(rep).post("/api/v1/leads/", {**body, "allow_duplicate": True}, format="json")
    assert allowed.status_code == 201


def test_a_second_claim_is_a_clear_conflict(api, rep, outsider, marketing):
    lead = LeadFactory()
    url = f"/api/v1/leads/{lead.pk}/claim/"
    assert api(marketing).post(url).status_code == 403
    assert api(rep).post(url).data["owner"] == rep.pk
    refused = api(outsider).post(url)
    assert refused.status_code == 409
    assert refused.data["detail"] == "rep has this lead already."
    for nobody in ("0", "soon", "1,2"):
        assert api(rep).post(f"/api/v1/leads/{nobody}/claim/").status_code == 404


def test_assigning_over_rest_needs_the_right_and_somebody_in_scope(
    api, rep, teammate, manager, outsider
):
    lead = LeadFactory(owner=rep)
    url = f"/api/v1/leads/{lead.pk}/assign/"
    assert api(rep).post(url, {"owner": teammate.pk}, format="json").status_code == 403
    assert api(manager).post(url, {"owner": outsider.pk}, format="json").status_code == 400
    assert api(manager).post(url, {"owner": teammate.pk}, format="json").status_code == 200
    assert Lead.objects.get().owner == teammate


def test_leads_of_others_are_out_of_sight(api, rep, outsider):
    lead = LeadFactory(owner=rep)
    client = api(outsider)
    assert client.get("/api/v1/leads/").data["results"] == []
    assert client.get(f"/api/v1/leads/{lead.pk}/").status_code == 404
    assert client.post(f"/api/v1/leads/{lead.pk}/release/").status_code == 404
    assert client.patch(f"/api/v1/leads/{lead.pk}/", {"name": "x"}).status_code == 404


def test_sources_and_pools_are_read_by_all_and_written_by_managers(api, rep, manager):
    SourceFactory()
    PoolFactory()
    for kind in ("lead-sources", "pools"):
        assert len(api(rep).get(f"/api/v1/{kind}/").data["results"]) == 1
        assert api(rep).post(f"/api/v1/{kind}/", {"name": "New"}).status_code == 403
        assert api(manager).post(f"/api/v1/{kind}/", {"name": "New"}).status_code == 201
