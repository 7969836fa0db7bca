"""How near a day is, in words: what is to be done is read by how soon, not by its date."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.cells import words

SOON = 7  # days within which a day to come is told by its distance
RECENT = 99  # days within which a day that has gone is


def due(value):
    """A date or time by which something is to be done: "today 11:00", "3 days late", else the date."""
    day, clock = _parts(value)
    if day is None:
        return ""
    days = (day - timezone.localdate()).days
    if abs(days) < 2:
        return _next_to_today(days, clock)
    if days < 0:
        return ngettext("%(days)d day late", "%(days)d days late", -days) % {"days": -days}
    if days <= SOON:
        return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
    return words(value)


def since(value):
    """A date or time from which something has waited: "yesterday 10:15", "19 days ago"."""
    day, clock = _parts(value)
    if day is None:
        return ""
    days = (timezone.localdate() - day).days
    if abs(days) < 2:
        return _next_to_today(-days, clock)
    if 0 < days <= RECENT:
        return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}
    return words(value)


def _parts(value):
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return local.date(), f"{local:%H:%M}"
    return value, ""


def _next_to_today(days, clock):
    day = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[days]
    return f"{day} {clock}".strip()
