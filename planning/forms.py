from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import CrmForm, CrmModelForm
from planning.models import Campaign


class CampaignForm(CrmModelForm):
    groups = (
        (_("Campaign"), ["name", "kind", "starts_on", "ends_on"]),
        (_("Money"), ["currency", "budget", "cost"]),
        (_("Plan"), ["goal", "content"]),
    )

    class Meta:
        model = Campaign
        fields = [
            "name",
            "kind",
            "starts_on",
            "ends_on",
            "currency",
            "budget",
            "cost",
            "goal",
            "content",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["cost"]
        elif self.instance.state != Campaign.State.DRAFT:
            # What was approved is approved.
            del self.fields["budget"], self.fields["currency"]

    def clean(self):
        data = super().clean()
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("The campaign cannot end before it starts."))
        return data


class FinishCampaignForm(CrmForm):
    cost = forms.DecimalField(label=_("Actual cost"), max_digits=18, decimal_places=2, min_value=0)


class EvaluateCampaignForm(CrmForm):
    conclusion = forms.CharField(
        label=_("Conclusion"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What it brought, and what to do differently next time."),
    )


class CancelCampaignForm(CrmForm):
    reason = forms.CharField(label=_("Reason"), max_length=300)
