from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.services import describe_term
from crm.papers import register, sheet
from crm.papers.sheet import Sheet
from opportunities.models import Quotation
from products.papers import priced_lines

State = Quotation.State


def quotation(obj, user):
    owner = obj.owner
    made = obj.sent_at or obj.created_at
    return Sheet(
        parties=[
            sheet.party(_("For"), obj.account.name, sheet.named(_("contact"), obj.contact)),
            *([seller(owner)] if owner else []),
        ],
        facts=[
            *sheet.fact(_("Date"), timezone.localdate(made)),
            *sheet.facts(obj, "valid_until", "currency"),
        ],
        blocks=[
            priced_lines(obj),
            *sheet.passage(_("payment term"), terms_of(obj)),
            *sheet.passage(_("delivery method and time"), obj.delivery),
            *sheet.passage(_("After-sales terms"), obj.service_terms),
            *sheet.passage(_("Notes"), obj.notes),
            *sheet.bank_details(),
        ],
        signatures=[
            sheet.signature(_("For the seller (seal)"), sheet.our_name(), (_("Date"), "")),
            sheet.signature(
                _("Accepted by the customer (seal)"), obj.account.name, (_("Date"), "")
            ),
        ],
    )


def seller(owner):
    """The person the customer turns to."""
    return sheet.party(
        pgettext("on a document", "Your contact"),
        owner,
        sheet.named(_("phone"), owner.phone),
        sheet.named(_("email"), owner.email),
    )


def terms_of(document):
    """How the document is to be paid, in words."""
    term = document.payment_term
    return (describe_term(term) or term.name) if term else ""


register(
    Quotation,
    title=pgettext_lazy("document", "Quotation"),
    number=lambda obj: str(obj) if obj.number else "",
    sheet=quotation,
    drafts=(State.DRAFT, State.IN_APPROVAL),
    void=(State.SUPERSEDED, State.WITHDRAWN),
)
