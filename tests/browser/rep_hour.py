"""An hour of a sales rep before the browser, for the test and for the benchmark.

It is played with what the pages show, so any company with a few customers and open deals will do.
Clicks are counted by the browser itself, and so is the time until a page can be used.
"""

import csv
import re
from contextlib import contextmanager
from datetime import timedelta
from time import time
from urllib.parse import parse_qs, urlsplit

from django.utils import timezone
from playwright.sync_api import expect
from pypinyin import Style, lazy_pinyin

from tests.browser.hands import drag

# Typing and Enter are no clicks; taking a card and letting it go is one.
MOST_CLICKS = 3
CALLS, CALL, NEXT = 5, "电话沟通", "再次联系"
CALL_LINK = "#day a[href*='/activities/log/'][href$='kind=call']"
# Counts presses of the pointer. Notes for each page when it could be used: shown, its scripts run,
# and nothing that keeps it busy for more than 50 ms until a moment after everything was loaded.
WATCH = """
(() => {
  const QUIET = 250;
  const add = (key, value) => sessionStorage.setItem(key, value);
  addEventListener("pointerdown", () => add("clicks", Number(sessionStorage.clicks || 0) + 1), true);
  let busy = 0, noted = false;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) busy = Math.max(busy, task.startTime + task.duration);
  }).observe({ type: "longtask", buffered: true });
  const note = () => {
    if (noted) return;
    noted = true;
    const [load] = performance.getEntriesByType("navigation");
    const shown = performance.getEntriesByName("first-contentful-paint")[0]?.startTime || 0;
    const pages = JSON.parse(sessionStorage.pages || "[]");
    pages.push([location.pathname, Math.round(Math.max(load.domContentLoadedEventEnd, shown, busy))]);
    add("pages", JSON.stringify(pages));
  };
  addEventListener("load", () => setTimeout(note, QUIET));
  addEventListener("pagehide", note);
})()
"""


def watch_pages(context):
    """Let every page of a browser context, from now on, count and note as above."""
    context.add_init_script(WATCH)


