"""Celery entry points of the frame."""

from celery import shared_task
from django.apps import apps

from crm import delivery, work
from crm.jobs import job
from crm.search import index


@shared_task
def deliver_event(event_id):
    """Tell whoever is to be told of one event."""
    delivery.deliver(event_id)


@shared_task
def do_work(work_id):
    """Do one piece of long work, or go on with it."""
    work.do(work_id)


@job
def resume_work():
    """Go on with work whose worker was lost."""
    return work.resume()


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
def send_digests():
    """Every quarter of an hour; everybody has at most one digest on a date of their own zone."""
    return delivery.send_digests()


@job
def check_figures():
    """Compare figures kept for speed with the rows under them; a difference is an alarm."""
    return delivery.check_figures()
