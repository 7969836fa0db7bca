"""Lists kept under a name: made, opened again, shared, changed, renamed and deleted by hand."""

import pytest
from django.contrib.contenttypes.models import ContentType
from playwright.sync_api import expect

from crm.models import SavedView
from leads.models import Lead
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.test_accessibility import faults
from tests.factories.leads import LeadFactory

pytestmark = pytest.mark.browser

NAME = "华东在跟进"


@pytest.fixture
def leads(cast, teammate):
    """Five leads, three of them in the east and one of those with a colleague."""
    rows = [("赵六", "华东", True), ("钱七", "华东", True), ("孙八", "华北", True)]
    rows += [("李九", "华东", False), ("周十", "华北", False)]
    for name, region, working in rows:
        owner = teammate if name == "李九" else cast["rep"]
        LeadFactory(owner=owner, name=name, region=region, working=working)


def bar(seat):
    return seat.page.locator(".views")


def open_menu(seat, place):
    """Open a menu and return what it shows."""
    seat.page.locator(f"{place} > summary").click()
    menu = seat.page.locator(f"{place} > .dropdown-menu")
    expect(menu).to_be_visible()
    return menu


def keep(seat, name, **ticks):
    """Keep the list as it is under a new name."""
    menu = open_menu(seat, ".list-acts details.menu:has([name=query]):has([name=pin])")
    form = menu.locator("form").last
    seat.fill(form, name=name, **ticks)
    form.locator("button").click()
    expect(bar(seat).locator(".active")).to_contain_text(name)
    seat.settle()


def of_this_view(seat):
    return open_menu(seat, ".view.active .menu")


def press(menu, act):
    menu.locator(f"[name=act][value={act}]").click()


def heads(seat):
    return seat.page.locator("#list th[data-column]").evaluate_all(
        "heads => heads.map(head => head.dataset.column)"
    )


def rows(seat):
    return seat.page.locator("#list tbody td.lead").all_inner_texts()


def narrow(seat):
    """Conditions, columns and order, each where a person finds it."""
    page = seat.page
    page.locator("details.filters > summary").click()
    page.locator("select[name=w1]").select_option("region")
    page.locator("input[name=w1v]").fill("华东")
    page.locator("input[name=w1v]").press("Tab")
    expect(page.locator("#list tbody tr")).to_have_count(3)
    columns = open_menu(seat, ".list-looks details.menu")
    for name in ("source", "campaign", "shown_phone"):
        columns.locator(f"[value={name}]").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#list th[data-column=shown_phone]")).to_have_count(0)
    page.locator("#list th[data-column=name] a").click()
    expect(page.locator("#list th[data-column=name]")).to_have_attribute("aria-sort", "ascending")
    seat.settle()


def widen(seat, column, by):
    """Drag the edge of a column; return how wide it is then."""
    head = seat.page.locator(f"#list th[data-column={column}]")
    box, before = head.locator(".column-grip").bounding_box(), width(seat, column)
    seat.page.mouse.move(box["x"] + 2, box["y"] + 8)
    seat.page.mouse.down()
    seat.page.mouse.move(box["x"] + 2 + by, box["y"] + 8, steps=4)
    seat.page.mouse.up()
    expect(head).to_have_attribute("data-width", str(before + by))
    seat.settle()
    return before + by


def width(seat, column):
    return seat.page.locator(f"#list th[data-column={column}]").evaluate("e => e.offsetWidth")


