import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts import services
from contracts.models import Amendment, Contract, ContractTemplate
from tests.factories.contracts import AmendmentFactory, ContractFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.products import ProductFactory

HTMX = {"HX-Request": "true"}


def test_a_contract_is_made_in_the_browser_from_a_deal(login, rep):
    deal = OpportunityFactory(owner=rep)
    page = login(rep)
    form = page.get(f"/contracts/new/?opportunity={deal.pk}").context["form"]
    assert form.initial["account"] == deal.account_id
    data = {
        "title": "Pumps",
        "account": deal.account_id,
        "opportunity": deal.pk,
        "template": services.default_template().pk,
        "currency": "CNY",
        "payment_term": deal.account.payment_term_id,
        "lines-TOTAL_FORMS": 1,
        "lines-INITIAL_FORMS": 0,
        "lines-0-product": ProductFactory().pk,
        "lines-0-quantity": "2",
    }
    answer = page.post("/contracts/new/", data)
    assert answer.status_code == 302, answer.context["form"].errors
    contract = Contract.objects.get()
    assert contract.journey == deal.journey
    content = page.get(contract.get_absolute_url()).content.decode()
    for words in ("Liability for breach", "Compliance checklist", "200.00", "Edit the clauses"):
        assert words in content
    assert "Pumps" in page.get(f"/contracts/of-opportunity/{deal.pk}/").content.decode()
    assert "Pumps" in page.get(f"/contracts/of-account/{deal.account_id}/").content.decode()


def test_clauses_are_edited_on_a_page_of_their_own_while_the_contract_is_a_draft(login, rep, legal):
    contract = ContractFactory(owner=rep)
    page, url = login(rep), f"/contracts/{contract.pk}/clauses/"
    assert login(legal).get("/contracts/templates/new/").status_code == 200  # shares the forms
    assert "Liability for breach" in page.get(url).content.decode()
    first, *others = contract.clauses.all()
    rows = [first, *others]
    data = {"version": contract.version, "clauses-INITIAL_FORMS": len(rows)}
    data["clauses-TOTAL_FORMS"] = len(rows) + 1
    for n, clause in enumerate(rows):
        data |= {f"clauses-{n}-id": clause.pk, f"clauses-{n}-title": clause.title}
        data |= {f"clauses-{n}-body": clause.body, f"clauses-{n}-is_mandatory": "on"}
    data[f"clauses-{len(rows) - 1}-DELETE"] = "on"
    data |= {f"clauses-{len(rows)}-title": "Penalty", f"clauses-{len(rows)}-body": "One percent"}
    assert page.post(url, data).status_code == 302
    titles = [clause.title for clause in contract.clauses.all()]
    assert titles == [*(clause.title for clause in rows[:-1]), "Penalty"]
    assert page.post(url, data).status_code in (409, 422)
    Contract.objects.update(state="approved")
    assert page.get(url).status_code == 409


def test_legal_answers_the_checklist_point_by_point(login, legal, rep):
    contract = ContractFactory(owner=rep, in_review=True)
    url = f"/contracts/{contract.pk}/check/"
    assert login(rep).get(url).status_code == 403
    page = login(legal)
    checks = list(contract.checks.all())
    assert page.get(url).content.decode().count("not checked") == len(checks)
    data = {f"passed_{checks[0].pk}": "no", f"note_{checks[0].pk}": "No licence"}
    answer = page.post(url, data, headers=HTMX)
    assert answer.status_code == 200
    assert "No licence" in answer.content.decode()
    assert [check.passed for check in contract.checks.all()] == [False, None, None]


def test_a_risk_is_added_and_judged_again(login, legal, rep):
    contract = ContractFactory(owner=rep, in_review=True)
    page, url = login(legal), f"/contracts/{contract.pk}/assess/"
    data = {"level": "high", "description": "They may not pay"}
    assert page.post(url, data).status_code == 302
    risk = contract.risks.get()
    form = page.get(f"{url}?risk={risk.pk}").context["form"]
    assert form.fields["description"].initial == "They may not pay"
    page.post(url, {**data, "risk": risk.pk, "measure": "Half in advance"})
    assert contract.risks.get().measure == "Half in advance"


