"""Celery entry points of follow-ups and meetings."""

from celery import shared_task
from django.utils import timezone

from activities import services
from crm.jobs import job


@job
def send_reminders():
    """Every minute; each reminder is given once, however often this runs."""
    return services.send_reminders(at=timezone.now())


@shared_task
def send_invitations(meeting_id):
    """After a meeting was planned or changed: each version to each participant once."""
    services.send_waiting_invitations(at=timezone.now(), meeting_id=meeting_id)


@job
def send_waiting_invitations():
    """Every five minutes: invitations whose sending was lost."""
    return services.send_waiting_invitations(at=timezone.now())


@shared_task
def send_mail(mail_id):
    """After it was written: once, however often this runs."""
    services.send_one(mail_id)


@job
def send_waiting_mails():
    """Every five minutes: mails whose sending was lost."""
    return services.send_waiting_mails(at=timezone.now())


@shared_task
def send_mailing(mailing_id):
    """After a mailing was started: its first mails."""
    services.send_batch(mailing_id, at=timezone.now())


@job
def send_mailings():
    """Every minute: the next mails of every mailing, as many as its throttle allows."""
    return services.send_mailings(at=timezone.now())
