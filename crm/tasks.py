"""Celery entry points of the frame."""

from celery import shared_task
from django.apps import apps

from crm import delivery
from crm.jobs import job
from crm.search import index


@shared_task
def deliver_event(event_id):
    """Tell whoever is to be told of one event."""
    delivery.deliver(event_id)


@shared_task
def refresh_search(model, pk):
    """Let records be found by what another one, of `model` ("app.model"), says now."""
    if obj := apps.get_model(model).objects.filter(pk=pk).first():
        index.refresh_dependents(obj)


@job
def deliver_events():
    """Sweep up events whose delivery was lost, and mails that did not go out."""
    return delivery.deliver_waiting()


@job
def check_figures():
    """Compare figures kept for speed with the rows under them; a difference is an alarm."""
    return delivery.check_figures()