def test_signatures_and_the_signed_copy_are_recorded_while_signing(login, rep):
    contract = ContractFactory(owner=rep, signing=True)
    page, url = login(rep), f"/contracts/{contract.pk}/"
    today = timezone.localdate().isoformat()
    for side in ("ours", "theirs"):
        data = {"side": side, "signer": "Boss", "signed_on": today}
        assert page.post(f"{url}sign/", data).status_code == 302
    assert page.post(f"{url}upload_copy/", {}).status_code == 422
    copy = SimpleUploadedFile("signed.pdf", b"%PDF-1.4")
    assert page.post(f"{url}upload_copy/", {"file": copy}).status_code == 302
    assert contract.attachments.get().kind == "signed_copy"
    assert page.post(f"{url}activate/").status_code == 302
    contract.refresh_from_db()
    assert contract.state == "active"
    assert "Record a signature" not in page.get(url).content.decode()


def test_an_active_contract_is_amended_from_its_page(login, rep):
    contract = ContractFactory(owner=rep, active=True)
    page = login(rep)
    url = f"/contracts/amendments/new/?contract={contract.pk}"
    assert url in page.get(contract.get_absolute_url()).content.decode()
    data = {"contract": contract.pk, "title": "Later", "changes": "June"}
    answer = page.post(url, {**data, "effective_on": timezone.localdate().isoformat()})
    amendment = Amendment.objects.get()
    assert answer.headers["Location"] == amendment.get_absolute_url()
    assert page.get(amendment.get_absolute_url()).status_code == 200
    draft = ContractFactory(owner=rep)
    refused = page.post(url, {**data, "contract": draft.pk, "effective_on": "2030-01-01"})
    assert refused.status_code == 422


def test_a_contract_of_another_team_does_not_exist(login, rep, outsider):
    amendment = AmendmentFactory(contract__owner=rep)
    page = login(outsider)
    assert page.get(amendment.get_absolute_url()).status_code == 404
    assert page.get(amendment.contract.get_absolute_url()).status_code == 404
    assert page.get(f"/contracts/{amendment.contract.pk}/clauses/").status_code == 404


def test_legal_keeps_the_templates(login, legal, rep):
    assert login(rep).get("/contracts/templates/new/").status_code == 403
    data = {
        "name": "Frame contract",
        "is_active": "on",
        "is_default": "on",
        "checks": "Read it\n\nSign it",
        "clauses-TOTAL_FORMS": 1,
        "clauses-INITIAL_FORMS": 0,
        "clauses-0-title": "Subject",
        "clauses-0-body": "Pumps",
        "clauses-0-is_mandatory": "on",
    }
    answer = login(legal).post("/contracts/templates/new/", data)
    assert answer.status_code == 302, answer.context["form"].errors
    template = ContractTemplate.objects.get(is_default=True)
    assert template.name == "Frame contract"
    assert [check.text for check in template.checks.all()] == ["Read it", "Sign it"]
    assert template.clauses.get().is_mandatory
    edit = login(legal).get(f"/contracts/templates/{template.pk}/edit/")
    assert "Sign it" in edit.content.decode()


def test_my_day_shows_legal_what_waits_for_review(login, legal, rep):
    contract = ContractFactory(owner=rep, in_review=True)
    cards = {card["label"]: card for card in login(legal).get("/").context["cards"]}
    assert [item["text"] for item in cards["Contracts in review"]["items"]] == [str(contract)]
    labels = {card["label"] for card in login(rep).get("/").context["cards"]}
    assert "Contracts in review" not in labels


@pytest.mark.parametrize("path", ["", "amendments/"])
def test_lists_cost_the_same_queries_for_one_row_as_for_many(login, rep, path):
    page = login(rep)

    def cost():
        AmendmentFactory(contract__owner=rep)
        page.get(f"/contracts/{path}")
        with CaptureQueriesContext(connection) as queries:
            page.get(f"/contracts/{path}")
        return len(queries)

    assert cost() == cost() == cost()
