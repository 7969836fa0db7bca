"""A person before a browser: goes to pages, clicks what is shown, fills in, looks, photographs."""

import re
from contextlib import contextmanager, suppress

from django.utils import translation
from playwright.sync_api import TimeoutError, expect

from crm import lifecycle

PASSWORD = "Closeloop-2026"
# Whatever is still moving or loading when the picture is taken.
SETTLED = """() => ![...document.querySelectorAll('.htmx-request, .placeholder, .htmx-swapping')]
        .some(element => element.checkVisibility())
    && document.getAnimations().every(animation => animation.playState !== 'running')"""
UNNAMED = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a')]
    .filter(e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .filter(e => !(e.labels?.length || e.ariaLabel || e.getAttribute('aria-labelledby')
        || e.textContent.trim() || e.title || e.querySelector('[aria-label]')))
    .map(e => e.outerHTML.slice(0, 160))"""
WIDE = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return '';
    const out = [...document.querySelectorAll('main *')]
        .filter(e => e.getBoundingClientRect().right > room + 1).map(e => e.outerHTML.slice(0, 120));
    return `${document.documentElement.scrollWidth} > ${room}: ${out.slice(0, 3).join(' | ')}`;
}"""


class Watch:
    """Collects what must not happen on any page: errors, refused and failing requests."""

    def __init__(self):
        self.faults = []

    def look_at(self, page):
        note = self.faults.append

        def failed(request):
            # Whoever goes on before everything is loaded breaks off the rest.
            if request.failure != "net::ERR_ABORTED":
                note(f"{request.failure}: {request.url}")

        def answered(response):
            if response.status >= 400:
                note(f"{response.status}: {response.request.method} {response.url}")

        def said(message):
            # A search that is typed on replaces the one under way.
            replaced = message.text.startswith(("htmx:afterRequest", "htmx:sendAbort"))
            if message.type in ("error", "warning") and not replaced:
                note(f"{page.url}: {message.text}")

        page.on("console", said)
        page.on("pageerror", lambda error: note(f"{page.url}: {error}"))
        page.on("requestfailed", failed)
        page.on("response", answered)

    @contextmanager
    def refusing(self, page, status):
        """Something in this block is refused with this status, and nothing else is wrong."""
        before = len(self.faults)
        yield
        # What the browser has said until now has arrived by then.
        page.evaluate("() => 1")
        since = self.faults[before:]
        self.faults[before:] = [fault for fault in since if str(status) not in fault]
        assert len(self.faults) < before + len(since), f"Nothing was refused with {status}."


class Desk:
    def __init__(self, page, base, person, folder, password=PASSWORD):
        self.page, self.base, self.person, self.folder = page, base, person, folder
        self.password = password
        page.set_default_timeout(15_000)

    # --- Going places ------------------------------------------------------------------------

    def log_in(self):
        self.go("/login/")
        self.fill(
            self.page.locator("main form"), username=self.person.username, password=self.password
        )
        self.page.locator("main form button[type=submit]").click()
        expect(self.page.locator(".person-name")).to_have_text(str(self.person))

    def go(self, place):
        """Open an address or a record's page."""
        path = place if isinstance(place, str) else place.get_absolute_url()
        self.page.goto(self.base + path)
        self.settle()

    def turn(self, language=None, theme=None, size=None):
        """Another language, theme or screen, from the next page on."""
        if language:
            type(self.person).objects.filter(pk=self.person.pk).update(language=language)
        if theme:
            self.page.emulate_media(color_scheme=theme)
        if size:
            self.page.set_viewport_size(size)

    def settle(self):
        self.page.wait_for_load_state("load")
        # Something may be loaded only when it is scrolled to.
        with suppress(TimeoutError):
            self.page.wait_for_function(SETTLED, timeout=5_000)

    # --- Doing -------------------------------------------------------------------------------

    def make(self, path, *, lines=None, picture="", **answers):
        """Fill in the form at an address and save it; afterwards the record is open."""
        self.go(path)
        form = self.page.locator("main form[method=post]")
        self.fill(form, **answers)
        if lines:
            self.fill_lines(form, lines)
        if picture:
            self.shoot(picture)
        form.locator(".form-buttons button[type=submit]").click()
        expect(self.page.locator("#record")).to_be_visible()
        self.settle()

    def do(self, verb, *, picture="", within="#record .page-actions", **answers):
        """Click a verb of the open record, answer its dialog if it has one."""
        place = self.page.locator(within)
        button = place.locator(f"a[href$='/{verb}/'], form[action$='/{verb}/'] button")
        if not button.is_visible():
            place.locator("details.menu > summary").click()
        expect(button).to_have_text(re.compile(r"\S"))
        asks = button.evaluate("e => e.matches('a')")
        if not asks:
            with self.page.expect_response(lambda answer: answer.url.endswith(f"/{verb}/")):
                button.click()
            return self.settle()
        button.click()
        dialog = self.page.locator("#dialog")
        expect(dialog).to_be_visible()
        self.fill(dialog, **answers)
        if picture:
            self.shoot(picture)
        dialog.locator("button[type=submit]").click()
        expect(dialog).to_be_hidden()
        return self.settle()

    def fill(self, form, **answers):
        for name, value in answers.items():
            self.answer(form.locator(f"[name='{name}']:not([type=hidden])"), value)

    def fill_lines(self, form, lines):
        """Fill the rows of a document, adding one by its button for every further line."""
        rows = form.locator("[data-line]:visible")
        for number, line in enumerate(lines):
            if number >= rows.count():
                form.locator("[data-add-line]").click()
            row = rows.nth(number)
            for name, value in line.items():
                self.answer(row.locator(f"[name$='-{name}']:not([type=hidden])"), value)

    def answer(self, control, value):
        """Answer one control in the way its kind wants; a select by its value or text."""
        kind = control.first.evaluate("e => e.tomselect ? 'search' : e.type")
        if kind == "search":
            box = control.locator("xpath=following-sibling::*[contains(@class, 'ts-wrapper')]")
            box.locator(".ts-control").click()
            self.search(box, value, control.get_attribute("data-remote-url"))
            box.locator(".option", has_text=value).first.click()
            expect(box.locator(".item").last).to_contain_text(value)
            if control.evaluate("e => e.multiple"):  # where one may go on choosing
                box.locator("input").press("Tab")
            expect(box.locator(".ts-dropdown")).to_be_hidden()
        elif kind == "select-one":
            control.select_option(value)
        elif kind == "radio":
            option = control.and_(self.page.locator(f"[value='{value}']"))
            option.locator("xpath=ancestor::label").click()
            expect(option).to_be_checked()
        elif kind == "checkbox":
            control.set_checked(value)
        elif kind == "file":
            control.set_input_files(value)
        else:
            control.fill(str(value))

    def search(self, box, text, url):
        if url:
            with self.page.expect_response(lambda answer: f"{url}?q=" in answer.url):
                return box.locator("input").fill(text)
        box.locator("input").fill(text)
        return expect(box.locator(".option").filter(has_not_text=text)).to_have_count(0)

    # --- Looking -----------------------------------------------------------------------------

    def sees(self, obj, state):
        """The open record is `obj`, in this state, and the page says so. Return it afresh."""
        fresh = type(obj).objects.get(pk=obj.pk)
        assert getattr(fresh, fresh.state_field().name) == state
        with translation.override("zh-hans"):
            label = str(lifecycle.state_label(fresh))
        expect(self.page.locator("#record .page-title .state")).to_have_text(label)
        assert obj.get_absolute_url() in self.page.url
        return fresh

    def reads(self, *texts):
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def opens(self, label):
        """Open the tab of related records that is called `label`."""
        self.page.locator(".related-tab", has_text=label).click()
        self.settle()

    def problems(self):
        """What a look at the page itself finds wrong with it."""
        found = [f"without a name: {html}" for html in self.page.evaluate(UNNAMED)]
        if wide := self.page.evaluate(WIDE):
            found.append(f"scrolls sideways: {wide}")
        return [f"{self.page.url}: {problem}" for problem in found]

    def shoot(self, name, whole=False):
        self.settle()
        self.page.screenshot(path=self.folder / f"{name}.png", full_page=whole)
