"""Celery entry points of the follow-ups."""

from django.utils import timezone

from activities import services
from crm.jobs import job


@job
def send_reminders():
    """Every minute; each reminder is given once, however often this runs."""
    return services.send_reminders(at=timezone.now())
