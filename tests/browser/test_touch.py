"""Boards and the calendar by finger: held, moved and let go; refused, it is where it was."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.hands import drag, drag_by_touch, swipe
from tests.factories.activities import MeetingFactory, TaskFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import OpportunityFactory

pytestmark = pytest.mark.browser

FINGER = {"has_touch": True, "is_mobile": True}
TABLET = {"width": 1024, "height": 768}


def column(page, state):
    return page.locator(f"[data-cards][data-state={state}]")


@pytest.mark.parametrize("size", [PHONE, TABLET], ids=["phone", "tablet"])
def test_a_card_is_dragged_by_finger(cast, desk, size):
    lead = LeadFactory(owner=cast["rep"], name="王五")
    seat = desk(cast["rep"], viewport=size, **FINGER)
    seat.go("/leads/board/")
    page = seat.page
    with page.expect_response("**/leads/board/"):
        drag_by_touch(page, page.locator(f"#card-{lead.pk}"), column(page, "working"))
    expect(column(page, "working").locator(f"#card-{lead.pk}")).to_be_visible()
    lead.refresh_from_db()
    assert lead.state == "working"


def test_a_refused_card_goes_back_under_the_finger_with_its_reason(cast, desk, watch):
    deal = OpportunityFactory(owner=cast["rep"], name="水泵项目", presentation=True)
    seat = desk(cast["rep"], viewport=PHONE, **FINGER)
    seat.go("/opportunities/board/")
    page = seat.page
    page.locator("#board").evaluate("e => e.scrollTo(e.scrollWidth / 3, 0)")
    drag_by_touch(page, page.locator(f"#card-{deal.pk}"), column(page, "quotation"))
    expect(page.locator("#toasts .toast-note")).to_be_in_viewport()
    expect(page.locator("#toasts .toast-note")).not_to_be_empty()
    expect(column(page, "presentation").locator(f"#card-{deal.pk}")).to_be_visible()
    expect(column(page, "quotation").locator("[data-card]")).to_have_count(0)
    deal.refresh_from_db()
    assert deal.state == "presentation"
    assert all("409" in fault for fault in watch.faults)
    watch.faults.clear()


def test_a_finger_that_does_not_rest_scrolls(cast, desk):
    leads = LeadFactory.create_batch(12, owner=cast["rep"])
    seat = desk(cast["rep"], viewport=PHONE, **FINGER)
    seat.go("/leads/board/")
    page = seat.page
    card = column(page, "new").locator("[data-card]").first
    swipe(page, card, -100)
    page.wait_for_function("() => document.getElementById('board').scrollLeft > 50")
    # Back beyond the first column is not back to the page before.
    swipe(page, card, 200)
    page.wait_for_function("() => document.getElementById('board').scrollLeft === 0")
    swipe(page, card, 120)
    expect(page).to_have_url(f"{seat.base}/leads/board/")
    expect(column(page, "new").locator("[data-card]")).to_have_count(len(leads))


@pytest.fixture
def task(cast):
    """Due today at ten, whatever day of the week it is."""
    today = datetime.combine(timezone.localdate(), time(10))
    return TaskFactory(owner=cast["rep"], subject="寄样品", due_at=timezone.make_aware(today))


def cell(page, day, hour):
    return page.locator(f".cal-grid [data-day='{day}'][data-hour='{hour}']")


@pytest.mark.parametrize("hand", [drag, drag_by_touch], ids=["mouse", "finger"])
def test_an_entry_of_the_calendar_is_dragged_to_another_hour(cast, desk, task, hand):
    day = timezone.localdate(task.due_at)
    options = FINGER if hand is drag_by_touch else {}
    seat = desk(cast["rep"], viewport=TABLET, **options)
    seat.go("/activities/calendar/?view=day")
    page = seat.page
    entry = page.locator(".cal-grid [data-entry]", has_text="寄样品")
    with page.expect_response("**/activities/calendar/?view=day"):
        hand(page, entry, cell(page, day, 14))
    expect(cell(page, day, 14)).to_contain_text("寄样品")
    task.refresh_from_db()
    assert timezone.localtime(task.due_at).hour == 14


def test_a_meeting_is_as_high_as_it_is_long_and_drawn_longer(cast, desk, task):
    start = task.due_at
    meeting = MeetingFactory(
        owner=cast["rep"], subject="评审", starts_at=start, ends_at=start + timedelta(hours=2)
    )
    seat = desk(cast["rep"], viewport=TABLET)
    seat.go("/activities/calendar/?view=day")
    page = seat.page
    entry = page.locator(".cal-grid [data-entry]", has_text="评审")
    box, hour = entry.bounding_box(), cell(page, start.date(), 12).bounding_box()
    assert abs(box["height"] - 2 * hour["height"]) < 8
    # Beside it, not below it, is what begins at the same time.
    other = page.locator(".cal-grid [data-entry]", has_text="寄样品").bounding_box()
    assert other["y"] == box["y"]
    assert other["x"] >= box["x"] + box["width"] or box["x"] >= other["x"] + other["width"]
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 3
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 10)
    page.mouse.move(x, y + 1.5 * hour["height"], steps=6)
    expect(entry).to_contain_text("10:00–13:30")
    with page.expect_response("**/activities/calendar/?view=day"):
        page.mouse.up()
    expect(entry).to_contain_text("10:00–13:30")
    meeting.refresh_from_db()
    assert meeting.ends_at - meeting.starts_at == timedelta(hours=3, minutes=30)


def test_an_entry_of_the_calendar_is_moved_by_keys(cast, desk, task):
    seat = desk(cast["rep"])
    seat.go("/activities/calendar/?view=day")
    page, dialog = seat.page, seat.page.locator("#dialog")
    page.locator(".cal-grid .cal-move").focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    later = timezone.localtime(task.due_at) + timedelta(hours=3)
    dialog.locator("[name=start]").fill(f"{later:%Y-%m-%dT%H:%M}")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(cell(page, later.date(), later.hour)).to_contain_text("寄样品")
    task.refresh_from_db()
    assert task.due_at == later
