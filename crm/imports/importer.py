"""What the import wizard has to know of a record kind, beyond its Pages declaration."""

from dataclasses import dataclass, field
from typing import Any

from crm.pages import Pages

PERMISSION = "crm.import_records"
HISTORY = "crm.take_over_history"


@dataclass(frozen=True)
class Importer:
    """keys: fields that can tell which record a row means.  history: fields of the model beyond the
    form's with which the create service takes over a record as it stands elsewhere, past the
    guards of its lifecycle; the right HISTORY is needed for them.  optional: fields the form
    requires and the service does not.  create: the service, when it is not that of the pages.
    facts: {field: ((model, field), …)} where the create service, which takes `allow_duplicate`,
    looks for possible duplicates: rows without a shared fact need not be looked at one by one.
    walks: {state: verbs that lead there from a new record, each under its own right and guards}.
    archive: what is set on a made record that cannot be removed any more because others refer to
    it.  remove: `(obj, *, by)` instead of lifecycle.remove.
    """

    keys: tuple = ("external_key",)
    history: tuple = ()
    optional: tuple = ()
    create: Any = None
    facts: dict = field(default_factory=dict)
    walks: dict = field(default_factory=dict)
    archive: dict = field(default_factory=dict)
    remove: Any = None


def importable(user):
    """The Pages whose records this person may import, in the order of the menu."""
    if not user.has_perm(PERMISSION):
        return []
    found = [pages for pages in Pages.registry.values() if pages.importer and modes(pages, user)]
    return sorted(found, key=lambda pages: str(pages.plural()))


def modes(pages, user):
    """The modes open to this person: create, update, both."""
    found = []
    if pages.may(user, "add"):
        found.append("create")
    if pages.edit and pages.may(user, "change"):
        found.append("update")
    return [*found, "both"] if len(found) == 2 else found


def pages_of(kind):
    """The Pages of a kind such as "accounts.account"; LookupError when it cannot be imported."""
    pages = Pages.of(kind)
    if pages.importer is None:
        raise LookupError(kind)
    return pages
