"""A rep's day in a real browser: work is finished where it stands, cards are moved by hand."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from activities.models import Activity, Task
from activities.services import finish_task
from tests.browser.conftest import PHONE
from tests.browser.hands import drag
from tests.factories.activities import TaskFactory
from tests.factories.aftersales import CaseFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.receivables import ReceivableFactory

pytestmark = pytest.mark.browser


def test_a_task_is_finished_with_its_next_step_without_leaving_my_day(desk, cast):
    rep = cast["rep"]
    lead = LeadFactory(owner=rep, name="张三", company="")
    past = timezone.now() - timedelta(days=1)
    TaskFactory(owner=rep, subject="打电话", target=lead, due_at=past)
    TaskFactory(owner=rep, subject="寄样品", due_at=past + timedelta(hours=1))
    seat = desk(rep, viewport=PHONE)
    seat.go("/")
    card, dialog = seat.page.locator("#day-tasks"), seat.page.locator("#dialog")
    expect(card.locator(".state").first).to_have_text("2")
    card.locator("a[href$='/finish/']").first.click()
    expect(dialog).to_be_visible()
    seat.fill(dialog, result="客户要报价", next_subject="发报价单")
    dialog.locator("[data-day]").nth(1).click()  # in three days
    assert not seat.problems()
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
    expect(card.locator(".home-item")).to_have_count(1)
    expect(card).to_contain_text("寄样品")
    expect(card.locator(".card-actions .state")).to_have_text("1")
    # The focus goes on with the work, and a screen reader is told.
    expect(card.locator(".home-item a").first).to_be_focused()
    expect(seat.page.locator("#day-said")).not_to_be_empty()
    following = Task.objects.get(subject="发报价单")
    assert (following.target, following.owner) == (lead, rep)
    assert timezone.localdate(following.due_at) == timezone.localdate() + timedelta(days=3)
    assert not seat.problems()


def test_a_call_is_logged_and_a_verb_without_question_run_from_a_row(desk, cast):
    lead, other = (LeadFactory(owner=cast["rep"], name=name) for name in ("李四", "周八"))
    seat = desk(cast["rep"])
    seat.go("/")
    card, dialog = seat.page.locator("#day-new-leads"), seat.page.locator("#dialog")
    card.locator("a[href*='/activities/log/']").first.click()
    expect(dialog.locator("[name=kind]").first).to_have_value("call")
    seat.fill(dialog, subject="没有人接")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
    assert Activity.objects.get().target == lead
    # Whoever is called is no longer new.
    expect(card.locator(".home-item")).to_have_count(1)
    card.locator("form[action$='/start_work/'] button").click()
    expect(card.locator(".home-item")).to_have_count(0)
    other.refresh_from_db()
    assert other.state == "working"


def places(page):
    """[(left, top, bottom)] of the cards, in the order of Tab."""
    boxes = [card.bounding_box() for card in page.locator("#day .home-card").all()]
    return [(round(b["x"]), round(b["y"]), round(b["y"] + b["height"])) for b in boxes]


def painted(page):
    page.evaluate("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")


def holes(found):
    """The distances between cards that stand above each other."""
    lanes = {}
    for left, top, bottom in found:
        lanes.setdefault(left, []).append((top, bottom))
    return {
        after[0] - before[1] for lane in lanes.values() for before, after in pairwise(sorted(lane))
    }


def test_cards_of_uneven_height_leave_no_holes(desk, cast):
    rep = cast["rep"]
    past = timezone.now() - timedelta(days=1)
    for number in range(6):
        TaskFactory(owner=rep, subject=f"打电话 {number}", due_at=past)
    LeadFactory(owner=rep)
    for number in range(5):
        OpportunityFactory(owner=rep, name=f"项目 {number}", next_step_on=past.date())
    case = CaseFactory(account__owner=rep)
    ReceivableFactory(account=case.account, due_on=past.date())
    seat = desk(rep, viewport={"width": 1440, "height": 900})
    seat.go("/")
    page = seat.page
    page.locator(".home-lanes").wait_for()
    before = places(page)
    assert len(before) > 3
    assert len({left for left, _top, _bottom in before}) == 3
    assert holes(before) <= {16, 17}
    assert [top for _left, top, _bottom in before] == sorted(top for _left, top, _bottom in before)
    card = page.locator("#day-tasks")
    with page.expect_response(lambda answer: "/day/" in answer.url):
        Task.objects.filter(subject="打电话 0").delete()
        page.evaluate("htmx.trigger(document.body, 'day:changed')")
    expect(card.locator(".home-item")).to_have_count(5)
    expect(page.locator(".htmx-request, .htmx-settling")).to_have_count(0)
    painted(page)
    after = places(page)
    assert after[0][2] < before[0][2]  # the card is shorter, and what is below has moved up
    assert holes(after) <= {16, 17}
    page.set_viewport_size(PHONE)
    painted(page)
    small = places(page)
    assert len({left for left, _top, _bottom in small}) == 1
    assert holes(small) <= {12, 13}
    assert not seat.problems()


def test_a_deal_is_dragged_through_its_dialog_and_put_back_with_the_reason(desk, cast, watch):
    deal = OpportunityFactory(owner=cast["rep"], name="水泵项目", presentation=True)
    OpportunityFactory(owner=cast["rep"], name="阀门项目", presentation=True)
    seat = desk(cast["rep"])
    seat.go("/opportunities/board/")
    page = seat.page

    def cards(state):
        return page.locator(f"[data-state={state}] [data-card]")

    card = page.locator(f"#card-{deal.pk}")
    # Nothing is quoted yet: the card comes back, and the page says why.
    drag(page, card, page.locator("[data-state=quotation]"))
    expect(page.locator("#toasts .toast-note")).to_be_visible()
    expect(cards("presentation")).to_have_count(2)
    expect(cards("quotation")).to_have_count(0)
    assert any("409" in fault for fault in watch.faults)
    watch.faults.clear()
    seat.settle()
    # Back to a phase asks why, in the dialog of the button.
    drag(page, card, page.locator("[data-state=needs]"))
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    expect(cards("presentation")).to_have_count(2)
    seat.fill(dialog, comment="需求变了")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
    expect(cards("needs")).to_have_count(1)
    expect(cards("presentation")).to_have_count(1)
    expect(page.locator("#board-said")).to_contain_text("水泵项目")
    deal.refresh_from_db()
    assert deal.state == "needs"
    assert not seat.problems()


def test_a_deal_is_lost_by_dropping_it_on_what_opens_below_while_it_is_held(desk, cast):
    deal = OpportunityFactory(owner=cast["rep"], name="水泵项目", presentation=True)
    seat = desk(cast["rep"])
    seat.go("/opportunities/board/")
    page, dialog = seat.page, seat.page.locator("#dialog")
    card, lost = page.locator(f"#card-{deal.pk}"), page.locator("[data-way-out][data-state=lost]")
    expect(lost).to_be_hidden()
    # Thought better of, it is where it was.
    drag(page, card, lost)
    expect(dialog).to_be_visible()
    expect(lost).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("[data-cards][data-state=presentation]").locator(card)).to_be_visible()
    drag(page, card, lost)
    seat.fill(dialog, reason="价格太高")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()
    expect(card).to_have_count(0)
    deal.refresh_from_db()
    assert deal.state == "lost"
    assert not seat.problems()


def test_a_card_is_moved_by_the_keyboard_and_keeps_the_focus(desk, cast):
    lead = LeadFactory(owner=cast["rep"], name="王五")
    seat = desk(cast["rep"])
    seat.go("/leads/board/")
    card = seat.page.locator(f"#card-{lead.pk}")
    card.locator("summary").focus()
    seat.page.keyboard.press("Enter")
    seat.page.keyboard.press("Tab")
    seat.page.keyboard.press("Enter")
    moved = seat.page.locator(f"[data-state=working] #card-{lead.pk}")
    expect(moved).to_be_visible()
    expect(moved.locator(".board-title")).to_be_focused()
    lead.refresh_from_db()
    assert lead.state == "working"


def test_the_filters_of_a_board_stay_in_the_address_and_lead_to_the_list(desk, cast):
    LeadFactory(owner=cast["rep"], name="赵六")
    LeadFactory(owner=cast["rep"], name="钱七")
    seat = desk(cast["rep"], viewport=PHONE)
    seat.go("/leads/board/")
    seat.page.locator("[data-search]").fill("赵六")
    expect(seat.page.locator("[data-card]")).to_have_count(1)
    assert not seat.problems()
    seat.page.locator("a[data-same-rows]").click()
    expect(seat.page.locator("#list tbody tr")).to_have_count(1)
    assert "q=" in seat.page.url


def test_conditions_are_built_and_taken_away_on_a_board(desk, cast):
    LeadFactory(owner=cast["rep"], name="赵六", region="华东")
    LeadFactory(owner=cast["rep"], name="钱七", region="华北")
    seat = desk(cast["rep"])
    seat.go("/leads/board/")
    page, cards = seat.page, seat.page.locator("[data-card]")
    page.locator("details.filters summary").click()
    page.locator("select[name=w1]").select_option("region")
    page.locator("input[name=w1v]").fill("华东")
    page.locator("input[name=w1v]").press("Tab")
    expect(cards).to_have_count(1)
    page.locator("button[hx-get*='condition=new']").click()
    expect(page.locator("select[name=w2]")).to_be_visible()
    seat.settle()
    page.locator("select[name=w2]").select_option("company")
    expect(page.locator("input[name=w2v]")).to_be_visible()
    assert "w1=region" in page.url
    page.locator("[data-remove-condition]").first.click()
    expect(cards).to_have_count(2)


def test_what_is_done_in_one_card_becomes_work_in_another(desk, cast):
    lead = LeadFactory(owner=cast["rep"], name="李四")
    LeadFactory(owner=cast["rep"], name="周八")
    seat = desk(cast["rep"])
    seat.go("/")
    page, dialog = seat.page, seat.page.locator("#dialog")
    expect(page.locator("#day-tasks")).to_have_count(0)
    page.locator(f"a[href*='/activities/log/leads/lead/{lead.pk}/']").first.click()
    seat.fill(dialog, subject="没有人接", next_subject="再打一次")
    seat.fill(dialog, next_on=timezone.localdate().isoformat())
    dialog.locator("button[type=submit]").click()
    expect(page.locator("#day-tasks .home-item")).to_have_count(1)
    expect(page.locator("#day-new-leads .home-item")).to_have_count(1)
    expect(page.locator("#day .home-card:focus-within")).to_have_count(1)


def test_a_row_that_somebody_else_has_finished_goes_when_it_is_touched(desk, cast, watch):
    past = timezone.now() - timedelta(days=1)
    task = TaskFactory(owner=cast["rep"], subject="打电话", due_at=past)
    TaskFactory(owner=cast["rep"], subject="寄样品", due_at=past)
    seat = desk(cast["rep"])
    seat.go("/")
    card = seat.page.locator("#day-tasks")
    expect(card.locator(".home-item")).to_have_count(2)
    finish_task(task, by=cast["rep"])
    with watch.refusing(seat.page, 409):
        card.locator(f"a[href$='/{task.pk}/finish/']").click()
        expect(seat.page.locator("#toasts .toast-note")).to_be_visible()
        expect(card.locator(".home-item")).to_have_count(1)


def test_whoever_comes_back_to_my_day_sees_what_is_left(desk, cast):
    past = timezone.now() - timedelta(days=1)
    task = TaskFactory(owner=cast["rep"], subject="打电话", due_at=past)
    TaskFactory(owner=cast["rep"], subject="寄样品", due_at=past)
    seat = desk(cast["rep"])
    seat.go("/")
    seat.go("/leads/")
    finish_task(task, by=cast["rep"])
    seat.page.go_back()
    expect(seat.page.locator("#day-tasks .home-item")).to_have_count(1)
    expect(seat.page.locator("#day-tasks")).to_contain_text("寄样品")
