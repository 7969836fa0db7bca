from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, Task
from crm.forms import CrmForm, CrmModelForm


def tomorrow():
    """Nine o'clock of the next day, in the person's zone."""
    day = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time(9)))


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
            self.initial.setdefault("due_at", tomorrow())
            if self.user is not None:
                self.initial.setdefault("owner", self.user.pk)


class FinishTaskForm(CrmForm):
    bulk = True
    result = forms.CharField(
        label=_("Result"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
