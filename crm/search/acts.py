"""What can be done from the search box: begin a new record, open a list or another page."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm import menu
from crm.pages import Pages
from crm.search.words import is_han, query, words_of

MOST = 6
FIRST = 8
_known: dict = {}


@dataclass(frozen=True)
class Act:
    label: str
    url: str
    is_new: bool = False


def acts_for(user, text):
    """Acts of this person whose words, in any of the languages, have what was typed."""
    asked = query(text, shortest=1)
    if not asked:
        return []
    found = [act for act, said in _acts(user) if asked.met_by(_words(act.url, said))]
    return sorted(found, key=lambda act: (not act.is_new, len(act.label)))[:MOST]


def beginnings(user):
    """What this person may begin, for the box into which nothing was typed yet."""
    places = {section: place for place, (section, _label, _icon) in enumerate(menu.SECTIONS)}
    daily = [
        (places[pages.menu[0]], pages.menu[1], act)
        for pages, act in _new(user)
        if pages.menu[0] != "settings"
    ]
    return [act for *_place, act in sorted(daily, key=lambda row: row[:2])][:FIRST]


def _acts(user):
    """[(Act, function that says it in the present language)] of what this person may open."""
    found = [(act, lambda pages=pages: _asked_for(pages)) for pages, act in _new(user)]
    for pages in Pages.registry.values():
        if pages.board and pages.may(user, "view"):
            act = Act(_board_label(pages), reverse(pages.route("board")))
            found.append((act, lambda pages=pages: _board_label(pages)))
    named = {act.url for act, _said in found}
    for _section, _position, label, url in menu.entries(user):
        if url not in named:
            found.append((Act(capfirst(str(label)), url), lambda label=label: str(label)))
    return found


def _new(user):
    """(Pages, Act) of every kind of which this person may begin a new record."""
    for pages in Pages.registry.values():
        if pages.form and pages.create and pages.menu and pages.may(user, "add"):
            yield pages, Act(pages.new_label(), reverse(pages.route("create")), is_new=True)


def _asked_for(pages):
    """All that people may type who want a new record: "new quotation", "create quote", 添加报价单."""
    # Translators: words with which people ask for a new record, besides its label.
    ways = _("new create add").split()
    names = [f"{way}{pages.label()}" if is_han(way) else way for way in ways]
    return " ".join([pages.new_label(), *names, str(pages.asked_for)])


def _board_label(pages):
    return f"{capfirst(pages.plural())} · {_('Board')}"


def _words(url, said):
    """The words of an act in all languages: whoever reads Chinese may type English."""
    if url not in _known:
        texts = []
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                texts.append(said())
        _known[url] = frozenset().union(*(words_of(text) for text in texts))
    return _known[url]
