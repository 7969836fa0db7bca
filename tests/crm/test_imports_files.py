"""Files as people have them: encodings, titles above the headers, sheets, what spreadsheets do."""

import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from accounts.models import Account, Contact
from crm.imports import reading
from crm.imports.fields import targets_of
from crm.imports.importer import importable, pages_of
from crm.imports.matching import guess
from crm.imports.reading import read
from crm.imports.texts import day, line, number
from crm.models import ImportMapping
from crm.pages import Pages
from tests.crm.importing import check, run, upload, verdicts
from tests.factories.accounts import AccountFactory
from tests.factories.leads import LeadFactory


def sheet(data, name="list.csv", **options):
    data = data.encode() if isinstance(data, str) else data
    return read(SimpleUploadedFile(name, data), name, **options)


def workbook(**sheets):
    """An XLSX file: {name of a sheet: its rows}; hidden when the name ends so."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        page.sheet_state = "hidden" if name.endswith("hidden") else "visible"
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- Reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("客户名称,电话\n上海云栖科技有限公司,021\n", "gb18030"),
        ("客戶名稱,電話\n臺灣雲棲電子股份有限公司,02\n", "cp950"),
        ("Name,Phone\nMüller & Söhne,+49\n", "cp1252"),
        ("Name;Ville\nSociété Générale;Orléans\n", "cp1252"),
        ("名称,电话\n云栖,021\n", "utf-16"),
        ("名称,电话\n云栖,021\n", "utf-8-sig"),
    ],
)
def test_a_file_is_read_in_the_encoding_it_was_written_in(text, encoding):
    found = sheet(text.encode(encoding))
    cells = text.replace(";", ",").splitlines()
    assert [",".join(found.headers), ",".join(found.rows[0][1])] == cells


def test_what_stands_above_the_headers_is_no_header():
    found = sheet("2026年客户清单,,\n\n导出时间：2026-03-05,,\n名称,电话,地区\n云栖,021,华东\n")
    assert (found.headers, found.rows) == (["名称", "电话", "地区"], [(5, ["云栖", "021", "华东"])])
    found = sheet("sep=;\nName;Phone\nAcme;021\n")
    assert (found.headers, found.rows) == (["Name", "Phone"], [(3, ["Acme", "021"])])
    # One header above one column, and above a row that is too long.
    assert sheet("Name\nAcme\nBeta\n").headers == ["Name"]
    assert sheet("Name\nAcme,021\n").headers == ["Name"]


def test_of_several_sheets_the_one_with_the_fields_is_meant_and_never_a_hidden_one():
    data = workbook(
        old_hidden=[["Name"], ["x"]],
        Readme=[["Please fill in the next sheet"]],
        Customers=[["Name", "Region"], ["Acme", "East"]],
        People=[["Name", "Email"], ["Li", "li@example.com"]],
    )
    found = sheet(data, "list.xlsx")
    assert (found.name, found.others, found.headers) == (
        "Customers",
        ("People",),
        ["Name", "Region"],
    )
    assert sheet(data, "list.xlsx", likes=lambda headers: "Email" in headers).name == "People"


def test_headers_that_are_alike_are_told_apart():
    assert sheet("Name,Phone,Phone,Phone\nA,1,2,3\n").headers == [
        *("Name", "Phone", "Phone (2)", "Phone (3)")
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("<html><table><tr><td>名称</td></tr></table>", "This is a web page or XML"),
        ('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "This is a web page"),
        ('Name,Phone\n"Acme,021\nBeta,022\nGamma,023\n', "Row 2 has a quotation mark"),
        ('Name\nAcme\n"' + "x" * 200_000, "Row 3 has a text that is too long"),
    ],
)
def test_a_file_that_cannot_be_meant_so_is_refused_with_its_reason(data, sentence):
    with pytest.raises(ValidationError, match=sentence):
        sheet(data)
    assert sheet('Name,Size\nPipe,3"\nTube,"4"""\n').rows[0][1] == ["Pipe", '3"']


def test_a_file_with_too_many_cells_is_refused_and_only_the_first_rows_are_read_for_a_look(
    monkeypatch,
):
    monkeypatch.setattr(reading, "MOST_CELLS", 10)
    text = "A,B,C\n" + "1,2,3\n" * 4
    with pytest.raises(ValidationError, match="too many cells: 10 at most"):
        sheet(text)
    assert len(sheet(text, most=2).rows) == 2


def test_what_nobody_sees_around_a_text_is_no_part_of_it():
    found = sheet("\u200bName, Phone\u3000\n\xa0Acme\u200b,\u202d138 0013 8000\u202c\n")
    assert (found.headers, found.rows[0][1]) == (["Name", "Phone"], ["Acme", "138 0013 8000"])


