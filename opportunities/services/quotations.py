"""Quotations: priced, approved inside, sent, decided by the customer, revised in versions."""

from datetime import timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.services import request_approval, withdraw_request
from crm import lifecycle
from crm.errors import DomainError, WrongMoment
from crm.events import emit
from crm.lifecycle import advance
from crm.locks import lock_one
from crm.models import Company
from crm.money import ZERO, rate_on, round_money
from crm.numbers import next_number
from crm.verbs import ABSENT, Verb, Verbs
from opportunities.models import Quotation, QuotationLine
from opportunities.services.presales import note, open_deal
from products.models import Product
from products.services import lines_snapshot, write_lines

VALID_DAYS = 30
State = Quotation.State


# --- Writing ---------------------------------------------------------------------------------


@transaction.atomic
def create_quotation(*, by, opportunity, lines=(), valid_until=None, payment_term=None, **fields):
    """A draft for an open deal `by` may change. `lines` as for products.services.write_lines.

    The payment term defaults to the customer's; the offer is valid for thirty days.
    """
    opportunity = open_deal(opportunity, by=by)
    if opportunity.account is None:
        raise DomainError(_("The opportunity has no customer yet."), code="no_account")
    payment_term = payment_term or opportunity.account.payment_term
    if payment_term is None:
        raise ValidationError({"payment_term": _("The customer has no payment term: choose one.")})
    fields.setdefault("currency", opportunity.currency)
    fields["contact"] = fields.get("contact") or opportunity.contact
    quotation = Quotation(
        opportunity=opportunity,
        account=opportunity.account,
        owner=opportunity.owner or by,
        journey=opportunity.journey,
        valid_until=valid_until or default_validity(),
        payment_term=payment_term,
        **fields,
    )
    quotation = lifecycle.create(quotation, by=by)
    _check_on_sale(lines)
    _price(quotation, lines)
    return quotation


@transaction.atomic
def edit_quotation(quotation, *, by, version=None, lines=None, **changes):
    """Edit a draft; `lines` is the full list and replaces the old one."""
    quotation = lifecycle.edit(quotation, by=by, version=version, **changes)
    if lines is None and "currency" in changes:
        lines = copy_lines(quotation)
    if lines is not None:
        before = lines_snapshot(quotation)
        _check_on_sale(lines)
        _price(quotation, lines)
        after = lines_snapshot(quotation)
        if before != after:
            quotation.version += 1
            quotation.save()
            emit("quotation.edited", quotation, by=by, changes={"lines": [before, after]})
    return quotation


def default_validity():
    return timezone.localdate() + timedelta(days=VALID_DAYS)


def copy_lines(document):
    """The lines of a priced document as dicts, for the next document."""
    names = ("product", "description", "quantity", "unit_price", "discount", "tax_rate")
    rows = document.lines.select_related("product")
    return [{name: getattr(line, name) for name in names} for line in rows]


def _check_on_sale(lines):
    for line in lines:
        if line["product"].state != Product.State.ON_SALE:
            raise ValidationError(
                _("%(product)s is not on sale and cannot be quoted.") % {"product": line["product"]}
            )


def _price(quotation, lines):
    """Write the lines, the totals and the two figures approval looks at."""
    written = write_lines(quotation, QuotationLine, "quotation", lines)
    quotation.discount, quotation.margin = figures(quotation, written)
    quotation.save()


def figures(quotation, lines):
    """(discount, margin): percent off the list prices over all lines, and percent of the amount
    without tax that is left above cost (None for an empty amount)."""
    listed = cost = ZERO
    for line in lines:
        factor = _factor(line.product.currency_id, quotation.currency_id)
        listed += round_money(line.quantity * line.product.price * factor, quotation.currency_id)
        cost += line.quantity * line.cost * factor
    net = quotation.amount - quotation.tax
    discount = (1 - quotation.amount / listed) * 100 if listed else ZERO
    margin = (net - cost) / net * 100 if net else None
    return _percent(discount), None if margin is None else _percent(margin)


def _factor(source, target):
    """From one currency to another at today's rates."""
    if source == target:
        return Decimal(1)
    today = timezone.localdate()
    return rate_on(source, today) / rate_on(target, today)


def _percent(value):
    """Two decimals, kept within what the field holds."""
    return max(min(value, Decimal("99999.99")), Decimal("-99999.99")).quantize(Decimal("0.01"))


def company_amount(document):
    """The document's amount in the company's currency: at its fixed rate, else at today's."""
    rate = document.rate or rate_on(document.currency_id, timezone.localdate())
    return round_money(document.amount * rate, Company.current().currency_id)


# --- Approval --------------------------------------------------------------------------------


