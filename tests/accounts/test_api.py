import pytest

from accounts.models import Account
from tests.factories.accounts import AccountFactory, PaymentTermFactory


def test_a_duplicate_answers_409_with_the_list_unless_it_is_allowed(api, rep, outsider):
    AccountFactory(name="Acme Ltd", phone="021-55551234", owner=outsider)
    client = api(rep)
    refused = client.post("/api/v1/accounts/", {"name": "Acme"}, format="json")
    assert refused.status_code == 409
    assert refused.data["code"] == "possible_duplicates"
    assert refused.data["duplicates"] == [
        {
            "kind": "customer",
            "name": "Acme Ltd",
            "owner": "outsider",
            "reasons": ["same name without legal form"],
            "score": 90,
        }
    ]
    body = {"name": "Acme", "allow_duplicate": True}
    assert client.post("/api/v1/accounts/", body, format="json").status_code == 201
    assert Account.objects.filter(owner=rep).count() == 1


def test_the_record_says_what_can_be_done_with_it(api, rep, manager):
    account = AccountFactory(owner=rep)
    url = f"/api/v1/accounts/{account.pk}/"
    assert api(rep).get(url).data["available_verbs"][0]["name"] == "merge"
    verbs = {verb["name"] for verb in api(manager).get(url).data["available_verbs"]}
    assert verbs == {"assign", "set_credit", "merge"}


def test_exposure_and_owner_cannot_be_written_by_an_edit(api, rep, teammate):
    account = AccountFactory(owner=rep)
    url = f"/api/v1/accounts/{account.pk}/"
    assert api(rep).patch(url, {"exposure": "9"}, format="json").data["exposure"] == "0.00"
    assert api(rep).patch(url, {"owner": teammate.pk}, format="json").status_code == 400
    assert api(rep).patch(url, {"credit_limit": "9"}, format="json").status_code == 403


@pytest.mark.parametrize("kind", ["contacts", "addresses"])
def test_what_belongs_to_a_customer_out_of_sight_is_out_of_sight(api, rep, outsider, kind):
    account = AccountFactory(owner=rep)
    body = {"account": account.pk, "name": "Li", "street": "8 Harbour Road"}
    made = api(rep).post(f"/api/v1/{kind}/", body, format="json")
    assert made.status_code == 201, made.data
    url = f"/api/v1/{kind}/{made.data['id']}/"
    assert api(outsider).get(url).status_code == 404
    assert api(outsider).get(f"/api/v1/{kind}/").data["results"] == []
    assert api(outsider).post(f"/api/v1/{kind}/", body, format="json").status_code == 400


def test_payment_terms_are_written_with_their_parts(api, finance, rep):
    lines = [{"label": "All", "event": "delivery", "days": 30}]
    body = {"name": "Net 30", "lines": lines}
    made = api(finance).post("/api/v1/payment-terms/", body, format="json")
    assert made.status_code == 201, made.data
    assert made.data["lines"][0]["percent"] is None
    assert made.data["description"] == "All: the rest, 30 days after complete delivery"
    url = f"/api/v1/payment-terms/{made.data['id']}/"
    half = [{"label": "All", "event": "delivery", "percent": "50"}]
    wrong = api(finance).patch(url, {"lines": half}, format="json")
    assert wrong.status_code == 400
    assert api(rep).patch(url, {"name": "Mine"}, format="json").status_code == 403
    assert api(rep).get(url).status_code == 200


def test_a_list_of_terms_reads_their_parts_at_once(api, rep, django_assert_max_num_queries):
    PaymentTermFactory.create_batch(10)
    client = api(rep)
    client.get("/api/v1/payment-terms/")
    with django_assert_max_num_queries(6):
        assert len(client.get("/api/v1/payment-terms/").data["results"]) == 10


def test_a_key_must_name_a_visible_record(api, rep, outsider):
    parent = AccountFactory(owner=outsider)
    body = {"name": "Child", "parent": parent.pk}
    answer = api(rep).post("/api/v1/accounts/", body, format="json")
    assert answer.status_code == 400
    assert "parent" in answer.data["errors"]
