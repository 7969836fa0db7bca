from datetime import timedelta

from django.utils import timezone

from activities.models import Activity, Task
from tests.factories.activities import TaskFactory
from tests.factories.leads import LeadFactory


def test_a_call_is_logged_over_rest_on_visible_records_only(api, rep, outsider):
    mine, theirs = LeadFactory(owner=rep), LeadFactory(owner=outsider)
    body = {"kind": "call", "subject": "Prices", "target_kind": "leads.lead"}
    client = api(rep)
    answer = client.post("/api/v1/activities/", {**body, "target_id": mine.pk}, format="json")
    assert answer.status_code == 201, answer.data
    assert answer.data["target"] == {"kind": "leads.lead", "id": mine.pk, "label": str(mine)}
    assert answer.data["owner"] == rep.pk
    refused = client.post("/api/v1/activities/", {**body, "target_id": theirs.pk}, format="json")
    assert refused.status_code == 404
    half = client.post("/api/v1/activities/", body, format="json")
    assert half.status_code == 400
    assert Activity.objects.count() == 1


def test_tasks_are_created_filtered_edited_and_finished_over_rest(api, rep, teammate):
    client = api(rep)
    due = (timezone.now() - timedelta(hours=30)).isoformat()
    made = client.post("/api/v1/tasks/", {"subject": "Call", "due_at": due}, format="json")
    assert made.status_code == 201, made.data
    assert made.data["owner"] == rep.pk
    TaskFactory(owner=teammate)
    rows = client.get("/api/v1/tasks/?due=overdue").data["results"]
    assert [row["id"] for row in rows] == [made.data["id"]]
    url = f"/api/v1/tasks/{made.data['id']}/"
    assert client.patch(url, {"priority": "high"}, format="json").data["priority"] == "high"
    assert client.post(f"{url}finish/", {"result": "Done"}, format="json").data["state"] == "done"
    again = client.post(f"{url}finish/", {}, format="json")
    assert again.status_code == 409
    assert client.post(f"{url}reopen/").data["state"] == "open"
    assert client.post(f"{url}cancel/").data["state"] == "cancelled"
    assert Task.objects.get(pk=made.data["id"]).state == "cancelled"
