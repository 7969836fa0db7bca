"""The import wizard: files, columns, verdicts, the run, refused rows, undo."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Contact
from accounts.services import create_account, create_contact, edit_account
from crm import lifecycle
from crm import work as works
from crm.describe import origin
from crm.imports.reading import read, write_csv
from crm.imports.texts import number, yes_or_no
from crm.models import Event, ImportMapping, SearchEntry, Work
from tests.crm.importing import KIND, check, run, undo, upload, verdicts
from tests.crm.test_custom import own
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db


# --- The whole way ------------------------------------------------------------------------------


def test_one_bad_row_never_stops_the_rest(manager, take_in):
    text = 'Name,Phone,Annual revenue\nAlpha,021-5555 0001,1200\n,021-5555 0002,1\nGamma,,much\nDelta,,"1,500.50"\n'
    client, found, rows = take_in(manager, text)
    assert verdicts(rows) == {2: "created", 3: "refused", 4: "refused", 5: "created"}
    assert rows[4].message == "Annual revenue: “much” is no number."
    delta = Account.objects.get(name="Delta")
    assert (delta.annual_revenue, delta.owner, delta.created_by) == (
        Decimal("1500.50"),
        manager,
        manager,
    )
    page = client.get(found.get_absolute_url()).content.decode()
    assert "much" in page
    assert "Delta" in client.get(f"{found.get_absolute_url()}?verdict=created").content.decode()


def test_the_preview_writes_nothing_and_says_what_the_import_does(
    manager, login, django_capture_on_commit_callbacks
):
    old = AccountFactory(name="Known", owner=manager, external_key="K-1")
    client = login(manager)
    text = "External key,Name\nK-1,Known\nK-2,New\nK-2,Newer\nK-3,\nK-1,Renamed\n"
    found = upload(client, text)
    assert found.mapping == {"external_key": 0, "name": 1}
    before = Account.objects.count()
    found = check(client, found, django_capture_on_commit_callbacks, mode="both")
    assert Account.objects.count() == before
    assert not Event.objects.exclude(name="work.finished").exists()
    said = {row["place"]: row["verdict"] for row in found.check_run.result["rows"]}
    assert said == {2: "unchanged", 3: "created", 4: "updated", 5: "refused", 6: "updated"}
    rows = run(client, found, django_capture_on_commit_callbacks)
    assert verdicts(rows) == said
    old.refresh_from_db()
    assert (old.name, Account.objects.get(external_key="K-2").name) == ("Renamed", "Newer")
    page = client.get(found.get_absolute_url()).content.decode()
    assert "Known" in page or "K-3" in page


def test_what_exists_is_updated_not_doubled(manager, take_in):
    AccountFactory(name="Acme", owner=manager, phone="02155550001", region="East")
    _client, _found, rows = take_in(
        manager, "Name,Phone,Region\nAcme,,West\n", mode="both", key="name"
    )
    acme = Account.objects.get()
    assert (verdicts(rows), acme.region, acme.phone) == ({2: "updated"}, "West", "02155550001")


def test_empty_cells_clear_a_field_only_when_asked_to(manager, take_in):
    AccountFactory(name="Acme", owner=manager, phone="02155550001")
    take_in(manager, "Name,Phone\nAcme,\n", mode="update", key="name", clears="on")
    assert Account.objects.get().phone == ""


def test_a_possible_duplicate_is_named_and_left_out_unless_wanted(manager, take_in):
    AccountFactory(name="Acme Ltd.", owner=manager)
    _client, _found, rows = take_in(manager, "Name\nACME\n", key="")
    assert verdicts(rows) == {2: "duplicate"}
    assert "Acme Ltd." in rows[2].message
    _client, _found, rows = take_in(manager, "Name\nACME\n", key="", allows_duplicates="on")
    assert verdicts(rows) == {2: "created"}


def test_refused_rows_are_corrected_and_uploaded_again_without_mapping(manager, take_in, login):
    text = "Who,Est,=x\n=Acme,never,@1\nBeta,1999,-5\n"
    client = login(manager)
    found = upload(client, text)
    assert found.mapping == {}
    _client, found, rows = take_in(manager, text, column_0="name", column_1="founded")
    assert verdicts(rows) == {2: "refused", 3: "created"}
    data = client.get(f"/imports/{found.pk}/refused/").content
    lines = data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Who,Est,'=x,Reason of refusal"
    assert lines[1].startswith("'=Acme,never,'@1,")
    again = upload(client, data.decode("utf-8-sig").replace("never", "2001"))
    assert again.mapping == {"name": 0, "founded": 1}
    _client, _found, rows = take_in(manager, data.decode("utf-8-sig").replace("never", "2001"))
    assert Account.objects.get(founded=2001).name == "=Acme"


def test_the_timeline_says_where_a_record_came_from(manager, take_in):
    client, found, rows = take_in(manager, "Name\nAlpha\n")
    event = Event.objects.get(name="account.created")
    assert event.data["origin"] == {"import": found.pk, "row": 2}
    assert event.delivered_at is not None  # nobody is told of each of ten thousand rows
    pk = rows[2].data["id"]
    page = client.get(f"/about/accounts/account/{pk}/timeline/", headers={"HX-Request": "true"})
    assert f"from import #{found.pk}, row 2" in page.content.decode()


# --- Undo ---------------------------------------------------------------------------------------


def test_undo_gives_back_the_state_before(
    manager, take_in, login, django_capture_on_commit_callbacks
):
    parent = AccountFactory(name="Parent", owner=manager)
    old = AccountFactory(
        name="Acme", owner=manager, parent=parent, founded=1990, annual_revenue=Decimal("12.50")
    )
    fields = ("name", "parent_id", "founded", "annual_revenue", "phone", "owner_id", "status")
    before = Account.objects.filter(pk=old.pk).values(*fields).get()
    text = "Name,Founded,Annual revenue,Parent company,Phone\nAcme,2001,99,New,021\nNew,,,,\n"
    client, found, rows = take_in(manager, text, mode="both", key="name")
    assert verdicts(rows) == {2: "updated", 3: "created"}
    old.refresh_from_db()
    assert old.parent.name == "New"
    undo(client, found, django_capture_on_commit_callbacks)
    assert Account.objects.filter(pk=old.pk).values(*fields).get() == before
    assert not Account.objects.filter(name="New").exists()
    assert client.post(f"/imports/{found.pk}/undo/").status_code == 409
    assert "undone" in client.get(found.get_absolute_url()).content.decode()


def test_undo_keeps_what_somebody_has_touched_since(
    manager, take_in, django_capture_on_commit_callbacks
):
    old = AccountFactory(name="Acme", owner=manager, region="East")
    client, found, _rows = take_in(
        manager, "Name,Region\nAcme,West\nNew,North\nOther,\n", mode="both", key="name"
    )
    old.refresh_from_db()
    edit_account(old, by=manager, phone="021")
    new = Account.objects.get(name="New")
    create_contact(by=manager, account=new, name="Li")
    undo(client, found, django_capture_on_commit_callbacks)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.region, old.phone) == ("West", "021")
    assert (new.status, Account.objects.filter(name="Other").count()) == ("inactive", 0)
    page = client.get(found.get_absolute_url()).content.decode()
    assert "Kept, it has been changed since" in page
    assert "Archived, because other records refer to it." in page


def many(count):
    return "Name,Founded\n" + "".join(f"Alpha {n} GmbH,{1900 + n}\n" for n in range(count))


def test_undo_takes_many_new_records_back_at_once_but_for_those_touched_or_referred_to(
    manager, take_in, monkeypatch, django_capture_on_commit_callbacks
):
    client, found, _rows = take_in(manager, many(12))
    made = list(Account.objects.order_by("pk"))
    edit_account(made[3], by=manager, phone="021")
    create_contact(by=manager, account=made[7], name="Li")
    monkeypatch.setattr(works, "TOGETHER", 5)
    undo(client, found, django_capture_on_commit_callbacks)
    assert list(Account.objects.order_by("pk")) == [made[3], made[7]]
    made[7].refresh_from_db()
    assert made[7].status == "inactive"
    rows = {row.place: row for row in found.undo_run.rows.all()}
    assert len(rows) == 12
    kept = {place: row.message for place, row in rows.items() if row.message}
    assert kept.keys() == {5, 9}
    assert kept[9] == "Archived, because other records refer to it."
    assert (found.undo_run.result, found.undo_run.done) == (
        {"done": 11, "skipped": 0, "refused": 1},
        12,
    )
    # Who has gone is found no more, and the audit knows who took them back.
    assert set(SearchEntry.objects.values_list("object_id", flat=True)) >= {made[3].pk, made[7].pk}
    assert not SearchEntry.objects.filter(object_id=made[0].pk).exists()
    removed = Event.objects.filter(name="account.removed")
    assert removed.count() == 10
    assert {event.actor for event in removed} == {manager}
    assert origin(removed[0]) == f"import #{found.pk} undone"


def test_undo_asks_no_more_of_the_database_for_more_rows(
    manager, take_in, django_capture_on_commit_callbacks, django_assert_max_num_queries
):
    client, found, _rows = take_in(manager, many(5))
    with CaptureQueriesContext(connection) as queries:
        undo(client, found, django_capture_on_commit_callbacks)
    few = len(queries)
    client, found, _rows = take_in(manager, many(40))
    with django_assert_max_num_queries(few):
        undo(client, found, django_capture_on_commit_callbacks)
    assert not Account.objects.exists()


def test_an_undo_that_was_killed_goes_on(
    manager, take_in, monkeypatch, django_capture_on_commit_callbacks
):
    client, found, _rows = take_in(manager, many(6))
    client.post(f"/imports/{found.pk}/undo/")
    found.refresh_from_db()
    calls = []

    def killed(rows, *, by):
        calls.append(rows)
        if len(calls) == 2:
            lifecycle.remove_all(rows, by=by)
            raise KeyboardInterrupt
        return lifecycle.remove_all(rows, by=by)

    monkeypatch.setattr(works, "TOGETHER", 2)
    with monkeypatch.context() as patch:
        patch.setattr("crm.imports.undo.remove_all", killed)
        with pytest.raises(KeyboardInterrupt):
            works.do(found.undo_run_id)
    assert (Account.objects.count(), found.undo_run.rows.count()) == (4, 2)
    works.do(found.undo_run_id)
    found.undo_run.refresh_from_db()
    assert (Account.objects.count(), found.undo_run.rows.count()) == (0, 6)
    assert found.undo_run.status == "done"


def test_undo_removes_only_what_the_person_may_remove(
    manager, rep, outsider, take_in, administrator, django_capture_on_commit_callbacks
):
    client, found, _rows = take_in(manager, many(2))
    away = Account.objects.order_by("pk").first()
    Account.objects.filter(pk=away.pk).update(owner=outsider)
    undo(client, found, django_capture_on_commit_callbacks)
    assert list(Account.objects.all()) == [away]
    [row] = found.undo_run.rows.filter(outcome="refused")
    assert row.message == "You do not have the right to do this."


def test_a_contact_who_lost_the_first_place_gets_it_back(
    manager, take_in, django_capture_on_commit_callbacks
):
    account = AccountFactory(name="Acme", owner=manager)
    first = create_contact(by=manager, account=account, name="Li", is_primary=True)
    client, found, rows = take_in(
        manager, "Customer,Name,Main contact\nAcme,Wang,是\n", "accounts.contact"
    )
    first.refresh_from_db()
    assert (verdicts(rows), first.is_primary) == ({2: "created"}, False)
    undo(client, found, django_capture_on_commit_callbacks)
    first.refresh_from_db()
    assert (first.is_primary, Contact.objects.count()) == (True, 1)


def test_undo_is_for_the_importer_and_administrators_and_for_thirty_days(
    manager, finance, administrator, login, take_in, django_capture_on_commit_callbacks
):
    client, found, _rows = take_in(manager, "Name\nAlpha\n")
    assert login(finance).post(f"/imports/{found.pk}/undo/").status_code == 404
    Work.objects.filter(pk=found.run_id).update(finished_at=timezone.now() - timedelta(days=31))
    assert client.post(f"/imports/{found.pk}/undo/").status_code == 409
    Work.objects.filter(pk=found.run_id).update(finished_at=timezone.now() - timedelta(days=29))
    admin = login(administrator)
    assert admin.get(f"/imports/{found.pk}/refused/").status_code == 404
    undo(admin, found, django_capture_on_commit_callbacks)
    assert not Account.objects.exists()


@pytest.mark.parametrize("taken", ["rights", "scope"])
def test_undo_asks_for_the_rights_on_each_record_anew(
    manager, teammate, login, take_in, taken, django_capture_on_commit_callbacks
):
    old = AccountFactory(name="Acme", owner=teammate, region="East")
    text = "Name,Region,Owner\nAcme,West,\nNew,North,teammate\n"
    client, found, rows = take_in(manager, text, mode="both", key="name")
    assert verdicts(rows) == {2: "updated", 3: "created"}
    role = manager.roles.get()
    if taken == "rights":
        rights = Permission.objects.filter(codename__in=["add_account", "change_account"])
        role.permissions.remove(*rights)
    else:
        role.scope = "own"
        role.save()
    undo(client, found, django_capture_on_commit_callbacks)
    kept = found.undo_run.rows.values_list("outcome", "message")
    assert [outcome for outcome, _message in kept] == ["refused", "refused"]
    assert {message for _outcome, message in kept} == {"You do not have the right to do this."}
    old.refresh_from_db()
    assert (old.region, Account.objects.filter(name="New").exists()) == ("West", True)


# --- Rights -------------------------------------------------------------------------------------


def test_an_import_does_what_the_person_may_do_and_no_more(manager, outsider, teammate, take_in):
    theirs = AccountFactory(name="Theirs", owner=outsider, external_key="T-1")
    text = "External key,Name,Owner\nT-1,Mine\nA,Given,teammate\nB,Away,outsider\n"
    _client, _found, rows = take_in(manager, text, mode="both")
    assert verdicts(rows) == {2: "refused", 3: "created", 4: "refused"}
    theirs.refresh_from_db()
    assert theirs.name == "Theirs"
    assert Account.objects.get(name="Given").owner == teammate


def test_who_may_not_import_gets_nowhere(rep, manager, take_in, login):
    _client, found, _rows = take_in(manager, "Name\nAlpha\n")
    client = login(rep)
    for page in ("", "new/", f"{found.pk}/", f"{found.pk}/map/", f"{found.pk}/refused/"):
        assert client.get(f"/imports/{page}").status_code == 403
    assert "Import" not in client.get(reverse("accounts:account_list")).content.decode()
    assert (
        "/imports/new/?kind=accounts.account"
        in login(manager).get(reverse("accounts:account_list")).content.decode()
    )


def test_nobody_sees_the_file_of_somebody_else(manager, finance, take_in, login):
    _client, found, _rows = take_in(manager, "Name\nAlpha\n")
    theirs = login(finance)
    for page in (f"{found.pk}/", f"{found.pk}/map/", f"{found.pk}/refused/"):
        assert theirs.get(f"/imports/{page}").status_code == 404
    assert theirs.post(f"/imports/{found.pk}/run/").status_code == 404


# --- Killed half-way ----------------------------------------------------------------------------


def test_an_import_that_was_killed_goes_on_and_makes_nothing_twice(
    manager, login, monkeypatch, django_capture_on_commit_callbacks
):
    client = login(manager)
    found = check(client, upload(client, "Name\nA1\nB2\nC3\n"), django_capture_on_commit_callbacks)
    client.post(f"/imports/{found.pk}/run/")
    found.refresh_from_db()

    def killed(*, by, name, **fields):
        if name == "B2":
            raise KeyboardInterrupt
        return create_account(by=by, name=name, **fields)

    with monkeypatch.context() as patch:
        patch.setattr("accounts.views.AccountPages.create", killed)
        with pytest.raises(KeyboardInterrupt):
            works.do(found.run_id)
    works.do(found.run_id)
    assert sorted(Account.objects.values_list("name", flat=True)) == ["A1", "B2", "C3"]
    assert found.run.rows.count() == 3


# --- Files and texts ----------------------------------------------------------------------------


def sheet(data, name="x.csv"):
    return read(SimpleUploadedFile(name, data), name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_text_files_are_read_whatever_they_are_written_in(encoding, mark):
    found = sheet(f"名称{mark}地区\n\n上海云栖{mark}华东\n".encode(encoding))
    assert (found.headers, found.rows) == (["名称", "地区"], [(3, ["上海云栖", "华东"])])


def test_a_spreadsheet_is_read_as_it_looks():
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    page = book.active
    page.append(["Phone", "Rate", "Since", "Text"])
    page.append([13800001111, 0.13, date(2026, 3, 4), "'=1+1"])
    page["B2"].number_format = "0%"
    book.save(out)
    assert sheet(out.getvalue(), "x.xlsx").rows == [
        (2, ["13800001111", "13%", "2026-03-04", "=1+1"])
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no rows"),
        (b"Name\n", "no rows"),
        (b"PK\x03\x04broken", "damaged"),
        (b"\xd0\xcf\x11\xe0old", "old Excel"),
        (b"a\0b\n1\0", "no text"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(manager, login, data, sentence):
    file = SimpleUploadedFile("x.csv", data or b"\n")
    answer = login(manager).post("/imports/new/", {"kind": KIND, "file": file})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_what_is_written_is_read_again_and_harmless_in_a_spreadsheet():
    cells = ["=1+1", "@x", "+86 138", "-12.5", "a\nb", "'quoted", "x"]
    data = write_csv(["h"] * 7, [cells])
    assert b"'=1+1" in data
    assert b",-12.5," in data
    assert sheet(data).rows == [(2, cells)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234", "1234"),
        ("12,5", "12.5"),
        ("¥ 1,200.00", "1200.00"),
        ("CNY 5", "5"),
        ("13%", "13"),
        ("(5.00)", "-5.00"),
        ("１２", "12"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert number(text) == value


def test_yes_and_no_are_read_in_three_languages():
    assert all(yes_or_no(text) for text in ("Yes", "是", "true", "1", "Y"))
    assert not any(yes_or_no(text) for text in ("No", "否", "false", "0"))


def test_dates_are_read_by_what_the_file_says_or_the_person_chooses(manager, take_in):
    account = AccountFactory(name="Acme", owner=manager)
    heads = "Customer,Name,Birthday\n"
    _client, found, rows = take_in(
        manager,
        heads + "Acme,A,1990-03-04\nAcme,B,1990年3月4日\nAcme,C,25/12/1990\nAcme,D,3/4/1990\n",
        "accounts.contact",
    )
    assert found.dates == "dmy"
    days = dict(account.contacts.values_list("name", "birthday"))
    assert days == {
        "A": date(1990, 3, 4),
        "B": date(1990, 3, 4),
        "C": date(1990, 12, 25),
        "D": date(1990, 4, 3),
    }
    _client, found, rows = take_in(
        manager, heads + "Acme,E,3/4/1990\n", "accounts.contact", dates=""
    )
    assert "choose whether the day or the month" in rows[2].message


def test_headers_are_known_in_every_language_and_choices_by_their_words(manager, take_in):
    text = "名称,状态,负责人\n云栖,客户,manager\n"
    _client, found, rows = take_in(manager, text)
    assert set(found.mapping) >= {"name", "owner"}, found.mapping
    account = Account.objects.get()
    assert (account.name, account.status) == ("云栖", "customer")


def test_a_mapping_is_remembered_for_the_same_headers_and_the_same_person(
    manager, finance, take_in, login
):
    take_in(manager, "Firma,Ort\nA,B\n", column_0="name", column_1="region")
    again = upload(login(manager), "Ort,Firma\nD,C\n")
    assert again.mapping == {"name": 1, "region": 0}
    assert ImportMapping.objects.get().user == manager


def test_a_column_cannot_be_two_things_and_needed_ones_are_asked_for(manager, login):
    client = login(manager)
    found = upload(client, "A,B\n1,2\n")
    url = f"/imports/{found.pk}/map/"
    answer = client.post(url, {"mode": "create", "column_0": "phone", "column_1": "phone"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Another column is this field already." in page
    assert "New records need these fields too: Name." in page


def test_the_company_s_own_fields_are_filled_and_undone(
    manager, take_in, django_capture_on_commit_callbacks
):
    own(Account, "tier", label="Tier", label_en="Tier")
    own(Account, "tags", "choices", label="Tags", label_en="Tags", choices="red\nblue\ngreen")
    own(Account, "budget", "number", label="Budget", label_en="Budget")
    old = AccountFactory(name="Acme", owner=manager, custom={"tier": "one", "other": "kept"})
    text = 'Name,Tier,Tags,Budget\nAcme,two,"Red; blue","1,200"\nNew,,yellow,\n'
    client, found, rows = take_in(manager, text, mode="both", key="name")
    assert verdicts(rows) == {2: "updated", 3: "refused"}, [r.message for r in rows.values()]
    old.refresh_from_db()
    assert old.custom == {
        "tier": "two",
        "tags": ["red", "blue"],
        "budget": "1200",
        "other": "kept",
    }
    undo(client, found, django_capture_on_commit_callbacks)
    old.refresh_from_db()
    assert old.custom == {"tier": "one", "other": "kept"}
