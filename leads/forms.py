from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import CrmForm


class ReleaseForm(CrmForm):
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class NurtureForm(CrmForm):
    resume_on = forms.DateField(label=_("Resume on"))


class DisqualifyForm(CrmForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)
