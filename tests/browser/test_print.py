"""Pages printed from the browser: what they say is on the paper, what is to be clicked is not."""

import io

import pytest
from pypdf import PdfReader

from crm.models import Company
from tests.factories.accounts import AccountFactory
from tests.factories.opportunities import OpportunityFactory, QuotationFactory
from tests.factories.receivables import ReceivableFactory

pytestmark = pytest.mark.browser
# What the shell and the tools of a page say, in Chinese.
CLICKED = ("我的工作台", "筛选", "导出", "新建", "退出", "更多", "移至", "应用", "电话拜访")


@pytest.fixture
def company(db):
    found = Company.current()
    found.name = "苏州润泵"
    found.save()
    return found


@pytest.fixture
def printer(desk, cast, company):
    """The desk of a manager who likes the dark."""
    manager = cast["manager"]
    manager.theme = "dark"
    manager.save()
    return desk(manager)


def on_paper(printer, place):
    """(sheets, their texts without blanks) of a page as it is printed."""
    printer.go(place)
    sheets = PdfReader(io.BytesIO(printer.page.pdf(format="A4", prefer_css_page_size=True))).pages
    return sheets, ["".join(sheet.extract_text().split()) for sheet in sheets]


def test_a_long_list_says_whose_it_is_and_repeats_its_head(printer, cast):
    AccountFactory.create_batch(50, owner=cast["rep"])
    _sheets, texts = on_paper(printer, "/accounts/")
    assert len(texts) > 1
    assert "苏州润泵销售经理" in texts[0]
    for number, text in enumerate(texts, start=1):
        assert "状态" in text
        assert f"{number}/{len(texts)}" in text
        assert "HarbourPumps" in text
    assert not [word for word in CLICKED if word in "".join(texts)]


@pytest.mark.parametrize("name", ["record", "board", "dashboard", "ageing"])
def test_records_boards_and_dashboards_print_what_they_show(printer, cast, name):
    deal = OpportunityFactory(owner=cast["rep"], quotation=True, name="泵站改造")
    QuotationFactory(opportunity=deal, sent=True)
    ReceivableFactory(account=deal.account)
    place, wanted = {
        "record": (deal, "泵站改造"),
        "board": ("/opportunities/board/", "泵站改造"),
        "dashboard": ("/performance/", "仪表盘"),
        "ageing": ("/receivables/ageing/", "¥1,000.00"),
    }[name]
    sheets, texts = on_paper(printer, place)
    assert wanted in texts[0]
    assert "苏州润泵" in texts[0]
    assert not [word for word in CLICKED if word in "".join(texts)]
    box = sheets[0].mediabox
    assert (box.width > box.height) == (name == "board")


def test_paper_is_white_whatever_the_theme(printer, cast):
    printer.go("/")
    page = printer.page
    shown = "document.documentElement.dataset.bsTheme"
    assert page.evaluate(shown) == "dark"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(shown) == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(shown) == "dark"
