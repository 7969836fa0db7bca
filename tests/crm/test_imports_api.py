"""Files imported over REST: the steps, services and rights of the wizard."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Account
from crm.models import Import, Work
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db
IMPORTS = "/api/v1/imports/"
TEXT = "External key,Name,Unknown\nK-1,Known,x\nK-2,New,y\nK-3,,z\n"


def send(client, text=TEXT, kind="accounts.account", name="list.csv"):
    file = SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)
    return client.post(IMPORTS, {"kind": kind, "file": file}, format="multipart")


@pytest.fixture
def done(django_capture_on_commit_callbacks):
    """done(client, url, body) -> the answer of a step, with its work done."""

    def step(client, url, body=None):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(url, body or {}, format="json")

    return step


def test_a_file_goes_all_the_way_over_rest(api, manager, done):
    AccountFactory(name="Known", owner=manager, external_key="K-1", phone="1")
    client = api(manager)
    made = send(client)
    assert made.status_code == 201, made.content
    found = made.json()
    assert (found["headers"], found["total"]) == (["External key", "Name", "Unknown"], 3)
    assert found["mapping"] == {"external_key": 0, "name": 1}
    assert (found["mode"], found["key"], found["check"]) == ("create", "external_key", None)
    url = f"{IMPORTS}{found['id']}/"
    fields = {field["name"]: field for field in client.get(f"{url}fields/").json()}
    assert (fields["name"]["label"], fields["name"]["required"]) == ("Name", True)
    assert client.get(f"{url}preview/").status_code == 409
    assert done(client, f"{url}run/").status_code == 409
    body = {"mode": "both", "mapping": {"external_key": 0, "name": 1, "phone": 2}}
    checked = done(client, f"{url}map/", body)
    assert checked.status_code == 202
    work = client.get(f"/api/v1/work/{checked.json()['id']}/").json()
    assert (work["status"], work["done"], work["total"]) == ("done", 3, 3)
    assert client.get(url).json()["check"] == work["id"]
    preview = client.get(f"{url}preview/").json()
    assert preview["counts"] == {"created": 1, "updated": 1, "refused": 1}
    verdicts = {row["place"]: (row["verdict"], row["message"]) for row in preview["rows"]}
    assert verdicts[2][0] == "updated"
    assert verdicts[3][0] == "created"
    assert verdicts[4] == ("refused", "Name: This field is required.")
    assert Account.objects.count() == 1  # so far nothing was written
    ran = done(client, f"{url}run/")
    assert ran.status_code == 202
    work = client.get(f"/api/v1/work/{ran.json()['id']}/").json()
    assert work["status"] == "done"
    assert [(row["id"], row["outcome"]) for row in work["rows"]] == [(4, "refused")]
    assert client.get(url).json()["counts"]["created"] == 1
    assert Account.objects.get(external_key="K-1").phone == "x"
    assert Account.objects.get(external_key="K-2").phone == "y"
    # Once more is nothing more; the columns stay as they were.
    assert done(client, f"{url}run/").json()["id"] == ran.json()["id"]
    assert done(client, f"{url}map/", body).status_code == 400
    assert done(client, f"{url}undo/").status_code == 202
    assert Account.objects.get().phone == "1"


def test_amounts_are_read_in_the_unit_that_is_said(api, manager, done):
    client = api(manager)
    found = send(client, "Name,Annual revenue\nNew,1.5\n").json()
    url = f"{IMPORTS}{found['id']}/"
    assert found["amounts"] == 0
    assert done(client, f"{url}map/", {"amounts": 5}).status_code == 400
    assert done(client, f"{url}map/", {"amounts": 4}).status_code == 202
    assert done(client, f"{url}run/").status_code == 202
    assert Account.objects.get().annual_revenue == 15_000


def test_the_next_file_with_the_same_headers_is_mapped_alike(api, manager, done):
    client = api(manager)
    first = send(client).json()
    body = {"mapping": {"name": 1, "phone": 2}, "key": "", "mode": "create"}
    assert done(client, f"{IMPORTS}{first['id']}/map/", body).status_code == 202
    second = send(client).json()
    assert (second["mapping"], second["key"]) == (body["mapping"], "")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"mapping": {"name": 1, "nonsense": 2}}, {"mapping": ["nonsense"]}),
        ({"mapping": {"name": 3}}, {"mapping": ["name"]}),
        ({"mapping": {"name": 1, "phone": 1}}, {"mapping": ["name"]}),
        ({"mapping": {"name": -1}}, {"mapping": ["name"]}),
        ({"mapping": {"external_key": 0}}, {"non_field_errors": None}),
        ({"mode": "update", "key": ""}, {"key": None}),
        ({"mapping": {"name": 1}, "key": "external_key"}, {"key": None}),
        ({"key": "phone"}, {"key": None}),
        ({"mode": "all"}, {"mode": None}),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(api, manager, done, body, named):
    client = api(manager)
    url = f"{IMPORTS}{send(client).json()['id']}/"
    answer = done(client, f"{url}map/", body)
    assert answer.status_code == 400, answer.content
    errors = answer.json()["errors"]
    [(name, fields)] = named.items()
    assert name in errors or (name == "non_field_errors" and "__all__" in errors)
    if fields:
        assert list(errors[name]) == fields
    assert not Work.objects.exists()


def test_files_that_cannot_be_read_and_kinds_that_cannot_be_imported(api, manager):
    client = api(manager)
    refused = send(client, b"PK\x03\x04 nothing", name="list.xlsx")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["file"])
    assert client.post(IMPORTS, {"kind": "accounts.account"}).status_code == 400
    assert send(client, kind="nonsense").status_code == 404
    assert send(client, kind="users.user").status_code == 403
    assert not Import.objects.exists()


def test_only_who_uploaded_a_file_goes_on_with_it(api, manager, administrator, rep, finance, done):
    assert send(api(rep)).status_code == 403
    mine = send(api(manager)).json()
    url = f"{IMPORTS}{mine['id']}/"
    for person, status in ((rep, 403), (finance, 404), (administrator, 404)):
        client = api(person)
        for answer in (
            client.get(f"{url}fields/"),
            client.get(f"{url}preview/"),
            done(client, f"{url}map/"),
            done(client, f"{url}run/"),
        ):
            assert answer.status_code == status
    # Whoever may undo imports sees that there is one.
    assert api(administrator).get(url).status_code == 200
    assert send(api(finance), kind="leads.lead").status_code == 403


def test_a_key_reaches_the_kinds_of_its_scopes(keyed, done):
    full, reader = keyed("accounts:write", "accounts:read"), keyed("accounts:read")
    url = f"{IMPORTS}{send(full).json()['id']}/"
    assert send(reader).status_code == 403
    assert reader.get(f"{url}fields/").status_code == 200
    assert done(reader, f"{url}map/").status_code == 403
    assert keyed("leads:write", "leads:read").get(f"{url}fields/").status_code == 404
    assert done(full, f"{url}map/").status_code == 202
    assert reader.get(f"{url}preview/").json()["counts"]["created"] == 2
    assert done(reader, f"{url}run/").status_code == 403
    assert done(full, f"{url}run/").status_code == 202


def test_the_steps_are_described(api, administrator):
    paths = api(administrator).get("/api/schema/?format=json").json()["paths"]
    upload = paths["/api/v1/imports/"]["post"]["requestBody"]["content"]
    assert list(upload) == ["multipart/form-data"]
    for step, method in (("map", "post"), ("run", "post"), ("preview", "get"), ("fields", "get")):
        assert method in paths[f"/api/v1/imports/{{id}}/{step}/"]
