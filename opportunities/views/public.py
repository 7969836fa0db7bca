"""The customer's page of a quotation: no login, only the link."""

from axes.helpers import get_client_ip_address
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.services import describe_term
from crm import lifecycle
from crm.cells import Column, decimal, money, table
from crm.errors import WrongMoment
from crm.models import Company
from opportunities import services
from opportunities.forms import PublicAcceptForm, PublicDeclineForm
from opportunities.models import Quotation, QuotationLine

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


def find(token):
    rows = Quotation.objects.select_related("account", "contact", "owner", "payment_term")
    return get_object_or_404(rows.exclude(token=""), token=token)


def show(request, found, *, status=200, accept=None, decline=None, too_late=False):
    """The page; without buttons when there is nothing to decide (any more)."""
    refusal = lifecycle.refusal(found, "accept")
    is_open = found.state == State.SENT and refusal is None
    context = {
        "quotation": found,
        "table": lines_table(found),
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


def lines_table(found):
    """The lines as the customer may see them: no cost, no link into the house."""
    rows = found.lines.select_related("product")
    columns = (
        Column("product", value=lambda line: line.product.name),
        *(["description"] if any(row.description for row in rows) else []),
        Column("quantity", value=lambda line: f"{decimal(line.quantity)} {line.product.unit}"),
        "unit_price",
        "discount",
        "amount",
    )
    totals = [
        {"label": label, "value": money(value, found.currency_id)}
        for label, value in ((_("Total"), found.amount), (_("Tax included"), found.tax))
    ]
    for row in rows:
        row.currency_id = found.currency_id
    return table(_("Lines"), QuotationLine, columns, rows, None, totals=totals)


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
