import pytest

from opportunities.models import Opportunity, Quotation
from tests.factories.accounts import AccountFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import (
    DemoFactory,
    NeedsSheetFactory,
    OpportunityFactory,
    QuotationFactory,
    RoundFactory,
)
from tests.factories.products import ProductFactory


def test_a_deal_is_made_moved_and_refused_in_words_over_rest(api, rep):
    account = AccountFactory(owner=rep)
    client = api(rep)
    body = {"name": "Pumps", "account": account.pk, "amount": "500.00"}
    answer = client.post("/api/v1/opportunities/", body, format="json")
    assert answer.status_code == 201, answer.data
    assert (answer.data["state"], answer.data["owner"]) == ("needs", rep.pk)
    url = f"/api/v1/opportunities/{answer.data['id']}/"
    refused = client.post(f"{url}present/")
    assert refused.status_code == 409
    assert "needs sheet" in refused.data["detail"]
    NeedsSheetFactory(opportunity_id=answer.data["id"], feasible=True)
    assert client.post(f"{url}present/").data["state"] == "presentation"
    back = client.post(f"{url}back/", {"phase": "quotation", "comment": "x"}, format="json")
    assert back.status_code == 400


def test_a_key_is_also_a_read(api, rep, outsider):
    hidden = AccountFactory(owner=outsider)
    body = {"name": "Pumps", "account": hidden.pk}
    assert api(rep).post("/api/v1/opportunities/", body, format="json").status_code == 400
    deal = OpportunityFactory(owner=outsider)
    body = {"opportunity": deal.pk, "summary": "Pumps"}
    assert api(rep).post("/api/v1/needs-sheets/", body, format="json").status_code == 400
    assert api(rep).get(f"/api/v1/opportunities/{deal.pk}/").status_code == 404


def test_a_quotation_goes_from_draft_to_sent_over_rest(api, rep, manager):
    deal = OpportunityFactory(owner=rep, quotation=True)
    client = api(rep)
    body = {"opportunity": deal.pk, "lines": [{"product": ProductFactory().pk, "quantity": "2"}]}
    answer = client.post("/api/v1/quotations/", body, format="json")
    assert answer.status_code == 201, answer.data
    assert (answer.data["amount"], answer.data["discount"]) == ("200.00", "0.00")
    assert "margin" not in answer.data
    assert "token" not in answer.data
    url = f"/api/v1/quotations/{answer.data['id']}/"
    changed = client.patch(
        url, {"lines": [{"product": ProductFactory().pk, "quantity": "3"}]}, format="json"
    )
    assert changed.data["amount"] == "300.00"
    assert client.post(f"{url}submit/").data["state"] == "approved"
    assert client.post(f"{url}send/").data["state"] == "sent"
    assert client.patch(url, {"notes": "Late"}, format="json").status_code == 409
    assert "margin" in api(manager).get(url).data
    accepted = client.post(
        f"{url}accept/", {"decided_by": "Buyer", "decided_how": "Mail"}, format="json"
    )
    assert accepted.data["state"] == "accepted"


def test_a_quotation_stays_with_its_deal(api, rep):
    quotation = QuotationFactory(opportunity__owner=rep)
    other = OpportunityFactory(owner=rep)
    url = f"/api/v1/quotations/{quotation.pk}/"
    answer = api(rep).patch(url, {"opportunity": other.pk}, format="json")
    assert answer.status_code == 400
    assert Quotation.objects.get().opportunity == quotation.opportunity


def test_converting_over_rest_reports_duplicates_and_takes_an_account(api, rep):
    lead = LeadFactory(qualified=True, owner=rep)
    known = AccountFactory(name=lead.company, owner=rep)
    client, url = api(rep), f"/api/v1/leads/{lead.pk}/convert/"
    refused = client.post(url, {"name": "Pumps"}, format="json")
    assert (refused.status_code, refused.data["code"]) == (409, "possible_duplicates")
    answer = client.post(url, {"name": "Pumps", "account": known.pk}, format="json")
    assert answer.status_code == 200, answer.data
    deal = Opportunity.objects.get()
    assert answer.data["result"]["id"] == deal.pk
    assert deal.account == known


def test_a_process_is_written_with_its_steps_over_rest(api, manager):
    body = {
        "name": "Renewals",
        "lines": [
            {
                "phase": "needs",
                "name": "Ask",
                "probability": 20,
                "items": [{"text": "Budget asked", "is_required": True}],
            }
        ],
    }
    answer = api(manager).post("/api/v1/sales-processes/", body, format="json")
    assert answer.status_code == 201, answer.data
    assert answer.data["lines"][0]["items"][0]["text"] == "Budget asked"


@pytest.mark.parametrize("path", ["needs-sheets", "demos", "negotiation-rounds"])
def test_what_hangs_on_a_deal_is_as_visible_as_the_deal(api, rep, outsider, path):
    deal = OpportunityFactory(owner=rep)
    for factory in (NeedsSheetFactory, DemoFactory, RoundFactory):
        factory(opportunity=deal)
    assert len(api(rep).get(f"/api/v1/{path}/").data["results"]) == 1
    assert api(outsider).get(f"/api/v1/{path}/").data["results"] == []
