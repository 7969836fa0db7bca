from decimal import Decimal

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from aftersales.models import (
    Case,
    Improvement,
    Return,
    ReturnPolicy,
    Survey,
    SurveyQuestion,
    SurveyTemplate,
)
from aftersales.services.returns import returnable_lines, returned_value
from crm.cells import decimal, money
from crm.forms import CrmForm, CrmModelForm, line_formset
from inventory.models import Warehouse

User = get_user_model()
LONG = forms.Textarea(attrs={"rows": 4})


class Scores(forms.RadioSelect):
    """One to ten in a row, large enough for a thumb."""

    template_name = "aftersales/widgets/scores.html"


# --- Cases ------------------------------------------------------------------------------------


class CaseForm(CrmModelForm):
    groups = (
        (_("Customer"), ["account", "contact", "order", "product"]),
        (_("What it is about"), ["kind", "channel", "priority", "subject", "description"]),
    )

    class Meta:
        model = Case
        fields = [
            "account",
            "contact",
            "order",
            "product",
            "kind",
            "channel",
            "priority",
            "subject",
            "description",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.channel != Case.Channel.SURVEY:
            field = self.fields["channel"]
            field.choices = [pair for pair in field.choices if pair[0] != Case.Channel.SURVEY]


class AssignCaseForm(CrmForm):
    """Only people who may work on cases are offered."""

    bulk = True
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none())

    def narrow(self, user):
        rows = User.objects.holding("aftersales.start_case")
        field = self.fields["owner"]
        field.widget = forms.Select(attrs=field.widget.attrs)
        field.queryset = rows


class ResolveCaseForm(CrmForm):
    solution = forms.CharField(label=_("Solution"), widget=LONG)
    cause = forms.CharField(label=_("Root cause"), max_length=200, required=False)


# --- Improvements -----------------------------------------------------------------------------


class ImprovementForm(CrmModelForm):
    class Meta:
        model = Improvement
        fields = ["title", "case", "description", "owner", "due_on", "measure", "baseline"]


class ProposeImprovementForm(CrmModelForm):
    class Meta:
        model = Improvement
        fields = ["title", "description", "due_on", "measure", "baseline"]


class VerifyImprovementForm(CrmForm):
    effect = forms.DecimalField(label=_("Figure after"), max_digits=14, decimal_places=2)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is not None and self.obj.baseline is not None:
            self.fields["effect"].help_text = _("%(measure)s, before: %(baseline)s") % {
                "measure": self.obj.measure,
                "baseline": decimal(self.obj.baseline),
            }


# --- Returns ----------------------------------------------------------------------------------


class RequestReturnForm(CrmForm):
    """About an order, or a case with one: a quantity for each line that was delivered."""

    kind = forms.ChoiceField(label=_("What the customer wants"), choices=Return.Kind.choices)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    policy = forms.ModelChoiceField(label=_("Policy"), queryset=ReturnPolicy.objects.all())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        policy = self.fields["policy"]
        policy.initial = ReturnPolicy.objects.filter(is_default=True).first()
        order = getattr(self.obj, "order", self.obj)
        self.lines = {}
        for line, left in returnable_lines(order) if order is not None else ():
            name = f"quantity_{line.pk}"
            self.lines[name] = line
            self.fields[name] = forms.DecimalField(
                label=str(line.product),
                help_text=_("at most %(left)s %(unit)s")
                % {"left": decimal(left), "unit": line.product.unit},
                required=False,
                min_value=Decimal(0),
                max_value=left,
                decimal_places=3,
                widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
            )

    def clean(self):
        data = super().clean()
        lines = []
        for name, line in self.lines.items():
            if quantity := data.pop(name, None):
                lines.append({"line": line, "quantity": quantity})
        if not lines and not self.errors:
            self.add_error(None, _("Say how much of what comes back."))
        return {**data, "lines": lines}


class ReturnForm(CrmModelForm):
    class Meta:
        model = Return
        fields = ["kind", "policy", "reason"]


class ApproveReturnForm(CrmForm):
    """Asks for a reason only when the policy says no."""

    override_reason = forms.CharField(
        label=_("Reason for the exception"), max_length=300, required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is None:
            return
        field = self.fields["override_reason"]
        if self.obj.is_within_policy:
            del self.fields["override_reason"]
        else:
            field.required, field.help_text = True, self.obj.verdict


class ReceiveReturnForm(CrmForm):
    warehouse = forms.ModelChoiceField(
        label=_("Warehouse"), queryset=Warehouse.objects.filter(is_active=True)
    )


class InspectReturnForm(CrmForm):
    inspection = forms.CharField(label=_("What was found"), widget=LONG)


class SettleReturnForm(CrmForm):
    refund = forms.DecimalField(
        label=_("Refund"), required=False, min_value=Decimal(0), max_digits=18, decimal_places=2
    )
    settlement = forms.CharField(label=_("What the customer gets"), widget=LONG)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is None:
            return
        if self.obj.kind != Return.Kind.REFUND:
            del self.fields["refund"]
            return
        most = returned_value(self.obj)
        field = self.fields["refund"]
        field.initial = most
        field.help_text = _("at most %(most)s, becomes the customer's credit") % {
            "most": money(most, self.obj.order.currency_id)
        }


class ReturnPolicyForm(CrmModelForm):
    class Meta:
        model = ReturnPolicy
        fields = [
            "name",
            "is_default",
            "refund_days",
            "replacement_days",
            "repair_days",
            "conditions",
        ]

    def _get_validation_exclusions(self):
        # The service takes the flag from the policy that had it.
        return {*super()._get_validation_exclusions(), "is_default"}


# --- Surveys ----------------------------------------------------------------------------------


class AnswerSurveyForm(CrmForm):
    """The questions of the survey's template, for the customer and for who asks by phone."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is None:
            return
        for question in self.obj.template.questions.all():
            self.fields[question.field] = self._field(question)

    def _field(self, question):
        options = {"label": question.text, "required": question.is_required}
        if question.kind == SurveyQuestion.Kind.TEXT:
            return forms.CharField(widget=LONG, max_length=2000, **options)
        scores = [(n, str(n)) for n in range(1, 11)]
        return forms.TypedChoiceField(
            choices=scores, coerce=int, empty_value=None, widget=Scores, **options
        )


class SurveyForm(CrmModelForm):
    class Meta:
        model = Survey
        fields = ["template", "account", "contact", "order", "scheduled_at"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["scheduled_at"].required = False
        self.fields["scheduled_at"].help_text = _("Empty: with the next run, in a few minutes.")

    def narrow(self, user):
        super().narrow(user)
        field = self.fields["template"]
        field.queryset = field.queryset.filter(is_active=True)


class SurveyTemplateForm(CrmModelForm):
    class Meta:
        model = SurveyTemplate
        fields = [
            "name",
            "trigger",
            "days_after",
            "valid_days",
            "cap_days",
            "low_score",
            "introduction",
            "is_active",
        ]


class SurveyQuestionForm(CrmModelForm):
    class Meta:
        model = SurveyQuestion
        fields = ["text", "kind", "is_required"]


QuestionFormSet = line_formset(SurveyTemplate, SurveyQuestion, SurveyQuestionForm)
