"""The import wizard in a real browser: real files, by keyboard, on a phone, with its progress."""

import csv
import io
import re

import pytest
from django.utils import translation
from django.utils.text import capfirst
from playwright.sync_api import expect

from accounts.models import Account
from crm import work as works
from crm.imports import Report
from crm.imports.fields import targets_of
from crm.imports.importer import pages_of
from crm.imports.reading import write_csv
from crm.models import Work
from crm.tasks import do_work
from opportunities.management.commands import load_maven_crm
from opportunities.models import Opportunity
from orders.management.commands import load_northwind
from orders.models import Order
from products.models import Product
from products.services import create_category
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.test_accessibility import AXE, RULES, RUN
from tests.real_files import (
    DATA,
    MISSPELT,
    PHASES,
    deals_kept,
    deals_listed,
    needed,
    order_sheet,
    orders_kept,
    orders_listed,
    table,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def seat(desk, administrator, settings):
    """An administrator who reads Chinese."""
    settings.LANGUAGE_CODE = administrator.language = "zh-hans"
    administrator.save()
    return desk(administrator, accept_downloads=True)


def upload(seat, kind, name, data):
    """Choose what the file holds and the file; the page of its columns is open afterwards."""
    seat.go("/imports/new/")
    form = seat.page.locator("main form")
    seat.answer(form.locator("[name=kind]"), kind)
    send(seat, name, data)
    expect(seat.page).to_have_url(re.compile("/map/$"))
    seat.settle()


def send(seat, name, data):
    form = seat.page.locator("main form")
    form.locator("[name=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": data}
    )
    form.locator("button[type=submit]").click()


def map_columns(seat, kind, chosen, **settings):
    """Say which field each column of the open file is, and look at the preview.

    chosen: {header: name of the field}, "" for a column that is not imported.
    """
    with translation.override("zh-hans"):
        targets = targets_of(pages_of(kind), seat.person)
        words = {name: str(capfirst(str(target.label))) for name, target in targets.items()}
    form = seat.page.locator("main form")
    for header, name in chosen.items():
        select = form.get_by_role("row").filter(has=seat.page.get_by_text(header, exact=True))
        seat.answer(select.locator("select"), words[name] if name else "不导入")
    seat.fill(form, **settings)
    form.locator(".form-buttons button[type=submit]").click()
    expect(seat.page.locator(".import-tiles")).to_be_visible()
    seat.settle()


def take(seat):
    """Import what the preview shows; return {verdict: number of rows} of the report."""
    seat.page.locator("form[action$='/run/'] button").click()
    expect(seat.page.locator(".import-steps li").last).to_have_attribute("aria-current", "step")
    tiles = seat.page.locator(".import-tiles .tile")
    links, numbers = tiles.locator("a"), tiles.locator(".tile-value").all_inner_texts()
    names = links.evaluate_all("links => links.map(a => a.search.split('=')[1])")
    return {name: int(number) for name, number in zip(names, numbers, strict=True) if number != "0"}


def first(data_set, name, count):
    """The first rows of a real file, as it is."""
    lines = (DATA / data_set / name).read_text(encoding="utf-8-sig").splitlines(keepends=True)
    return "".join(lines[: count + 1]).encode()


def people_of(command, name, method):
    loader = command.Command()
    loader.folder, loader.report = DATA / name, Report()
    getattr(loader, method)()


