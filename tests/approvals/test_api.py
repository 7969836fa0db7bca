from tests.approvals.conftest import KIND
from tests.factories.approvals import rule

URL = "/api/v1/approval-requests/"


def test_requests_say_why_and_who_has_them(api, rep, manager, submit):
    rule(KIND, "superior", name="Large papers", amount__over=1000)
    request = submit(rep)
    data = api(rep).get(f"{URL}{request.pk}/").data
    assert data["reasons"][0]["fact"] == "amount"
    assert "Large papers" in data["reasons_text"][0]
    assert data["waiting_for"] == "manager"
    assert data["document"] == {"kind": "activities.task", "id": request.object_id}
    assert [verb["name"] for verb in data["available_verbs"]] == ["withdraw"]


def test_a_decision_over_rest_runs_the_same_rules(api, rep, teammate, manager, submit):
    rule(KIND, "superior")
    request = submit(rep)
    assert api(teammate).post(f"{URL}{request.pk}/approve/").status_code == 404
    assert api(rep).post(f"{URL}{request.pk}/approve/").status_code == 403
    assert api(manager).post(f"{URL}{request.pk}/send_back/", {}).status_code == 400
    answer = api(manager).post(f"{URL}{request.pk}/approve/", {"comment": "ok"}, format="json")
    assert answer.data["state"] == "approved"
    again = api(manager).post(f"{URL}{request.pk}/approve/", {"comment": "ok"}, format="json")
    assert again.status_code == 409
    assert again.data["code"] == "wrong_moment"


def test_handing_over_and_withdrawing_over_rest(api, rep, teammate, manager, submit):
    rule(KIND, "superior")
    request = submit(rep)
    answer = api(manager).post(f"{URL}{request.pk}/reassign/", {"person": teammate.pk})
    assert answer.data["waiting_for"] == "teammate"
    assert api(rep).post(f"{URL}{request.pk}/withdraw/").data["state"] == "withdrawn"


def test_rules_can_be_read_and_not_written(api, rep):
    found = rule(KIND, "superior", amount__over=1000)
    data = api(rep).get(f"/api/v1/approval-rules/{found.pk}/").data
    assert data["conditions"][0]["fact"] == "amount"
    assert data["levels"][0]["approver"] == "superior"
    assert api(rep).post("/api/v1/approval-rules/", {}).status_code in (403, 405)