def test_digits_that_a_spreadsheet_has_lost_are_not_made_up():
    data = workbook(
        a=[["Name", "Account", "Phone"], ["Acme", 6222021234567890123.0, 13800138000.0]]
    )
    cells = sheet(data, "list.xlsx").rows[0][1]
    assert cells[2] == "13800138000"
    with pytest.raises(ValidationError, match="has shortened this number"):
        line(cells[1])
    assert [line(code) for code in ("5E10", "1.0", "0062 2202")] == ["5E10", "1.0", "0062 2202"]


# --- Values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("￥1,234.50", "1234.50"),
        ("1.2万", "12000"),
        ("¥1.5亿元", "150000000"),
        ("3,000萬元", "30000000"),
        ("人民币100元整".removeprefix("人民币"), "100"),
        ("100人", "100"),
        ("1999年", "1999"),
        ("１２", "12"),
        ("12.0", "12.0"),
    ],
)
def test_a_number_may_say_what_it_counts_and_in_what(text, value):
    assert number(text) == value


def test_the_unit_of_a_cell_goes_before_that_of_its_column():
    assert (number("1.2万", 8), number("1.2", 8)) == ("12000", "120000000")


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2026年3月5日", ""),
        ("2026/3/5 10:20", ""),
        ("20260305", ""),
        ("46086", ""),  # as a spreadsheet counts days
        ("民國115年3月5日", ""),
        ("5-Mar-26", ""),
        ("March 5, 2026", ""),
        ("5/3/26", "dmy"),
        ("3/5/2026", "mdy"),
    ],
)
def test_a_day_is_read_as_people_write_it(text, order):
    assert day(text, order) == date(2026, 3, 5)


def test_a_year_of_two_digits_is_not_a_far_one():
    assert day("5.3.90", "dmy") == day("90/3/5") == day("5-Mar-90") == date(1990, 3, 5)
    for text in ("2026年2月30日", "1990年3月", "soon", "5-Foo-90"):
        with pytest.raises(ValidationError):
            day(text)


@pytest.mark.django_db
def test_phones_mails_and_names_come_in_as_they_are_meant(manager, take_in):
    AccountFactory(name="Acme", owner=manager)
    text = (
        "客户,姓名,手机,邮箱,生日\n"
        'Acme,"李\n明",13800138000.0,li＠example.com,-\n'
        "Acme,王,１３９０－０１３９０００,无,N/A\n"
        "Acme,张,1.38E+10,,\nAcme,#N/A,,,\n"
    )
    _client, found, rows = take_in(manager, text, "accounts.contact")
    assert verdicts(rows) == {2: "created", 3: "created", 4: "refused", 5: "refused"}
    people = Contact.objects.order_by("pk").values_list("name", "phone", "email", "birthday")
    assert list(people) == [
        ("李 明", "13800138000", "li@example.com", None),
        ("王", "1390-0139000", "", None),
    ]
    assert "has shortened this number" in rows[4].message
    assert rows[5].message.endswith("the formula in this cell has failed.")


# --- Columns --------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "headers", "names"),
    [
        (
            "accounts.account",
            "公司名称 联系人姓名 手机 联系电话 邮箱 职务 详细地址 网址 税号 负责人 年营收（万元）",
            "name contact.name contact.phone phone contact.email contact.title address.street "
            "website tax_number owner annual_revenue",
        ),
        ("accounts.account", "客户名称 手机号码 邮箱", "name phone"),
        ("accounts.contact", "公司 联系人 手机 Email", "account name phone email"),
        ("leads.lead", "客户名称 联系人 手机号 来源 咨询内容", "company name phone source need"),
        ("products.product", "产品编码 品名 单价 成本价 單位", "code name price cost unit"),
        ("opportunities.opportunity", "商机名称 客户名称 阶段 预计金额 close_date",
         "name account state amount expected_close_on"),
        ("orders.order", "订单编号 客户名称 下单日期 产品编号 数量 单价 收货人",
         "number account ordered_on lines.product lines.quantity lines.unit_price recipient"),
        ("receivables.payment", "客户名称 回款金额 到账日期 流水号 付款方",
         "account amount received_on reference payer"),
    ],
)  # fmt: skip
def test_columns_are_known_by_what_others_call_them(kind, headers, names, administrator):
    targets = targets_of(pages_of(kind), administrator)
    assert set(guess(targets, headers.split())) == set(names.split())


@pytest.mark.django_db
def test_the_choice_among_columns_of_one_name_is_remembered(
    manager, login, django_capture_on_commit_callbacks
):
    client, text = login(manager), "名称,电话,电话\nAcme,021,022\n"
    found = upload(client, text)
    assert found.mapping == {"name": 0, "phone": 1}
    columns = {"column_1": "", "column_2": "phone"}
    check(client, found, django_capture_on_commit_callbacks, **columns)
    assert ImportMapping.objects.get().fields == {"name": "名称", "phone": "电话 (2)"}
    assert upload(client, text).mapping == {"name": 0, "phone": 2}


