"""Two records become one and two again, by hand; whoever may not sees no word of the other."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Merge
from accounts.services import scan_duplicates
from crm.comments import add_comment
from tests.accounts.test_merging import everything
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.test_accessibility import faults
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import OpportunityFactory

pytestmark = pytest.mark.browser

KEPT, GOES = "苏州恒润水务设备有限公司", "苏州恒润水务设备股份有限公司"


@pytest.fixture
def twins(cast, teammate):
    """One customer twice: once with the rep, once with a colleague who has a deal with them."""
    facts = {"region": "江苏", "phone": "0512-6666 0001"}
    kept = AccountFactory(owner=cast["rep"], name=KEPT, needs="两台水泵", **facts)
    facts["phone"] = "0512-6666 0002"
    goes = AccountFactory(owner=teammate, name=GOES, website="https://hengrun.example", **facts)
    ContactFactory(account=kept, name="周建国")
    contact = ContactFactory(account=goes, name="王芳")
    OpportunityFactory(owner=teammate, account=goes, contact=contact, name="泵站改造")
    add_comment(goes, "客户要求下周报价", by=teammate)
    return kept, goes


def choose(page, name, text):
    """Take one side of a field that the two differ in."""
    field = page.locator(f".merge-field:has([name={name}])")
    option = field.locator("label", has_text=text)
    option.click()
    expect(option.locator("input")).to_be_checked()


def merge(seat):
    """Press the button of the page, and see the record that is left."""
    seat.page.locator(".merge .form-buttons button").click()
    expect(seat.page.locator("#record")).to_be_visible()
    expect(seat.page.locator(".alert-success a")).to_be_visible()
    assert not faults(seat, "merged")


def undo_the_latest(seat):
    """Open the latest of the merges and undo it."""
    seat.go("/accounts/merges/")
    seat.page.locator("#list tbody td.lead a").first.click()
    expect(seat.page.locator("#record")).to_be_visible()
    seat.do("undo")
    seat.settle()
    expect(seat.page.locator("#record form[action$='/undo/']")).to_have_count(0)


def test_a_pair_of_the_nightly_search_becomes_one_customer_and_two_again(desk, cast, twins):
    kept, goes = twins
    scan_duplicates()
    before = everything()
    seat = desk(cast["manager"])
    page = seat.page
    seat.go("/accounts/pairs/")
    row = page.locator("#list tbody tr", has_text=GOES)
    expect(row).to_contain_text(KEPT)
    row.locator("a").first.click()
    heads = page.locator(".merge-heads > div")
    expect(heads.first).to_contain_text("保留")
    # Whichever is kept can be turned round.
    first = heads.first.locator("a").inner_text()
    page.locator(".page-actions a.btn").click()
    expect(heads.nth(1)).to_contain_text(first)
    if first == KEPT:
        page.locator(".page-actions a.btn").click()
    expect(heads.first).to_contain_text(KEPT)
    choose(page, "name", GOES)
    choose(page, "phone", "0512-6666 0001")
    choose(page, "website", "hengrun.example")
    expect(page.locator("main .facts")).to_contain_text("商机")
    assert not faults(seat, "merge")
    assert not seat.problems()
    seat.shoot("merge-1440-zh-hans-light", whole=True)
    merge(seat)
    expect(page).to_have_url(f"{seat.base}{kept.get_absolute_url()}")
    seat.reads(GOES, "0512-6666 0001", "https://hengrun.example", "两台水泵")
    expect(page.locator("#history")).to_contain_text("客户要求下周报价")
    seat.shoot("merged-1440-zh-hans-light")
    seat.opens("联系人")
    seat.reads("周建国", "王芳")
    seat.opens("商机")
    seat.reads("泵站改造")
    # The old address leads on, and the pair is settled.
    seat.go(goes)
    expect(page).to_have_url(f"{seat.base}{kept.get_absolute_url()}")
    seat.go("/accounts/pairs/")
    expect(page.locator("main .empty")).to_be_visible()

    seat.go(Merge.objects.get())
    seat.reads(GOES, "销售经理", "联系人")
    undo_the_latest(seat)
    seat.shoot("merge-undone-1440-zh-hans-light")
    assert everything() == before
    seat.go(goes)
    expect(page).to_have_url(f"{seat.base}{goes.get_absolute_url()}")
    expect(page.locator(".page-title")).to_contain_text(GOES)
    seat.opens("商机")
    seat.reads("泵站改造")
    seat.go(kept)
    expect(page.locator(".page-title")).to_contain_text(KEPT)
    expect(page.locator("main")).not_to_contain_text("王芳")


@pytest.mark.parametrize(
    ("kind", "language", "theme", "size"),
    [("contact", "en", "dark", PHONE), ("lead", "zh-hant", "dark", LAPTOP)],
)
def test_contacts_and_leads_are_merged_from_their_page(desk, cast, kind, language, theme, size):
    rep = cast["rep"]
    if kind == "contact":
        account = AccountFactory(owner=rep, name=KEPT)
        kept, goes = (ContactFactory(account=account, name=name) for name in ("王芳", "王小芳"))
        OpportunityFactory(owner=rep, account=account, contact=goes, name="泵站改造")
    else:
        kept, goes = (
            LeadFactory(owner=rep, name=name, company=KEPT) for name in ("王芳", "王小芳")
        )
    add_comment(goes, "客户要求下周报价", by=rep)
    before = everything()
    seat = desk(rep)
    seat.turn(language, theme, size)
    page = seat.page
    seat.go(kept)
    place = page.locator("#record .page-actions")
    if not place.locator("a[href$='/merge/']").is_visible():
        place.locator("details.menu > summary").click()
    place.locator("a[href$='/merge/']").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    seat.fill(dialog, other="王小芳")
    assert not faults(seat, "merge with")
    dialog.locator("button[type=submit]").click()
    expect(page).to_have_url(re.compile(rf"/merge/{goes.pk}/$"))
    seat.settle()
    choose(page, "email", goes.email)
    assert not faults(seat, "merge")
    assert not seat.problems()
    seat.shoot(f"merge-{kind}-{size['width']}-{language}-{theme}", whole=True)
    merge(seat)
    seat.reads(goes.email)
    expect(page.locator("#history")).to_contain_text("客户要求下周报价")
    seat.go(goes)
    expect(page).to_have_url(f"{seat.base}{kept.get_absolute_url()}")
    undo_the_latest(seat)
    assert everything() == before
    seat.go(goes)
    expect(page.locator(".page-title")).to_contain_text("王小芳")


def test_whoever_may_not_merge_meets_no_button_and_no_word_of_the_other(
    desk, cast, teammate, outsider, twins, refused
):
    kept, goes = twins
    scan_duplicates()
    address = f"{kept.get_absolute_url()}merge/"

    # Who sees both, without the right to merge.
    seat = desk(cast["finance"])
    seat.go(kept)
    expect(seat.page.locator("#record a[href$='/merge/']")).to_have_count(0)
    for path in (address, f"{address}{goes.pk}/", "/accounts/pairs/", "/accounts/merges/"):
        refused(seat, path, 403)
    seat.shoot("merge-refused-1440-zh-hans-light")
    # Who sees one of the two: the other does not exist, in the dialog, the address, the lists.
    seat = desk(cast["rep"])
    page = seat.page
    for path in (f"{address}{goes.pk}/", f"{goes.get_absolute_url()}merge/{kept.pk}/"):
        refused(seat, path, 404, GOES, "0512-6666 0002", "hengrun.example", "王芳")
    seat.go("/accounts/pairs/")
    expect(page.locator("main .empty")).to_be_visible()
    assert GOES not in page.content()
    seat.go(kept)
    if not page.locator("#record-head a[href$='/merge/']").is_visible():
        page.locator("#record-head details.menu > summary").click()
    page.locator("#record-head a[href$='/merge/']").click()
    dialog = page.locator("#dialog")
    dialog.locator(".ts-control").click()
    with page.expect_response(lambda answer: "?q=" in answer.url):
        dialog.locator(".ts-control input").fill("恒润")
    expect(dialog.locator(".no-results")).to_be_visible()
    assert GOES not in page.content()
    # Who sees neither, before and after.
    seat = desk(outsider)
    refused(seat, f"{address}{goes.pk}/", 404, KEPT, GOES)
    assert not Merge.objects.exists()
