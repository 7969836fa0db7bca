from datetime import timedelta

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from activities import kinds, placeholders, services
from activities.models import Activity, Mailing, MailTemplate, Meeting, Task
from crm.cells import labelled
from crm.forms import CrmForm, CrmModelForm, prepare
from crm.papers import paper_of
from users.models import User


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
    """What was done, and at once what comes next. That it was done is said with two taps: a
    contact without a subject is called by its kind."""

    groups = (
        ("", ("kind", "subject", "body")),
        (_("What comes next"), ("next_subject", "next_on")),
        (_("Details"), ("happened_at", "minutes")),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        subject = self.fields["subject"]
        subject.required = subject.widget.is_required = False
        subject.widget.attrs["placeholder"] = _("What it was about; may stay empty")
        if self.initial.get("kind"):
            # The kind is chosen already: the first thing to type is what it was about.
            subject.widget.attrs["data-focus"] = ""

    def clean(self):
        data = super().clean()
        if not data.get("subject") and data.get("kind"):
            data["subject"] = capfirst(str(Activity.Kind(data["kind"]).label))
        return data


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


class MeetingForm(CrmModelForm):
    """Times or whole days: whichever pair is filled in."""

    groups = (
        (_("Meeting"), ["subject", "place"]),
        (_("With times"), ["starts_at", "ends_at"]),
        (_("Or on whole days"), ["starts_on", "ends_on"]),
        (_("Who takes part"), ["participants", "contacts", "guests"]),
        (_("Details"), ["body"]),
    )
    participants = forms.ModelMultipleChoiceField(
        User.objects.all(), label=_("Colleagues"), required=False
    )
    contacts = forms.MultipleChoiceField(
        label=_("From the customer"), required=False, widget=forms.CheckboxSelectMultiple
    )
    guests = forms.CharField(
        label=_("Guests"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Mail addresses, one a line. They get the invitation as a calendar file."),
    )

    class Meta:
        model = Meeting
        fields = ["subject", "place", "starts_at", "ends_at", "starts_on", "ends_on", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].label, self.fields["ends_at"].label = _("Begins"), _("Ends")
        people = services.people_of(self.obj) if self.obj is not None else []
        self.fields["contacts"].choices = [(p.email, f"{p.name} <{p.email}>") for p in people]
        if not people:
            del self.fields["contacts"]
        if self.instance.pk:
            rows = self.instance.invitations.filter(is_removed=False)
            self.initial["participants"] = [row.user_id for row in rows if row.user_id]
            self.initial["guests"] = "\n".join(row.email for row in rows if row.email)
        elif not {"starts_at", "starts_on"} & self.initial.keys():
            begin = services.morning(timezone.localdate() + timedelta(days=1))
            self.initial |= {"starts_at": begin, "ends_at": begin + timedelta(hours=1)}

    def stored(self, name):
        if name == "participants" and self.instance.pk:
            return list(self.instance.invitations.values_list("user", flat=True))
        return super().stored(name)

    def clean(self):
        data = super().clean()
        chosen = data.pop("contacts", [])
        data["guests"] = "\n".join(filter(None, [data.get("guests", ""), *chosen]))
        if data.get("starts_on"):
            data["ends_on"] = data.get("ends_on") or data["starts_on"]
            data["starts_at"] = data["ends_at"] = None
            self.instance.starts_at = self.instance.ends_at = None
            self.instance.ends_on = data["ends_on"]
        return data


class MoveForm(CrmForm):
    """When an entry of the calendar shall begin and, where its kind has that, end: moments, or
    days where it lasts whole days."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    start = forms.DateTimeField(label=_("Begins"), widget=forms.DateTimeInput)
    end = forms.DateTimeField(label=_("Ends"), required=False, widget=forms.DateTimeInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kind = kinds.CALENDAR[type(self.obj)]
        entry = kind.entry(self.obj)
        start, end = entry.start, entry.end
        if entry.is_all_day:
            for name in ("start", "end"):
                field = self.fields[name]
                widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
                self.fields[name] = forms.DateField(
                    label=field.label, required=field.required, widget=widget
                )
        elif end is not None:
            # The control knows no seconds: an end that has some would look changed.
            end = end.replace(second=0, microsecond=0)
        if not kind.has_end:
            del self.fields["end"]
        self.initial = {"start": start, "end": end, "version": self.obj.version}

    def clean(self):
        data = super().clean()
        # Whoever names a new beginning only means the same length.
        if not data.get("end") or "end" not in self.changed_data:
            data.pop("end", None)
        return data


class MailTemplateForm(CrmModelForm):
    kind = forms.ChoiceField(label=_("Written about"), choices=kinds.mail_choices)

    class Meta:
        model = MailTemplate
        fields = ["name", "kind", "language", "subject", "body", "is_active"]
        widgets = {"body": forms.Textarea(attrs={"rows": 12})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        common = ", ".join(f"{{{{ {name} }}}}" for name in placeholders.COMMON)
        own = [
            labelled(
                kind.model._meta.verbose_name,
                ", ".join(f"{{{{ {name} }}}}" for name in kind.placeholders),
            )
            for kind in kinds.MAIL.values()
        ]
        self.fields["body"].help_text = format_html_join(
            mark_safe("<br>"), "{}", ((line,) for line in [common, *own])
        )


class PreviewForm(CrmForm):
    record = forms.ModelChoiceField(MailTemplate.objects.none(), label=_("Record"))

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["record"].queryset = rows
        prepare(self.fields["record"])
        self.narrow(self.user)


class MailForm(CrmForm):
    """A mail to one of the people of `obj`; `initial["template"]` fills the text in."""

    template = forms.ModelChoiceField(
        MailTemplate.objects.all(), label=_("Template"), required=False
    )
    to = forms.ChoiceField(label=_("To"))
    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 10}))
    paper = forms.ChoiceField(label=_("Attach as PDF"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        paper = paper_of(type(self.obj))
        if paper and paper.may(self.user):
            self.fields["paper"].choices = [("", _("No attachment")), *settings.LANGUAGES]
        else:
            del self.fields["paper"]
        people = services.people_of(self.obj)
        self.fields["to"].choices = [(p.email, f"{p.name} <{p.email}>") for p in people]
        if not people:
            self.fields["to"].help_text = _("Nobody here has a mail address.")
        meta = self.obj._meta
        rows = self.fields["template"].queryset.filter(is_active=True, kind=meta.label_lower)
        self.fields["template"].queryset = rows
        url = reverse("activities:mail_for", args=[meta.app_label, meta.model_name, self.obj.pk])
        # Another template or recipient: the text is filled in anew.
        chosen = {"hx-get": url, "hx-trigger": "change", "hx-target": "#dialog"}
        chosen["hx-disabled-elt"] = "this"
        self.fields["template"].widget.attrs.update(chosen)
        self.prefill(rows, people)

    def clean(self):
        data = super().clean()
        data.pop("template", None)  # its text is in the fields by now
        return data

    def prefill(self, rows, people):
        key = str(self.initial.get("template") or "")
        template = rows.filter(pk=int(key)).first() if key.isdecimal() else None
        if template is None or not people:
            return
        person = next((p for p in people if p.email == self.initial.get("to")), people[0])
        subject, body = services.filled(template, self.obj, person, self.user)
        self.initial |= {"to": person.email, "subject": subject, "body": body}


class MailingForm(CrmModelForm):
    """A mailing about records of one kind; `label` such as "accounts.contact"."""

    class Meta:
        model = Mailing
        fields = ["name", "template", "per_minute"]

    def __init__(self, *args, label, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["template"]
        field.queryset = field.queryset.filter(is_active=True, kind=label)
