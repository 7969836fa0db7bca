from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models import (
    Amendment,
    Contract,
    ContractClause,
    ContractLine,
    ContractTemplate,
    Risk,
    TemplateClause,
)
from crm import files
from crm.forms import CrmForm, CrmModelForm, line_formset
from opportunities.models import Opportunity
from products.forms import line_form

# --- Records -----------------------------------------------------------------------------------


class ContractForm(CrmModelForm):
    """Parties, deal and template are chosen once; what follows from them stays."""

    groups = (
        (_("Contract"), ("title", "account", "contact", "opportunity", "template")),
        (_("Terms"), ("currency", "payment_term", "delivery", "starts_on", "ends_on")),
    )

    class Meta:
        model = Contract
        fields = [
            "title",
            "account",
            "contact",
            "opportunity",
            "template",
            "currency",
            "payment_term",
            "delivery",
            "starts_on",
            "ends_on",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("account", "opportunity", "template"):
                del self.fields[name]

    def narrow(self, user):
        super().narrow(user)
        changeable = Opportunity.objects.permitted(user, "opportunities.change_opportunity")
        self.fields["opportunity"].queryset = changeable
        field = self.fields["template"]
        field.queryset = field.queryset.filter(is_active=True)


class ClauseForm(CrmModelForm):
    class Meta:
        model = ContractClause
        # No list: a set of forms adds the key of its document to one, for all that share it.
        fields = ("title", "body", "interpretation", "is_mandatory")
        widgets = {
            "body": forms.Textarea(attrs={"rows": 4}),
            "interpretation": forms.Textarea(attrs={"rows": 2}),
        }


class TemplateClauseForm(ClauseForm):
    class Meta(ClauseForm.Meta):
        model = TemplateClause  # type: ignore[assignment] # a clause of the template instead


class ClausesForm(CrmModelForm):
    """Nothing but the version: the clauses are its lines."""

    class Meta:
        model = Contract
        fields: list = []


class ContractTemplateForm(CrmModelForm):
    checks = forms.CharField(
        label=_("Compliance checklist"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One point per line; legal answers each of them before approval."),
    )

    class Meta:
        model = ContractTemplate
        fields = ["name", "is_default", "is_active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["checks"] = "\n".join(check.text for check in self.instance.checks.all())

    def _get_validation_exclusions(self):
        # A second default is no mistake: the service makes it take the first one's place.
        return {*super()._get_validation_exclusions(), "is_default"}

    def clean_checks(self):
        rows = (row.strip() for row in self.cleaned_data["checks"].splitlines())
        return [row for row in rows if row]


class AmendmentForm(CrmModelForm):
    class Meta:
        model = Amendment
        fields = ["contract", "title", "changes", "effective_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["contract"]

    def narrow(self, user):
        super().narrow(user)
        changeable = Contract.objects.permitted(user, "contracts.change_contract")
        self.fields["contract"].queryset = changeable.filter(state=Contract.State.ACTIVE)


ContractLines = line_formset(Contract, ContractLine, line_form(ContractLine))
ContractClauses = line_formset(Contract, ContractClause, ClauseForm, extra=1)
TemplateClauses = line_formset(ContractTemplate, TemplateClause, TemplateClauseForm, extra=1)
ContractClauses.label = TemplateClauses.label = _("Clauses")


# --- Verbs -------------------------------------------------------------------------------------


class BeginSigningForm(CrmForm):
    signing_place = forms.CharField(label=_("Place of signing"), max_length=200, required=False)


class SignForm(CrmForm):
    side = forms.ChoiceField(
        label=_("Side"), choices=[("ours", _("our side")), ("theirs", _("the customer"))]
    )
    signer = forms.CharField(label=_("Signed by"), max_length=100)
    signed_on = forms.DateField(label=_("Signed on"), initial=timezone.localdate)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is not None and self.obj.our_signer and not self.obj.their_signer:
            self.fields["side"].initial = "theirs"


class UploadCopyForm(CrmForm):
    file = forms.FileField(label=_("Scan or photo of the signed contract"))

    def clean_file(self):
        files.check(self.cleaned_data["file"])
        return self.cleaned_data["file"]


class CheckForm(CrmForm):
    """A verdict and a note per point of the contract's checklist: passed_<pk>, note_<pk>."""

    VERDICTS = [("", _("not checked")), ("yes", _("passed")), ("no", _("failed"))]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.checks = list(self.obj.checks.all()) if self.obj is not None else []
        for check in self.checks:
            stored = {True: "yes", False: "no", None: ""}[check.passed]
            self.fields[f"passed_{check.pk}"] = forms.ChoiceField(
                label=check.text, choices=self.VERDICTS, required=False, initial=stored
            )
            self.fields[f"note_{check.pk}"] = forms.CharField(
                label=_("Note"), max_length=300, required=False, initial=check.note
            )

    def clean(self):
        data = super().clean()
        verdicts = {"yes": True, "no": False, "": None}
        results = {
            check.pk: (verdicts[data[f"passed_{check.pk}"]], data.get(f"note_{check.pk}", ""))
            for check in self.checks
            if f"passed_{check.pk}" in data and f"passed_{check.pk}" in self.data
        }
        return {"results": results}


class RiskForm(CrmForm):
    """A new risk, or another judgement of a known one."""

    risk = forms.ModelChoiceField(
        Risk.objects.all(), label=_("Known risk"), required=False, empty_label=_("a new one")
    )
    level = forms.ChoiceField(label=_("Level"), choices=Risk.Level.choices)
    description = forms.CharField(label=_("Risk"), max_length=300)
    measure = forms.CharField(label=_("Measure against it"), max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is None:
            return
        field = self.fields["risk"]
        field.queryset = self.obj.risks.all()
        if not field.queryset:
            del self.fields["risk"]
            return
        pk = str(self.initial.get("risk", ""))
        if pk.isdecimal() and (risk := field.queryset.filter(pk=pk).first()):
            for name in ("level", "description", "measure"):
                self.fields[name].initial = getattr(risk, name)
