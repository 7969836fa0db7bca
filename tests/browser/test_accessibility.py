"""axe finds no violation of WCAG 2.2 A or AA on the pages of the sample company."""

from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from crm.pages import Pages
from performance.management.commands import seed_demo
from tests.browser.conftest import LAPTOP, PHONE
from users.models import User

pytestmark = pytest.mark.browser

AXE = settings.ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (rules) => (await axe.run({ runOnly: rules })).violations.flatMap(
    (found) => found.nodes.slice(0, 3).map(
        (node) => `${found.id}: ${node.html.slice(0, 160)} ${node.failureSummary.split('\\n')[1]}`))"""
SMALL = {"ACCOUNTS": 12, "DEALS": 8, "LEADS": 8}
OTHERS = ("/", "/profile/", "/notifications/", "/work/", "/performance/", "/receivables/ageing/")


@pytest.fixture
def company(transactional_db):
    with patch.multiple(seed_demo, **SMALL):
        call_command("seed_demo", verbosity=0)
    return User.objects.get(username="admin")


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


@pytest.mark.parametrize(("theme", "size"), [("light", LAPTOP), ("dark", PHONE)])
def test_axe_has_nothing_to_say(company, desk, theme, size):
    axe, found = AXE.read_text(), []
    somebody = desk(company, color_scheme=theme, locale="en", viewport=size)
    for path in addresses(company):
        somebody.go(path)
        somebody.page.evaluate(axe)
        found += [f"{path} {fault}" for fault in somebody.page.evaluate(RUN, RULES)]
    assert not found, "\n".join(found)
