"""The company's own fields by hand: made in the settings, filled in, asked for, and required."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from playwright.sync_api import expect

from crm.custom.services import create_field
from crm.models import CustomField
from opportunities.models import Opportunity
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.hands import drag
from tests.browser.test_accessibility import faults
from tests.browser.test_record import open_field
from tests.factories.accounts import AccountFactory
from tests.factories.opportunities import (
    NeedsSheetFactory,
    OpportunityFactory,
    SalesProcessFactory,
)

pytestmark = pytest.mark.browser

# code: (kind as the form says it, label, further answers)
FIELDS = {
    "medium": ("choices", "输送介质", {"choices": "清水\n污水\n浆料"}),
    "buying": ("choice", "采购方式", {"choices": "公开招标\n询比价"}),
    "flow": ("number", "流量", {}),
    "budget": ("money", "客户预算", {}),
    "goes_live": ("date", "计划投产", {}),
    "engineer": ("user", "技术负责人", {}),
    "fitting": ("bool", "需要安装", {}),
    "drawing": ("link", "图纸", {}),
    "remark": ("text", "特别约定", {}),
}


def make_field(seat, code, kind, label, **answers):
    """Fill in the form of the settings; its record is open afterwards."""
    answers = {"content_type": "商机", "code": code, "kind": kind, "label": label, **answers}
    seat.make("/settings/fields/new/", **answers)
    expect(seat.page.locator(".page-title")).to_contain_text(label)


def test_an_administrator_makes_fields_of_every_type(desk, cast, administrator, refused, watch):
    administrator.language = "zh-hans"
    administrator.save()
    seat = desk(administrator)
    page = seat.page
    process = SalesProcessFactory(name="招标项目")
    seat.go("/settings/fields/")
    seat.shoot("fields-empty-1440-zh-hans-light")
    # A choice without choices, and a state of another document, are refused beside the field.
    seat.go("/settings/fields/new/")
    form = page.locator("main form[method=post]")
    answers = {"content_type": "商机", "kind": "choice", "label": "输送介质", "code": "medium"}
    seat.fill(form, **answers, required_from="线索：跟进中")
    with watch.refusing(page, 422):
        form.locator(".form-buttons button[type=submit]").click()
        expect(page.locator(".invalid-feedback").first).to_be_visible()
    seat.shoot("field-refused-1440-zh-hans-light", whole=True)
    assert not faults(seat, "field refused")
    assert not seat.problems()
    for code, (kind, label, more) in FIELDS.items():
        make_field(seat, code, kind, label, **more)
    kind = CustomField.objects.get(code="medium").content_type_id
    make_field(
        seat,
        "rival",
        "text",
        "主要竞争对手",
        label_en="Main rival",
        required_from="商机：产品演示",
        scope_id=str(process.pk),
    )
    assert CustomField.objects.filter(content_type=kind).count() == len(FIELDS) + 1
    seat.reads("招标项目", "产品演示")
    seat.shoot("field-1440-zh-hans-light")
    seat.go("/settings/fields/")
    seat.reads("主要竞争对手")
    seat.turn("en", "dark", PHONE)
    seat.go("/settings/fields/")
    assert not faults(seat, "fields")
    assert not seat.problems()
    seat.shoot("fields-360-en-dark", whole=True)

    other = desk(cast["manager"])
    other.go("/settings/")
    expect(other.page.locator("main a[href='/settings/fields/']")).to_have_count(0)
    for path in ("/settings/fields/", "/settings/fields/new/"):
        refused(other, path, 403, "主要竞争对手")
    refused(other, CustomField.objects.first().get_absolute_url(), 403, "输送介质")


@pytest.fixture
def deal(cast):
    """A deal that may be presented, of a process with fields of its own, and one of another."""
    rep = cast["rep"]
    account = AccountFactory(owner=rep, name="苏州恒润水务设备有限公司")
    process = SalesProcessFactory(name="招标项目")
    facts = {"owner": rep, "account": account}
    deal = OpportunityFactory(
        name="泵站改造", process=process, step=process.steps.first(), amount="1000", **facts
    )
    other = OpportunityFactory(name="备件采购", **facts)
    for one in (deal, other):
        NeedsSheetFactory(opportunity=one, feasible=True)
    for position, (code, (kind, label, more)) in enumerate(FIELDS.items()):
        make(code, kind=kind, label=label, position=position, **more)
    needed = {"required_from": "presentation", "scope_id": process.pk, "label_en": "Main rival"}
    make("rival", kind="text", label="主要竞争对手", position=90, **needed)
    return deal


def make(code, **facts):
    kind = ContentType.objects.get_for_model(Opportunity)
    return create_field(by=None, content_type=kind, code=code, **facts)


def test_a_rep_fills_them_in_and_finds_deals_by_them(desk, cast, deal):
    seat = desk(cast["rep"])
    page = seat.page
    seat.go(f"{deal.get_absolute_url()}edit/")
    form = page.locator("main form[method=post]")
    seat.fill(
        form,
        custom__medium="污水",
        custom__buying="询比价",
        custom__flow="120.5",
        custom__budget="850000",
        custom__goes_live="2027-03-01",
        custom__engineer="销售经理",
        custom__fitting=True,
        custom__drawing="drawings.example/7",
        custom__remark="周末施工",
    )
    assert not faults(seat, "form with own fields")
    assert not seat.problems()
    seat.shoot("own-form-1440-zh-hans-light", whole=True)
    form.locator(".form-buttons button[type=submit]").click()
    expect(page.locator("#record")).to_be_visible()
    seat.reads("污水", "询比价", "120.5", "¥850,000.00", "2027-03-01", "销售经理", "周末施工")
    expect(page.locator("#record a[href='https://drawings.example/7']")).to_be_visible()
    # One is edited where it is read; the history tells it as a sentence.
    fact, control = open_field(page, "custom__budget")
    control.fill("900000")
    page.keyboard.press("Enter")
    expect(fact.locator(".fact-value")).to_have_text("¥900,000.00")
    history = page.locator("#history")
    expect(history).to_contain_text("客户预算")
    expect(history).to_contain_text("¥850,000.00")
    expect(history).to_contain_text("¥900,000.00")
    seat.shoot("own-record-1440-zh-hans-light", whole=True)
    deal.refresh_from_db()
    assert Decimal(deal.custom["budget"]) == 900_000
    assert date.fromisoformat(deal.custom["goes_live"]) == date(2027, 3, 1)
    # In the list: a condition on one, a column for two, and their sum.
    seat.turn("zh-hant", "dark")
    seat.go("/opportunities/")
    page.locator("details.filters > summary").click()
    page.locator("select[name=w1]").select_option("custom__medium")
    value = page.locator("select[name=w1v]")
    expect(value).to_have_count(1)
    seat.answer(value, "污水")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.locator(".list-looks details.menu > summary").click()
    for code in ("budget", "fitting"):
        page.locator(f"[data-columns] [value=custom__{code}]").check()
    expect(page.locator("#list th[data-column=custom__budget]")).to_be_visible()
    expect(page.locator("#list th[data-column=custom__fitting]")).to_be_visible()
    page.keyboard.press("Escape")
    seat.reads("泵站改造", "¥900,000.00")
    expect(page.locator(".list-meta")).to_contain_text("¥900,000.00")
    assert not faults(seat, "list with own fields")
    assert not seat.problems()
    seat.shoot("own-list-1440-zh-hant-dark")


def test_a_deal_waits_for_what_its_phase_requires_on_its_page_and_on_the_board(
    desk, cast, deal, watch
):
    seat = desk(cast["rep"])
    page = seat.page
    seat.turn("en", "dark", PHONE)
    seat.go(deal)
    page.locator("#record-head details.menu > summary").click()
    expect(page.get_by_text("Fill in first: Main rival.")).to_be_visible()
    assert not faults(seat, "deal that waits")
    assert not seat.problems()
    seat.shoot("own-required-360-en-dark")
    # The board puts the card back and says the same.
    seat.turn("zh-hans", "light", LAPTOP)
    seat.go("/opportunities/board/")
    card, goal = page.locator(f"#card-{deal.pk}"), page.locator("[data-state=presentation]")
    with watch.refusing(page, 409):
        drag(page, card, goal)
        expect(page.locator("#toasts .toast-note")).to_contain_text("主要竞争对手")
    expect(page.locator(f"[data-state=needs] #card-{deal.pk}")).to_be_visible()
    seat.shoot("own-required-board-1440-zh-hans-light")
    # A deal of another process is not asked.
    free = Opportunity.objects.get(name="备件采购")
    drag(page, page.locator(f"#card-{free.pk}"), goal)
    expect(page.locator(f"[data-state=presentation] #card-{free.pk}")).to_be_visible()
    # Filled in, it moves.
    seat.go(deal)
    page.locator(".facts-empty:has(#fact-custom__rival) > summary").click()
    _fact, control = open_field(page, "custom__rival")
    control.fill("东方泵业")
    page.keyboard.press("Enter")
    expect(page.locator("#record form[action$='/present/'] button")).to_be_enabled()
    seat.do("present")
    seat.sees(deal, "presentation")
    # From here on it cannot be emptied again.
    _fact, control = open_field(page, "custom__rival")
    control.fill("")
    with watch.refusing(page, 422):
        page.keyboard.press("Enter")
        expect(page.locator("#fact-custom__rival .invalid-feedback")).to_be_visible()
    assert not faults(seat, "emptied")
    seat.shoot("own-emptied-1440-zh-hans-light")
    deal.refresh_from_db()
    assert (deal.state, deal.custom["rival"]) == ("presentation", "东方泵业")