@transaction.atomic
def submit_quotation(quotation, *, by):
    """Give the number (all versions share it) and ask for approval; approved at once when no rule
    asks for it."""
    quotation = lock_one(quotation)
    number = quotation.number
    if not number and lifecycle.refusal(quotation, "submit") is None:
        number = next_number("QT")
    quotation = advance(quotation, "submit", by=by, number=number)
    if request_approval(quotation, kind="quotation", by=by) is None:
        quotation = advance(quotation, "approve", by=None)
    return quotation


# --- Sending ---------------------------------------------------------------------------------


@transaction.atomic
def send_quotation(quotation, *, by):
    """Fix the rate, make the public link and mail it to the contact, if there is an address."""
    lock_one(quotation.opportunity)
    quotation = lock_one(quotation)
    rate = rate_on(quotation.currency_id, timezone.localdate())
    quotation = advance(quotation, "send", by=by, rate=rate)
    from opportunities.tasks import mail_quotation

    mail_quotation.delay_on_commit(quotation.pk)
    return quotation


def claim_mail(pk):
    """The sent quotation whose mail has not gone out, claimed for sending; else None."""
    waiting = Quotation.objects.filter(pk=pk, state=State.SENT, mailed_at=None).exclude(token="")
    if not waiting.update(mailed_at=timezone.now()):
        return None
    return Quotation.objects.select_related("contact", "account", "owner").get(pk=pk)


@transaction.atomic
def revoke_link(quotation, *, by):
    """Make the public link worthless; the answer can still be recorded by hand."""
    quotation = lock_one(quotation)
    if link_refusal(quotation):
        raise WrongMoment(_("There is no public link to revoke."))
    lifecycle.require(by, "opportunities.revoke_link_quotation", quotation)
    quotation.token = ""
    return note(quotation, "link_revoked", by=by)


def link_refusal(quotation):
    return None if quotation.state == State.SENT and quotation.token else ABSENT


# --- The customer's answer ---------------------------------------------------------------------


@transaction.atomic
def accept_quotation(quotation, *, by, decided_by, decided_how="", ip=""):
    """Record that the customer accepts; the deal's amount becomes the quotation's.

    `by` None: the customer did it through the link, from address `ip`.
    """
    opportunity = lock_one(quotation.opportunity)
    facts = {"ip": ip} if ip else {}
    quotation = advance(
        quotation, "accept", by=by, decided_by=decided_by, decided_how=decided_how, **facts
    )
    lifecycle.write(opportunity, by=by, amount=quotation.amount, currency=quotation.currency)
    return quotation


@transaction.atomic
def decline_quotation(quotation, *, by, decided_by, reason="", ip=""):
    facts = {"ip": ip} if ip else {}
    return advance(quotation, "decline", by=by, decided_by=decided_by, reason=reason, **facts)


# --- Versions and ends -------------------------------------------------------------------------


@transaction.atomic
def revise_quotation(quotation, *, by):
    """Make the next version as a draft with the same lines; the old one is superseded."""
    opportunity = lock_one(quotation.opportunity)
    old = advance(quotation, "revise", by=by)
    withdraw_request(old, by=None)
    copied = ("contact", "currency", "payment_term", "delivery", "service_terms", "notes")
    revised = Quotation(
        opportunity=opportunity,
        account=old.account,
        owner=old.owner,
        journey=old.journey,
        number=old.number,
        revision=old.revision + 1,
        previous=old,
        valid_until=max(old.valid_until, default_validity()),
        **{name: getattr(old, name) for name in copied},
    )
    revised = lifecycle.create(revised, by=by)
    _price(revised, copy_lines(old))
    return revised


@transaction.atomic
def withdraw_quotation(quotation, *, by, reason):
    quotation = advance(quotation, "withdraw", by=by, reason=reason)
    withdraw_request(quotation, by=None)
    return quotation


def expire_quotations(*, on):
    """Expire sent quotations whose last valid day lies before `on`; return how many."""
    count = 0
    for quotation in Quotation.objects.expired(on).order_by("pk"):
        with transaction.atomic():
            fresh = lock_one(quotation)
            if fresh.state == State.SENT and fresh.valid_until < on:
                advance(fresh, "expire", by=None)
                count += 1
    return count


QUOTATION_VERBS = Verbs(
    Quotation,
    submit=submit_quotation,
    send=send_quotation,
    accept=accept_quotation,
    decline=decline_quotation,
    revise=revise_quotation,
    withdraw=withdraw_quotation,
    revoke_link=Verb(
        run=revoke_link,
        label=gettext_lazy("Revoke the public link"),
        permission="opportunities.revoke_link_quotation",
        refusal=link_refusal,
    ),
)
