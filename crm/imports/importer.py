"""What the import wizard has to know of a record kind, beyond its Pages declaration."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from crm.lifecycle import HISTORY
from crm.pages import Pages

PERMISSION = "crm.import_records"


@dataclass(frozen=True)
class Beside:
    """A record that a row makes along with a new one of its own, such as a customer's contact.

    name: what its columns begin with, as in "contact.title".  label: what it is.  form: the form
    that has its fields.  fields: which of them, first the one that a column called `label` is.
    needs: the rights without which its columns are not offered.  create: `(obj, *, by, **data)`,
    called when any of the cells says something.  remove: `(beside, *, by)` instead of
    lifecycle.remove, for the undo.
    """

    name: str
    label: Any
    model: Any
    form: Any
    fields: tuple
    needs: tuple
    create: Any
    remove: Any = None


@dataclass(frozen=True)
class Importer:
    """keys: fields that can tell which record a row means.  history: fields beyond the form's with
    which the create service takes over a record as it stands elsewhere, past the guards of its
    lifecycle; the right HISTORY is needed for them.  borrowed: {name: field of another model} of
    those that are not the model's, which a record answers by a property of that name; prefetch:
    what that reads.  guarded: {field beyond the form's: the right of the act that sets it}, which
    create and edit service ask for.  optional: fields the form requires and the service does not.
    defaults: `() -> {field: value}` of new records whose rows do not say it, asked once.  create:
    the service, when it is not that of the pages.  about: whether a row says which record it is
    about, given to create as `target`.
    facts: {field: ((model, field), …)} where the create service, which takes `allow_duplicate`,
    looks for possible duplicates, its own first: rows without a shared fact need not be looked at
    one by one.  within: {such a field: the field that has to be the same, too}.
    walks: {state: verbs that lead there from a new record, each under its own right and guards};
    with the right to take over a state that is history, its service leads there.
    beside: what else a row can make; downstream apps append to it, and to facts.
    words: {name of a field: what its columns are called elsewhere}, besides headers.COMMON.
    archive: what is set on a made record that cannot be removed any more because others refer to
    it.  remove: `(rows, *, by)` instead of lifecycle.remove_all.
    """

    keys: tuple = ("external_key",)
    history: tuple = ()
    borrowed: dict = field(default_factory=dict)
    prefetch: tuple = ()
    guarded: dict = field(default_factory=dict)
    optional: tuple = ()
    defaults: Any = dict
    create: Any = None
    about: bool = False
    facts: dict = field(default_factory=dict)
    within: dict = field(default_factory=dict)
    walks: dict = field(default_factory=dict)
    beside: list = field(default_factory=list)
    words: dict = field(default_factory=dict)
    archive: dict = field(default_factory=dict)
    remove: Any = None

    @property
    def rights(self):
        """{field beyond the form's: the right that it asks for}."""
        return dict.fromkeys(self.history, HISTORY) | self.guarded


def model_field(pages, name):
    """The model's field behind a column, or None."""
    if name in pages.importer.borrowed:
        return pages.importer.borrowed[name]
    try:
        return pages.model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def takes_over(pages, user, name):
    """Whether `name` is history of the kind which this person may take over."""
    return name in pages.importer.history and user.has_perm(HISTORY)


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
