"""The mail that brings a quotation to its reader."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from crm.models import Company


def public_url(quotation):
    """The link for the customer, or "" when there is none."""
    if not quotation.token:
        return ""
    return settings.BASE_URL + reverse("opportunities:public_quotation", args=[quotation.token])


def send_link(quotation):
    """Mail the public link to the contact; answers go to the owner."""
    contact, owner = quotation.contact, quotation.owner
    if contact is None or not contact.email or contact.wants_no_mail:
        return
    with translation.override(Company.language_for()):
        company = Company.current()
        context = {
            "quotation": quotation,
            "contact": contact,
            "owner": owner,
            "company": company,
            "url": public_url(quotation),
        }
        body = render_to_string("opportunities/mail/quotation.txt", context)
        subject = _("Quotation %(number)s from %(company)s") % {
            "number": quotation,
            "company": company,
        }
        reply_to = [owner.email] if owner and owner.email else None
        EmailMessage(subject, body, None, [contact.email], reply_to=reply_to).send()
