"""Documents on paper: a kind of record says what stands on it, the frame draws and hands it out.

sheet: what stands on a document. press: from there to a PDF. words: amounts in words.
doors: the page and the REST address. An app declares its documents in its papers.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crm.papers.sheet import Sheet

PAPERS: dict = {}


@dataclass(frozen=True)
class Paper:
    """sheet: `(obj, user) -> Sheet`, in the active language; `user` None: whom it is addressed to.

    title: what the document is called. number: `(obj) -> str`, how it is told from others.
    drafts: states in which it does not bind yet; void: states in which it no longer does.
    needs: permissions to have besides seeing the record.
    """

    model: Any
    title: Any
    sheet: Callable[..., Sheet]
    number: Callable = str
    drafts: tuple = ()
    void: tuple = ()
    needs: tuple = ()

    def may(self, user, scopes=()):
        """Whether the person, and the scopes of an API key such as "orders:read", reach what the
        document needs besides the record; no scopes: all of them."""
        asked = {f"{need.partition('.')[0]}:read" for need in self.needs}
        return user.has_perms(self.needs) and (not scopes or asked <= set(scopes))


def register(model, **declared):
    """Let records of `model` be printed: page, button and REST address follow from it."""
    PAPERS[model] = Paper(model, **declared)


def paper_of(model):
    """The Paper of a kind of record, or None."""
    return PAPERS.get(model)
