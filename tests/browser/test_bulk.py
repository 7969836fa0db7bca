"""One verb on many rows by hand: ticked or all that match, refused ones with their reason."""

import pytest
from playwright.sync_api import expect

from crm import work as works
from crm.lists import pages as list_pages
from crm.models import Work
from crm.tasks import do_work
from leads.models import Lead
from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import faults
from tests.browser.test_imports import tab_to
from tests.factories.leads import LeadFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def leads(cast):
    """Three leads of the rep that are worked on, one converted, and one of the pool."""
    rep = cast["rep"]
    names = ("赵六", "钱七", "孙八")
    found = {name: LeadFactory(owner=rep, name=name, working=True) for name in names}
    found["李九"] = LeadFactory(owner=rep, name="李九", converted=True)
    found["周十"] = LeadFactory(owner=None, name="周十", working=True)
    return found


@pytest.fixture
def busy(monkeypatch):
    """Works wait until the test does them, as they do for a busy worker."""
    monkeypatch.setattr(do_work, "delay_on_commit", lambda pk: None)


def states():
    return dict(Lead.objects.values_list("name", "state"))


def reasons(page):
    """{record: reason} of the rows that were not done."""
    cells = page.locator("#work tbody tr").evaluate_all(
        "rows => rows.map(row => [row.cells[0].innerText, row.cells[2].innerText])"
    )
    return {name.strip(): reason.strip() for name, reason in cells}


def finish(seat, done):
    """What the page shows while the work goes on; it shows the end by itself."""
    page = seat.page
    expect(page.locator("progress")).to_be_visible()
    work = Work.objects.latest("pk")
    Work.objects.filter(pk=work.pk).update(status=Work.Status.RUNNING, done=1)
    expect(page.locator("progress")).to_have_attribute("value", str(100 // work.total))
    assert not faults(seat, "bulk under way")
    works.do(work.pk)
    expect(page.locator("progress")).to_have_count(0)
    expect(page.locator("#work dd").first).to_have_text(str(done))


def test_ticked_rows_go_and_a_refused_one_stays_with_its_reason_all_by_keyboard(
    desk, cast, leads, busy
):
    seat = desk(cast["rep"])
    page, keys = seat.page, seat.page.keyboard
    seat.go("/leads/?o=name")
    bar = page.locator("#bulk")
    expect(bar).to_be_hidden()
    tab_to(page, "[data-tick-all]")
    keys.press("Space")
    expect(bar.locator("[data-bulk-count]")).to_have_text("5")
    # One is let out again.
    tab_to(page, f"[name=pk][value='{leads['孙八'].pk}']")
    keys.press("Space")
    expect(bar.locator("[data-bulk-count]")).to_have_text("4")
    assert not faults(seat, "ticked")
    seat.shoot("bulk-ticked-1440-zh-hans-light")
    for _n in range(60):
        if page.evaluate("() => document.activeElement.matches('#bulk [value=disqualify]')"):
            break
        keys.press("Shift+Tab")
    keys.press("Enter")
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("4")
    assert not faults(seat, "bulk dialog")
    seat.shoot("bulk-dialog-1440-zh-hans-light")
    seat.fill(dialog, reason="没有预算")
    keys.press("Control+Enter")
    finish(seat, done=2)
    told = reasons(page)
    assert set(told) == {str(leads["李九"]), str(leads["周十"])}
    assert all(told.values())
    assert not faults(seat, "bulk report")
    assert not seat.problems()
    seat.shoot("bulk-report-1440-zh-hans-light")
    assert states() == {
        "赵六": Lead.State.DISQUALIFIED,
        "钱七": Lead.State.DISQUALIFIED,
        "孙八": Lead.State.WORKING,
        "李九": Lead.State.CONVERTED,
        "周十": Lead.State.WORKING,
    }
    # The record that stayed is one step away, and so is the list as it was.
    expect(page.locator("#work tbody a").first).to_have_attribute(
        "href", leads["李九"].get_absolute_url()
    )
    page.locator("#work .card-body > a.btn").click()
    expect(page).to_have_url(f"{seat.base}/leads/?o=name")


def test_all_that_match_go_on_a_phone_whatever_the_page_shows(desk, cast, leads, busy, monkeypatch):
    monkeypatch.setattr(list_pages, "PAGE_SIZE", 2)
    seat = desk(cast["rep"], viewport=PHONE, color_scheme="dark", has_touch=True)
    seat.turn("zh-hant")
    page = seat.page
    seat.go("/leads/?state=working&mine=true&o=name")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    page.locator("td.tick input").first.tap()
    bar = page.locator("#bulk")
    expect(bar.locator("[data-bulk-count]")).to_have_text("1")
    bar.locator("[data-tick-all]").tap()
    expect(bar.locator("[data-bulk-count]")).to_have_text("2")
    bar.locator("[data-bulk-all]").tap()
    expect(bar.locator("[data-bulk-count]")).to_have_text("3")
    # Whoever takes a row out does not mean all of them any more.
    page.locator("td.tick input").first.tap()
    expect(bar.locator("[data-bulk-all]")).not_to_be_checked()
    expect(bar.locator("[data-bulk-count]")).to_have_text("1")
    page.locator("td.tick input").first.tap()
    bar.locator("[data-bulk-all]").tap()
    assert not faults(seat, "all that match")
    assert not seat.problems()
    seat.shoot("bulk-all-360-zh-hant-dark")
    bar.locator("[value=nurture]").tap()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("3")
    # What every record would refuse is refused in the dialog, nothing typed is lost.
    seat.shoot("bulk-all-dialog-360-zh-hant-dark")
    dialog.locator("[name=resume_on]").fill("2040-01-31")
    dialog.locator("button[type=submit]").tap()
    finish(seat, done=3)
    expect(page.locator("#work tbody tr")).to_have_count(0)
    assert not seat.problems()
    seat.shoot("bulk-all-report-360-zh-hant-dark", whole=True)
    assert Lead.objects.filter(state="nurturing").count() == 3


def test_whoever_may_not_is_offered_no_verb_and_refused_when_asking_for_one(
    desk, cast, marketing, leads, refused, watch
):
    marketing.language = "en"
    marketing.save()
    seat = desk(marketing)
    page = seat.page
    seat.go("/leads/")
    page.locator("[data-tick-all]:visible").check()
    verbs = page.locator("#bulk button[name=verb]")
    expect(verbs).to_have_count(1)
    expect(verbs).to_have_attribute("value", "assign")
    keys = "&".join(f"pk={lead.pk}" for lead in leads.values())
    for verb in ("disqualify", "convert", "nonsense"):
        refused(seat, f"/leads/bulk/?verb={verb}&{keys}", 404, "赵六")
    # Who has none at all has no ticks, and who may not see the records sees no list.
    seat = desk(cast["finance"])
    seat.go("/opportunities/")
    expect(seat.page.locator("td.tick, #bulk")).to_have_count(0)
    refused(seat, "/leads/", 403)
    refused(seat, f"/leads/bulk/?verb=disqualify&{keys}", 403, "赵六")
    assert set(states().values()) == {"working", "converted"}
    assert not Work.objects.exists()
