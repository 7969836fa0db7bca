from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from crm.forms import CrmForm, CrmModelForm
from opportunities.models import OPEN_PHASES
from performance.models import Scorecard, Target
from performance.querysets import led_by

User = get_user_model()
LONG = forms.Textarea(attrs={"rows": 5})


class OfLedPersonForm(CrmModelForm):
    """Only people below the asker are offered."""

    def narrow(self, user):
        field = self.fields["person"]
        field.widget = forms.Select(attrs=field.widget.attrs)
        field.queryset = led_by(user)


class TargetForm(OfLedPersonForm):
    class Meta:
        model = Target
        fields = ["person", "metric", "starts_on", "ends_on", "value"]


class ScorecardForm(OfLedPersonForm):
    class Meta:
        model = Scorecard
        fields = ["person", "starts_on", "ends_on"]

    def _post_clean(self):
        """The model would refuse a second card of the period; the service answers the first."""


class AssessForm(CrmForm):
    self_assessment = forms.CharField(label=_("Self-assessment"), widget=LONG)


class ShareReviewForm(CrmForm):
    feedback = forms.CharField(label=_("Feedback"), widget=LONG)
    agreed = forms.CharField(
        label=_("Agreed next steps"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    rating = forms.IntegerField(label=_("Rating (1 to 5)"), min_value=1, max_value=5)


class PeriodForm(CrmForm):
    """Of whom and when the figures of the dashboard are."""

    starts_on = forms.DateField(label=_("From"), required=False, widget=forms.DateInput)
    ends_on = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput)
    person = forms.ModelMultipleChoiceField(
        label=_("People"), queryset=User.objects.active(), required=False
    )


class FigureForm(PeriodForm):
    """Which rows of a figure: what the address of a tile or bar says."""

    phase = forms.ChoiceField(
        label=_("Phase"),
        choices=[("", "---------"), *((phase.value, phase.label) for phase in OPEN_PHASES)],
        required=False,
    )
    undated = forms.BooleanField(label=_("Without a date"), required=False)
