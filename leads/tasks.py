"""Celery entry points; each may run twice or late."""

from crm.jobs import job
from leads import services
from leads.services import company_today


@job
def warn_before_release():
    return services.warn_before_release(company_today())


@job
def release_to_pool():
    return services.release_idle(company_today())


@job
def resume_nurtured():
    return services.resume_nurtured(company_today())
