from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DuplicateFormMixin, OwnerForm
from crm.forms import CrmForm, CrmModelForm
from leads.models import Lead, Pool, Source
from leads.services import find_duplicates


class LeadForm(DuplicateFormMixin, CrmModelForm):
    duplicates_url = "leads:duplicates"
    groups = (
        (_("Possible duplicates"), ["confirm_duplicates"]),
        (_("Person"), ["name", "title", "phone", "email", "wechat"]),
        (_("Company"), ["company", "industry", "region"]),
        (_("Origin"), ["source", "campaign", "pool"]),
        (_("Qualification"), ["need", "has_budget", "has_authority", "has_timing"]),
        (_("More"), ["description"]),
    )

    class Meta:
        model = Lead
        fields = [
            "name",
            "title",
            "phone",
            "email",
            "wechat",
            "company",
            "industry",
            "region",
            "source",
            "campaign",
            "pool",
            "need",
            "has_budget",
            "has_authority",
            "has_timing",
            "description",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["pool"]
        if self.instance.pk:
            field.help_text = _("Where it falls when nobody follows up.")
        else:
            field.empty_label = _("none: it is mine")

    def narrow(self, user):
        super().narrow(user)
        field = self.fields["source"]
        stored = Source.objects.filter(pk=self.instance.source_id)
        field.queryset = field.queryset.filter(is_active=True) | stored

    def search(self, data):
        return find_duplicates(
            name=data.get("company") or "",
            phone=data.get("phone") or "",
            email=data.get("email") or "",
            by=self.user,
        )


class AssignLeadForm(OwnerForm):
    permission = "leads.assign_lead"


class ReleaseForm(CrmForm):
    bulk = True
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class NurtureForm(CrmForm):
    bulk = True
    resume_on = forms.DateField(
        label=_("Resume on"), help_text=_("On this day the lead comes back to you by itself.")
    )


class DisqualifyForm(CrmForm):
    bulk = True
    reason = forms.CharField(label=_("Reason"), max_length=200)


class SourceForm(CrmModelForm):
    class Meta:
        model = Source
        fields = ["name", "is_active"]


class PoolForm(CrmModelForm):
    class Meta:
        model = Pool
        fields = [
            "name",
            "is_default",
            "release_after_days",
            "max_held",
            "claims_per_day",
            "cooldown_days",
        ]
