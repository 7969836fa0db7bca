"""My day: what is to be done. A card is a list under a name: it shows the first rows of the list
of a kind under a filter, so that card, list and API cannot but count the same."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.text import capfirst

from crm.cells import link
from crm.paging import keyset_page
from crm.querysets import count_each

ROWS = 6
AT_ONCE = 12  # cards that come with the page; the rows of others once they are scrolled to

_cards: dict = {}
_suggestions: list = []


@dataclass(frozen=True)
class Card:
    """Rows of the list of `pages` that `query` keeps, in `order`: both as in the address.

    position: the more urgent, the smaller. needs: permissions all of which are needed; unless:
    one that makes the card pointless. text, meta, badge: `(row) -> str` of a row. actions: names
    of verbs, or `(row, user) -> {label, url, has_form, style} or None`, that finish a row in
    place. related: paths to select along with the rows. colour: of the count. empty: the
    sentence when there is nothing to do.
    """

    name: str
    label: Any
    pages: Any
    query: dict
    order: str
    position: int
    needs: tuple = ()
    unless: str = ""
    text: Any = str
    meta: Any = None
    badge: Any = None
    actions: tuple = ()
    related: tuple = ()
    colour: str = "blue"
    empty: Any = ""

    def is_for(self, user):
        return (
            self.pages.may(user, "view")
            and all(user.has_perm(permission) for permission in self.needs)
            and not (self.unless and user.has_perm(self.unless))
        )

    def rows(self, request):
        """Every row of the card, as the list and the API filter them."""
        data = QueryDict(urlencode(self.query, doseq=True))
        rows = self.pages.queryset(request.user)
        return self.pages.filterset(data, rows, request=request).qs

    def url(self):
        ordering = {"o": self.order} if self.order != self.pages.order else {}
        return _address(self.pages.route("list"), self.query | ordering)

    def api_url(self):
        """The same rows in the same order over REST; "" for a kind that REST does not know."""
        from crm.urls import router

        for prefix, viewset, _basename in router.registry:
            if viewset.model is self.pages.model:
                return _address(f"api:{prefix}-list", self.query | {"ordering": self.order})
        return ""

    def context(self, rows, user, count=None, is_later=False):
        """What crm/_card.html shows of its rows: {name, label, url, count, badge, items, empty,
        is_later}.

        count: of the rows, where it is known. is_later: the rows are left for another request.
        """
        if count is None:
            count = rows.order_by().count()
        shown = rows.select_related(*self.related) if self.related else rows
        page = keyset_page(shown, self.order, "", ROWS).rows if count and not is_later else []
        return {
            "name": self.name,
            "label": self.label,
            "url": self.url(),
            "count": count,
            "badge": self.colour,
            "items": self.items(page, user),
            "empty": self.empty,
            "is_later": is_later,
        }

    def items(self, rows, user):
        """The rows as crm/_card.html shows them, each with what `user` may do about this one."""
        verbs, reached = self.pages.verbs, {}
        for made in (made for made in self.actions if not callable(made)):
            begun = [row for row in rows if verbs.begins(row, made)]
            reached[made] = user.within(verbs[made].permission, begun)
        return [self.item(row, user, reached) for row in rows]

    def item(self, row, user, reached):
        return {
            "text": capfirst(self.text(row)),
            "url": link(row, user),
            "meta": self.meta(row) if self.meta else "",
            "badge": self.badge(row) if self.badge else "",
            "actions": [
                found for made in self.actions if (found := self.action(made, row, user, reached))
            ],
        }

    def action(self, made, row, user, reached):
        if callable(made):
            return made(row, user)
        if row.pk not in reached[made]:
            return None
        verb = self.pages.verbs[made]
        return {
            "name": made,
            "label": verb.label,
            "url": reverse(self.pages.route("verb"), args=[row.pk, made]),
            "has_form": bool(verb.form),
            "style": verb.style,
        }


def add(name, label, pages, query, **options):
    """Put a card on My day of everybody who has the rights; see Card."""
    _cards[name] = Card(name, label, pages, query, **options)


def suggest(label, route, permission):
    """Something to go on with for whoever has done everything; `label` may be lazy."""
    _suggestions.append((label, route, permission))


def cards(user):
    """The cards of a person, the most urgent first."""
    return sorted((c for c in _cards.values() if c.is_for(user)), key=lambda card: card.position)


def day(request):
    """The contexts of all cards of My day; the first few that are not empty bring their rows."""
    user = request.user
    found = cards(user)
    rows = [card.rows(request) for card in found]
    counts = count_each(rows, on=user)
    busy = [card for card, count in zip(found, counts, strict=True) if count]
    return [
        card.context(of_card, user, count, is_later=card in busy[AT_ONCE:])
        for card, of_card, count in zip(found, rows, counts, strict=True)
    ]


def suggestions(user):
    return [
        {"label": label, "url": reverse(route)}
        for label, route, permission in _suggestions
        if user.has_perm(permission)
    ]


def card(name, user):
    """The card `name` if it is for `user`, else None."""
    found = _cards.get(name)
    return found if found and found.is_for(user) else None


def _address(route, query):
    return f"{reverse(route)}?{urlencode(query, doseq=True)}"
