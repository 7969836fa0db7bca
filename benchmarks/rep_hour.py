"""Measure how soon each page of a rep's hour can be used, in Chromium, on a running server.

    python -m benchmarks.rep_hour [address] [log-in] [password] [rounds]

Plays the hour of tests/browser/rep_hour.py once, by default as `rep1` on what `make demo` runs,
where it leaves its calls, deals and mails; then opens each page it has led to `rounds` times. The
settings are read, but the data are the server's alone: any DATABASE_URL and REDIS_URL will do.
"""

import re
import statistics
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

from playwright.sync_api import sync_playwright

from benchmarks.measure import say
from performance.management.commands.seed_demo import PASSWORD
from tests.browser.conftest import ARGUMENTS, DESK
from tests.browser.desk import Desk
from tests.browser.rep_hour import RepHour, watch_pages
from tests.requirements import chromium

LIMIT = 1500  # milliseconds


def kind(path):
    """An address without the keys of records: all pages of a kind are one line."""
    return re.sub(r"/\d+/", "/…/", path)


def figures(times):
    p95 = sorted(times)[round(0.95 * (len(times) - 1))]
    return f"{len(times):>5}{statistics.median(times):>8.0f}{p95:>8.0f}{max(times):>8.0f}"


def main(address="http://127.0.0.1:8000", username="rep1", password=PASSWORD, rounds=10):
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        context = browser.new_context(**DESK)
        watch_pages(context)
        person = SimpleNamespace(username=username)
        desk = Desk(context.new_page(), address.rstrip("/"), person, Path(folder), password)
        hour = RepHour(desk).run()
        for act, clicks in hour.clicks.items():
            say(f"{act:<52}{max(clicks)} clicks")
        for path in dict.fromkeys(path for path, _time in hour.pages() if path != "/login/"):
            for _round in range(int(rounds)):
                desk.go(path)
                desk.page.wait_for_timeout(300)
        times = defaultdict(list)
        for path, milliseconds in hour.pages():
            times[kind(path)].append(milliseconds)
        browser.close()
    say(f"\n{'page, milliseconds until it can be used':<48}{'n':>5}{'p50':>8}{'p95':>8}{'max':>8}")
    for path, found in sorted(times.items()):
        say(f"{path:<48}{figures(found)}")
    late = sum(time > LIMIT for found in times.values() for time in found)
    say(f"\nover {LIMIT} ms: {late} of {sum(map(len, times.values()))} openings")


if __name__ == "__main__":
    main(*sys.argv[1:])
