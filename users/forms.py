import zoneinfo

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.cells import labelled
from crm.forms import CrmForm, CrmModelForm
from crm.models import Company
from users.models import Delegation, Role, Team, User
from users.permissions import by_kind, grantable
from users.services import count_open


def languages():
    return [("", _("Like the browser")), *settings.LANGUAGES]


def timezones():
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name)
    kept = [name for name in names if not name.startswith(("Etc/", "SystemV/", "posix/", "right/"))]
    return [("", _("Like the company (%(zone)s)") % {"zone": settings.TIME_ZONE})] + [
        (name, name) for name in kept
    ]


class ProfileForm(CrmModelForm):
    groups = (
        (_("Who I am"), ["name", "phone", "email"]),
        (_("How I like it"), ["language", "timezone", "theme"]),
    )
    language = forms.ChoiceField(label=_("Language"), choices=languages, required=False)
    timezone = forms.ChoiceField(label=_("Time zone"), choices=timezones, required=False)

    class Meta:
        model = User
        fields = ["name", "phone", "email", "language", "timezone", "theme"]


class PersonForm(CrmModelForm):
    """What administrators keep about a colleague."""

    groups = (
        (_("Person"), ["name", "email", "phone", "team", "language"]),
        (_("Log-in"), ["username", "password", "roles", "is_staff"]),
    )

    class Meta:
        model = User
        fields = ["username", "name", "email", "phone", "team", "roles", "is_staff"]
        widgets = {"roles": forms.CheckboxSelectMultiple}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["roles"].help_text = ""
        self.fields["is_staff"].label = _("May use the administration site")
        self.fields["is_staff"].help_text = ""
        if not self.instance.pk:
            self.fields["password"] = password_field()
            self.fields["password"].required = False
            self.fields["password"].help_text = _(
                "Leave it empty to send an invitation by mail, with a link to choose one."
            )
            self.fields["language"] = forms.ChoiceField(
                label=_("Language"),
                choices=languages,
                required=False,
                initial=Company.current().language,
            )

    def clean(self):
        super().clean()
        if not self.instance.pk and not (
            self.cleaned_data.get("password") or self.cleaned_data.get("email")
        ):
            self.add_error("email", _("The invitation needs a mail address."))


def password_field():
    return forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html(),
    )


class SetPasswordForm(CrmForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field()


class DeactivateForm(CrmForm):
    successor = forms.ModelChoiceField(
        User.objects.all(), label=_("Who takes over"), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        left = count_open(self.obj) if self.obj is not None else ""
        field = self.fields["successor"]
        if left:
            field.required = True
            field.help_text = _("Still open: %(work)s.") % {"work": left}
        else:
            field.help_text = _("There is no open work to hand over.")

    def narrow(self, user):
        super().narrow(user)
        field = self.fields["successor"]
        field.queryset = field.queryset.active().exclude(pk=getattr(self.obj, "pk", None))


class TeamForm(CrmModelForm):
    class Meta:
        model = Team
        fields = ["name", "parent", "manager"]

    def narrow(self, user):
        super().narrow(user)
        self.fields["manager"].queryset = self.fields["manager"].queryset.filter(is_active=True)


class PermissionBoxes(forms.CheckboxSelectMultiple):
    """Permissions by app and record kind; choices as users.permissions.by_kind."""

    template_name = "users/permission_boxes.html"


class RoleForm(CrmModelForm):
    permissions = forms.ModelMultipleChoiceField(
        grantable().none(), label=_("Permissions"), required=False
    )

    class Meta:
        model = Role
        fields = ["name", "code", "scope", "permissions"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["permissions"]
        field.queryset = grantable()
        field.widget = PermissionBoxes()
        field.widget.choices = by_kind(field.queryset)
        self.fields["scope"].help_text = _(
            "Whose records people with this role reach: their own, their team's, or all."
        )
        if self.instance.pk:
            del self.fields["code"]

    def clean_permissions(self):
        """What the form does not show stays as it is."""
        chosen = list(self.cleaned_data["permissions"])
        if self.instance.pk:
            shown = self.fields["permissions"].queryset.values("pk")
            chosen += self.instance.permissions.exclude(pk__in=shown)
        return chosen


class DelegationForm(CrmModelForm):
    class Meta:
        model = Delegation
        fields = ["user", "substitute", "starts_on", "ends_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk or not (self.user and self.user.has_perm("users.change_user")):
            del self.fields["user"]
        else:
            self.fields["user"].required = False
            self.fields["user"].help_text = _("Empty: yourself.")
        self.initial.setdefault("starts_on", timezone.localdate())

    def narrow(self, user):
        super().narrow(user)
        field = self.fields["substitute"]
        field.queryset = field.queryset.active().exclude(pk=user.pk)


class ApiKeyForm(CrmForm):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What the key is for, such as “web shop”.")
    )
    expires_on = forms.DateField(
        label=_("Works until"), required=False, help_text=_("Empty: until it is revoked.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Permissions"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: all that you may do."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labels = {app: apps.get_app_config(app).verbose_name for app in settings.LINE[1:]}
        self.fields["scopes"].choices = [
            (f"{app}:{access}", labelled(label, words))
            for app, label in labels.items()
            for access, words in (("read", _("read")), ("write", _("write")))
        ]

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError(_("This day is past."))
        return day
