"""An empty company, from the first log-in of its administrator to the first lead.

Pictures are kept under artefacts/screenshots/first-run.
"""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Account
from crm.models import Company
from leads.models import Lead
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.desk import PASSWORD, Desk
from tests.browser.test_accessibility import AXE, RULES, RUN
from users.models import Role, User

pytestmark = pytest.mark.browser
CUSTOMERS = "name,phone\nMill Street Bakery,021 5550 1001\nHarbour Crane Works,021 5550 1002\n"


@pytest.fixture
def boss(transactional_db):
    """The first administrator, as the command line makes them."""
    boss = User.objects.create_superuser("boss", "boss@example.com", PASSWORD)
    boss.language = "zh-hans"
    boss.save()
    return boss


def begin(desk: Desk, step, way=0):
    """From the guide to the page of a step."""
    desk.page.locator(f".guide-steps a[href$='/settings/guide/{step}/{way}/']").click()
    desk.settle()
    expect(desk.page.locator(".guide-bar")).to_be_visible()


def back(desk: Desk, done):
    """Back to the guide, which now counts `done` steps."""
    desk.page.locator(".guide-bar a").click()
    desk.settle()
    expect(desk.page.locator(".guide-done")).to_have_count(done)
    expect(desk.page.locator("#guide-progress")).to_have_js_property("value", done)


def save(desk: Desk, **answers):
    desk.fill(desk.page.locator("main form[method=post]"), **answers)
    desk.page.locator(".form-buttons button[type=submit]").click()
    desk.settle()


def test_the_guide_leads_from_nothing_to_the_first_lead(boss, desk, mailoutbox):
    first = desk(boss)
    first.go("/")
    expect(first.page.locator(".guide-step")).to_have_count(4)
    assert not first.problems()

    begin(first, "company")
    save(first, name="果园工具", currency="EUR", language="zh-hans")
    assert (Company.current().name, Company.current().currency_id) == ("果园工具", "EUR")
    back(first, 1)

    begin(first, "people", 1)
    save(first, name="销售部")
    back(first, 1)
    begin(first, "people")
    form = first.page.locator("main form[method=post]")
    first.answer(form.locator("[name=team]"), "销售部")
    rep = Role.objects.get(code="rep").pk
    form.locator(f"[name=roles][value='{rep}']").check()
    save(first, name="李梅", email="mei@example.com", username="mei")
    back(first, 2)

    begin(first, "customers")
    customers = {"name": "customers.csv", "mimeType": "text/csv", "buffer": CUSTOMERS.encode()}
    first.page.locator("main input[type=file]").set_input_files(customers)
    first.page.locator("main form[method=post] button[type=submit]").last.click()
    first.settle()
    first.page.locator("main form[method=post] button[type=submit]").last.click()
    first.settle()
    first.page.locator("form[action$='/run/'] button").click()
    first.settle()
    assert Account.objects.count() == 2
    first.shoot("first-run/imported")
    back(first, 3)

    begin(first, "lead")
    save(first, name="王芳", company="河湾水务", phone="13800001111")
    expect(first.page.locator("#record")).to_be_visible()
    assert Lead.objects.get().owner == boss
    first.shoot("first-run/first-lead")
    back(first, 4)
    first.shoot("first-run/done")
    first.go("/")
    expect(first.page.locator(".guide")).to_have_count(0)
    first.reads("王芳")

    # The colleague follows the invitation and has the day of a rep.
    [mail] = mailoutbox
    path = re.search(r"https?://[^/]+(/\S+)", mail.body)[1]
    mei = desk(None)
    mei.go(path)
    mei.fill(mei.page.locator("main form"), new_password1=PASSWORD, new_password2=PASSWORD)
    mei.page.locator("main form button[type=submit]").click()
    mei.person = User.objects.get(username="mei")
    mei.log_in()
    expect(mei.page.locator(".guide")).to_have_count(0)


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh-hans", "dark")])
def test_the_guide_fits_every_screen(boss, desk, language, theme):
    boss.language = language
    first = desk(boss, locale=language, color_scheme=theme)
    found = []
    for name, path in {"guide": "/", "company": "/settings/guide/company/0/"}.items():
        first.page.set_viewport_size(LAPTOP)
        first.go(path)
        expect(first.page.locator("html")).to_have_attribute("lang", language)
        for size in (LAPTOP, PHONE):
            first.page.set_viewport_size(size)
            first.shoot(f"first-run/{name}-{size['width']}-{language}-{theme}")
            found += first.problems()
            first.page.evaluate(AXE.read_text())
            found += [f"{path} {fault}" for fault in first.page.evaluate(RUN, RULES)]
    assert not found, "\n".join(found)


def test_the_guide_is_put_away(boss, desk):
    first = desk(boss)
    first.go("/")
    first.page.locator(".guide-away button").click()
    expect(first.page.locator(".guide")).to_have_count(0)
    first.go("/settings/guide/")
    first.page.locator(".guide-away button").click()
    expect(first.page.locator(".guide")).to_be_visible()
