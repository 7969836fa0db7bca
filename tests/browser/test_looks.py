"""The main pages fit every screen, in three languages and by day and night, without an error.

Their pictures are kept under artefacts/screenshots/looks.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from leads.models import Lead
from tests.browser.conftest import LAPTOP, PHONE
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.aftersales import SurveyFactory
from tests.factories.leads import LeadFactory
from tests.factories.opportunities import OpportunityFactory, QuotationFactory
from tests.factories.orders import fulfilling, planned
from tests.factories.receivables import ReceivableFactory

pytestmark = pytest.mark.browser

LANGUAGES = [code for code, _name in settings.LANGUAGES]
THEMES = ("light", "dark")
PUBLIC = ("log-in", "survey")
# The theme at the moment the body begins, before which nothing can be painted.
FIRST_BODY = """new MutationObserver((_changes, watch) => {
    if (!document.body) return;
    window.firstTheme = document.documentElement.dataset.bsTheme;
    watch.disconnect();
}).observe(document, { childList: true, subtree: true })"""
# Rows that mind no translation but try the room there is.
LONG = "苏州工业园区恒润水务设备制造有限责任公司吴江分公司"


@pytest.fixture
def pages(cast):
    """{name of the picture: address} of pages that have something to show."""
    rep, today = cast["rep"], timezone.localdate()
    for trait in ("working", "nurturing", "qualified"):
        LeadFactory(owner=rep, company=LONG, **{trait: True})
    LeadFactory.create_batch(3, owner=rep)
    deal = OpportunityFactory(owner=rep, quotation=True, amount=Decimal("1234567.89"))
    deal.account.name = LONG
    deal.account.save()
    ContactFactory(account=deal.account)
    QuotationFactory(opportunity=deal, sent=True)
    OpportunityFactory(owner=rep, presentation=True, expected_close_on=today + timedelta(days=20))
    order = fulfilling(owner=rep, account=deal.account)
    planned(order, 3)
    for days in (10, -10, -45, -100):
        due = today + timedelta(days=days)
        ReceivableFactory(
            account=deal.account,
            order__number=f"SO-DUE-{due:%m%d}",
            due_on=due,
            amount=Decimal("987654.32"),
        )
    survey = SurveyFactory(sent=True, rep=rep, token="a-survey-to-look-at")
    return {
        "log-in": "/login/",
        "lead-list": "/leads/",
        "lead-form": "/leads/new/",
        "pool": "/leads/pool/",
        "account-list": "/accounts/?group=owner",
        "account": deal.account.get_absolute_url(),
        "deal-list": "/opportunities/?stale=true",
        "deal-board": "/opportunities/board/",
        "order-board": "/orders/board/",
        "search": "/search/?q=水务",
        "calendar": "/activities/calendar/",
        "month": "/activities/calendar/?view=month",
        "imports": "/imports/new/",
        "settings": "/settings/",
        "my-settings": "/profile/",
        "notifications": "/notifications/choices/",
        "approvals": "/approvals/",
        "lead-board": "/leads/board/",
        "opportunity": deal.get_absolute_url(),
        "quotation-form": f"/opportunities/quotations/new/?opportunity={deal.pk}",
        "order": order.get_absolute_url(),
        "ageing": "/receivables/ageing/",
        "dashboard": "/performance/",
        "survey": f"/aftersales/s/{survey.token}/",
    }


def seats(cast, pages):
    """[(role, name of the picture, address)]: pages of a manager, My day of everybody."""
    days = [(role, f"my-day-{role}", "/") for role in cast]
    return days + [
        (None if name in PUBLIC else "manager", name, path) for name, path in pages.items()
    ]


@pytest.mark.parametrize("turn", range(len(LANGUAGES)), ids=["first", "second", "third"])
def test_main_pages_fit_the_screen(pages, cast, desk, turn):
    """Each page in each language, each language and size by day and by night."""
    desks, found = {}, []
    for number, (role, name, path) in enumerate(seats(cast, pages)):
        language = LANGUAGES[(number + turn) % len(LANGUAGES)]
        if role is None:
            looker = desk(None, locale=language)
        else:
            looker = desks.setdefault(role, None) or desk(cast[role])
            desks[role] = looker
            type(looker.person).objects.filter(pk=looker.person.pk).update(language=language)
        looker.page.set_viewport_size(LAPTOP)
        looker.go(path)
        expect(looker.page.locator("html")).to_have_attribute("lang", language)
        for size in (LAPTOP, PHONE):
            theme = THEMES[(number + turn + (size is PHONE)) % 2]
            looker.page.emulate_media(color_scheme=theme)
            looker.page.set_viewport_size(size)
            expect(looker.page.locator("html")).to_have_attribute("data-bs-theme", theme)
            looker.shoot(f"looks/{name}-{size['width']}-{language}-{theme}", whole=size is PHONE)
            found += looker.problems()
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("chosen", "system", "seen"),
    [("auto", "dark", "dark"), ("auto", "light", "light"), ("dark", "light", "dark")],
)
def test_a_theme_is_there_before_anything_is_painted(cast, desk, chosen, system, seen):
    rep = cast["rep"]
    rep.theme = chosen
    seat = desk(rep, color_scheme=system)
    seat.page.add_init_script(FIRST_BODY)
    seat.go("/leads/")
    assert seat.page.evaluate("() => window.firstTheme") == seen


def test_a_card_dropped_on_a_column_runs_the_verb(cast, desk):
    dragged, sent = LeadFactory.create_batch(2, owner=cast["rep"])
    rep = desk(cast["rep"])
    rep.go("/leads/board/")
    column = rep.page.locator("[data-cards][data-state=working]")
    # What the server made of it is seen once the board has been read again.
    with rep.page.expect_response("**/leads/board/"):
        rep.page.locator("[data-card]", has_text=dragged.name).drag_to(column)
    expect(column).to_contain_text(dragged.name)
    assert Lead.objects.get(pk=dragged.pk).state == "working"
    rep.settle()

    card = rep.page.locator("[data-card]", has_text=sent.name)
    card.locator("summary").click()
    with rep.page.expect_response("**/leads/board/"):
        card.locator("button[value=working]").click()
    expect(column).to_contain_text(sent.name)
    assert Lead.objects.get(pk=sent.pk).state == "working"


def test_the_search_is_walked_with_keys(cast, desk):
    account = AccountFactory(name="云栖科技", owner=cast["rep"])
    rep = desk(cast["rep"])
    rep.go("/leads/")
    rep.page.keyboard.press("Control+k")
    box, panel = rep.page.locator("[data-search-all]"), rep.page.locator("#search-panel")
    expect(box).to_be_focused()
    box.fill("yunqi")
    option = panel.get_by_role("option", name="云栖科技")
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    rep.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    rep.page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    rep.page.keyboard.press("Enter")
    expect(rep.page).to_have_url(f"{rep.base}{account.get_absolute_url()}")
