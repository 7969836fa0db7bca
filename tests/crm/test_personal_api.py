"""Saved views, verbs on many records and imports, over REST: the same services and rights."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied

from accounts.models import Account
from crm.lists.saved import delete_view, edit_view, save_view, views_for
from crm.models import SavedView, Work
from leads.models import Lead
from products.models import Product
from tests.factories.accounts import AccountFactory
from tests.factories.leads import LeadFactory
from tests.factories.products import ProductFactory

pytestmark = pytest.mark.django_db
VIEWS, BULK, IMPORTS = "/api/v1/saved-views/", "/api/v1/bulk/", "/api/v1/imports/"


# --- Saved views --------------------------------------------------------------------------------


def test_a_view_is_kept_replaced_pinned_and_deleted(api, rep, teammate):
    client = api(rep)
    body = {"kind": "leads.lead", "name": "Mine", "query": "mine=true", "pinned": True}
    made = client.post(VIEWS, body, format="json")
    assert (made.status_code, made.json()["url"]) == (
        201,
        f"/leads/?mine=true&view={made.json()['id']}",
    )
    view = SavedView.objects.get()
    assert view.pinned_by.get() == rep
    client.post(VIEWS, {**body, "query": "state=new"}, format="json")
    [row] = client.get(VIEWS).json()["results"]
    assert (row["query"], row["is_own"], row["kind"]) == ("state=new", True, "leads.lead")
    url = f"{VIEWS}{view.pk}/"
    assert client.post(f"{url}pin/", {"pinned": False}, format="json").status_code == 200
    assert not view.pinned_by.exists()
    theirs = api(teammate)
    assert theirs.get(VIEWS).json()["results"] == []
    for answer in (theirs.get(url), theirs.delete(url), theirs.post(f"{url}pin/")):
        assert answer.status_code == 404
    assert client.delete(url).status_code == 204
    assert not SavedView.objects.exists()


def test_a_view_is_shared_by_those_with_the_right_and_deleted_by_its_maker(api, rep, manager):
    body = {"kind": "leads.lead", "name": "Ours", "query": "", "is_shared": True}
    assert api(rep).post(VIEWS, body, format="json").status_code == 403
    made = api(manager).post(VIEWS, body, format="json").json()
    [row] = api(rep).get(VIEWS).json()["results"]
    assert (row["id"], row["is_own"]) == (made["id"], False)
    assert api(rep).delete(f"{VIEWS}{made['id']}/").status_code == 403
    with pytest.raises(PermissionDenied, match="Only whoever made"):
        delete_view(SavedView.objects.get(), by=rep)
    assert SavedView.objects.exists()


def test_a_view_is_changed_by_its_maker_alone(api, keyed, rep, manager, integrator):
    view = save_view(Lead, by=manager, name="Ours", query="state=new", is_shared=True)
    save_view(Lead, by=manager, name="Taken", query="")
    url = f"{VIEWS}{view.pk}/"
    answer = api(manager).patch(url, {"name": "Hot", "kind": "accounts.account"}, format="json")
    assert (answer.status_code, answer.json()["name"]) == (200, "Hot")
    assert (answer.json()["kind"], answer.json()["query"]) == ("leads.lead", "state=new")
    assert api(manager).patch(url, {"name": "Taken"}, format="json").status_code == 422
    assert api(manager).put(url, {"name": "x"}, format="json").status_code == 405
    assert api(rep).patch(url, {"name": "Mine"}, format="json").status_code == 403
    own = save_view(Lead, by=rep, name="Own", query="")
    shared = api(rep).patch(f"{VIEWS}{own.pk}/", {"is_shared": True}, format="json")
    assert shared.status_code == 403
    assert api(manager).patch(f"{VIEWS}{own.pk}/", {"name": "x"}, format="json").status_code == 404
    kept = save_view(Lead, by=integrator, name="Shop", query="")
    for scope, status in (("leads:read", 403), ("leads:write", 404)):
        client = keyed(scope)
        assert client.patch(f"{VIEWS}{kept.pk}/", {"name": "x"}).status_code == status
    with pytest.raises(PermissionDenied, match="Only whoever made"):
        edit_view(view, by=rep, query="")
    view.refresh_from_db()
    assert (view.name, view.query, view.is_shared) == ("Hot", "state=new", True)


@pytest.mark.parametrize(
    ("kind", "status"),
    [("leads.lead", 403), ("nonsense", 404), ("crm.work", 404), ("a.b.c", 404)],
)
def test_a_view_is_of_a_kind_that_one_sees(api, warehouse, kind, status):
    answer = api(warehouse).post(VIEWS, {"kind": kind, "name": "x", "query": ""}, format="json")
    assert answer.status_code == status
    assert not SavedView.objects.exists()


def test_shared_views_of_kinds_one_may_not_see_are_not_there(api, manager, warehouse, login):
    view = save_view(Lead, by=manager, name="Hot", query="state=new", is_shared=True)
    assert api(warehouse).get(VIEWS).json()["results"] == []
    assert not views_for(warehouse).exists()
    assert login(warehouse).get(view.get_absolute_url()).status_code == 403
    assert login(warehouse).post(f"/leads/views/{view.pk}/", {"act": "pin"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("w1=cost&w1o=gte&w1v=5", True),
        ("o=-cost&col=name&col=cost", False),
        ("group=cost&col=cost&col=name", False),
    ],
)
def test_a_shared_view_tells_no_reader_what_is_hidden_from_them(
    login, api, administrator, rep, query, wrong
):
    for name, price, cost in (("a", 1, "3"), ("b", 2, "77.7777")):
        ProductFactory(name=name, price=price, cost=Decimal(cost))
    view = save_view(Product, by=administrator, name="Dear", query=query, is_shared=True)
    maker = login(administrator).get(view.get_absolute_url())
    assert not maker.context["wrong"]
    assert wrong or "group" in query or "77.7777" in maker.content.decode()
    seen = login(rep).get(view.get_absolute_url())
    assert seen.status_code == 200
    assert bool(seen.context["wrong"]) == wrong
    assert (len(seen.context["rows"]) == 0) == wrong
    assert "cost" not in [column["name"] for column in seen.context["columns"]]
    assert "77.7777" not in seen.content.decode()
    plain = login(rep).get("/products/").context["rows"]
    if not wrong:  # the order gives nothing away either
        assert [row["pk"] for row in seen.context["rows"]] == [row["pk"] for row in plain]
    page = login(rep).post("/products/export/", {"format": "csv", "query": query})
    exported = Work.objects.get(kind="export", user=rep)
    assert exported.total == (0 if wrong else 2), page.url
    assert b"77.7777" not in exported.file.read()


# --- Verbs on many records -----------------------------------------------------------------------


def run(client, callbacks, **body):
    with callbacks(execute=True):
        answer = client.post(BULK, {"kind": "leads.lead", **body}, format="json")
    assert answer.status_code == 202, answer.content
    return client.get(f"/api/v1/work/{answer.json()['id']}/").json()


def test_a_verb_runs_on_many_records_and_each_refusal_is_told(
    api, rep, outsider, django_capture_on_commit_callbacks
):
    good, bad = LeadFactory(owner=rep, working=True), LeadFactory(owner=rep, state="converted")
    theirs = LeadFactory(owner=outsider, working=True)
    ids = [good.pk, bad.pk, theirs.pk]
    data = {"verb": "disqualify", "ids": ids, "data": {"reason": "No budget"}}
    work = run(api(rep), django_capture_on_commit_callbacks, **data)
    assert (work["status"], work["result"]) == ("done", {"done": 1, "skipped": 0, "refused": 1})
    assert [row["id"] for row in work["rows"]] == [bad.pk]
    assert "not possible" in work["rows"][0]["message"]
    theirs.refresh_from_db()
    assert theirs.state == "working"
    assert api(outsider).get(f"/api/v1/work/{work['id']}/").status_code == 404
    assert api(outsider).get("/api/v1/work/").json()["results"] == []
    assert [row["id"] for row in api(rep).get("/api/v1/work/").json()["results"]] == [work["id"]]


def test_all_records_of_an_address_are_taken(api, rep, django_capture_on_commit_callbacks):
    for region in ("north", "south"):
        LeadFactory(owner=rep, working=True, region=region)
    query = "w1=region&w1o=is&w1v=north"
    data = {"verb": "disqualify", "query": query, "data": {"reason": "x"}}
    assert run(api(rep), django_capture_on_commit_callbacks, **data)["result"]["done"] == 1
    assert Lead.objects.get(state="disqualified").region == "north"
    nothing = {"kind": "leads.lead", **data, "query": "w1=nonsense&w1o=is&w1v=1"}
    assert api(rep).post(BULK, nothing, format="json").status_code == 409


def test_what_was_taken_away_since_is_refused_or_skipped_row_by_row(
    api, rep, teammate, manager, django_capture_on_commit_callbacks
):
    kept, moved = LeadFactory(owner=rep, working=True), LeadFactory(owner=rep, working=True)
    data = {"kind": "leads.lead", "verb": "disqualify", "ids": [kept.pk, moved.pk]}
    with django_capture_on_commit_callbacks() as callbacks:
        answer = api(rep).post(BULK, {**data, "data": {"reason": "x"}}, format="json")
    Lead.objects.filter(pk=moved.pk).update(owner=teammate)
    right = Permission.objects.get(codename="disqualify_lead")
    rep.roles.get().permissions.remove(right)
    for callback in callbacks:
        callback()
    rows = Work.objects.get(pk=answer.json()["id"]).rows
    assert dict(rows.values_list("place", "outcome")) == {kept.pk: "refused", moved.pk: "skipped"}
    assert not Lead.objects.filter(state="disqualified").exists()


def test_bulk_says_what_is_wrong_with_what_is_asked(api, rep, service, warehouse, integrator):
    lead = LeadFactory(owner=rep, working=True)
    body = {"kind": "leads.lead", "verb": "disqualify", "ids": [lead.pk], "data": {"reason": "x"}}

    def status(person, **changes):
        return api(person).post(BULK, {**body, **changes}, format="json").status_code

    assert status(rep, data={}) == 400
    assert status(rep, ids=[]) == 409
    assert status(rep, verb="convert") == 404
    assert status(rep, kind="leads.nonsense") == 404
    assert status(rep, ids=["x"]) == 400
    assert status(rep, ids=[2**63]) == 400
    assert status(warehouse) == 403  # sees no leads
    assert status(integrator) == 404  # sees them, without the right to the verb
    assert not Work.objects.exists()


# --- Imports ------------------------------------------------------------------------------------


def test_an_import_is_read_and_undone_by_its_maker(
    api, manager, finance, administrator, rep, take_in, django_capture_on_commit_callbacks
):
    AccountFactory(name="Known", owner=manager, external_key="K-1")
    _page, found, _rows = take_in(manager, "External key,Name\nK-2,New\nK-1,Known\n")
    url = f"{IMPORTS}{found.pk}/"
    shown = api(manager).get(url).json()
    assert (shown["status"], shown["undo_refusal"]) == ("done", None)
    assert (shown["counts"]["created"], shown["counts"]["duplicate"]) == (1, 1)
    assert api(rep).get(IMPORTS).status_code == 403
    assert api(rep).post(f"{url}undo/").status_code == 403
    assert api(finance).get(IMPORTS).json()["results"] == []
    assert api(finance).post(f"{url}undo/").status_code == 404
    assert Account.objects.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        answer = api(administrator).post(f"{url}undo/")
    assert answer.status_code == 202
    assert Account.objects.get().name == "Known"
    again = api(manager).post(f"{url}undo/")
    assert (again.status_code, api(manager).get(url).json()["undo_refusal"]) == (
        409,
        "There is nothing to undo.",
    )


# --- Keys ---------------------------------------------------------------------------------------


def test_a_key_reaches_only_what_is_in_its_scopes(keyed, integrator, take_in):
    lead = LeadFactory(owner=integrator)
    save_view(Lead, by=integrator, name="L", query="")
    save_view(Product, by=integrator, name="P", query="")
    _page, found, _rows = take_in(integrator, "Name\nAlpha\n")
    Work.objects.create(user=integrator, kind="bulk", label="x", data={"model": "leads.lead"})
    reader, other = keyed("leads:read"), keyed("products:read", "products:write")
    assert [row["name"] for row in reader.get(VIEWS).json()["results"]] == ["L"]
    assert [row["name"] for row in other.get(VIEWS).json()["results"]] == ["P"]
    assert len(reader.get("/api/v1/work/").json()["results"]) == 1
    assert other.get("/api/v1/work/").json()["results"] == []
    for key in (reader, other):
        assert key.get(IMPORTS).json()["results"] == []
        assert key.post(f"{IMPORTS}{found.pk}/undo/").status_code == 404
        body = {"kind": "leads.lead", "verb": "assign", "ids": [lead.pk]}
        assert key.post(BULK, body, format="json").status_code == 403
        body = {"kind": "leads.lead", "name": "x", "query": ""}
        assert key.post(VIEWS, body, format="json").status_code == 403
    view = SavedView.objects.get(name="L")
    assert reader.delete(f"{VIEWS}{view.pk}/").status_code == 403
    assert reader.post(f"{VIEWS}{view.pk}/pin/", {"pinned": True}).status_code == 403
    assert other.delete(f"{VIEWS}{view.pk}/").status_code == 404
    own = SavedView.objects.get(name="P")
    assert other.delete(f"{VIEWS}{own.pk}/").status_code == 204
