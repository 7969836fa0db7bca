"""The Celery app, and the one table of everything that runs by the clock."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Local time of the company (settings.TIME_ZONE). Each task may run twice or late.
app.conf.beat_schedule = {
    "deliver events": {"task": "crm.tasks.deliver_events", "schedule": 60.0},
    "send reminders": {"task": "activities.tasks.send_reminders", "schedule": 60.0},
    "warn before pool release": {
        "task": "leads.tasks.warn_before_release",
        "schedule": crontab(hour=8, minute=0),
    },
    "release to pool": {
        "task": "leads.tasks.release_to_pool",
        "schedule": crontab(hour=1, minute=0),
    },
    "resume nurtured leads": {
        "task": "leads.tasks.resume_nurtured",
        "schedule": crontab(hour=6, minute=0),
    },
    "expire quotations": {
        "task": "opportunities.tasks.expire_quotations",
        "schedule": crontab(hour=0, minute=10),
    },
    "expire contracts": {
        "task": "contracts.tasks.expire_contracts",
        "schedule": crontab(hour=0, minute=20),
    },
    "open due receivables": {
        "task": "receivables.tasks.open_due",
        "schedule": crontab(hour=0, minute=30),
    },
    "notify overdue": {
        "task": "receivables.tasks.notify_overdue",
        "schedule": crontab(hour=8, minute=30),
    },
    "send surveys": {"task": "aftersales.tasks.send_surveys", "schedule": crontab(minute="*/15")},
    "expire surveys": {
        "task": "aftersales.tasks.expire_surveys",
        "schedule": crontab(hour=0, minute=40),
    },
    "check stored figures": {
        "task": "crm.tasks.check_figures",
        "schedule": crontab(hour=3, minute=0),
    },
}
