from django.utils import timezone

from aftersales import services
from crm.jobs import job


@job
def send_surveys():
    """Every quarter of an hour; each invitation goes out once, however often this runs."""
    return services.send_surveys(timezone.now())


@job
def expire_surveys():
    """Nightly: invitations past their last day can no longer be answered."""
    return services.expire_surveys(timezone.localdate())
