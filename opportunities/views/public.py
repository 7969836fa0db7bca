"""The customer's page of a quotation: no login, only the link."""

from axes.helpers import get_client_ip_address
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services import describe_term
from crm import lifecycle
from crm.errors import WrongMoment
from crm.models import Company
from crm.papers.doors import respond
from opportunities import services
from opportunities.forms import PublicAcceptForm, PublicDeclineForm
from opportunities.models import Quotation
from products.papers import customer_lines

State = Quotation.State


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def quotation(request, token):
    """The offer with its lines and terms; a POST of `answer` accepts or declines it."""
    found = find(token)
    if request.method != "POST":
        return show(request, found)
    accepts = request.POST.get("answer") != "decline"
    form = (PublicAcceptForm if accepts else PublicDeclineForm)(
        request.POST, prefix="accept" if accepts else "decline"
    )
    if not form.is_valid():
        bound = {"accept" if accepts else "decline": form}
        return show(request, found, status=422, **bound)
    answer = services.accept_quotation if accepts else services.decline_quotation
    evidence = {"decided_how": _("Through the public link")} if accepts else {}
    try:
        answer(
            found,
            by=None,
            ip=get_client_ip_address(request) or "",
            **form.cleaned_data,
            **evidence,
        )
    except (WrongMoment, ValidationError):
        return show(request, find(token), status=409, too_late=True)
    return HttpResponseRedirect(request.path)


@login_not_required
@never_cache
@require_safe
def quotation_pdf(request, token):
    """The offer on paper, in the language of the page."""
    return respond(find(token), None, get_language())


def find(token):
    rows = Quotation.objects.select_related("account", "contact", "owner", "payment_term")
    return get_object_or_404(rows.exclude(token=""), token=token)


def show(request, found, *, status=200, accept=None, decline=None, too_late=False):
    """The page; without buttons when there is nothing to decide (any more)."""
    refusal = lifecycle.refusal(found, "accept")
    is_open = found.state == State.SENT and refusal is None
    context = {
        "quotation": found,
        "table": customer_lines(found),
        "company": Company.current(),
        "payment": describe_term(found.payment_term),
        "is_open": is_open,
        "verdict": verdict(found, refusal),
        "too_late": too_late,
        "accept": accept or PublicAcceptForm(prefix="accept", initial=known(found)),
        "decline": decline or PublicDeclineForm(prefix="decline", initial=known(found)),
        "declining": decline is not None,
    }
    return render(request, "opportunities/public_quotation.html", context, status=status)


def known(found):
    return {"decided_by": found.contact.name if found.contact else ""}


def verdict(found, refusal):
    """(badge, sentence) about an offer that cannot be answered; None while it can."""
    if found.state == State.SENT:
        return ("red", refusal) if refusal else None
    return {
        State.ACCEPTED: (
            "green",
            _("%(name)s has accepted this offer.") % {"name": found.decided_by},
        ),
        State.DECLINED: (
            "red",
            _("%(name)s has declined this offer.") % {"name": found.decided_by},
        ),
        State.EXPIRED: ("red", _("This offer has expired. Ask us for a new one.")),
        State.SUPERSEDED: ("amber", _("This offer was replaced by a newer version.")),
    }.get(found.state, ("grey", _("This offer cannot be answered.")))
