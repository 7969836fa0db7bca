"""Scheduled jobs that leave a trace: last run and result on the administrator's page."""

import traceback
from functools import wraps

from celery import shared_task
from django.utils import timezone

from crm.models import JobRun


def job(function):
    """Make a Celery task of `function`; its return value (a count or a sentence) is kept."""

    @wraps(function)
    def run(*args, **kwargs):
        record = JobRun.objects.create(task=f"{function.__module__}.{function.__name__}")
        try:
            result = function(*args, **kwargs)
        except Exception:
            record.error = traceback.format_exc()
            raise
        else:
            record.result = "" if result is None else str(result)[:300]
            return record.result
        finally:
            record.finished_at = timezone.now()
            record.save()

    return shared_task(run)
