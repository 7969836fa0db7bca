"""Celery entry points; the beat table in crm/celery.py says when."""

from django.utils import timezone

from crm.jobs import job
from receivables import services


@job
def open_due():
    """Nightly: parts counted from a date that has come are to be paid."""
    return services.open_due(on=timezone.localdate())


@job
def notify_overdue():
    """Every morning: owners hear of overdue parts on the first day and every seventh after."""
    return services.notify_overdue(on=timezone.localdate())