class RepHour:
    """clicks: {act: clicks}, with a list for what is done more than once. Afterwards, what was
    made: `claimed`, `lead`, `deal`, `quotation`, `moved` (paths), `phase` (to which), `customer`
    (name), `shown` (names in the filtered list), `exported` (rows of its file, without the head).
    """

    def __init__(self, desk):
        self.desk, self.page = desk, desk.page
        self.dialog, self.clicks = desk.page.locator("#dialog"), {}

    def run(self):
        self.log_in()
        self.log_calls()
        self.claim()
        self.find_a_customer()
        self.enter_a_lead()
        self.qualify()
        self.convert()
        self.quote()
        self.send_the_quotation()
        self.move_a_card()
        self.export()
        return self

    def pages(self):
        """[(path, milliseconds until it could be used)] of every page opened until now."""
        self.page.wait_for_timeout(300)
        return self.page.evaluate("() => JSON.parse(sessionStorage.pages || '[]')")

    # --- How it is done ----------------------------------------------------------------------

    @contextmanager
    def act(self, name):
        before = self._clicked()
        yield
        self.desk.settle()
        self.clicks.setdefault(name, []).append(self._clicked() - before)

    def _clicked(self):
        return self.page.evaluate("() => Number(sessionStorage.clicks || 0)")

    def type(self, **answers):
        """Type into the fields of the open dialog, as somebody who goes on with Tab."""
        self.desk.fill(self.dialog, **answers)

    def enter(self, control):
        """Send the form of a control with Enter, and see the dialog answered."""
        control.press("Enter")
        expect(self.dialog).to_be_hidden()

    def search(self, text):
        """Reach the search by its key and type; return its panel."""

        def found(answer):
            return parse_qs(urlsplit(answer.url).query).get("q") == [text]

        self.page.keyboard.press("/")
        with self.page.expect_response(found):
            self.page.keyboard.type(text)
        self.desk.settle()
        panel = self.page.locator("#search-panel")
        expect(panel).to_be_visible()
        return panel

    def go_to_option(self, option):
        """Walk down to what was found, and open it."""
        expect(option).to_be_visible()
        for _step in range(30):
            self.page.keyboard.press("ArrowDown")
            if option.get_attribute("aria-selected") == "true":
                break
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.desk.settle()

    def press(self, control):
        """Click what leads to another page."""
        with self.page.expect_navigation():
            control.click()
        self.desk.settle()

    def verb(self, name, within="#record-head"):
        """Click a verb of the open record. Where it asks something, the dialog is open."""
        button = self.page.locator(within).locator(
            f"a[href$='/{name}/'], form[action$='/{name}/'] button"
        )
        if not button.is_visible():
            self.page.locator(f"{within} details.menu > summary").click()
        with self.page.expect_response(lambda answer: f"/{name}/" in answer.url):
            button.click()

    def menu(self, path, sub=False):
        """The entry of the menu that leads to `path`: a section, or a page below one."""
        return self.page.locator(f"{'.side-sub ' if sub else '.side-list > li > '}a[href='{path}']")

    def path(self):
        return re.sub(r"^https?://[^/]+", "", self.page.url).split("?")[0]

    # --- What is done ------------------------------------------------------------------------

    def log_in(self):
        self.desk.go("/login/")
        with self.act("log in"):
            form = self.page.locator("main form")
            expect(form.locator("[name=username]")).to_be_focused()
            self.desk.fill(form, username=self.desk.person.username, password=self.desk.password)
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
            expect(self.page.locator(".person-name")).to_be_visible()

    def log_calls(self):
        """Rows of My day, one after the other: whom I called, and what comes next."""
        called = []
        for number in range(CALLS):
            self.page.locator(CALL_LINK).first.wait_for()
            links = [link.get_attribute("href") for link in self.page.locator(CALL_LINK).all()]
            href = next((link for link in links if link not in called), links[0])
            called.append(href)
            with self.act("log a call with its next step"):
                self.page.locator(f"#day a[href='{href}']").first.click()
                subject = self.dialog.locator("[name=subject]")
                expect(subject).to_be_focused()
                self.type(subject=f"{CALL} {number + 1}", next_subject=f"{NEXT} {number + 1}")
                self.dialog.locator("[data-day]").nth(1).click()
                self.enter(subject)

    def claim(self):
        with self.act("claim"):
            self.menu("/leads/").locator("xpath=..").locator(".side-more").click()
            self.press(self.menu("/leads/pool/", sub=True))
            self.press(self.page.locator("button[form=claim]").first)
            expect(self.page.locator("#record")).to_be_visible()
        self.claimed = self.path()

    def find_a_customer(self):
        self.desk.go("/accounts/")
        names = self.page.locator("#list tbody td.lead").all_text_contents()
        self.customer = next(
            name.strip() for name in names if re.match(r"[\u4e00-\u9fff]{4}", name)
        )
        initials = "".join(lazy_pinyin(self.customer, style=Style.FIRST_LETTER))
        with self.act("open a customer by search"):
            panel = self.search(initials[:6])
            self.go_to_option(panel.locator("a[href^='/accounts/']", has_text=self.customer).first)
            expect(self.page.locator("#record .page-title")).to_contain_text(self.customer)

    def enter_a_lead(self):
        """Somebody of a known customer calls: the form says so while it is typed, and asks."""
        number = f"{int(time() * 10) % 10**8:08}"
        with self.act("enter a lead, the duplicate question answered"):
            self.press(self.menu("/leads/"))
            with self.page.expect_navigation():
                self.page.keyboard.press("n")
            self.desk.settle()
            form = self.page.locator("main form[data-guard]")
            self.desk.fill(
                form,
                name=f"来电 {number}",
                phone=f"138{number}",
                email=f"caller{number}@example.org",
                company=self.customer,
                need="两台水泵",
                has_budget="yes",
                has_authority="yes",
                has_timing="unknown",
            )
            expect(self.page.locator("#duplicates")).to_contain_text(self.customer)
            with self.page.expect_navigation():
                form.locator("[name=company]").press("Enter")
            self.page.locator("[name=allow_duplicate][type=checkbox]").click()
            with self.page.expect_navigation():
                form.locator("[name=company]").press("Enter")
            expect(self.page.locator("#record")).to_be_visible()
        self.lead = self.path()

    def qualify(self):
        with self.act("qualify a lead"):
            self.verb("start_work")
            expect(self.page.locator("#record form[action$='/qualify/'] button")).to_be_enabled()
            self.desk.settle()
            self.verb("qualify")
            expect(self.page.locator("#record a[href$='/convert/']")).to_be_visible()

    def convert(self):
        """The customer is known: the deal is theirs, and no second customer is made."""
        with self.act("convert a lead, the duplicate question answered"):
            self.verb("convert")
            expect(self.dialog).to_be_visible()
            self.dialog.locator("label", has_text=self.customer).first.click()
            self.type(amount="48000")
            with self.page.expect_navigation():
                self.dialog.locator("[name=amount]").press("Enter")
            expect(self.page.locator("#record")).to_be_visible()
        self.deal = self.path()

    def quote(self):
        """Of two pieces of the first product that is offered, on the deal's page."""
        with self.act("make a quotation"):
            self.page.locator(".related-tab[data-tab^=quotation-]").click()
            self.press(self.page.locator("main a[href*='/opportunities/quotations/new/']").first)
            form = self.page.locator("main form[data-guard]")
            self.desk.fill(form, valid_until=str(timezone.localdate() + timedelta(days=30)))
            row = form.locator("[data-line]:visible").first
            row.locator(".ts-control").first.click()
            row.locator(".ts-dropdown .option:not([data-value=''])").first.click()
            expect(row.locator(".item").first).not_to_be_empty()
            self.desk.fill(row, **{"lines-0-quantity": "2"})
            with self.page.expect_navigation():
                row.locator("[name='lines-0-quantity']").press("Enter")
            expect(self.page.locator("#record")).to_be_visible()
            self.verb("submit")
            expect(self.page.locator("#record form[action$='/send/'] button")).to_be_visible()
        self.quotation = self.path()

    def send_the_quotation(self):
        with self.act("send a quotation mail"):
            self.verb("send")
            expect(self.page.locator("#record form[action$='/send/'] button")).to_have_count(0)

    def move_a_card(self):
        """A deal goes a phase back; its dialog asks why."""
        with self.act("move a card"):
            panel = self.search("商机 看板")
            self.go_to_option(panel.locator("a[href='/opportunities/board/']"))
            columns = self.page.locator("[data-cards]")
            at = next(n for n in range(1, columns.count()) if self.cards(columns.nth(n)).count())
            card = self.cards(columns.nth(at)).first
            self.phase = columns.nth(at - 1).get_attribute("data-state")
            self.moved = card.locator("a.board-title").get_attribute("href")
            drag(self.page, card, columns.nth(at - 1))
            comment = self.dialog.locator("[name=comment]")
            self.type(comment="需求变了")
            comment.press("Control+Enter")
            expect(self.dialog).to_be_hidden()
            expect(columns.nth(at - 1).locator(f"a[href='{self.moved}']")).to_be_visible()

    def cards(self, column):
        return column.locator("[data-card]")

    def export(self):
        part = self.customer[:4]
        with self.act("export a filtered list"):
            self.press(self.menu("/accounts/"))
            box = self.page.locator("[data-search]")
            with self.page.expect_response(lambda answer: "q=" in answer.url):
                box.fill(part)
            expect(self.page).to_have_url(re.compile("q="))
            self.desk.settle()
            self.shown = self.page.locator("#list tbody td.lead").all_text_contents()
            menu = self.page.locator("#list details:has(form[action$='/export/'])")
            menu.locator("summary").click()
            with self.page.expect_download() as download:
                menu.locator("form:has([name=layout][value='']) button[value=csv]").click()
        with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
            self.exported = list(csv.reader(file))[1:]
