from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from contracts.models import Contract
from crm.models import Company
from crm.papers import register, sheet
from crm.papers.sheet import Sheet
from opportunities.papers import terms_of
from products.papers import priced_lines

State = Contract.State


def contract(obj, user):
    buyer, seller = _("Party A (buyer)"), _("Party B (seller)")
    return Sheet(
        parties=[
            sheet.party(buyer, obj.account.name, *particulars(obj, user)),
            sheet.party(seller, sheet.our_name(), *our_particulars()),
        ],
        facts=sheet.facts(obj, "title", "starts_on", "ends_on", "signing_place", "currency"),
        blocks=[
            {**priced_lines(obj), "label": _("Subject of the contract")},
            *sheet.passage(_("payment term"), terms_of(obj)),
            *sheet.passage(_("delivery method and time"), obj.delivery),
            *sheet.bank_details(),
            *clauses(obj),
        ],
        signatures=[
            sheet.signature(
                _("%(party)s, seal") % {"party": buyer},
                obj.account.name,
                (_("Authorised representative"), obj.their_signer),
                (_("Date"), obj.their_signed_on),
            ),
            sheet.signature(
                _("%(party)s, seal") % {"party": seller},
                sheet.our_name(),
                (_("Authorised representative"), obj.our_signer),
                (_("Date"), obj.our_signed_on),
            ),
        ],
    )


def particulars(obj, user):
    """The facts of the customer, for those who see the customer."""
    account = Account.objects.visible_to(user).filter(pk=obj.account_id).first()
    if account is None:
        return []
    facts = sheet.facts(account, "credit_code", "phone", "bank", "bank_account")
    contact = [sheet.named(_("contact"), obj.contact)]
    return [_("%(label)s: %(value)s") % {"label": k, "value": v} for k, v in facts] + contact


def our_particulars():
    company = Company.current()
    return [sheet.named(_("tax number"), company.tax_number), company.address]


def clauses(obj):
    """The wording, numbered; explanations for our own people are no part of it."""
    found = []
    for number, clause in enumerate(obj.clauses.all(), start=1):
        title = _("Clause %(number)s: %(title)s") % {"number": number, "title": clause.title}
        found += [{"kind": "passage", "label": capfirst(title), "text": clause.body}]
    return found


register(
    Contract,
    title=pgettext_lazy("document", "Contract"),
    number=lambda obj: obj.number,
    sheet=contract,
    needs=("accounts.view_account",),  # it names the particulars of the customer
    drafts=(State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED),
    void=(State.CANCELLED, State.TERMINATED),
)
