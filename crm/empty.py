"""What can be done about a list or board without rows."""

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.imports.importer import importable
from crm.pages import Pages


def import_action(pages, user):
    """The link to the import of a kind, as [{label, icon, url}]; empty for who may not."""
    if pages not in importable(user):
        return []
    url = f"{reverse('crm:import_new')}?kind={pages.model._meta.label_lower}"
    return [{"label": _("Import"), "icon": "upload", "url": url}]


def beginnings(pages, user):
    """What `user` can do first: [{label, icon, url}], the best first."""
    found = []
    if pages.form and pages.create and pages.may(user, "add"):
        url = reverse(pages.route("create"))
        found.append({"label": pages.new_label(), "icon": "plus", "url": url})
    found += import_action(pages, user)
    if pages.begin and (origin := Pages.of(pages.begin)).may(user, "view"):
        label = _("Open: %(list)s") % {"list": origin.plural()}
        url = reverse(origin.route("list"))
        found.append({"label": label, "icon": "arrow-right", "url": url})
    return found
