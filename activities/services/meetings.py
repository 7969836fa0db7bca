"""Meetings, who is invited to them, and people's private calendar addresses."""

import hashlib
import logging
import secrets
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from activities import kinds
from activities.models import CalendarFeed, Invitation, Meeting
from activities.services.followups import edit_task
from crm import lifecycle
from crm.cells import words
from crm.events import emit
from crm.models import Company
from crm.verbs import Verbs
from users.models import User

logger = logging.getLogger(__name__)
MOST = 500  # of one run; the next one takes the rest
# The version whoever was removed was told of: beyond all to come, so that it happens once.
TOLD = 2_000_000_000


def addresses(text):
    """The mail addresses in a text, one a line or parted by commas; ValidationError if one is none."""
    found = [part.strip() for part in text.replace(",", "\n").split("\n") if part.strip()]
    for address in found:
        try:
            validate_email(address)
        except ValidationError as error:
            message = _("%(text)s is no mail address.") % {"text": address}
            raise ValidationError({"guests": message}) from error
    return {address.lower() for address in found}


@transaction.atomic
def create_meeting(*, by, target=None, participants=(), guests="", **fields):
    """Plan a meeting of one's own, about `target` or about nothing, and invite to it.

    participants: users. guests: mail addresses of others, one a line.
    """
    wanted = addresses(guests)
    meeting = Meeting(target=target, owner=by, **fields)
    meeting = lifecycle.create(meeting, by=by)
    _invite(meeting, participants, wanted)
    if target is not None:
        emit("meeting.planned", target, by=by, meeting=meeting.pk, subject=meeting.subject)
    _send_later(meeting)
    return meeting


@transaction.atomic
def edit_meeting(meeting, *, by, version=None, participants=None, guests=None, **changes):
    """Change a planned meeting; everybody invited gets the new version, who is left out a
    cancellation. None leaves participants or guests as they are."""
    meeting = lifecycle.edit(meeting, by=by, version=version, **changes)
    if participants is not None or guests is not None:
        there = meeting.invitations.filter(is_removed=False)
        people = participants
        if people is None:
            people = User.objects.filter(invitations__in=there)
        wanted = (
            addresses(guests)
            if guests is not None
            else set(there.filter(user=None).values_list("email", flat=True))
        )
        _invite(meeting, people, wanted)
    _send_later(meeting)
    return meeting


@transaction.atomic
def cancel_meeting(meeting, *, by):
    meeting = lifecycle.advance(meeting, "cancel", by=by)
    _send_later(meeting)
    return meeting


def _invite(meeting, people, wanted):
    """Make the invitations those of `people` and the addresses `wanted`; the meeting is locked.

    Whoever comes back after being removed is invited anew.
    """
    people = {user.pk for user in people if user.pk != meeting.owner_id}
    kept = Q(user__in=people) | Q(user=None, email__in=wanted)
    rows = meeting.invitations
    rows.exclude(kept).filter(sent_version=0).delete()
    rows.exclude(kept).filter(is_removed=False).update(is_removed=True)
    rows.filter(kept, is_removed=True).update(is_removed=False, sent_version=0)
    Invitation.objects.bulk_create(
        [
            *(Invitation(meeting=meeting, user_id=pk) for pk in people),
            *(Invitation(meeting=meeting, email=email) for email in wanted),
        ],
        ignore_conflicts=True,
    )


def _send_later(meeting):
    from activities.tasks import send_invitations

    send_invitations.delay_on_commit(meeting.pk)


# --- Dragged in the calendar ------------------------------------------------------------------


def later(moment, length):
    """`length` after a moment: in a zone of its own, Python would count by the clock on the wall,
    which is an hour wrong in the night it is changed."""
    return moment.astimezone(UTC) + length


def move_meeting(meeting, *, by, version=None, start, end=None):
    """Begin at `start` (date for whole days, else aware datetime); without `end`, which is of the
    same type, as long as before."""
    if meeting.is_all_day:
        end = end or start + (meeting.ends_on - meeting.starts_on)
        return edit_meeting(meeting, by=by, version=version, starts_on=start, ends_on=end)
    end = end or later(start, meeting.ends_at - meeting.starts_at)
    return edit_meeting(meeting, by=by, version=version, starts_at=start, ends_at=end)


def move_task(task, *, by, version=None, start):
    """Make a task due at `start`; its reminder keeps its distance."""
    changes = {"due_at": start}
    if task.remind_at is not None:
        changes["remind_at"] = later(start, task.remind_at - task.due_at)
    return edit_task(task, by=by, version=version, **changes)


