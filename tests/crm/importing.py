"""Going through the import wizard as a person does."""

from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import Import

KIND = "accounts.account"


def upload(client, text, kind=KIND, name="list.csv"):
    """Upload a file; return its Import."""
    data = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile(name, data)
    answer = client.post("/imports/new/", {"kind": kind, "file": file})
    assert answer.status_code == 302, answer.context["form"].errors
    return Import.objects.latest("pk")


def check(client, found, callbacks, **data):
    """Accept the suggested columns, with other settings; return the Import, checked."""
    page = client.get(f"/imports/{found.pk}/map/")
    form = page.context["form"]
    given = {name: form[name].initial for name in form.fields}
    given = {
        name: value for name, value in given.items() if value is not None and value is not False
    }
    with callbacks(execute=True):
        answer = client.post(f"/imports/{found.pk}/map/", given | data)
    assert answer.status_code == 302, answer.context["form"].errors
    found.refresh_from_db()
    assert found.check_run.status == "done", found.check_run.error
    return found


def run(client, found, callbacks):
    with callbacks(execute=True):
        assert client.post(f"/imports/{found.pk}/run/").status_code == 302
    found.refresh_from_db()
    assert found.run.status == "done", found.run.error
    return {row.place: row for row in found.run.rows.all()}


def undo(client, found, callbacks):
    with callbacks(execute=True):
        assert client.post(f"/imports/{found.pk}/undo/").status_code == 302
    found.refresh_from_db()
    assert found.undo_run.status == "done", found.undo_run.error


def verdicts(rows):
    return {place: row.data["verdict"] for place, row in rows.items()}
