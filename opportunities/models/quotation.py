"""Quotations: versions of one offer, approved inside, decided by the customer."""

import secrets

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.models import Account, Contact, PaymentTerm
from crm.lifecycle import condition
from crm.models import CustomisedModel, JourneyModel, OwnedModel, StatefulModel, acts
from opportunities.models.deal import Opportunity
from opportunities.querysets import QuotationQuerySet
from products.models import PricedDocument, PricedLine


class Quotation(StatefulModel, PricedDocument, OwnedModel, JourneyModel, CustomisedModel):
    """One version of an offer. All versions of an offer share `number`; `revision` counts them.

    discount: percent off the list prices over all lines. margin: percent of the amount without
    tax that is left above cost. Both are written with the lines.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_APPROVAL = "in_approval", _("in approval")
        APPROVED = "approved", _("approved")
        SENT = "sent", _("sent")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("expired")
        SUPERSEDED = "superseded", _("superseded")
        WITHDRAWN = "withdrawn", _("withdrawn")

    BADGES = {
        State.IN_APPROVAL: "amber",
        State.APPROVED: "blue",
        State.SENT: "amber",
        State.ACCEPTED: "green",
        State.DECLINED: "red",
        State.EXPIRED: "red",
        State.WITHDRAWN: "red",
    }
    EDITABLE = (State.DRAFT,)
    journey_stage = 30

    state = FSMField(
        _("state"), choices=State.choices, default=State.DRAFT, protected=True, editable=False
    )
    number = models.CharField(_("number"), max_length=30, blank=True, editable=False, db_index=True)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1, editable=False)
    previous = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="next",
        verbose_name=_("previous version"),
    )
    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, related_name="quotations", verbose_name=_("opportunity")
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="quotations",
        editable=False,
        verbose_name=_("customer"),
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    valid_until = models.DateField(_("valid until"))
    payment_term = models.ForeignKey(
        PaymentTerm, models.PROTECT, related_name="+", verbose_name=_("payment term")
    )
    delivery = models.CharField(_("delivery method and time"), max_length=200, blank=True)
    service_terms = models.TextField(_("after-sales terms"), blank=True)
    notes = models.TextField(_("notes to the customer"), blank=True)
    discount = models.DecimalField(
        _("discount %"), max_digits=7, decimal_places=2, default=0, editable=False
    )
    margin = models.DecimalField(
        _("margin %"), max_digits=9, decimal_places=2, null=True, editable=False
    )
    # Unguessable part of the public link; empty before sending, when withdrawn and when revoked.
    token = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True, editable=False)
    # When the link was mailed, so that it goes out once.
    mailed_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    decided_by = models.CharField(_("decided by"), max_length=100, blank=True, editable=False)
    decided_how = models.CharField(_("evidence"), max_length=300, blank=True, editable=False)
    decline_reason = models.CharField(
        _("reason declined"), max_length=300, blank=True, editable=False
    )

    objects = QuotationQuerySet.as_manager()
    search_fields = ("number", "opportunity__name", "account__name")
    is_searched = True
    remote_select = True

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")
        permissions = acts(
            "quotation", "submit", "send", "accept", "decline", "revise", "withdraw", "revoke_link"
        )
        constraints = [
            models.UniqueConstraint(
                fields=["number", "revision"],
                condition=~models.Q(number=""),
                name="one_quotation_a_revision",
            )
        ]

    def __str__(self):
        if not self.number:
            return f"{capfirst(_('quotation'))} · {self.opportunity}"
        return f"{self.number} V{self.revision}"

    def hidden_from(self, user):
        return set() if user.has_perm("products.view_cost") else {"margin"}

    def clean(self):
        if self.contact and self.account_id not in (None, self.contact.account_id):
            raise ValidationError({"contact": _("This person belongs to another customer.")})

    @condition(_("The quotation has no lines."))
    def has_lines(self):
        return self.lines.exists()

    @condition(_("The last valid day has passed."))
    def is_valid(self):
        return self.valid_until >= timezone.localdate()

    @condition(_("Only the newest version can be sent or accepted."))
    def is_newest(self):
        return not Quotation.objects.filter(previous=self).exists()

    @condition(_("A product on it is no longer on sale."))
    def has_products_on_sale(self):
        return not self.lines.exclude(product__state="on_sale").exists()

    @condition(_("The opportunity is closed."))
    def is_of_open_deal(self):
        return self.opportunity.state not in ("won", "lost")

    @transition(
        state,
        State.DRAFT,
        State.IN_APPROVAL,
        conditions=[has_lines, has_products_on_sale, is_valid, is_newest, is_of_open_deal],
        permission="opportunities.submit_quotation",
        custom={"label": _("Submit"), "style": "primary"},
    )
    def submit(self, number):
        self.number = number

    @transition(
        state, State.IN_APPROVAL, State.APPROVED, custom={"label": _("Approved"), "automatic": True}
    )
    def approve(self):
        pass

    @transition(
        state, State.IN_APPROVAL, State.DRAFT, custom={"label": _("Sent back"), "automatic": True}
    )
    def send_back(self, comment=""):
        pass

    @transition(
        state,
        State.APPROVED,
        State.SENT,
        conditions=[is_valid, is_newest, is_of_open_deal],
        permission="opportunities.send_quotation",
        custom={"label": _("Send"), "style": "primary"},
    )
    def send(self, rate):
        # Made here, so that no event and no webhook ever carries it.
        self.token = secrets.token_urlsafe(32)
        self.rate = rate
        self.sent_at = timezone.now()

    @transition(
        state,
        State.SENT,
        State.ACCEPTED,
        conditions=[is_valid, is_newest, is_of_open_deal],
        permission="opportunities.accept_quotation",
        custom={
            "label": _("Customer accepted"),
            "style": "primary",
            "form": "opportunities.forms.AcceptQuotationForm",
        },
    )
    def accept(self, decided_by, decided_how="", ip=""):
        """`ip`: from where the link was used; kept with the event."""
        self.decided_by = decided_by
        self.decided_how = decided_how
        self.decided_at = timezone.now()

    @transition(
        state,
        State.SENT,
        State.DECLINED,
        permission="opportunities.decline_quotation",
        custom={
            "label": _("Customer declined"),
            "form": "opportunities.forms.DeclineQuotationForm",
        },
    )
    def decline(self, decided_by, reason="", ip=""):
        self.decided_by = decided_by
        self.decline_reason = reason
        self.decided_at = timezone.now()

    @transition(state, State.SENT, State.EXPIRED, custom={"label": _("Expired"), "automatic": True})
    def expire(self):
        pass

    @transition(
        state,
        [State.IN_APPROVAL, State.APPROVED, State.SENT, State.DECLINED, State.EXPIRED],
        State.SUPERSEDED,
        conditions=[is_newest, is_of_open_deal],
        permission="opportunities.revise_quotation",
        custom={"label": _("Revise")},
    )
    def revise(self):
        pass

    @transition(
        state,
        [State.DRAFT, State.IN_APPROVAL, State.APPROVED, State.SENT],
        State.WITHDRAWN,
        permission="opportunities.withdraw_quotation",
        custom={"label": _("Withdraw"), "style": "danger", "form": "crm.forms.ReasonForm"},
    )
    def withdraw(self, reason):
        self.token = ""


class QuotationLine(PricedLine):
    quotation = models.ForeignKey(Quotation, models.CASCADE, related_name="lines")

    class Meta(PricedLine.Meta):
        verbose_name = _("quotation line")
        verbose_name_plural = _("quotation lines")
