"""Lists as files: what they show, in groups and with sums, at once or in the background."""

import csv
import io
from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Account
from crm.models import Event, Work
from opportunities.models import Opportunity
from tests.factories.accounts import AccountFactory
from tests.factories.activities import TaskFactory
from tests.factories.opportunities import OpportunityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def deals(rep):
    far = AccountFactory(owner=rep, name="Far Pumps", region="Guangdong")
    near = AccountFactory(owner=rep, name="Near Valves", region="Jiangsu")
    for name, account, amount in (("a", far, 100), ("b", far, 5000), ("c", near, 200)):
        OpportunityFactory(owner=rep, account=account, name=name, amount=Decimal(amount))


def export(page, form, query=""):
    answer = page.post("/opportunities/export/", {"format": form, "query": query})
    assert answer.status_code == 302
    return b"".join(page.get(answer.url).streaming_content)


def test_an_export_holds_exactly_what_the_list_shows(login, rep, outsider, deals):
    OpportunityFactory(owner=outsider, name="theirs")
    query = "col=name&col=amount&o=-amount&w1=amount&w1o=gte&w1v=150"
    content = export(login(rep), "csv", query)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows == [["Name", "Amount", "Currency"], ["b", "5000.00", "CNY"], ["c", "200.00", "CNY"]]
    event = Event.objects.get(name="work.exported")
    assert (event.actor, event.data["rows"]) == (rep, 2)


def test_a_spreadsheet_gets_numbers_as_numbers_and_no_formulas(login, rep):
    OpportunityFactory(owner=rep, name="=1+1", amount=Decimal("12.50"))
    book = load_workbook(io.BytesIO(export(login(rep), "xlsx", "col=name&col=amount")))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[1] == ("'=1+1", 12.5, "CNY")


def test_an_export_of_groups_has_them_in_order_and_in_a_spreadsheet_their_sums(login, rep, deals):
    account = Account.objects.get(name="Near Valves")
    OpportunityFactory(owner=rep, account=account, name="d", amount=Decimal(7), currency_id="USD")
    query = "col=name&col=amount&o=-name&group=account__region"
    page = login(rep)
    text = export(page, "csv", query).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Customer: region", "Name", "Amount", "Currency"],
        ["Guangdong", "b", "5000.00", "CNY"],
        ["Guangdong", "a", "100.00", "CNY"],
        ["Jiangsu", "d", "7.00", "USD"],
        ["Jiangsu", "c", "200.00", "CNY"],
    ]
    sheet = load_workbook(io.BytesIO(export(page, "xlsx", query))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[3] == ("Guangdong (2)", None, 5100, "CNY")
    assert rows[6:] == [
        ("Jiangsu (2)", None, 200, "CNY"),
        ("Jiangsu (2)", None, 7, "USD"),
        ("Total", None, 5300, "CNY"),
        ("Total", None, 7, "USD"),
    ]
    assert sheet["C2"].number_format == "#,##0.00"
    assert sheet["C4"].font.bold


def test_a_spreadsheet_has_the_sums_of_the_list_below_their_columns(login, rep, deals):
    book = load_workbook(io.BytesIO(export(login(rep), "xlsx", "col=name&col=amount")))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[-1] == ("Total", 5300, "CNY")


def test_what_a_column_computes_is_a_number_or_a_moment_in_a_file(login, rep):
    task = TaskFactory(owner=rep)
    answer = login(rep).post("/activities/tasks/export/", {"format": "xlsx", "query": ""})
    content = b"".join(login(rep).get(answer.url).streaming_content)
    heads, row = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    due = timezone.localtime(task.due_at).replace(tzinfo=None, microsecond=0)
    assert row[heads.index("Due")] == due


def test_a_file_speaks_the_language_and_the_zone_of_its_reader(login, rep, deals):
    rep.language, rep.timezone = "zh-hans", "America/New_York"
    rep.save()
    Opportunity.objects.update(created_at=datetime(2026, 3, 1, 2, 30, tzinfo=UTC))
    text = export(login(rep), "csv", "col=name&col=state&col=created_at").decode("utf-8-sig")
    heads, row, *_rest = csv.reader(io.StringIO(text))
    assert heads[0] == "名称"
    assert row[1:] == ["需求确认", "2026-02-28 21:30:00"]


def test_an_export_that_waits_ends_when_its_right_is_gone(
    login, rep, deals, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("crm.lists.exports.AT_ONCE", 2)
    with django_capture_on_commit_callbacks() as callbacks:
        login(rep).post("/opportunities/export/", {"format": "csv", "query": ""})
    rep.roles.clear()
    for callback in callbacks:
        callback()
    work = Work.objects.get()
    assert (work.status, bool(work.file)) == ("failed", False)


def test_a_long_export_is_written_in_the_background(
    login, rep, deals, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("crm.lists.exports.AT_ONCE", 2)
    monkeypatch.setattr("crm.lists.exports.CHUNK", 2)
    page = login(rep)
    with django_capture_on_commit_callbacks(execute=True):
        answer = page.post("/opportunities/export/", {"format": "csv", "query": ""})
    work = Work.objects.get()
    assert answer.url == work.get_absolute_url()
    lines = b"".join(page.get(f"{answer.url}file/").streaming_content).decode().splitlines()
    assert len(lines) == 4


@pytest.fixture
def messages(monkeypatch):
    """The works that workers were told of."""
    told = []
    monkeypatch.setattr("crm.tasks.do_work.delay_on_commit", told.append)
    return told


def test_a_short_export_is_there_at_once_and_no_worker_is_told(login, rep, deals, messages):
    answer = login(rep).post("/opportunities/export/", {"format": "csv", "query": ""})
    work = Work.objects.get()
    assert (work.status, messages) == ("done", [])
    assert answer.url == f"/work/{work.pk}/file/"


def test_a_short_export_that_another_process_has_taken_leads_to_its_page(
    login, rep, deals, messages, monkeypatch
):
    monkeypatch.setattr("crm.work.only_one", lambda pk: nullcontext(False))
    answer = login(rep).post("/opportunities/export/", {"format": "csv", "query": ""})
    assert answer.url == Work.objects.get(status="waiting").get_absolute_url()
    assert login(rep).get(answer.url).status_code == 200


def test_a_long_export_is_told_to_a_worker(login, rep, deals, messages, monkeypatch):
    monkeypatch.setattr("crm.lists.exports.AT_ONCE", 2)
    login(rep).post("/opportunities/export/", {"format": "csv", "query": ""})
    assert messages == [Work.objects.get(status="waiting").pk]


def test_nobody_exports_without_the_right(login, rep, integrator):
    assert login(integrator).post("/leads/export/", {"format": "csv"}).status_code == 403
    assert login(rep).post("/leads/export/", {"format": "pdf"}).status_code == 404
    assert not Work.objects.exists()