def test_the_maven_pipeline_comes_in_after_its_refused_rows_were_put_right(seat):
    """All customers and products and the first 150 deals; the whole file goes through the same
    pages in tests/crm/test_imports_real_data.py, for which a browser would take minutes."""
    needed("maven_crm")
    people_of(load_maven_crm, "maven_crm", "load_teams")
    for series in ("GTX", "MG", "GTK"):
        create_category(by=None, name=series)
    kind = "accounts.account"
    upload(seat, kind, "accounts.csv", first("maven_crm", "accounts.csv", 85))
    chosen = {"account": "name", "sector": "industry", "year_established": "founded"}
    chosen |= {"revenue": "annual_revenue", "office_location": "region", "subsidiary_of": "parent"}
    map_columns(seat, kind, chosen)
    assert take(seat) == {"created": 85}
    assert Account.objects.exclude(parent=None).count() == 15
    kind = "products.product"
    upload(seat, kind, "products.csv", first("maven_crm", "products.csv", 7))
    map_columns(
        seat, kind, {"product": "name", "series": "category", "sales_price": "price"}, key=""
    )
    assert take(seat) == {"created": 7}

    kind, count = "opportunities.opportunity", 150
    listed = table("maven_crm", "sales_pipeline")[:count]
    upload(seat, kind, "sales_pipeline.csv", first("maven_crm", "sales_pipeline.csv", count))
    chosen = {"opportunity_id": "external_key", "sales_agent": "owner", "deal_stage": "state"}
    chosen |= {"engage_date": "opened_on", "close_date": "closed_on", "close_value": "amount"}
    map_columns(seat, kind, chosen, key="external_key", dates="mdy")
    wrong = [
        row
        for row in listed
        if row["deal_stage"] not in ("Won", "Lost") or row["product"] in MISSPELT
    ]
    assert take(seat) == {"created": count - len(wrong), "refused": len(wrong)}
    with seat.page.expect_download() as download:
        seat.page.locator("a[href$='/refused/']").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == len(wrong) + 1
    right = [[(MISSPELT | PHASES).get(cell, cell) for cell in row[:-1]] for row in rows]
    right = [[*row, reason[-1]] for row, reason in zip(right, rows, strict=True)]
    # The columns are known from the first time.
    upload(seat, kind, "refused.csv", write_csv(right[0], right[1:]))
    map_columns(seat, kind, {})
    assert take(seat) == {"created": len(wrong)}
    assert deals_kept() == deals_listed(listed)
    won = [int(row["close_value"]) for row in listed if row["deal_stage"] == "Won"]
    seat.go("/opportunities/?state=won")
    seat.reads(f"{sum(won):,}.00")
    assert Opportunity.objects.filter(state="won").count() == len(won)


def test_northwind_orders_come_in_with_their_lines(seat):
    """All customers and products and the first 40 orders, see above."""
    needed("northwind")
    people_of(load_northwind, "northwind", "load_employees")
    for row in table("northwind", "categories"):
        create_category(by=None, name=row["categoryname"], external_key=row["categoryid"])
    kind = "accounts.account"
    upload(seat, kind, "customers.csv", first("northwind", "customers.csv", 91))
    chosen = {"customerid": "external_key", "companyname": "name"}
    map_columns(seat, kind, chosen, key="external_key", allows_duplicates=True)
    assert take(seat) == {"created": 91}
    kind = "products.product"
    upload(seat, kind, "products.csv", first("northwind", "products.csv", 77))
    chosen = {"productid": "code", "productname": "name", "categoryid": "category"}
    chosen |= {"quantityperunit": "unit", "unitprice": "price"}
    map_columns(seat, kind, chosen, key="code")
    assert take(seat) == {"created": 77}
    assert Product.objects.get(code="1").category.name == "Beverages"
    listed = dict(list(orders_listed().items())[:40])
    kind = "orders.order"
    upload(seat, kind, "orders.csv", write_csv(*order_sheet(listed)))
    map_columns(seat, kind, {}, key="customer_reference")
    assert take(seat) == {"created": 40}
    assert orders_kept() == listed
    order = Order.objects.get(customer_reference="10248")
    seat.go(order)
    seat.reads("Queso Cabrales", "440.00")


