"""Telling people what has happened. Every step may run twice: a notification is unique per
person and event, and a mail is claimed before it is sent."""

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import events, notices
from crm.mailserver import is_reached
from crm.models import Channel, Company, Digest, Event, Notification

logger = logging.getLogger(__name__)
_figure_checks = []
MOST = 1000  # rows of one run; the next one takes the rest


@transaction.atomic
def deliver(event_id):
    """Notify the audience of one event; a second call finds nothing left to do."""
    event = (
        Event.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=event_id, delivered_at=None)
        .first()
    )
    if event is None:
        return
    told, now = people_of(event), timezone.now()
    Notification.objects.bulk_create(
        [
            Notification(
                user=told[pk], event=event, channel=channel, tell_at=notices.tell_at(told[pk], now)
            )
            for pk, channel in notices.channels(event.name, told.values()).items()
            if channel != Channel.NONE
        ],
        ignore_conflicts=True,
    )
    event.delivered_at = now
    event.save(update_fields=["delivered_at"])
    for pk in Notification.objects.filter(event=event).to_mail(now).values_list("pk", flat=True):
        transaction.on_commit(lambda pk=pk: mail(pk))


def people_of(event):
    """{pk: user} of whoever is told of an event: nobody of their own acts, nor of what they do not
    see, unless it is just being taken from them."""
    obj, told = event.target, {}
    for audience in events.audiences(event.name) if obj is not None else ():
        for user in audience.who(event, obj):
            if user is None or not user.is_active or user.pk in {event.actor_id, *told}:
                continue
            if audience.unseen or notices.sees(user, obj):
                told[user.pk] = user
    return told


def mail(notification_id):
    """Send one notification by mail, once, and not in the person's quiet hours; not at all when
    its record has gone out of their sight since.

    The claim is kept when sending fails half-way: a reminder lost is better than one sent
    on every sweep; the failure is logged. It waits for a mail server that is not reached.
    """
    if is_reached():
        mail_once(notification_id)


def mail_once(notification_id):
    now = timezone.now()
    rows = Notification.objects.filter(pk=notification_id)
    if not rows.to_mail(now).update(mailed_at=now):
        return
    notification = rows.select_related("user", "event__content_type").get()
    user, event = notification.user, notification.event
    if not user.email or not user.is_active:
        return
    with translation.override(Company.language_for(user)):
        [(_row, text, is_seen)] = notices.readable([notification], user)
        if not is_seen and not events.is_told_unseen(event.name):
            return
        path = event.target.get_absolute_url() if is_seen else ""
        context = {"user": user, "event": event, "text": text, "url": settings.BASE_URL + path}
        body = render_to_string("crm/mail/notification.txt", context)
        # The name of a record may hold a line break, which no subject may.
        subject = " ".join((_("Closeloop: %(text)s") % {"text": text}).split())
        send_mail(subject, body, None, [user.email])


def deliver_waiting():
    """Deliver what is older than a minute and still waiting, and the mails whose quiet hours
    are over; return how many events."""
    now = timezone.now()
    before = now - timedelta(minutes=1)
    waiting = Event.objects.undelivered().filter(at__lt=before).order_by("pk")
    pks = list(waiting.values_list("pk", flat=True)[:MOST])
    for pk in pks:
        try:
            deliver(pk)
        except Exception:  # one that fails must not hold up those after it
            logger.exception("event %s was not delivered", pk)
    mails = Notification.objects.to_mail(now).filter(created_at__lt=before).order_by("tell_at")
    to_mail = list(mails.values_list("pk", flat=True)[:MOST])
    for pk in to_mail if to_mail and is_reached() else ():
        try:
            mail_once(pk)
        except Exception:
            logger.exception("notification %s was not mailed", pk)
    return len(pks)


# --- The daily digest -------------------------------------------------------------------------


def send_digests():
    """Send everybody whose hour has come what they want to read once a day; return how many."""
    people = get_user_model().objects.active().exclude(email="")
    waiting = Notification.objects.for_digest().values("user")
    return sum(send_digest(user) for user in people.filter(pk__in=waiting))


def send_digest(user):
    """Send one person's digest of today; False before its hour, in their quiet hours, or when
    they have had it.

    The claim comes first and the rows are ticked off last: a run that is killed in between
    leaves them for tomorrow, and never sends a second mail today.
    """
    local = notices.now_for(user)
    if local.time() < user.digest_at or notices.tell_at(user, local) > local:
        return False
    rows = list(
        user.notifications.for_digest()
        .select_related("event__content_type", "event__actor")
        .order_by("pk")[:MOST]
    )
    with translation.override(Company.language_for(user)):
        texts = digest_texts(rows, user)
        if not texts:
            tick_off(rows)
            return False
        claim, is_new = Digest.objects.get_or_create(user=user, on=local.date())
        if not is_new:
            return False
        try:
            send_texts(texts, user)
        except OSError:
            # Nothing has gone out: the next run tries again.
            claim.delete()
            logger.exception("the digest of %s was not sent", user.pk)
            return False
    with transaction.atomic():
        tick_off(rows)
        Digest.objects.filter(pk=claim.pk).update(sent_at=timezone.now())
    return True


def tick_off(rows):
    pks = [row.pk for row in rows]
    Notification.objects.filter(pk__in=pks).update(mailed_at=timezone.now())


def digest_texts(rows, user):
    """What of the notices in `rows` is still news: not read meanwhile, and not out of sight."""
    unread = [row for row in rows if row.read_at is None]
    return [
        text
        for row, text, is_seen in notices.readable(unread, user)
        if is_seen or events.is_told_unseen(row.event.name)
    ]


def send_texts(texts, user):
    url = f"{settings.BASE_URL}/notifications/"
    context = {"user": user, "texts": texts, "url": url}
    count = len(texts)
    subject = ngettext("Closeloop: %(count)d notice", "Closeloop: %(count)d notices", count)
    body = render_to_string("crm/mail/digest.txt", context)
    send_mail(subject % {"count": count}, body, None, [user.email])


# --- Stored figures ---------------------------------------------------------------------------


def figure_check(check):
    """Register `() -> list of sentences`, one per stored figure that differs from its rows."""
    _figure_checks.append(check)
    return check


def check_figures():
    """Run every registered check; differences are logged as errors and returned."""
    differences = [text for check in _figure_checks for text in check()]
    for text in differences:
        logger.error("stored figure differs: %s", text)
    return "; ".join(differences[:5]) or "0"