@pytest.mark.django_db
def test_the_page_of_the_columns_says_which_sheet_was_read(manager, login):
    data = workbook(One=[["Name", "Phone"], ["A", "1"]], Two=[["Name", "Role"], ["B", "2"]])
    client = login(manager)
    found = upload(client, data, name="list.xlsx")
    page = client.get(f"/imports/{found.pk}/map/").content.decode()
    assert "The rows are those of the sheet “One”. Not read: Two." in page


# --- What is there already ------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_preview_tells_rows_that_are_the_same_as_the_import_does(
    manager, login, django_capture_on_commit_callbacks
):
    client = login(manager)
    text = (
        "Name,Phone\n同名科技有限公司,021-5555 2001\n同名科技股份有限公司,021-5555 2002\n"
        "Other,021-5555 2001\nElse,021-5555 2003\n"
    )
    found = check(client, upload(client, text), django_capture_on_commit_callbacks, key="")
    said = {row["place"]: row["verdict"] for row in found.check_run.result["rows"]}
    assert said == {2: "created", 3: "duplicate", 4: "duplicate", 5: "created"}
    problems = found.check_run.result["problems"]
    assert {row["message"] for row in problems} == {"Row 2 may be the same."}
    assert verdicts(run(client, found, django_capture_on_commit_callbacks)) == said


@pytest.mark.django_db
def test_what_is_added_after_the_preview_is_not_doubled(
    manager, login, django_capture_on_commit_callbacks
):
    client = login(manager)
    found = upload(client, "Name,Phone\nAcme,021-5555 2001\nBeta,021-5555 2002\n")
    found = check(client, found, django_capture_on_commit_callbacks)
    AccountFactory(name="Beta Ltd")
    rows = run(client, found, django_capture_on_commit_callbacks)
    assert verdicts(rows) == {2: "created", 3: "duplicate"}


@pytest.mark.django_db
def test_a_customer_or_person_of_a_file_may_be_a_lead_already(manager, take_in):
    LeadFactory(name="Li", company="Acme Ltd", phone="13800138000", email="li@example.com")
    _client, _found, rows = take_in(manager, "Name,Phone\nACME,\nBeta,138 0013 8000\nGamma,\n")
    assert verdicts(rows) == {2: "duplicate", 3: "duplicate", 4: "created"}
    AccountFactory(name="Delta", owner=manager)
    text = "Customer,Name,Email\nDelta,Wang,LI@example.com\n"
    _client, _found, rows = take_in(manager, text, "accounts.contact", key="", column_1="name")
    assert verdicts(rows) == {2: "duplicate"}
    assert Account.objects.count() == 2


# --- An empty table to start with ---------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_empty_table_of_each_kind_is_known_by_its_headers(administrator, login, language):
    administrator.language = language
    administrator.save()
    client = login(administrator)
    page = client.get("/imports/new/").content.decode()
    for pages in importable(administrator):
        kind = pages.model._meta.label_lower
        assert f'href="/imports/template/{kind}/"' in page
        book = load_workbook(io.BytesIO(client.get(f"/imports/template/{kind}/").content))
        table, notes = book.worksheets
        heads = [cell.value for cell in table[1]]
        targets = targets_of(pages, administrator)
        left_out = set(pages.importer.history)
        assert set(guess(targets, heads)) == targets.keys() - left_out
        assert [row[0].value for row in notes.iter_rows(min_row=2)] == heads
        # Filled in, it is the sheet that is read.
        table.append(["x"] * len(heads))
        out = io.BytesIO()
        book.save(out)
        found = upload(client, out.getvalue(), kind, name="filled.xlsx")
        assert found.headers == heads
        assert found.mapping.keys() == targets.keys() - left_out


@pytest.mark.django_db
def test_the_empty_table_is_for_those_who_may_import_the_kind(login, manager, rep, integrator):
    url = "/imports/template/accounts.account/"
    assert login(rep).get(url).status_code == 403
    assert login(manager).get(url).status_code == 200
    assert login(manager).get("/imports/template/users.user/").status_code == 404
    may = {pages.model._meta.label_lower for pages in importable(integrator)}
    for pages in Pages.registry.values():
        kind = pages.model._meta.label_lower
        status = 200 if kind in may else 404
        assert login(integrator).get(f"/imports/template/{kind}/").status_code == status


@pytest.mark.django_db
def test_everything_that_is_wrong_with_a_row_is_said_at_once(administrator, take_in):
    text = "Name,Founded,Contact,Mobile\nAcme,never,Li,1.38E+10\n"
    _client, _found, rows = take_in(administrator, text)
    assert "“never” is no number." in rows[2].message
    assert "Contact: Phone: “1.38E+10”" in rows[2].message
