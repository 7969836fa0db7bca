"""The sheet of keys tells the truth: each one it lists does what it says."""

import pytest
from playwright.sync_api import expect

from tests.factories.leads import LeadFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def rep(cast, desk):
    seat = desk(cast["rep"])
    seat.lead = LeadFactory(owner=cast["rep"], name="王五")
    return seat


def slash(rep):
    rep.go("/leads/")
    rep.page.keyboard.press("/")
    expect(rep.page.locator("[data-search-all]")).to_be_focused()
    # In a field it is a letter like any other.
    rep.page.keyboard.type("/n?")
    expect(rep.page.locator("[data-search-all]")).to_have_value("/n?")


def control_k(rep):
    rep.go("/leads/new/")
    rep.page.locator("main [name=name]").focus()
    rep.page.keyboard.press("Control+k")
    expect(rep.page.locator("[data-search-all]")).to_be_focused()


def new(rep):
    rep.go("/leads/")
    rep.page.keyboard.press("n")
    expect(rep.page).to_have_url(f"{rep.base}/leads/new/")


def test_ordering_a_list_keeps_the_place_in_it(rep):
    rep.go("/leads/")
    for direction in ("ascending", "descending"):
        rep.page.locator("#sort-name").press("Enter")
        expect(rep.page.locator("th[data-column=name]")).to_have_attribute("aria-sort", direction)
        expect(rep.page.locator("#sort-name")).to_be_focused()


def edit(rep):
    rep.go(rep.lead)
    rep.page.keyboard.press("e")
    expect(rep.page).to_have_url(f"{rep.base}{rep.lead.get_absolute_url()}edit/")


def save(rep):
    rep.go(f"{rep.lead.get_absolute_url()}edit/")
    rep.page.locator("[name=need]").fill("两台水泵")
    rep.page.keyboard.press("Control+Enter")
    expect(rep.page).to_have_url(f"{rep.base}{rep.lead.get_absolute_url()}")
    rep.lead.refresh_from_db()
    assert rep.lead.need == "两台水泵"
    # Also in a dialog.
    rep.page.locator(".record-quick a").first.click()
    dialog = rep.page.locator("#dialog")
    expect(dialog.locator("[name=subject]")).to_be_focused()
    rep.page.keyboard.type("电话")
    rep.page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(rep.page.locator("#history")).to_contain_text("电话")


def menu(rep):
    rep.go("/leads/")
    rep.page.keyboard.press("m")
    expect(rep.page.locator("#menu a[aria-current=page]")).to_be_focused()
    rep.page.keyboard.press("Enter")
    expect(rep.page).to_have_url(f"{rep.base}/leads/")


def escape(rep):
    rep.go(rep.lead)
    rep.page.locator(".app-top details.menu > summary").click()
    menu = rep.page.locator(".app-top .dropdown-menu")
    expect(menu).to_be_visible()
    rep.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    button = rep.page.locator(".record-quick a").first
    button.click()
    expect(rep.page.locator("#dialog")).to_be_visible()
    rep.page.keyboard.press("Escape")
    expect(rep.page.locator("#dialog")).to_be_hidden()
    expect(button).to_be_focused()


def sheet(rep):
    rep.go("/")
    rep.page.keyboard.press("?")
    expect(rep.page.locator("#keys")).to_be_visible()
    rep.page.keyboard.press("n")
    expect(rep.page).to_have_url(f"{rep.base}/")


KEYS = {
    "/": slash,
    "Ctrl K": control_k,
    "n": new,
    "e": edit,
    "Ctrl Enter": save,
    "m": menu,
    "Esc": escape,
    "?": sheet,
}


def test_each_key_of_the_sheet_does_what_it_says(rep):
    sheet(rep)
    assert set(rep.page.locator("#keys kbd").all_text_contents()) == set(KEYS)
    for does in KEYS.values():
        does(rep)
