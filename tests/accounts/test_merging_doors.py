"""Merging and undoing in the browser and over REST."""

import pytest

from accounts.models import Account
from accounts.services import merge_records
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.leads import LeadFactory

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("factory", "base", "api_base"),
    [
        (AccountFactory, "/accounts/", "/api/v1/accounts/"),
        (ContactFactory, "/accounts/contacts/", "/api/v1/contacts/"),
        (LeadFactory, "/leads/", "/api/v1/leads/"),
    ],
)
def test_three_kinds_merge_in_the_browser_and_over_rest(
    login, api, rep, outsider, factory, base, api_base
):
    owner = {"account__owner": rep} if factory is ContactFactory else {"owner": rep}
    kept, goes, third = (factory(name=name, **owner) for name in ("One", "Two", "Three"))
    page, client = login(rep), api(rep)
    assert "Merge with…" in page.get(f"{base}{kept.pk}/").content.decode()
    dialog = page.get(f"{base}{kept.pk}/merge/", headers=HTMX).content.decode()
    assert 'name="other"' in dialog
    chosen = page.post(f"{base}{kept.pk}/merge/", {"other": goes.pk}, headers=HTMX)
    url = f"{base}{kept.pk}/merge/{goes.pk}/"
    assert chosen["HX-Redirect"] == url
    asked = page.get(url).content.decode()
    assert "One" in asked
    assert "Two" in asked
    assert login(outsider).get(url).status_code == 404
    assert login(outsider).post(url).status_code == 404
    merged = page.post(url, {"name": "theirs"})
    assert merged.url == kept.get_absolute_url()
    kept.refresh_from_db()
    assert kept.name == "Two"
    # The old address leads on; over REST it says where to.
    assert page.get(f"{base}{goes.pk}/").url == kept.get_absolute_url()
    assert login(outsider).get(f"{base}{goes.pk}/").status_code == 404
    gone = client.get(f"{api_base}{goes.pk}/")
    assert (gone.status_code, gone.data["code"]) == (410, "merged")
    assert gone.data["merged_into"]["id"] == kept.pk
    assert gone.data["merged_into"]["url"].endswith(f"{api_base}{kept.pk}/")
    assert client.patch(f"{api_base}{goes.pk}/", {"name": "x"}).status_code == 410
    assert api(outsider).get(f"{api_base}{goes.pk}/").status_code == 404
    assert {row["id"] for row in client.get(api_base).data["results"]} == {kept.pk, third.pk}
    assert goes.pk not in {row["pk"] for row in page.get(base).context["rows"]}
    options = page.get(f"/options/{kept._meta.app_label}/{kept._meta.model_name}/").json()
    assert goes.pk not in {row["value"] for row in options}
    # And over REST, with the choices in one request.
    body = {"other": third.pk, "choices": {"name": "theirs"}}
    assert api(outsider).post(f"{api_base}{kept.pk}/merge/", body, format="json").status_code == 404
    answer = client.post(f"{api_base}{kept.pk}/merge/", body, format="json")
    assert (answer.status_code, answer.data["name"]) == (200, "Three")
    again = client.post(f"{api_base}{kept.pk}/merge/", body, format="json")
    assert again.status_code == 400
    latest = client.get("/api/v1/merges/").data["results"][0]
    assert (latest["first_id"], latest["second_id"]) == (kept.pk, third.pk)
    assert api(outsider).post(f"/api/v1/merges/{latest['id']}/undo/").status_code == 404
    undone = client.post(f"/api/v1/merges/{latest['id']}/undo/")
    assert undone.status_code == 200
    assert client.get(f"{api_base}{third.pk}/").data["name"] == "Three"


def test_people_without_the_right_see_no_button_and_reach_no_page(
    login, api, finance, service, twins
):
    kept, goes = twins
    for person in (finance, service):
        assert "Merge with…" not in login(person).get(kept.get_absolute_url()).content.decode()
        assert login(person).get(f"/accounts/{kept.pk}/merge/").status_code == 403
        assert login(person).get(f"/accounts/{kept.pk}/merge/{goes.pk}/").status_code == 403
        assert login(person).post(f"/accounts/{kept.pk}/merge/{goes.pk}/").status_code == 403
        url = f"/api/v1/accounts/{kept.pk}/merge/"
        assert api(person).post(url, {"other": goes.pk}, format="json").status_code == 403
    assert Account.objects.count() == 2


def test_a_customer_of_a_colleague_cannot_be_chosen(login, api, rep, teammate, twins):
    theirs = AccountFactory(owner=teammate)
    kept = twins[0]
    page = login(rep).post(f"/accounts/{kept.pk}/merge/", {"other": theirs.pk}, headers=HTMX)
    assert page.status_code == 422
    url = f"/api/v1/accounts/{kept.pk}/merge/"
    assert api(rep).post(url, {"other": theirs.pk}, format="json").status_code == 400


def test_merges_are_listed_and_undone_on_their_page(login, rep, outsider, twins):
    kept, goes = twins
    merge = merge_records(kept, goes, by=rep)
    page = login(rep)
    assert [row["pk"] for row in page.get("/accounts/merges/").context["rows"]] == [merge.pk]
    url = merge.get_absolute_url()
    assert "Undo the merge" in page.get(url).content.decode()
    assert login(outsider).get(url).status_code == 404
    assert page.post(f"{url}undo/", headers=HTMX).status_code == 200
    assert page.get(goes.get_absolute_url()).status_code == 200
    assert "Undo the merge" not in page.get(url).content.decode()


def test_the_timeline_tells_of_the_merge(login, rep, twins):
    merge_records(*twins, by=rep)
    url = f"/about/accounts/account/{twins[0].pk}/timeline/"
    content = login(rep).get(url, headers=HTMX).content.decode()
    assert "Merged with another record" in content
    assert "ACME" in content