TEXT = "公司全称,电话,行业,成立年份,年营业额\n" + "".join(
    f'苏州工业园区恒润水务设备制造有限责任公司吴江{n}分公司,+86 512 6666 {n:04},水务设备,{year},"1,234,567.{n:02}"\n'
    for n, year in enumerate(["1998", "去年", "2004", "", "2010"])
)


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_the_wizard_is_walked_by_keyboard_and_shows_its_progress(seat, watch, monkeypatch, size):
    # Works wait until the test does them, as they do for a busy worker.
    monkeypatch.setattr(do_work, "delay_on_commit", lambda pk: None)
    page, keys, width = seat.page, seat.page.keyboard, size["width"]
    page.set_viewport_size(size)
    found = []

    def look(name):
        seat.shoot(f"looks/import-{name}-{width}", whole=True)
        page.evaluate(AXE.read_text())
        found.extend([f"{name}: {fault}" for fault in page.evaluate(RUN, RULES)])
        found.extend(seat.problems())

    def press(selector):
        tab_to(page, selector)
        keys.press("Enter")

    seat.go("/accounts/")
    press("a[href^='/imports/new/']")
    expect(page.locator("[name=kind]")).to_have_value("accounts.account")
    send(seat, "old.csv", b"\xd0\xcf\x11\xe0 an old file")
    expect(page.locator(".invalid-feedback")).to_be_visible()
    assert watch.faults
    watch.faults.clear()
    look("file-refused")
    send(seat, "customers.csv", TEXT.encode())
    expect(page).to_have_url(re.compile("/map/$"))
    seat.settle()
    tab_to(page, "#id_column_0-ts-control")
    look("columns")
    keys.type("名称")
    expect(page.locator(".ts-dropdown .option.active")).to_contain_text("名称")
    keys.press("Enter")
    expect(page.locator("#id_column_0")).to_have_value("name")
    press(".form-buttons button[type=submit]")
    progress(page, look, "check")
    expect(page.locator(".import-tiles")).to_be_visible()
    look("preview")
    press("form[action$='/run/'] button")
    progress(page, look, "run")
    refused = page.locator(".tile-red .tile-value")
    expect(refused).to_have_text("1")
    expect(page.locator("#import tbody tr")).to_contain_text("去年")
    look("report")
    assert Account.objects.count() == 4
    # Put right, the row comes in without another word about the columns.
    press("a[href^='/imports/new/']")
    lines = TEXT.splitlines()
    right = [f"{lines[0]},未导入原因", f"{lines[2]},没有年份".replace("去年", "2001")]
    send(seat, "refused.csv", "\n".join(right).encode())
    expect(page).to_have_url(re.compile("/map/$"))
    press(".form-buttons button[type=submit]")
    progress(page, look, "check-again")
    press("form[action$='/run/'] button")
    progress(page, look, "run-again")
    assert Account.objects.filter(founded=2001).count() == 1
    press(".import-undo summary")
    look("undo")
    press(".import-undo button")
    progress(page, look, "undo-run")
    expect(page.locator(".alert-info")).to_be_visible()
    look("undone")
    assert Account.objects.count() == 4
    seat.go("/imports/")
    look("list")
    seat.go("/accounts/")
    press(".list-acts summary:has(+ div form)")
    look("export")
    with page.expect_download() as download:
        press("form:has([value=records]) button[value=csv]")
    assert "吴江2分公司" in download.value.path().read_text(encoding="utf-8-sig")
    assert not found, "\n".join(found)


def tab_to(page, selector):
    """Press Tab until the focus is there."""
    for _n in range(150):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}.")


def progress(page, look, name):
    """What the page shows while the work goes on; it shows the end by itself."""
    expect(page.locator("progress")).to_be_visible()
    work = Work.objects.latest("pk")
    Work.objects.filter(pk=work.pk).update(status=Work.Status.RUNNING, done=2, total=5)
    expect(page.locator("progress")).to_have_attribute("value", "40")
    look(name)
    works.do(work.pk)
    expect(page.locator("progress")).to_have_count(0)
