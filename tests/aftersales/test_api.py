from decimal import Decimal

from aftersales.models import Return, SurveyTemplate
from tests.factories.aftersales import BuyerFactory, CaseFactory, SurveyFactory, answers
from tests.factories.aftersales import DeliveredOrderFactory as OrderFactory


def test_a_case_is_opened_and_worked_on_over_rest(api, rep, service):
    order = OrderFactory(owner=rep)
    body = {"order": order.pk, "account": order.account_id, "subject": "Leaks", "priority": "high"}
    made = api(rep).post("/api/v1/cases/", body, format="json")
    assert made.status_code == 201, made.data
    assert made.data["number"].startswith("CS-")
    url = f"/api/v1/cases/{made.data['id']}/"
    assert api(rep).post(f"{url}assign/", {"owner": service.pk}).status_code == 403
    desk = api(service)
    assert desk.post(f"{url}assign/", {"owner": service.pk}).data["state"] == "assigned"
    assert desk.post(f"{url}start/").data["responded_at"]
    early = desk.post(f"{url}close/")
    assert (early.status_code, early.data["code"]) == (409, "wrong_moment")


def test_a_case_cannot_be_opened_for_a_customer_one_does_not_see(api, outsider, rep):
    account = BuyerFactory(owner=rep)
    body = {"account": account.pk, "subject": "Leaks"}
    answer = api(outsider).post("/api/v1/cases/", body, format="json")
    assert answer.status_code == 400
    assert "account" in answer.data["errors"]


def test_a_return_carries_its_lines_and_the_verdict(api, rep, outsider):
    order = OrderFactory(owner=rep, days_ago=9)
    line = order.lines.get()
    body = {
        "order": order.pk,
        "kind": "refund",
        "reason": "Too large",
        "lines": [{"line": line.pk, "quantity": "2"}],
    }
    made = api(rep).post("/api/v1/returns/", body, format="json")
    assert made.status_code == 201, made.data
    assert made.data["is_within_policy"] is False
    assert "9 days" in made.data["verdict"]
    assert Decimal(made.data["lines"][0]["quantity"]) == 2
    more = {**body, "lines": [{"line": line.pk, "quantity": "9"}]}
    refused = api(rep).post("/api/v1/returns/", more, format="json")
    assert (refused.status_code, refused.data["code"]) == (422, "business_rule")
    foreign = api(outsider).post("/api/v1/returns/", body, format="json")
    assert foreign.status_code == 400
    assert Return.objects.count() == 1


def test_a_survey_says_which_answers_it_takes(api, rep):
    survey = SurveyFactory(sent=True, rep=rep)
    client, url = api(rep), f"/api/v1/surveys/{survey.pk}/"
    fields = [question["field"] for question in client.get(url).data["questions"]]
    assert fields == list(answers(survey, 1, 1))
    assert client.post(f"{url}answer/", {fields[0]: 11}, format="json").status_code == 400
    data = client.post(f"{url}answer/", answers(survey, 10, 9), format="json").data
    assert data["score"] == "9.50"
    assert client.post(f"{url}answer/", answers(survey, 1, 1), format="json").status_code == 409


def test_a_template_is_written_with_its_questions(api, service, rep):
    body = {"name": "Yearly", "lines": [{"text": "How are we?"}]}
    assert api(rep).post("/api/v1/survey-templates/", body, format="json").status_code == 403
    made = api(service).post("/api/v1/survey-templates/", body, format="json")
    assert made.status_code == 201, made.data
    url = f"/api/v1/survey-templates/{made.data['id']}/"
    assert [line["kind"] for line in made.data["lines"]] == ["score"]
    changed = {"lines": [{"text": "And now?", "kind": "text", "is_required": False}]}
    assert api(service).patch(url, changed, format="json").status_code == 200
    questions = SurveyTemplate.objects.get(name="Yearly").questions.all()
    assert [question.text for question in questions] == ["And now?"]


def test_pages_cost_no_query_per_row(api, service, django_assert_max_num_queries):
    CaseFactory.create_batch(10)
    SurveyFactory.create_batch(10)
    client = api(service)
    for name in ("cases", "surveys", "returns", "survey-templates", "improvements"):
        with django_assert_max_num_queries(8):
            assert client.get(f"/api/v1/{name}/").status_code == 200