def test_a_view_is_made_opened_changed_renamed_shared_and_deleted(
    desk, cast, teammate, leads, refused, watch
):
    seat = desk(cast["manager"])
    page = seat.page
    seat.go("/leads/")
    narrow(seat)
    shown, columns, wide = rows(seat), heads(seat), widen(seat, "name", 60)
    assert len(shown) == 3
    assert "shown_phone" not in columns
    keep(seat, NAME)
    view = SavedView.objects.get()
    assert (view.is_shared, view.query.count("view=")) == (False, 0)
    # Opened again from elsewhere, it is all as it was.
    seat.go("/leads/")
    assert (len(rows(seat)), "shown_phone" in heads(seat)) == (5, True)
    bar(seat).locator("a", has_text=NAME).click()
    expect(page.locator("#list tbody tr")).to_have_count(3)
    assert (rows(seat), heads(seat), width(seat, "name")) == (shown, columns, wide)
    menu = open_menu(seat, ".list-looks details.menu")
    expect(menu.locator("[name=width_name]")).to_have_value(str(wide))
    menu.locator("[name=width_state]").fill("200")
    menu.locator("[name=width_state]").press("Enter")
    expect(page.locator("#list th[data-column=state]")).to_have_attribute("data-width", "200")
    assert width(seat, "state") == 200
    page.keyboard.press("Escape")
    expect(page.locator("input[name=w1v]")).to_have_value("华东")
    # Changed and kept: now in groups, which were not asked for before.
    page.locator("select[name=group]").select_option("state")
    expect(page.locator("#list .group")).to_have_count(2)
    menu = open_menu(seat, ".list-acts details.menu:has([value=save])")
    assert not faults(seat, "keep changes")
    seat.shoot("view-change-1440-zh-hans-light")
    press(menu, "save")
    expect(bar(seat).locator(".active")).to_contain_text(NAME)
    seat.go("/leads/")
    bar(seat).locator("a", has_text=NAME).click()
    expect(page.locator("#list .group")).to_have_count(2)
    expect(page.locator("select[name=group]")).to_have_value("state")
    # Renamed and shared in one go; a name twice is refused with a sentence.
    menu = of_this_view(seat)
    assert not faults(seat, "this view")
    seat.shoot("view-menu-1440-zh-hans-light")
    seat.fill(menu, name="华东跟进中", is_shared=True)
    press(menu, "edit")
    expect(bar(seat).locator(".active")).to_contain_text("华东跟进中")
    seat.go("/leads/?state=new")
    keep(seat, "新线索", pin=True)
    expect(bar(seat).locator(".view").nth(1)).to_contain_text("新线索")
    menu = of_this_view(seat)
    seat.fill(menu, name="华东跟进中")
    with watch.refusing(page, 422):
        press(menu, "edit")
        expect(page.locator("main h1")).to_be_visible()
    seat.shoot("view-name-refused-1440-zh-hans-light")
    assert not seat.problems()

    # A colleague sees the one that is shared, and not the other; only looking is theirs.
    other = desk(teammate, viewport=PHONE, color_scheme="dark")
    other.go("/leads/")
    expect(bar(other)).to_contain_text("华东跟进中")
    expect(bar(other)).not_to_contain_text("新线索")
    refused(other, f"/leads/views/{SavedView.objects.get(name='新线索').pk}/", 405, "新线索")
    other.go("/leads/")
    bar(other).locator("a", has_text="华东跟进中").click()
    menu = of_this_view(other)
    expect(menu).to_contain_text(str(cast["manager"]))
    assert menu.locator("[name=act]").evaluate_all("all => all.map(one => one.value)") == ["pin"]
    # The rows are there at once, not below a screen of filters.
    expect(other.page.locator("#list .group").first).to_be_in_viewport()
    assert not faults(other, "view of another")
    assert not other.problems()
    other.shoot("view-shared-360-en-dark")
    press(menu, "pin")
    expect(bar(other).locator(".active .icon").first).to_be_visible()
    expect(bar(other).locator(".view").nth(1)).to_contain_text("华东跟进中")
    other.shoot("view-pinned-360-en-dark")
    assert not other.problems()
    # Who may not share is not asked whether to.
    menu = open_menu(other, ".list-acts details.menu:has([name=query]):has([name=pin])")
    expect(menu.locator("[name=name]")).to_be_visible()
    expect(menu.locator("[name=is_shared]")).to_have_count(0)
    other.shoot("view-save-360-en-dark")
    # What the button does not offer is refused to whoever sends it.
    with watch.refusing(other.page, 403):
        menu.locator("form").last.evaluate(
            """form => { form.insertAdjacentHTML("beforeend",
                '<input name="is_shared" value="1"><input name="name" value="x">'); form.submit() }"""
        )
        expect(other.page.locator("main h1")).to_be_visible()

    # Deleted, it is gone for everybody.
    seat.turn("zh-hant", "dark", LAPTOP)
    seat.go(SavedView.objects.get(name="华东跟进中").get_absolute_url())
    press(of_this_view(seat), "delete")
    expect(bar(seat)).to_contain_text("新线索")
    expect(bar(seat)).not_to_contain_text("华东跟进中")
    assert SavedView.objects.count() == 1
    other.go("/leads/")
    expect(bar(other)).to_have_count(0)


def test_many_shared_views_do_not_make_a_phone_scroll_sideways(leads, cast, desk):
    kind = ContentType.objects.get_for_model(Lead)
    for number in range(8):
        SavedView.objects.create(
            user=cast["rep"], content_type=kind, name=f"{NAME}{number}", is_shared=True
        )
    seat = desk(cast["rep"], viewport=PHONE)
    seat.go("/leads/")
    expect(bar(seat)).to_contain_text(f"{NAME}7")
    assert not seat.problems()
    # The menu of one of them is in sight all the same.
    seat.go(SavedView.objects.last().get_absolute_url())
    expect(open_menu(seat, ".views details.menu").locator("button").first).to_be_in_viewport()