# --- Invitations as mail ------------------------------------------------------------------------


def waiting_invitations(at):
    """Invitations behind their meeting's version; nobody is invited to what is over."""
    over = Q(meeting__ends_at__lt=at) | Q(
        meeting__ends_on__lt=timezone.localdate(at) - timedelta(days=1)
    )
    behind = Q(is_removed=False, sent_version__lt=F("meeting__version"))
    behind |= Q(is_removed=True, sent_version__lt=TOLD)
    # Whoever was never invited need not be told that it does not take place.
    never = Q(sent_version=0, meeting__state=Meeting.State.CANCELLED)
    return Invitation.objects.filter(behind).exclude(over).exclude(never)


def send_waiting_invitations(*, at, meeting_id=None):
    """Send what is waiting, of one meeting or of all; return how many went out."""
    rows = waiting_invitations(at)
    if meeting_id is not None:
        rows = rows.filter(meeting=meeting_id)
    return sum(send_invitation(pk, at=at) for pk in list(rows.values_list("pk", flat=True)[:MOST]))


def send_invitation(pk, *, at):
    """Send one invitation, update or cancellation; False when another run has done so.

    Claimed before it is sent; the claim is given back when the mail server refuses.
    """
    found = waiting_invitations(at).filter(pk=pk).select_related("meeting__owner", "user").first()
    if found is None:
        return False
    meeting, old = found.meeting, found.sent_version
    claim = TOLD if found.is_removed else meeting.version
    rows = Invitation.objects.filter(pk=pk, is_removed=found.is_removed)
    if not rows.filter(sent_version=old).update(sent_version=claim):
        return False
    if not found.address or (found.user_id and not found.user.is_active):
        return False
    try:
        _mail(found, meeting, is_new=old == 0)
    except OSError:
        rows.filter(sent_version=claim).update(sent_version=old)
        logger.exception("invitation %s was not sent", pk)
        return False
    return True


def _mail(invitation, meeting, *, is_new):
    user = invitation.user
    is_off = invitation.is_removed or meeting.state == Meeting.State.CANCELLED
    method = "CANCEL" if is_off else "REQUEST"
    language = Company.language_for(user)
    zone = user.zone if user else meeting.owner.zone
    with translation.override(language), timezone.override(zone):
        if meeting.is_all_day:
            when = f"{words(meeting.starts_on)} – {words(meeting.ends_on)}"
        else:
            when = f"{words(meeting.starts_at)} – {words(meeting.ends_at)} ({zone})"
        subject = _("Invitation: %(subject)s") if is_new else _("Changed: %(subject)s")
        subject = _("Cancelled: %(subject)s") if is_off else subject
        # The subject of a mail is one line.
        subject %= {"subject": " ".join(meeting.subject.split())}
        context = {"meeting": meeting, "when": when, "is_off": is_off}
        body = render_to_string("activities/mail/invitation.txt", context)
    reply_to = [meeting.owner.email] if meeting.owner.email else None
    mail = EmailMultiAlternatives(subject, body, None, [invitation.address], reply_to=reply_to)
    calendar = kinds.invitation_calendar(meeting, method, invitation)
    mail.attach_alternative(calendar.decode(), f"text/calendar; method={method}")
    mail.send()


# --- Private calendar addresses -----------------------------------------------------------------


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def renew_feed(user):
    """Give `user` a new private address and return its token, which is not stored; the old one
    no longer works."""
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.filter(user=user).delete()
    CalendarFeed.objects.create(user=user, digest=_digest(token))
    return token


def revoke_feed(user):
    CalendarFeed.objects.filter(user=user).delete()


def has_feed(user):
    return CalendarFeed.objects.filter(user=user).exists()


def feed_owner(token):
    """Whose address this is, or None."""
    rows = CalendarFeed.objects.filter(digest=_digest(token), user__is_active=True)
    feed = rows.select_related("user").first()
    return feed and feed.user


MEETING_VERBS = Verbs(Meeting, cancel=cancel_meeting)


def local_start(entry_start, day, hour, zone):
    """When something begins that was dropped on `day` (and `hour`, or None: its old time of day).

    A date stays a date: whole days float. In the row of its own hour it keeps the minutes.
    """
    if not isinstance(entry_start, datetime):
        return day
    local = entry_start.astimezone(zone)
    clock = local.time().replace(microsecond=0)
    if hour not in (None, clock.hour):
        clock = clock.replace(hour=hour, minute=0, second=0)
    return datetime.combine(day, clock, tzinfo=zone)
