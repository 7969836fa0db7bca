"""What some tests need from the machine: a test skips without it, unless it is required.

CLOSELOOP_REQUIRE=browser,services turns those skips into failures. Run as a module after
the suite, it says loudly what was left out.
"""

import os
import shutil
import sys

import pytest


def chromium() -> str | None:
    """Return the path of a Chromium on this machine, the one without windows for choice: it needs
    a quarter less time."""
    if chosen := os.environ.get("CHROMIUM"):
        return chosen
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def services() -> bool:
    """Tell whether this run has a database server and a broker of its own to talk to."""
    return bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


AVAILABLE = {"browser": chromium, "services": services}
WHY = {
    "browser": "no Chromium was found (install one, or name it in CHROMIUM)",
    "services": "DATABASE_URL and REDIS_URL name no PostgreSQL and Redis",
}


def require(name: str, available: object = None, why: str = "") -> None:
    """Skip the calling test without `name`; fail it when this run requires `name`."""
    if AVAILABLE[name]() if available is None else available:
        return
    why = why or WHY[name]
    if name in os.environ.get("CLOSELOOP_REQUIRE", "").split(","):
        pytest.fail(f"required here: {name}; {why}", pytrace=False)
    pytest.skip(why)


if __name__ == "__main__":
    for name, available in AVAILABLE.items():
        if not available():
            sys.stdout.write(f"\n!!! Not run: the tests marked {name}, as {WHY[name]}.\n")
