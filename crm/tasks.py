"""Celery entry points of the frame."""

from celery import shared_task

from crm import delivery
from crm.jobs import job


@shared_task
def deliver_event(event_id):
    """Tell whoever is to be told of one event."""
    delivery.deliver(event_id)


@job
def deliver_events():
    """Sweep up events whose delivery was lost, and mails that did not go out."""
    return delivery.deliver_waiting()


@job
def send_digests():
    """Every quarter of an hour; everybody has at most one digest on a date of their own zone."""
    return delivery.send_digests()


@job
def check_figures():
    """Compare figures kept for speed with the rows under them; a difference is an alarm."""
    return delivery.check_figures()
