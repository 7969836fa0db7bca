"""Celery entry points; each may run twice or late."""

from accounts import services
from crm.jobs import job


@job
def scan_duplicates():
    services.gather_latecomers()
    return services.scan_duplicates()
