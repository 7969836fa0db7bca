from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from accounts.querysets import assignable
from crm.cells import clauses, labelled, listed
from crm.forms import CrmForm, CrmModelForm, line_formset
from opportunities import services
from opportunities.models import (
    ChecklistItem,
    Demo,
    NeedsLine,
    NeedsSheet,
    NegotiationRound,
    Opportunity,
    Phase,
    ProcessStep,
    Quotation,
    QuotationLine,
    SalesProcess,
)
from products.forms import line_form
from products.models import Product
from users.models import User

# --- Records -----------------------------------------------------------------------------------


class OpportunityForm(CrmModelForm):
    groups = (
        (_("Deal"), ("name", "account", "contact", "product", "campaign", "process")),
        (_("Expectation"), ("amount", "currency", "expected_close_on", "competitor")),
        (_("Next step"), ("next_step", "next_step_on")),
    )

    class Meta:
        model = Opportunity
        fields = [
            "name",
            "account",
            "contact",
            "product",
            "campaign",
            "process",
            "amount",
            "currency",
            "expected_close_on",
            "competitor",
            "next_step",
            "next_step_on",
            "description",
        ]
        help_texts = {"amount": _("Empty: the list price of the product.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].required = True
        self.fields["amount"].required = False
        if not self.instance.pk:
            self.initial["amount"] = None

    def narrow(self, user):
        super().narrow(user)
        field = self.fields["process"]
        field.queryset = field.queryset.filter(is_active=True) | SalesProcess.objects.filter(
            pk=self.instance.process_id
        )


class OfOpportunityForm(CrmModelForm):
    """Made for an open opportunity that the person may change; later it stays with it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["opportunity"]

    def narrow(self, user):
        super().narrow(user)
        changeable = Opportunity.objects.permitted(user, "opportunities.change_opportunity")
        self.fields["opportunity"].queryset = changeable.open()


class NeedsSheetForm(OfOpportunityForm):
    class Meta:
        model = NeedsSheet
        fields = ["opportunity", "summary", "budget", "needed_on"]


class NeedsLineForm(CrmModelForm):
    class Meta:
        model = NeedsLine
        fields = ["product", "requirement", "quantity", "is_must"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A product says what is required, too.
        self.fields["requirement"].required = False

    def clean(self):
        data = super().clean()
        if not data.get("product") and not data.get("requirement") and not data.get("DELETE"):
            self.add_error("requirement", _("Name a product or say what is required."))
        elif not data.get("requirement") and data.get("product"):
            data["requirement"] = str(data["product"])
        return data


class DemoForm(OfOpportunityForm):
    class Meta:
        model = Demo
        fields = ["opportunity", "subject", "scheduled_at", "place", "materials", "participants"]


class RoundForm(OfOpportunityForm):
    class Meta:
        model = NegotiationRound
        fields = [
            "opportunity",
            "held_on",
            "participants",
            "their_ask",
            "our_offer",
            "offered_amount",
            "concession",
            "in_return",
            "outcome",
        ]


class QuotationForm(OfOpportunityForm):
    class Meta:
        model = Quotation
        fields = [
            "opportunity",
            "contact",
            "currency",
            "valid_until",
            "payment_term",
            "delivery",
            "service_terms",
            "notes",
        ]


class SalesProcessForm(CrmModelForm):
    class Meta:
        model = SalesProcess
        fields = ["name", "is_default", "is_active", "needs_demo"]

    def _get_validation_exclusions(self):
        # A second default is no mistake: the service makes it take the first one's place.
        return {*super()._get_validation_exclusions(), "is_default"}


class StepForm(CrmModelForm):
    """A step with its checklist as text: one item per line, `*` in front of required ones."""

    items = forms.CharField(
        label=_("Checklist"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One item per line; a star in front makes it required."),
    )

    class Meta:
        model = ProcessStep
        fields = ["phase", "name", "probability", "stale_after_days"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["items"] = "\n".join(
                f"* {item.text}" if item.is_required else item.text
                for item in self.instance.items.all()
            )

    def clean_items(self):
        rows = [row.strip() for row in self.cleaned_data["items"].splitlines() if row.strip()]
        return [
            {"text": row.lstrip("* ").strip(), "is_required": row.startswith("*")} for row in rows
        ]


NeedsLines = line_formset(NeedsSheet, NeedsLine, NeedsLineForm)
QuotationLines = line_formset(Quotation, QuotationLine, line_form(QuotationLine))
Steps = line_formset(SalesProcess, ProcessStep, StepForm, extra=1)
NeedsLines.label, Steps.label = _("Requirements"), _("Steps")


# --- Verbs of the opportunity --------------------------------------------------------------------


class LoseOpportunityForm(CrmForm):
    bulk = True
    reason = forms.CharField(label=_("Reason"), max_length=200)
    competitor = forms.CharField(label=_("Lost to the competitor"), max_length=100, required=False)


class BackForm(CrmForm):
    phase = forms.ChoiceField(label=_("Phase"), choices=[(p.value, p.label) for p in Phase])
    comment = forms.CharField(label=_("Comment"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is not None:
            earlier = services.earlier_phases(self.obj)
            self.fields["phase"].choices = [(phase.value, phase.label) for phase in earlier]


class EnterStepForm(CrmForm):
    step = forms.ModelChoiceField(ProcessStep.objects.all(), label=_("Step"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is not None:
            self.fields["step"].queryset = services.steps_here(self.obj)


class TickForm(CrmForm):
    items = forms.ModelMultipleChoiceField(
        ChecklistItem.objects.all(),
        label=_("Done"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is None:
            return
        field = self.fields["items"]
        field.queryset = ChecklistItem.objects.filter(step=self.obj.step_id)
        field.label_from_instance = lambda item: f"{item} *" if item.is_required else str(item)
        field.initial = self.obj.ticks.values_list("item", flat=True)


class AssignOpportunityForm(CrmForm):
    bulk = True
    owner = forms.ModelChoiceField(User.objects.active(), label=_("New owner"))
    comment = forms.CharField(label=_("Comment"), required=False)

    def narrow(self, user):
        self.fields["owner"].queryset = assignable(user, "opportunities.assign_opportunity")


# --- Verbs of needs and demos ----------------------------------------------------------------------


class ConfirmNeedsForm(CrmForm):
    confirmed_by = forms.CharField(label=_("Confirmed by"), max_length=100)
    confirmed_on = forms.DateField(label=_("Confirmed on"), initial=timezone.localdate)
    confirmed_how = forms.CharField(
        label=_("How, for example by mail"), max_length=200, required=False
    )


class JudgeNeedsForm(CrmForm):
    is_feasible = forms.TypedChoiceField(
        label=_("Verdict"),
        choices=[("yes", _("feasible")), ("no", _("not feasible"))],
        coerce=lambda value: value == "yes",
    )
    judgement = forms.CharField(
        label=_("Is the need real, and can we meet it?"), widget=forms.Textarea(attrs={"rows": 3})
    )


class HoldDemoForm(CrmForm):
    held_on = forms.DateField(label=_("Held on"), initial=timezone.localdate)
    reaction = forms.CharField(label=_("Reactions"), widget=forms.Textarea(attrs={"rows": 3}))
    questions = forms.CharField(
        label=_("Questions and answers"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


# --- Verbs of the quotation ------------------------------------------------------------------------


class AcceptQuotationForm(CrmForm):
    decided_by = forms.CharField(label=_("Accepted by"), max_length=100)
    decided_how = forms.CharField(
        label=_("Evidence, for example the mail or the signed copy"), max_length=300
    )


class DeclineQuotationForm(CrmForm):
    decided_by = forms.CharField(label=_("Declined by"), max_length=100)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class PublicAcceptForm(CrmForm):
    decided_by = forms.CharField(label=_("Your name"), max_length=100)


class PublicDeclineForm(PublicAcceptForm):
    reason = forms.CharField(
        label=_("What should be different?"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


# --- The lead's verb -------------------------------------------------------------------------------


class ConvertLeadForm(CrmForm):
    """Who the lead is: somebody known, or new; and what the deal is about.

    `match` is one of the customers found; `account`, `contact` and `new_account` say the same
    for everybody else.
    """

    match = forms.ChoiceField(label=_("Known already?"), required=False, widget=forms.RadioSelect)
    account = forms.ModelChoiceField(
        Account.objects.all(), label=_("Another existing customer"), required=False
    )
    contact = forms.ModelChoiceField(
        Contact.objects.all(), label=_("Existing contact there"), required=False
    )
    new_account = forms.BooleanField(label=_("Create a new customer"), required=False)
    name = forms.CharField(label=_("Name of the deal"), max_length=200, required=False)
    amount = forms.DecimalField(
        label=_("Expected amount"), min_value=0, max_digits=18, decimal_places=2, required=False
    )
    expected_close_on = forms.DateField(label=_("Expected close"), required=False)
    product = forms.ModelChoiceField(
        Product.objects.on_sale(), label=_("Product of interest"), required=False
    )
    process = forms.ModelChoiceField(
        SalesProcess.objects.filter(is_active=True), label=_("Sales process"), required=False
    )

    asks_own_fields = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.ask_own_fields(Opportunity())
        if self.obj is None:
            return
        self.fields["name"].initial = self.obj.company or self.obj.name
        found = services.lead_duplicates(self.obj, by=self.user)
        if not found:
            del self.fields["match"]
            self.fields["new_account"].initial = True
            return
        del self.fields["new_account"]
        self.fields["match"].choices = [
            *((self.key(row.record), self.words(row)) for row in found if row.visible),
            ("new", self.not_among(found)),
        ]

    @staticmethod
    def key(record):
        return f"{record._meta.model_name}-{record.pk}"

    @staticmethod
    def words(row):
        facts = clauses([row.owner, listed(row.reasons)])
        known = _("%(name)s (%(facts)s)") % {"name": row.name, "facts": facts}
        return labelled(capfirst(row.kind), known)

    @staticmethod
    def not_among(found):
        hidden = [
            _("%(name)s (%(facts)s)") % {"name": row.name, "facts": row.owner}
            for row in found
            if not row.visible
        ]
        if not hidden:
            return _("None of them: create a new customer")
        return _("Create a new customer, although colleagues have %(customers)s") % {
            "customers": listed(hidden)
        }

    def clean(self):
        data = super().clean()
        match = data.pop("match", "")
        data.setdefault("new_account", False)
        if match == "new" or self.data.get("new_account") in (True, "true", "on", "1"):
            data["new_account"] = True
        elif match:
            kind, _dash, pk = match.partition("-")
            data[kind] = {"account": Account, "contact": Contact}[kind].objects.get(pk=pk)
        if data.get("amount") is None:
            data["amount"] = 0
        return data
