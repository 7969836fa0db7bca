"""Telling people what has happened. Every step may run twice: a notification is unique per
person and event, and a mail is claimed before it is sent."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm import events
from crm.describe import describe
from crm.models import Event, Notification

logger = logging.getLogger(__name__)
_figure_checks = []


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
    told = {}
    for who, by_mail in events.audiences(event.name):
        for user in who(event, event.target):
            if user is not None and user.is_active and user.pk != event.actor_id:
                told[user] = told.get(user, False) or by_mail
    Notification.objects.bulk_create(
        [Notification(user=user, event=event, by_mail=by_mail) for user, by_mail in told.items()],
        ignore_conflicts=True,
    )
    event.delivered_at = timezone.now()
    event.save(update_fields=["delivered_at"])
    mails = Notification.objects.filter(event=event, by_mail=True, mailed_at=None)
    for pk in mails.values_list("pk", flat=True):
        transaction.on_commit(lambda pk=pk: mail(pk))


def mail(notification_id):
    """Send one notification by mail, once.

    The claim is kept when sending fails half-way: a reminder lost is better than one sent
    on every sweep; the failure is logged.
    """
    claimed = Notification.objects.filter(pk=notification_id, mailed_at=None).update(
        mailed_at=timezone.now()
    )
    if not claimed:
        return
    notification = Notification.objects.select_related("user", "event").get(pk=notification_id)
    user, event = notification.user, notification.event
    if not user.email:
        return
    with translation.override(user.language or settings.LANGUAGE_CODE):
        text = describe(event)
        target = event.target
        body = render_to_string(
            "crm/mail/notification.txt",
            {
                "user": user,
                "event": event,
                "text": text,
                "url": settings.BASE_URL + target.get_absolute_url()
                if target
                else settings.BASE_URL,
            },
        )
        send_mail(_("Closeloop: %(text)s") % {"text": text}, body, None, [user.email])


def deliver_waiting():
    """Deliver what is older than a minute and still waiting; return how many."""
    before = timezone.now() - timedelta(minutes=1)
    waiting = Event.objects.undelivered().filter(at__lt=before).order_by("pk")
    pks = list(waiting.values_list("pk", flat=True)[:1000])
    for pk in pks:
        deliver(pk)
    mails = Notification.objects.filter(by_mail=True, mailed_at=None, created_at__lt=before)
    for pk in mails.values_list("pk", flat=True)[:1000]:
        mail(pk)
    return len(pks)


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
