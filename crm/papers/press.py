"""From what stands on a document to its PDF, in this process: some hundredths of a second."""

import json
from functools import cache
from pathlib import Path

import typst
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from crm import lifecycle, logo
from crm.models import Company
from crm.papers.fonts import fonts
from crm.papers.sheet import letterhead

TEMPLATE = Path(__file__).with_name("document.typ")
# As typst names a language and, for the shape of its signs, a region.
REGIONS = {"zh-hans": ("zh", "cn"), "zh-hant": ("zh", "tw"), "en": ("en", "us")}


@cache
def template():
    return TEMPLATE.read_bytes()


def chosen(code):
    """A language of documents: `code` if it is one, else the company's."""
    return code if code in REGIONS else Company.language_for()


def draw(paper, obj, user, language):
    """(PDF, name of the file) of `obj` as far as `user` may see it; `user` None: whom it is for."""
    with translation.override(language):
        data = describe(paper, obj, user, language)
        # Here, for what is translated when it is looked at.
        text = json.dumps(data, ensure_ascii=False, cls=DjangoJSONEncoder)
    # The data are handed over beside the template: whatever they hold stays text.
    pdf = typst.compile(
        template(),
        sys_inputs={"data": text},
        font_paths=fonts(),
    )
    return pdf, get_valid_filename(f"{data['title']} {data['number']}".strip() + ".pdf")


def describe(paper, obj, user, language):
    """What the template draws, as JSON, in the active language."""
    sheet = paper.sheet(obj, user)
    lang, region = REGIONS[language]
    return {
        "lang": lang,
        "region": region,
        "title": str(paper.title),
        "number": paper.number(obj),
        "mark": mark(paper, obj),
        "company": letterhead() | {"logo": list(logo.content())},
        "parties": sheet.parties,
        "facts": sheet.facts,
        "blocks": sheet.blocks,
        "signatures": sheet.signatures,
        "page": page_words(),
    }


def mark(paper, obj):
    """What is written across a document that binds nobody."""
    state = getattr(obj, "state", "")
    if state in paper.drafts:
        return _("Draft").upper()
    return lifecycle.state_label(obj).upper() if state in paper.void else ""


def page_words():
    """The words before, between and after the number of the page and that of all pages."""
    return (_("Page %(page)s of %(pages)s") % {"page": "\n", "pages": "\n"}).split("\n")
