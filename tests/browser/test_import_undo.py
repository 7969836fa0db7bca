"""An import taken back in the browser: what somebody has touched since stays, with its sentence."""

import pytest
from playwright.sync_api import expect

from accounts.models import Account
from accounts.services import edit_account
from crm import work as works
from crm.models import Import, Work
from crm.tasks import do_work
from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import faults
from tests.browser.wizard import upload

pytestmark = pytest.mark.browser

NAMES = [f"苏州恒润水务{n}号分公司" for n in range(1, 5)]
# A new customer with each row but the last, which changes one that is there.
TEXT = "名称,地区\n" + "".join(f"{name},江苏\n" for name in NAMES)


@pytest.fixture
def old(cast):
    return Account.objects.create(name=NAMES[3], region="浙江", owner=cast["manager"])


def import_customers(seat):
    """Through the wizard: new customers are made and known ones changed."""
    upload(seat, "accounts.account", "customers.csv", TEXT.encode())
    form = seat.page.locator("main form")
    seat.fill(form, mode="both", key="name")
    form.locator(".form-buttons button[type=submit]").click()
    expect(seat.page.locator(".import-tiles")).to_be_visible()
    seat.page.locator("form[action$='/run/'] button").click()
    expect(seat.page.locator(".import-undo")).to_be_visible()
    return Import.objects.get()


def undo(seat):
    """Ask for it and say yes; return the work, which waits until the test does it."""
    seat.page.locator(".import-undo summary").click()
    seat.page.locator(".import-undo button").click()
    expect(seat.page.locator("progress")).to_be_visible()
    return Work.objects.filter(kind="import_undo").latest("pk")


def test_an_import_is_undone_but_for_what_was_touched_since(
    desk, cast, administrator, refused, monkeypatch, old
):
    manager, rep = cast["manager"], cast["rep"]
    seat = desk(manager)
    page = seat.page
    found = import_customers(seat)
    address = found.get_absolute_url()
    assert Account.objects.filter(region="江苏").count() == 4
    touched = edit_account(Account.objects.get(name=NAMES[0]), by=manager, phone="0512-6666 0001")
    # Works wait until the test does them, as they do for a busy worker.
    monkeypatch.setattr(do_work, "delay_on_commit", lambda pk: None)
    seat.turn("en", "dark", PHONE)
    seat.go(address)
    work = undo(seat)
    Work.objects.filter(pk=work.pk).update(status=Work.Status.RUNNING, done=1, total=4)
    expect(page.locator("progress")).to_have_attribute("value", "25")
    assert not faults(seat, "undo under way")
    seat.shoot("import-undo-360-en-dark", whole=True)
    works.do(work.pk)
    expect(page.locator("progress")).to_have_count(0)
    expect(page.locator(".alert-info")).to_contain_text("1 record was kept")
    kept = page.locator(".import-kept tbody tr")
    expect(kept).to_have_count(1)
    expect(kept).to_contain_text(NAMES[0])
    expect(kept).to_contain_text("it has been changed since")
    expect(kept).to_contain_text(str(manager))
    assert not faults(seat, "undone")
    assert not seat.problems()
    seat.shoot("import-undone-360-en-dark", whole=True)
    # What stays is one tap away; the others are gone, and what was there has its old value.
    kept.locator("a").click()
    expect(page.locator(".page-title")).to_contain_text(touched.name)
    seat.go("/accounts/?o=name")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    seat.reads(NAMES[0], NAMES[3], "浙江")
    assert set(Account.objects.values_list("name", flat=True)) == {NAMES[0], NAMES[3]}

    # Whoever may import, but did not: nothing of it, nor of its name.
    other = desk(cast["finance"])
    other.go("/imports/")
    expect(other.page.locator("main .empty")).to_be_visible()
    refused(other, address, 404, found.name)
    refused(other, f"{address}undo/", 405)
    # Whoever may not import at all.
    other = desk(rep)
    other.go("/accounts/")
    expect(other.page.locator("main a[href^='/imports/']")).to_have_count(0)
    for path in ("/imports/", address):
        refused(other, path, 403, found.name)

    # An administrator may undo what others have imported: the rest, when nobody minds it any more.
    seat = desk(administrator)
    seat.go("/imports/")
    seat.page.locator("#content a", has_text=found.name).click()
    expect(seat.page.locator(".import-undo summary")).to_contain_text("Undo the rest")
    seat.shoot("import-undo-rest-1440-en-light")
    work = undo(seat)
    works.do(work.pk)
    expect(seat.page.locator(".import-kept tbody tr")).to_have_count(1)
    assert Account.objects.count() == 2


def test_an_undo_that_is_stopped_says_so_and_can_go_on(desk, cast, monkeypatch, old):
    seat = desk(cast["manager"])
    page = seat.page
    seat.turn("zh-hant", "dark")
    import_customers(seat)
    monkeypatch.setattr(do_work, "delay_on_commit", lambda pk: None)
    work = undo(seat)
    page.locator("form[action$='/stop/'] button").click()
    seat.go(Import.objects.get())
    assert Account.objects.count() == 4
    expect(page.locator(".alert")).to_have_count(1)
    seat.shoot("import-undo-stopped-1440-zh-hant-dark", whole=True)
    work = undo(seat)
    works.do(work.pk)
    expect(page.locator("progress")).to_have_count(0)
    expect(page.locator(".import-undo")).to_have_count(0)
    assert set(Account.objects.values_list("name", "region")) == {(NAMES[3], "浙江")}
