"""What stands in the calendar, for apps further down the line to register theirs; and how it
looks as iCalendar (RFC 5545)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

CALENDAR: dict = {}


@dataclass(frozen=True)
class Span:
    """Whole local days in a zone: `start` and `end` are the moments, `end` the first after it."""

    first: date
    last: date
    zone: Any

    @property
    def start(self):
        return datetime.combine(self.first, time.min, tzinfo=self.zone)

    @property
    def end(self):
        return datetime.combine(self.last + timedelta(days=1), time.min, tzinfo=self.zone)


@dataclass(frozen=True)
class Entry:
    """One thing in the calendar. start, end: aware datetimes, or dates (inclusive) for whole days;
    end None: a moment."""

    record: Any
    start: Any
    end: Any = None
    uid: str = ""
    is_cancelled: bool = False
    is_done: bool = False
    place: str = ""
    note: str = ""
    owner: Any = None  # where the record names none itself

    @property
    def is_all_day(self):
        return not isinstance(self.start, datetime)


@dataclass(frozen=True)
class Kind:
    """rows: `(queryset, users, Span) -> queryset`; entry: `(record) -> Entry`; move: the edit
    service `(record, *, by, version, start)`, None: fixed. badge: the colour of its entries.
    has_end: whether `move` takes an `end`, too."""

    model: Any
    rows: Callable
    entry: Callable
    move: Any = None
    badge: str = "blue"
    has_end: bool = False


def register(model, *, rows, entry, move=None, badge="blue", has_end=False):
    """Let records of `model` stand in the calendar of their people."""
    CALENDAR[model] = Kind(model, rows, entry, move, badge, has_end)


def at_moment(field, owner="owner"):
    """`rows` for a kind with one moment: those of `users` by the path `owner`."""

    def rows(queryset, users, span):
        return queryset.filter(
            **{f"{owner}__in": users, f"{field}__gte": span.start, f"{field}__lt": span.end}
        )

    return rows


def entries(user, users, span):
    """Entries of `users` within `span`, as far as `user` may see them, a query per kind."""
    found = []
    for kind in CALENDAR.values():
        if user.has_perm(kind.model.permission("view")):
            rows = kind.rows(kind.model.objects.visible_to(user), users, span)
            found += [kind.entry(row) for row in rows]
    return sorted(found, key=lambda entry: sort_key(entry, span.zone))


def sort_key(entry, zone):
    if entry.is_all_day:
        return (entry.start, "", entry.record.pk)
    local = entry.start.astimezone(zone)
    return (local.date(), local.time().isoformat(), entry.record.pk)


# --- iCalendar --------------------------------------------------------------------------------


def _event(entry, stamp=None):
    """A VEVENT: moments in UTC, whole days floating; the same UID for ever, and a SEQUENCE that
    grows with the record's version.

    stamp: when it is sent; calendars take the later of two with one SEQUENCE. None: in a feed,
    where the same content has the same ETag, whenever one asks.
    """
    record = entry.record
    event = Event()
    meta = record._meta
    uid = entry.uid or f"{meta.app_label}.{meta.model_name}-{record.pk}"
    # No host name: a moved installation would turn every appointment into a second one.
    event.add("uid", f"{uid}@closeloop")
    event.add("sequence", record.version - 1)
    event.add("dtstamp", (stamp or record.updated_at).astimezone(UTC))
    event.add("summary", str(record))
    if entry.is_all_day:
        event.add("dtstart", entry.start)
        event.add("dtend", (entry.end or entry.start) + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", entry.start.astimezone(UTC))
        if entry.end is not None:
            event.add("dtend", entry.end.astimezone(UTC))
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    if entry.place:
        event.add("location", entry.place)
    if entry.note:
        event.add("description", entry.note)
    return event


def _calendar(method="PUBLISH"):
    calendar = Calendar()
    calendar.add("prodid", "-//Closeloop//Closeloop//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def feed(found, name):
    """An ICS file (bytes) of entries, for a calendar that subscribes to it."""
    calendar = _calendar()
    calendar.add("x-wr-calname", name)
    for entry in found:
        event = _event(entry)
        event.add("url", settings.BASE_URL + entry.record.get_absolute_url())
        calendar.add_component(event)
    return calendar.to_ical()


def invitation_calendar(meeting, method, invitation):
    """The ICS part (bytes) of an invitation mail: method REQUEST or CANCEL (RFC 5546)."""
    calendar = _calendar(method)
    event = _event(CALENDAR[type(meeting)].entry(meeting), timezone.now())
    if method == "CANCEL":
        event["status"] = vText("CANCELLED")
    # Without one it is no invitation: whoever has no address invites in the company's name.
    address = meeting.owner.email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = vText(str(meeting.owner))
    event["organizer"] = organizer
    attendee = vCalAddress(f"mailto:{invitation.address}")
    attendee.params["CN"] = vText(str(invitation))
    attendee.params["RSVP"] = vText("TRUE")
    event.add("attendee", attendee, encode=0)
    calendar.add_component(event)
    return calendar.to_ical()


# --- Mail ---------------------------------------------------------------------------------------

MAIL: dict = {}


@dataclass(frozen=True)
class Person:
    """Somebody outside who can be written to; `record` is their own record, if there is one."""

    name: str
    email: str
    record: Any = None
    wants_no_mail: bool = False


@dataclass(frozen=True)
class MailKind:
    """people: `(record) -> [Person]`; placeholders: {name: (label, `(record) -> text`)}.

    is_person: each record is one person, so that many can be written to at once.
    """

    model: Any
    people: Callable
    placeholders: dict
    is_person: bool = False


def register_mail(model, *, people, placeholders, is_person=False):
    """Let mails be written to the people of `model`'s records, with these placeholders."""
    MAIL[model] = MailKind(model, people, placeholders, is_person)


def mail_choices():
    """[(label of the model, its name)] of the kinds that templates can be written for."""
    return [(model._meta.label_lower, model._meta.verbose_name) for model in MAIL]


def mail_kind(label):
    """The MailKind of "accounts.contact"; None where there is none."""
    return next((kind for model, kind in MAIL.items() if model._meta.label_lower == label), None)
