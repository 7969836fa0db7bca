"""From a qualified lead to a deal: with an account, a contact, and the lead's journey."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from accounts.services import DuplicateFound, create_account, create_contact, find_duplicates
from crm import lifecycle
from crm.errors import WrongMoment
from crm.locks import lock_one
from crm.verbs import ABSENT
from leads.models import Lead
from leads.services import mark_converted
from opportunities.models import Opportunity
from opportunities.services.deals import create_opportunity
from opportunities.services.processes import default_process


@transaction.atomic
def convert_lead(
    lead,
    *,
    by,
    account=None,
    contact=None,
    new_account=False,
    name="",
    process=None,
    **fields,
):
    """Make a deal of a qualified lead; return the opportunity.

    The duplicate question is answered by `account` or `contact` (link), or `new_account`. When
    nothing is answered and somebody like the lead is known, raises DuplicateFound. Raises
    WrongMoment naming the first result when the lead was converted before. Locks the lead.
    """
    lead = lock_one(lead)
    if reason := conversion_refusal(lead):
        raise WrongMoment(reason)
    lifecycle.require(by, "leads.convert_lead", lead)
    if contact is not None:
        account = account or contact.account
        if contact.account_id != account.pk:
            raise ValidationError({"contact": _("This person belongs to another customer.")})
    if account is not None:
        if by and not Account.objects.visible_to(by).filter(pk=account.pk).exists():
            raise PermissionDenied
    elif not new_account and (found := lead_duplicates(lead, by=by)):
        raise DuplicateFound(found)
    account = account or _account_of(lead, by=by)
    contact = contact or _contact_of(lead, account, by=by)
    lead = mark_converted(lead, account=account, contact=contact, by=by)
    fields.setdefault("currency", account.currency)
    fields["description"] = fields.get("description") or lead.need
    return create_opportunity(
        by=by,
        name=name or str(lead.company or lead.name),
        owner=lead.owner,
        process=process or default_process(),
        lead=lead,
        journey=lead.journey,
        campaign=lead.campaign,
        account=account,
        contact=contact,
        **fields,
    )


def conversion_refusal(lead):
    """Why the lead cannot be converted now: a sentence, or None."""
    if lead.state == Lead.State.CONVERTED:
        first = Opportunity.objects.filter(lead=lead).first()
        return _("The lead has been converted already: %(opportunity)s.") % {
            "opportunity": first or lead.account
        }
    return lifecycle.refusal(lead, "convert")


def conversion_verb_refusal(lead):
    """As the lead's page shows it: nothing before the lead can be converted at all."""
    if lead.state in (Lead.State.QUALIFIED, Lead.State.CONVERTED):
        return conversion_refusal(lead)
    return ABSENT


def lead_duplicates(lead, *, by):
    """Accounts and contacts that may be the lead's, surest first."""
    data = {"company": lead.company or lead.name, "phone": lead.phone, "email": lead.email}
    return find_duplicates(Lead, data, user=by, exclude=lead, among=(Account, Contact))


def _account_of(lead, *, by):
    return create_account(
        by=by,
        name=lead.company or lead.name,
        owner=lead.owner,
        campaign=lead.campaign,
        industry=lead.industry,
        region=lead.region,
        phone=lead.phone,
    )


def _contact_of(lead, account, *, by):
    """The person at the account with the lead's mail or phone, else a new one."""
    same = Q()
    if lead.mail_key:
        same |= Q(mail_key=lead.mail_key)
    if lead.phone_key:
        same |= Q(phone_key=lead.phone_key)
    if same and (known := account.contacts.filter(same).first()):
        return known
    return create_contact(
        by=by,
        account=account,
        name=lead.name,
        title=lead.title,
        phone=lead.phone,
        email=lead.email,
        wechat=lead.wechat,
        is_primary=not account.contacts.exists(),
    )
