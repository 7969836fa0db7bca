from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import CommentForm, CrmForm
from users.models import User


class ApproveForm(CrmForm):
    comment = forms.CharField(
        label=_("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class SendBackForm(CommentForm):
    pass


class ReassignForm(CrmForm):
    person = forms.ModelChoiceField(User.objects.all(), label=_("Who decides instead"))
    comment = forms.CharField(
        label=_("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def narrow(self, user):
        super().narrow(user)
        field = self.fields["person"]
        field.queryset = field.queryset.active().holding("approvals.approve_approvalrequest")
        if self.obj is not None:
            field.queryset = field.queryset.exclude(pk=self.obj.submitted_by_id)
