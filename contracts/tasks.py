from django.utils import timezone

from contracts import services
from crm.jobs import job


@job
def expire_contracts():
    """Nightly: active contracts past their last day; a second run finds none."""
    return services.expire_contracts(on=timezone.localdate())
