"""The import wizard in a real browser: by keyboard, on a phone, with its progress."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Account
from crm import work as works
from crm.models import Work
from crm.tasks import do_work
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.test_accessibility import AXE, RULES, RUN
from tests.browser.wizard import send

pytestmark = pytest.mark.browser


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
    press(".list-acts summary:has(+ div form[action$='/export/'])")
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
