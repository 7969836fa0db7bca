"""The menu: the sales process as sections, each filled by the apps with their lists."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.pages import Pages

SECTIONS = [
    ("home", _("My day"), "home"),
    ("leads", _("Leads"), "user-plus"),
    ("customers", _("Customers"), "building"),
    ("deals", _("Deals"), "target"),
    ("contracts", _("Contracts"), "file-text"),
    ("orders", _("Orders"), "shopping-cart"),
    ("stock", _("Products and stock"), "package"),
    ("money", _("Money"), "cash"),
    ("service", _("Service"), "headset"),
    ("planning", _("Planning"), "speakerphone"),
    ("performance", _("Performance"), "chart-bar"),
    ("settings", _("Settings"), "settings"),
]
_entries = []


def add(section, position, label, url_name, permission=""):
    """Register a page that is no record list, such as a board or a report."""
    _entries.append((section, position, label, url_name, permission))


def entries(user):
    """[(section, position, label, url)] of everything this person may open."""
    found = [
        (section, position, label, reverse(url_name))
        for section, position, label, url_name, permission in _entries
        if not permission or user.has_perm(permission)
    ]
    for pages in Pages.registry.values():
        if pages.menu and pages.may(user, "view"):
            section, position = pages.menu
            found.append((section, position, pages.plural(), reverse(pages.route("list"))))
    return sorted(found, key=lambda entry: entry[:2])


def menu(user, path):
    """Sections with what this person may open: [{label, icon, url, active, items}].

    `url` is the first page of a section; only a section of several pages has items.
    """
    by_section = {}
    for section, _position, label, url in entries(user):
        by_section.setdefault(section, []).append({"label": label, "url": url})
    found = []
    for key, label, icon in SECTIONS:
        items = by_section.get(key, [])
        if key == "home":
            url, active, items = reverse("home"), path == "/", []
        elif not items:
            continue
        elif key == "settings":
            url = reverse("crm:settings")
            active = path.startswith(url) or any(path.startswith(item["url"]) for item in items)
            items = []
        else:
            url = items[0]["url"]
            active = mark_active(items, path)
        items = items if len(items) > 1 else []
        found.append({"label": label, "icon": icon, "url": url, "active": active, "items": items})
    return found


def mark_active(items, path):
    """Mark the item that leads to this page; tell whether there is one.

    It has the longest address that fits: /orders/ is not /orders/shipments/.
    """
    here = max((item["url"] for item in items if path.startswith(item["url"])), key=len, default="")
    for item in items:
        item["active"] = item["url"] == here
    return bool(here)
