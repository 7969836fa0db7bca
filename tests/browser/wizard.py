"""Walking through the import wizard with the mouse."""

import csv
import io
import re

from django.utils import translation
from django.utils.text import capfirst
from playwright.sync_api import expect

from crm.imports.fields import targets_of
from crm.imports.importer import pages_of

LONG = 900_000  # milliseconds that thousands of rows may take on a slow machine


def upload(seat, kind, name, data):
    """Choose what the file holds and the file; the page of its columns is open afterwards."""
    seat.go("/imports/new/")
    form = seat.page.locator("main form")
    seat.answer(form.locator("[name=kind]"), kind)
    send(seat, name, data)
    expect(seat.page).to_have_url(re.compile("/map/$"))
    seat.settle()


def send(seat, name, data):
    form = seat.page.locator("main form")
    form.locator("[name=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": data}
    )
    form.locator("button[type=submit]").click()


def map_columns(seat, kind, chosen, *, is_long=False, **settings):
    """Say which field each column of the open file is, and look at the preview.

    chosen: {header: name of the field}. is_long: there are
    so many rows that the progress is seen.
    """
    with translation.override("zh-hans"):
        targets = targets_of(pages_of(kind), seat.person)
        words = {name: str(capfirst(str(target.label))) for name, target in targets.items()}
    form = seat.page.locator("main form")
    for header, name in chosen.items():
        title = seat.page.get_by_role("rowheader", name=header, exact=True)
        select = form.get_by_role("row").filter(has=title).locator("select")
        choose(seat, select, name, words[name])
    seat.fill(form, **settings)
    form.locator(".form-buttons button[type=submit]").click()
    watch_progress(seat, is_long)
    expect(seat.page.locator(".import-tiles")).to_be_visible(timeout=LONG)
    seat.settle()


def choose(seat, select, name, words):
    """Find a field by its words among the many, and take it."""
    box = select.locator("xpath=following-sibling::*[contains(@class, 'ts-wrapper')]")
    box.locator(".ts-control").click()
    seat.search(box, words, "")
    box.locator(f".option[data-value='{name}']").click()
    expect(select).to_have_value(name)
    expect(box.locator(".ts-dropdown")).to_be_hidden()


def watch_progress(seat, is_long):
    if is_long:
        bar = seat.page.locator("progress")
        expect(bar).to_have_attribute("value", re.compile("[1-9]"), timeout=LONG)


def take(seat, *, is_long=False):
    """Import what the preview shows; return {verdict: number of rows} of the report, which are
    those that the preview has foretold."""
    run = seat.page.locator("form[action$='/run/'] button")
    expect(run).to_be_visible(timeout=30_000)
    foretold = tiles(seat)
    run.click()
    watch_progress(seat, is_long)
    # The links are those of a report.
    expect(seat.page.locator(".import-tiles a").first).to_be_visible(timeout=LONG)
    seat.settle()
    found = tiles(seat)
    assert list(found.values()) == list(foretold.values())
    return {name: number for name, number in found.items() if number}


def tiles(seat):
    """{verdict: number of rows}; only a report names the verdicts, by links."""
    shown = seat.page.locator(".import-tiles .tile")
    numbers = shown.locator(".tile-value").all_inner_texts()
    links = shown.locator("a").evaluate_all("links => links.map(a => a.search.split('=')[1])")
    numbers = [int(re.sub(r"\D", "", number)) for number in numbers]
    return dict(zip(links or range(len(numbers)), numbers, strict=True))


def refused(seat):
    """The rows that were refused, as the person downloads them: (headers, [dicts])."""
    with seat.page.expect_download() as download:
        seat.page.locator("a[href$='/refused/']").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = csv.DictReader(io.StringIO(text))
    return list(rows.fieldnames), list(rows)
