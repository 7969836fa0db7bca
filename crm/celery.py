"""The Celery app, and the one table of everything that runs by the clock."""

import os

from celery import Celery
from celery.schedules import crontab

# The one that does not read the settings: they import this package themselves.
from django.utils.translation.trans_null import gettext_noop as _

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def daily(hour, minute=0):
    return crontab(hour=hour, minute=minute)


# Local time of the company (settings.TIME_ZONE). Each task may run twice or late.
# The keys are what the administrator's page shows, translated.
app.conf.beat_schedule = {
    name: {"task": task, "schedule": schedule}
    for name, task, schedule in (
        (_("Deliver events"), "crm.tasks.deliver_events", 60.0),
        (_("Resume background work"), "crm.tasks.resume_work", 60.0),
        (_("Send daily digests"), "crm.tasks.send_digests", 900.0),
        (_("Send reminders"), "activities.tasks.send_reminders", 60.0),
        (_("Send waiting mails"), "activities.tasks.send_waiting_mails", 300.0),
        (_("Send mailings"), "activities.tasks.send_mailings", 60.0),
        (_("Send invitations"), "activities.tasks.send_waiting_invitations", 300.0),
        (_("Warn before pool release"), "leads.tasks.warn_before_release", daily(8)),
        (_("Release to the pool"), "leads.tasks.release_to_pool", daily(1)),
        (_("Resume nurtured leads"), "leads.tasks.resume_nurtured", daily(6)),
        (_("Expire quotations"), "opportunities.tasks.expire_quotations", daily(0, 10)),
        (_("Expire contracts"), "contracts.tasks.expire_contracts", daily(0, 20)),
        (_("Open due receivables"), "receivables.tasks.open_due", daily(0, 30)),
        (_("Notify of overdue receivables"), "receivables.tasks.notify_overdue", daily(8, 30)),
        (_("Send surveys"), "aftersales.tasks.send_surveys", 900.0),
        (_("Expire surveys"), "aftersales.tasks.expire_surveys", daily(0, 40)),
        (_("Look for duplicates"), "accounts.tasks.scan_duplicates", daily(2, 30)),
        (_("Check stored figures"), "crm.tasks.check_figures", daily(3)),
    )
}
