from decimal import Decimal

from django.utils import timezone

from performance.models import Review, Scorecard, Target
from tests.factories.performance import DealFactory, TargetFactory

MARCH = {"starts_on": "2026-03-01", "ends_on": "2026-03-31"}


def test_a_manager_sets_a_target_for_somebody_below_only(login, manager, rep, outsider):
    page = login(manager)
    offered = set(page.get("/performance/targets/new/").context["form"].fields["person"].queryset)
    assert rep in offered
    assert not {manager, outsider} & offered
    data = {"person": rep.pk, "metric": "won", "value": "1000", **MARCH}
    foreign = page.post("/performance/targets/new/", {**data, "person": outsider.pk})
    assert foreign.status_code == 422
    answer = page.post("/performance/targets/new/", data)
    target = Target.objects.get()
    assert answer.headers["Location"] == target.get_absolute_url()
    assert login(rep).get(target.get_absolute_url()).status_code == 404
    assert page.post(f"{target.get_absolute_url()}publish/").status_code == 302
    assert login(rep).get(target.get_absolute_url()).status_code == 200


def test_the_list_shows_what_was_reached_and_links_to_the_documents(login, rep):
    today = timezone.localdate()
    DealFactory(owner=rep, won_on=today, amount=500)
    TargetFactory(person=rep)
    [row] = login(rep).get("/performance/targets/").context["rows"]
    assert [cell.text for cell in row["cells"][4:7]] == ["¥2,000.00", "¥500.00", "25.0 %"]
    listed = login(rep).get(row["cells"][5].url)
    assert listed.context["totals"][0]["value"] == "¥500.00"
    assert b"Deal" in listed.content


def test_a_manager_freezes_a_scorecard_and_gets_the_same_one_again(login, manager, rep):
    page = login(manager)
    data = {"person": rep.pk, **MARCH}
    first = page.post("/performance/scorecards/new/", data)
    again = page.post("/performance/scorecards/new/", data)
    card = Scorecard.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == card.get_absolute_url()
    assert login(rep).get("/performance/scorecards/new/").status_code == 403
    assert b"Figures as frozen" in login(rep).get(card.get_absolute_url()).content
    wrong = page.post("/performance/scorecards/new/", {**data, "ends_on": "2026-02-01"})
    assert wrong.status_code == 422


def test_a_review_is_talked_over_in_the_browser(login, manager, rep):
    login(manager).post("/performance/scorecards/new/", {"person": rep.pk, **MARCH})
    url = Review.objects.get().get_absolute_url()
    boss, person = login(manager), login(rep)
    assert boss.post(f"{url}assess/", {"self_assessment": "x"}).status_code == 403
    assert b"Hand in self-assessment" not in boss.get(url).content
    assert person.post(f"{url}assess/", {"self_assessment": "Slow"}).status_code == 302
    assert boss.post(f"{url}share/", {"feedback": "Yes", "rating": 9}).status_code == 422
    assert boss.post(f"{url}share/", {"feedback": "Yes", "rating": 4}).status_code == 302
    assert person.post(f"{url}acknowledge/").status_code == 302
    assert Review.objects.get().state == "acknowledged"


def test_the_lists_cost_the_same_queries_for_one_row_as_for_twenty(
    login, manager, rep, django_assert_max_num_queries
):
    for day in range(1, 21):
        TargetFactory(person=rep, starts_on=f"2025-01-{day:02d}")
    page = login(manager)
    page.get("/performance/targets/")
    with django_assert_max_num_queries(14):
        rows = page.get("/performance/targets/").context["rows"]
    assert len(rows) == 20


def test_targets_are_read_and_set_over_rest(api, manager, rep, teammate):
    DealFactory(owner=rep, won_on=timezone.localdate(), amount=500)
    body = {"person": rep.pk, "metric": "won", "value": "1000", **MARCH}
    client = api(manager)
    made = client.post("/api/v1/targets/", body, format="json")
    assert made.status_code == 201, made.data
    assert (made.data["state"], Decimal(made.data["actual"])) == ("draft", 0)
    url = f"/api/v1/targets/{made.data['id']}/"
    assert api(rep).get(url).status_code == 404
    assert client.post(f"{url}publish/").data["state"] == "published"
    assert api(rep).get(url).data["attainment"] == "0.0"
    assert api(rep).post(f"{url}close/").status_code == 403


def test_scorecards_are_frozen_and_reviews_answered_over_rest(api, manager, rep):
    body = {"person": rep.pk, **MARCH}
    first = api(manager).post("/api/v1/scorecards/", body, format="json")
    assert first.status_code == 201, first.data
    assert len(first.data["lines"]) == 5
    again = api(manager).post("/api/v1/scorecards/", body, format="json")
    assert again.data["id"] == first.data["id"]
    url = f"/api/v1/reviews/{Review.objects.get().pk}/"
    refused = api(manager).post(f"{url}assess/", {"self_assessment": "x"}, format="json")
    assert refused.status_code == 403
    handed = api(rep).post(f"{url}assess/", {"self_assessment": "Slow"}, format="json")
    assert handed.data["state"] == "manager_review"
