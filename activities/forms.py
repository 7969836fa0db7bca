from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities import services
from activities.models import Activity, Task
from crm.forms import CrmForm, CrmModelForm


class ActivityForm(CrmModelForm):
    class Meta:
        model = Activity
        fields = ["kind", "subject", "body", "happened_at", "minutes"]
        widgets = {"body": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Without this Django adds the default as a second, hidden input.
        self.fields["happened_at"].show_hidden_initial = False


class TaskForm(CrmModelForm):
    class Meta:
        model = Task
        fields = ["subject", "owner", "due_at", "remind_at", "priority", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["remind_at"].help_text = _(
            "Once, in Closeloop and by mail. Empty: no reminder."
        )
        self.fields["owner"].empty_label = None
        if not self.instance.pk:
            self.initial.setdefault(
                "due_at", services.morning(timezone.localdate() + timedelta(days=1))
            )
            if self.user is not None:
                self.initial.setdefault("owner", self.user.pk)


class FinishTaskForm(CrmForm):
    """What came of it, and what is next: done and planned in one go."""

    SOON = [
        ("1", _("tomorrow")),
        ("3", _("in 3 days")),
        ("7", _("in a week")),
        ("30", _("in 30 days")),
    ]

    result = forms.CharField(
        label=_("Result"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    next_subject = forms.CharField(
        label=_("Next step"),
        required=False,
        max_length=200,
        help_text=_("Empty: nothing more is planned."),
    )
    next_in = forms.ChoiceField(
        label=_("When"), required=False, choices=SOON, widget=forms.RadioSelect
    )
    next_on = forms.DateField(label=_("or on"), required=False)

    def clean(self):
        data = super().clean()
        today = timezone.localdate()
        on, within = data.get("next_on"), data.pop("next_in", "")
        if on is None and within:
            on = data["next_on"] = today + timedelta(days=int(within))
        if data.get("next_subject") and on is None and "next_on" not in self.errors:
            self.add_error("next_on", _("Choose when."))
        elif on and not data.get("next_subject"):
            self.add_error("next_subject", _("Say what is to be done."))
        elif on and on < today:
            self.add_error("next_on", _("This day is over."))
        return data
