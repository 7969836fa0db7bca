"""axe finds no violation of WCAG 2.2 A or AA: on the pages of the sample company, and on whatever
opens over a page or changes in it. Languages, themes and sizes rotate, so that each meets each."""

import re
from contextlib import nullcontext
from itertools import cycle

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from crm.pages import Pages
from leads.services import LEAD_VERBS
from opportunities.models import Quotation
from opportunities.services import edit_opportunity
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.test_record import PNG
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.activities import TaskFactory
from tests.factories.aftersales import SurveyFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import OpportunityFactory, QuotationFactory

pytestmark = pytest.mark.browser

AXE = settings.ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (rules) => (await axe.run({ runOnly: rules, resultTypes: ["violations"] })).violations.flatMap(
    (found) => found.nodes.slice(0, 3).map(
        (node) => `${found.id}: ${node.html.slice(0, 160)} ${node.failureSummary.split('\\n')[1]}`))"""
REFUSAL = re.compile(r"\b(409|422)\b")
LANGUAGES = [code for code, _name in settings.LANGUAGES]
OTHERS = (
    "/",
    "/search/?q=水",
    "/leads/pool/",
    "/accounts/?group=owner",
    "/activities/calendar/",
    "/activities/calendar/?view=day",
    "/activities/calendar/?view=month",
    "/activities/calendar/feed/",
    "/performance/",
    "/receivables/ageing/",
    "/approvals/",
    "/notifications/",
    "/notifications/choices/",
    "/profile/",
    "/profile/password/",
    "/users/keys/",
    "/settings/",
    "/settings/company/",
    "/settings/guide/",
    "/settings/jobs/",
    "/imports/",
    "/imports/new/",
    "/work/",
)


def faults(seat, about):
    seat.settle()
    if not seat.page.evaluate("() => !!window.axe"):
        seat.page.evaluate(AXE.read_text())
    return [f"{about} {fault}" for fault in seat.page.evaluate(RUN, RULES)]


def addresses(user):
    """Every list, every form, a record of every kind, boards, and what else there is."""
    found = list(OTHERS)
    for model, pages in Pages.registry.items():
        base = reverse(pages.route("list"))
        found.append(base)
        if pages.board:
            found.append(f"{base}board/")
        if pages.form and pages.create and pages.may(user, "add"):
            found.append(f"{base}new/")
        row = model.objects.visible_to(user).order_by("-pk").first()
        if row is not None:
            found.append(row.get_absolute_url())
    return found


def test_axe_has_nothing_to_say_of_any_page(company, desk):
    """Each is opened on one screen in one theme, and looked at again on the other in the other."""
    found = []
    seat = desk(company["admin"])
    for number, path in enumerate(addresses(seat.person)):
        language = LANGUAGES[number % len(LANGUAGES)]
        sizes = (LAPTOP, PHONE)[:: (-1) ** number]
        themes = ("light", "dark")[:: (-1) ** (number // 2)]
        seat.turn(language, themes[0], sizes[0])
        seat.go(path)
        expect(seat.page.locator("html")).to_have_attribute("lang", language)
        for size, theme in zip(sizes, themes, strict=True):
            seat.turn(theme=theme, size=size)
            expect(seat.page.locator("html")).to_have_attribute("data-bs-theme", theme)
            found += faults(seat, f"{path} ({language}, {theme}, {size['width']} px)")
    assert not found, "\n".join(found)


def test_axe_has_nothing_to_say_of_pages_without_log_in(cast, desk, watch):
    """What customers and people before the log-in see, and the page that says there is none."""
    survey = SurveyFactory(sent=True, rep=cast["rep"], token="a-survey-to-look-at")
    offer = QuotationFactory(opportunity__owner=cast["rep"], sent=True)
    Quotation.objects.filter(pk=offer.pk).update(token="an-offer-to-look-at")
    paths = (
        "/login/",
        "/password/reset/",
        "/password/reset/sent/",
        f"/aftersales/s/{survey.token}/",
        "/opportunities/q/an-offer-to-look-at/",
        "/opportunities/q/nothing-to-look-at/",
    )
    found = []
    for number, path in enumerate(paths):
        language, size = LANGUAGES[number % len(LANGUAGES)], (PHONE, LAPTOP)[number % 2]
        theme = ("dark", "light")[number // 2 % 2]
        seat = desk(None, viewport=size, locale=language, color_scheme=theme)
        with watch.refusing(seat.page, 404) if "nothing" in path else nullcontext():
            seat.go(path)
        found += faults(seat, f"{path} ({language}, {theme})") + seat.problems()
        seat.page.close()
    assert not found, "\n".join(found)


# --- What opens over a page, or changes in it -----------------------------------------------------


@pytest.fixture
def world(cast):
    rep = cast["rep"]
    account = AccountFactory(owner=rep, name="苏州恒润水务设备有限公司")
    ContactFactory(account=account, email="wang@example.org")
    deal = OpportunityFactory(
        owner=rep, account=account, name="泵站改造", amount="1000", presentation=True
    )
    lead = LeadFactory(owner=rep, name="王芳", company=account.name)
    task = TaskFactory(owner=rep, subject="打电话", target=lead, due_at=timezone.now())
    return {"cast": cast, "deal": deal, "lead": lead, "account": account, "task": task}


def dialog_of_a_verb(seat, world):
    seat.go(world["deal"])
    seat.page.locator("#record-head a[href$='/lose/']").click()
    expect(seat.page.locator("#dialog")).to_be_visible()


def dialog_with_errors(seat, world):
    dialog_of_a_verb(seat, world)
    seat.page.locator("#dialog button[type=submit]").click()
    expect(seat.page.locator("#dialog .invalid-feedback").first).to_be_visible()


def quick_log(seat, world):
    seat.go(world["deal"])
    seat.page.locator(".record-quick a").first.click()
    expect(seat.page.locator("#dialog [name=subject]")).to_be_visible()


def planned_task(seat, world):
    seat.go("/")
    seat.page.locator("#day a[href$='/finish/']").first.click()
    expect(seat.page.locator("#dialog")).to_be_visible()


def filters(seat, world):
    seat.go("/opportunities/?stale=true")
    seat.page.locator("#filters [hx-get*='condition=new']").click()
    expect(seat.page.locator("[data-condition]").last).to_be_visible()


def columns(seat, world):
    seat.go("/opportunities/")
    seat.page.locator(".list-looks summary").click()
    expect(seat.page.locator("[data-columns]")).to_be_visible()


def saved_views(seat, world):
    seat.go("/leads/")
    seat.page.locator(".list-acts summary").first.click()
    expect(seat.page.locator(".view-facts")).to_be_visible()


def groups(seat, world):
    seat.go("/leads/?group=owner")
    seat.page.locator(".group > summary").first.click()
    expect(seat.page.locator(".group tbody tr")).to_be_visible()


def many_rows(seat, world):
    seat.go("/leads/")
    seat.page.locator("#list td.tick input").first.check()
    expect(seat.page.locator("#bulk")).to_be_visible()


def dialog_for_many_rows(seat, world):
    many_rows(seat, world)
    seat.page.locator("#bulk button[value=nurture]").click()
    expect(seat.page.locator("#dialog")).to_be_visible()


def search(seat, world):
    if seat.page.viewport_size == PHONE:
        return seat.go("/search/?q=hrsw")
    seat.go("/leads/")
    seat.page.keyboard.press("Control+k")
    seat.page.keyboard.type("hrsw")
    expect(seat.page.locator("#search-panel [role=option]").first).to_be_visible()
    return seat.page.keyboard.press("ArrowDown")


def keys(seat, world):
    seat.go("/")
    seat.page.keyboard.press("?")
    expect(seat.page.locator("#keys")).to_be_visible()


def person_menu(seat, world):
    seat.go("/")
    seat.page.locator(".app-top details.menu > summary").click()
    expect(seat.page.locator(".app-top .dropdown-menu")).to_be_visible()


def main_menu(seat, world):
    seat.go("/opportunities/")
    seat.page.keyboard.press("m")
    expect(seat.page.locator("#menu .side-link").first).to_be_visible()
    for more in seat.page.locator("#menu details:not([open]) > summary").all()[:2]:
        more.click()


def further_verbs(seat, world):
    seat.go(world["deal"])
    seat.page.locator("#record-head details.menu > summary").click()
    expect(seat.page.locator("#record-head .dropdown-menu")).to_be_visible()


def field_in_place(seat, world):
    seat.go(world["deal"])
    seat.page.locator("#fact-amount .fact-edit").focus()
    seat.page.keyboard.press("Enter")
    expect(seat.page.locator("#fact-amount [name=amount]")).to_be_focused()


def conflict_in_place(seat, world):
    field_in_place(seat, world)
    world["asked"] = world.get("asked", 700) + 1
    edit_opportunity(world["deal"], by=world["cast"]["manager"], amount=str(world["asked"]))
    seat.page.keyboard.type("900")
    seat.page.keyboard.press("Enter")
    expect(seat.page.locator(".field-conflict")).to_be_visible()


def mention(seat, world):
    seat.go(world["deal"])
    seat.page.locator("#comment-body").press_sequentially("@")
    expect(seat.page.locator(".mention-option").first).to_be_visible()


def preview(seat, world):
    seat.go(world["deal"])
    if not seat.page.locator(".files [data-preview]").count():
        photo = {"name": "现场.png", "mimeType": "image/png", "buffer": PNG}
        seat.page.locator("#attach-file").set_input_files(photo)
        seat.page.locator(".file-row button").click()
    seat.page.locator(".files [data-preview]").first.click()
    expect(seat.page.locator("#dialog img")).to_be_visible()


def move_of_a_card(seat, world):
    seat.go("/opportunities/board/")
    seat.page.locator("[data-card] summary").first.click()
    expect(seat.page.locator(".board-move form").first).to_be_visible()


def refused_move(seat, world):
    move_of_a_card(seat, world)
    seat.page.locator(".board-move button[value=quotation]").click()
    expect(seat.page.locator("#toasts .toast-note")).to_be_visible()


def form_with_errors(seat, world):
    seat.go("/opportunities/quotations/new/")
    seat.page.locator("main form[data-guard] button[type=submit]").click()
    expect(seat.page.locator("main .invalid-feedback").first).to_be_visible()


def open_choice(seat, world):
    seat.go("/opportunities/new/")
    seat.page.locator(".ts-control").first.click()
    expect(seat.page.locator(".ts-dropdown").first).to_be_visible()


def duplicate_question(seat, world):
    seat.go("/leads/new/")
    form = seat.page.locator("main form[data-guard]")
    seat.fill(form, name="王芳", company=world["account"].name)
    expect(seat.page.locator("#duplicates")).to_contain_text(world["account"].name)
    form.locator("[name=company]").press("Enter")
    expect(seat.page.locator("[name=allow_duplicate][type=checkbox]")).to_be_visible()


def converted_with_a_match(seat, world):
    if world["lead"].state == "new":
        lead = world["lead"]
        for name in ("need", "has_budget", "has_authority", "has_timing"):
            setattr(lead, name, "yes")
        lead.save()
        lead = LEAD_VERBS["start_work"].run(lead, by=lead.owner)
        world["lead"] = LEAD_VERBS["qualify"].run(lead, by=lead.owner)
    seat.go(world["lead"])
    seat.page.locator("#record-head a[href$='/convert/']").click()
    expect(seat.page.locator("#dialog [name=match]").first).to_be_visible()


def move_in_the_calendar(seat, world):
    seat.go("/activities/calendar/")
    seat.page.locator(".cal-move:visible").first.click()
    expect(seat.page.locator("#dialog")).to_be_visible()


OPENED = (
    dialog_of_a_verb,
    dialog_with_errors,
    quick_log,
    planned_task,
    filters,
    columns,
    saved_views,
    groups,
    many_rows,
    dialog_for_many_rows,
    search,
    keys,
    person_menu,
    main_menu,
    further_verbs,
    field_in_place,
    conflict_in_place,
    mention,
    preview,
    move_of_a_card,
    refused_move,
    form_with_errors,
    open_choice,
    duplicate_question,
    move_in_the_calendar,
    converted_with_a_match,
)


@pytest.mark.parametrize(("theme", "size"), [("light", PHONE), ("dark", LAPTOP)])
def test_axe_has_nothing_to_say_of_what_is_opened(world, desk, watch, theme, size):
    languages, found = cycle(LANGUAGES), []
    seat = desk(world["cast"]["rep"], viewport=size, color_scheme=theme)
    for opened in OPENED:
        language = next(languages)
        seat.turn(language)
        opened(seat, world)
        found += faults(seat, f"{opened.__name__} ({language}, {theme})")
        found += seat.problems()
        seat.shoot(f"opened/{opened.__name__}-{size['width']}-{language}-{theme}")
        # What was typed is not to be kept.
        seat.page.goto("about:blank")
    assert not found, "\n".join(found)
    # Refusals are answers of the page, which the browser reports all the same.
    assert not [fault for fault in watch.faults if not REFUSAL.search(fault)]
    watch.faults.clear()
