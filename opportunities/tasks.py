from celery import shared_task
from django.utils import timezone

from crm.jobs import job
from opportunities import services
from opportunities.services.mail import send_link


@job
def expire_quotations():
    """Nightly: sent quotations past their last valid day; a second run finds none."""
    return services.expire_quotations(on=timezone.localdate())


@shared_task
def mail_quotation(pk):
    """After sending: the public link to the contact, once however often this runs."""
    if quotation := services.claim_mail(pk):
        send_link(quotation)
