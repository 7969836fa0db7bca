from django import forms
from django.utils.translation import gettext_lazy as _

from approvals import kinds
from approvals.models import ApprovalRule, RuleCondition, RuleLevel
from crm.forms import CommentForm, CrmForm, CrmModelForm, line_formset
from users.models import User


class ApproveForm(CrmForm):
    bulk = True
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


class RuleForm(CrmModelForm):
    class Meta:
        model = ApprovalRule
        fields = ["name", "kind", "position", "is_active"]

    kind = forms.ChoiceField(label=_("Document kind"), choices=kinds.choices)


class ConditionForm(CrmModelForm):
    class Meta:
        model = RuleCondition
        fields = ["fact", "operator", "value"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *kinds.fact_choices()]
        self.fields["fact"] = forms.ChoiceField(
            label=self.fields["fact"].label, choices=choices, required=True
        )


class LevelForm(CrmModelForm):
    class Meta:
        model = RuleLevel
        fields = ["approver", "role", "person"]

    def narrow(self, user):
        super().narrow(user)
        self.fields["person"].queryset = self.fields["person"].queryset.active()


ConditionFormSet = line_formset(ApprovalRule, RuleCondition, ConditionForm, extra=1)
LevelFormSet = line_formset(ApprovalRule, RuleLevel, LevelForm, extra=1)
