from django.utils import timezone

from contracts.models import Contract
from contracts.services import default_template
from tests.factories.contracts import ContractFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.products import ProductFactory


def test_a_contract_is_written_and_submitted_over_rest(api, rep, legal):
    account = OpportunityFactory(owner=rep).account
    client = api(rep)
    body = {
        "title": "Pumps",
        "account": account.pk,
        "lines": [{"product": ProductFactory().pk, "quantity": "2"}],
    }
    answer = client.post("/api/v1/contracts/", body, format="json")
    assert answer.status_code == 201, answer.data
    assert answer.data["amount"] == "200.00"
    assert len(answer.data["clauses"]) == default_template().clauses.count()
    url = f"/api/v1/contracts/{answer.data['id']}/"
    clauses = [*answer.data["clauses"], {"title": "Penalty", "body": "One percent a week"}]
    changed = client.patch(url, {"clauses": clauses}, format="json")
    assert changed.data["clauses"][-1]["title"] == "Penalty"
    other = OpportunityFactory(owner=rep).account
    assert client.patch(url, {"account": other.pk}, format="json").status_code == 400
    submitted = client.post(f"{url}submit/")
    assert submitted.data["state"] == "in_review"
    assert client.patch(url, {"title": "Late"}, format="json").status_code == 409


def test_legal_answers_the_checklist_over_rest(api, legal, rep):
    contract = ContractFactory(owner=rep, in_review=True)
    body = {f"passed_{check.pk}": "yes" for check in contract.checks.all()}
    url = f"/api/v1/contracts/{contract.pk}/check/"
    assert api(rep).post(url, body, format="json").status_code == 403
    answer = api(legal).post(url, body, format="json")
    assert answer.status_code == 200, answer.data
    assert {check["passed"] for check in answer.data["checks"]} == {True}


def test_templates_and_amendments_are_written_over_rest(api, legal, rep):
    body = {"name": "Frame", "lines": [{"title": "Subject", "body": "Pumps"}], "checks": ["Read"]}
    answer = api(legal).post("/api/v1/contract-templates/", body, format="json")
    assert answer.status_code == 201, answer.data
    assert (answer.data["lines"][0]["title"], answer.data["checks"]) == ("Subject", ["Read"])
    contract = ContractFactory(owner=rep, active=True)
    body = {"contract": contract.pk, "title": "Later", "changes": "June"}
    body["effective_on"] = timezone.localdate().isoformat()
    answer = api(rep).post("/api/v1/amendments/", body, format="json")
    assert answer.status_code == 201, answer.data
    assert api(rep).post(f"/api/v1/amendments/{answer.data['id']}/submit/").status_code == 200


def test_other_peoples_contracts_do_not_exist_over_rest(api, rep, outsider):
    contract = ContractFactory(owner=rep)
    assert api(outsider).get(f"/api/v1/contracts/{contract.pk}/").status_code == 404
    assert api(outsider).get("/api/v1/contracts/").data["results"] == []
    assert Contract.objects.count() == 1
