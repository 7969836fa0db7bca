"""The main pages fit every screen, in both languages and by day and night, without an error.

Their pictures are kept under artefacts/screenshots/looks.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
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
        "my-day": "/",
        "lead-list": "/leads/",
        "lead-board": "/leads/board/",
        "opportunity": deal.get_absolute_url(),
        "quotation-form": f"/opportunities/quotations/new/?opportunity={deal.pk}",
        "order": order.get_absolute_url(),
        "ageing": "/receivables/ageing/",
        "dashboard": "/performance/",
        "survey": f"/aftersales/s/{survey.token}/",
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_main_pages_fit_the_screen(pages, cast, desk, language, theme):
    look = {"locale": language, "color_scheme": theme}
    visitor = desk(None, **look)
    manager = cast["manager"]
    manager.language = language
    somebody = desk(manager, **look)
    found = []
    for name, path in {"log-in": "/login/", **pages}.items():
        looker = visitor if name in ("log-in", "survey") else somebody
        looker.page.set_viewport_size(LAPTOP)
        looker.go(path)
        expect(looker.page.locator("html")).to_have_attribute("lang", language)
        expect(looker.page.locator("html")).to_have_attribute("data-bs-theme", theme)
        for size in (LAPTOP, PHONE):
            looker.page.set_viewport_size(size)
            looker.shoot(f"looks/{name}-{size['width']}-{language}-{theme}")
            found += looker.problems()
    assert not found, "\n".join(found)


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


def test_keys_reach_the_search_and_tell_of_themselves(cast, desk):
    rep = desk(cast["rep"])
    rep.go("/leads/")
    rep.page.keyboard.press("/")
    expect(rep.page.locator("[data-search-all]")).to_be_focused()
    rep.page.keyboard.press("Escape")
    rep.page.locator("h1").click()
    rep.page.keyboard.press("?")
    expect(rep.page.locator("#keys")).to_be_visible()
    rep.page.keyboard.press("Escape")
    expect(rep.page.locator("#keys")).to_be_hidden()
    rep.page.keyboard.press("n")
    expect(rep.page).to_have_url(f"{rep.base}/leads/new/")


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
