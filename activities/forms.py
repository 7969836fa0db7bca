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


class QuickDate(forms.DateInput):
    """A date with the days one most often chooses a tap away."""

    input_type = "date"
    template_name = "activities/widgets/quick_date.html"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")

    def get_context(self, name, value, attrs):
        today = timezone.localdate()
        choices = [(_("Tomorrow"), 1), (_("In 3 days"), 3), (_("Next week"), 7)]
        days = [{"label": label, "on": today + timedelta(days=days)} for label, days in choices]
        return {**super().get_context(name, value, attrs), "days": days}


class NextStepForm(forms.Form):
    """What comes next, for those who may plan it; without a date it is due tomorrow."""

    next_subject = forms.CharField(label=_("Next step"), required=False, max_length=200)
    next_on = forms.DateField(label=_("Due on"), required=False, widget=QuickDate)

    def narrow(self, user):
        super().narrow(user)
        if not user.has_perm("activities.add_task"):
            del self.fields["next_subject"], self.fields["next_on"]

    def clean(self):
        data = super().clean()
        if data.get("next_on") and not data.get("next_subject"):
            self.add_error("next_subject", _("Say what is to be done on that day."))
        if data.get("next_on") and data["next_on"] < timezone.localdate():
            self.add_error("next_on", _("This day is over."))
        if data.get("next_subject") and not data.get("next_on") and "next_on" not in self.errors:
            data["next_on"] = timezone.localdate() + timedelta(days=1)
        return data


class LogForm(NextStepForm, ActivityForm):
    """What was done, and at once what comes next."""

    groups = (
        ("", ("kind", "subject", "body")),
        (_("What comes next"), ("next_subject", "next_on")),
        (_("When"), ("happened_at", "minutes")),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.initial.get("kind"):
            # The kind is chosen already: the first thing to type is what it was about.
            self.fields["subject"].widget.attrs["data-focus"] = ""


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


class FinishTaskForm(NextStepForm, CrmForm):
    """What came of it, and what comes next: done and planned in one go."""

    bulk = True
    groups = (("", ("result",)), (_("What comes next"), ("next_subject", "next_on")))

    result = forms.CharField(
        label=_("Result"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class DoneForm(FinishTaskForm):
    """The same on the page of the record that the task is about."""

    task = forms.IntegerField(widget=forms.HiddenInput)
