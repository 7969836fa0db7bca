"""The page of a record by hand: a field in place, a call in two taps, a mention, a preview."""

import pytest
from playwright.sync_api import expect

from crm.comments import add_comment
from crm.models import Comment, Notification
from opportunities.services import edit_opportunity
from tests.browser.conftest import PHONE
from tests.factories.accounts import AccountFactory
from tests.factories.opportunities import OpportunityFactory

pytestmark = pytest.mark.browser

# One red pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
def deal(cast):
    account = AccountFactory(owner=cast["rep"], name="苏州恒润水务设备有限公司")
    return OpportunityFactory(owner=cast["rep"], account=account, name="泵站改造", amount="1000")


def open_field(page, name):
    fact = page.locator(f"#fact-{name}")
    fact.locator(".fact-edit").focus()
    page.keyboard.press("Enter")
    control = fact.locator(f"[name={name}]")
    expect(control).to_be_focused()
    return fact, control


def test_a_field_is_edited_in_place_by_keyboard(deal, cast, desk):
    rep = desk(cast["rep"])
    rep.go(deal)
    fact, control = open_field(rep.page, "amount")
    rep.page.keyboard.press("Escape")
    expect(control).to_have_count(0)
    expect(fact.locator(".fact-edit")).to_be_focused()
    fact, control = open_field(rep.page, "amount")
    rep.page.keyboard.type("1250.5")
    rep.page.keyboard.press("Enter")
    expect(fact.locator(".fact-value")).to_have_text("¥1,250.50")
    expect(fact.locator(".fact-edit")).to_be_focused()
    expect(rep.page.locator("#record-head")).to_contain_text("¥1,250.50")
    expect(rep.page.locator("#history")).to_contain_text("¥1,000.00")
    rep.shoot("record-field")


def test_a_conflict_shows_both_values_and_lets_one_choose(deal, cast, desk, watch):
    rep = desk(cast["rep"])
    rep.go(deal)
    fact, _control = open_field(rep.page, "amount")
    edit_opportunity(deal, by=cast["manager"], amount="700")
    rep.page.keyboard.type("900")
    rep.page.keyboard.press("Enter")
    conflict = fact.locator(".field-conflict")
    expect(conflict).to_contain_text("¥900.00")
    expect(conflict).to_contain_text("¥700.00")
    expect(conflict.locator("dt").first).to_be_visible()
    rep.shoot("record-conflict")
    fact.locator("button[type=submit]").click()
    expect(fact.locator(".fact-value")).to_have_text("¥900.00")
    fact, _control = open_field(rep.page, "amount")
    edit_opportunity(deal, by=cast["manager"], amount="650")
    rep.page.keyboard.type("910")
    rep.page.keyboard.press("Enter")
    fact.locator(".field-conflict + .field + .form-buttons a").first.click()
    expect(rep.page.locator("#fact-amount .fact-value")).to_have_text("¥650.00")
    # The refusals are answers of the page, which the browser reports all the same.
    assert not [fault for fault in watch.faults if "409" not in fault]
    watch.faults.clear()


def test_a_call_is_logged_in_two_taps_and_the_next_step_planned(deal, cast, desk):
    rep = desk(cast["rep"], viewport=PHONE, has_touch=True, is_mobile=True)
    rep.go(deal)
    page = rep.page
    expect(page.locator(".next-step .state-amber")).to_be_in_viewport()
    page.locator(".record-quick a").first.tap()
    dialog = page.locator("#dialog")
    expect(dialog.locator("[name=subject]")).to_be_focused()
    expect(dialog.locator("[name=kind]")).to_have_value("call")
    page.keyboard.type("客户问图纸")
    dialog.locator("[name=next_subject]").fill("发送图纸")
    dialog.locator("[data-day]").first.tap()
    expect(dialog.locator("button[type=submit]")).to_be_in_viewport()
    rep.shoot("record-quick-log")
    dialog.locator("button[type=submit]").tap()
    expect(dialog).to_be_hidden()
    expect(page.locator(".next-step")).to_contain_text("发送图纸")
    expect(page.locator("#history")).to_contain_text("客户问图纸")


def test_what_is_done_beside_a_begun_comment_loses_neither_it_nor_the_place(
    deal, cast, desk, tmp_path
):
    drawing = tmp_path / "图纸.pdf"
    drawing.write_bytes(b"%PDF-1.7")
    rep = desk(cast["rep"])
    rep.go(deal)
    page, comment = rep.page, rep.page.locator("#comment-body")
    comment.fill("客户要求周五前答复")
    face = page.locator(".file-face")
    expect(face).to_contain_text("未选择文件")
    page.locator("#attach-file").set_input_files(drawing)
    expect(face).to_contain_text("图纸.pdf")
    page.locator("#attach-send").press("Enter")
    expect(page.locator(".files")).to_contain_text("图纸.pdf")
    expect(comment).to_have_value("客户要求周五前答复")
    expect(page.locator("#attach-send")).to_be_focused()
    page.locator("#log-1").press("Enter")
    page.locator("#dialog [name=subject]").press("Control+Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator("#log-1")).to_be_focused()
    expect(comment).to_have_value("客户要求周五前答复")
    page.locator("#comment-send").press("Enter")
    expect(page.locator("#history")).to_contain_text("客户要求周五前答复")
    expect(comment).to_have_value("")
    expect(page.locator("#comment-send")).to_be_focused()


def test_whoever_is_chosen_after_the_sign_is_mentioned(deal, cast, desk):
    rep = desk(cast["rep"])
    rep.go(deal)
    page = rep.page
    area = page.locator("#comment-body")
    area.press_sequentially("请 @销售经")
    option = page.locator(".mention-option")
    expect(option).to_have_text("销售经理")
    page.keyboard.press("Enter")
    expect(area).to_have_value("请 @销售经理 ")
    page.keyboard.type("看一下")
    page.locator(".comment-foot button").click()
    expect(page.locator("#history .mention")).to_have_text("@销售经理")
    comment = Comment.objects.get()
    assert list(comment.mentions.all()) == [cast["manager"]]
    assert Notification.objects.filter(user=cast["manager"]).count() == 1


def test_an_image_is_looked_at_in_a_dialog(deal, cast, desk, tmp_path):
    photo = tmp_path / "现场.png"
    photo.write_bytes(PNG)
    rep = desk(cast["rep"])
    rep.go(deal)
    page = rep.page
    page.locator("#attach-file").set_input_files(photo)
    page.locator(".file-row button").click()
    page.locator(".files [data-preview]").click()
    image = page.locator("#dialog img")
    expect(image).to_be_visible()
    assert image.evaluate("e => e.decode().then(() => e.naturalWidth)") == 1
    page.keyboard.press("Escape")
    expect(page.locator(".files [data-preview]")).to_be_focused()


def test_tabs_are_reached_by_arrow_keys(deal, cast, desk):
    add_comment(deal.account, "Hello", by=cast["rep"])
    rep = desk(cast["rep"])
    rep.go(deal.account)
    page = rep.page
    tabs = page.locator("[role=tab]")
    tabs.first.focus()
    page.keyboard.press("End")
    expect(tabs.last).to_be_focused()
    expect(tabs.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    deals = page.locator("[data-tab='opportunities-account_panel']")
    deals.click()
    expect(page.locator("#panel-opportunities-account_panel")).to_contain_text("泵站改造")
    expect(page.locator("[role=tabpanel]:visible")).to_have_count(1)
    rep.shoot("record-tabs")
