from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import Account, AccountClass, Address, Contact, PaymentTerm, TermPart
from accounts.querysets import assignable
from crm.forms import FIRST_OPTIONS, CrmForm, CrmModelForm, line_formset
from users.models import User


class DuplicateFormMixin:
    """Show what may be the same while somebody types, and ask once more before it is saved.

    duplicates_url: the fragment that looks while somebody types. found_template: what was found.
    """

    duplicates_url = ""
    duplicates: list = []
    asks = ("allow_duplicate",)
    found_template = "accounts/_duplicates.html"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["allow_duplicate"] = forms.BooleanField(
            label=_("It is none of these: save it"), required=False, widget=forms.HiddenInput
        )

    def duplicate_sources(self):
        """The fields that the fragment is sent."""
        return ",".join(services.sources(self._meta.model))

    def asks_about(self, error):
        if not isinstance(error, services.DuplicateFound):
            return super().asks_about(error)
        self.ask(error.duplicates)
        return True

    def ask(self, duplicates):
        """Show what the service has found, with the box that says that it is new."""
        self.duplicates = duplicates
        self.fields["allow_duplicate"].widget = forms.CheckboxInput()
        self.add_error(
            "allow_duplicate",
            _("This may exist already. Look at what was found, or confirm that it is new."),
        )


def merge_form(model):
    """The form of the verb "merge" of a kind: the other record, and choices field by field."""

    class MergeForm(CrmForm):
        other = forms.ModelChoiceField(
            model.objects.none(),
            label=_("Merge with"),
            help_text=_("You then choose field by field what is kept."),
        )
        choices = forms.JSONField(required=False, widget=forms.HiddenInput)

        def narrow(self, user):
            super().narrow(user)
            rows = model.objects.visible_to(user) & model.objects.permitted(
                user, model.permission("merge")
            )
            field = self.fields["other"]
            field.queryset = rows.exclude(pk=self.obj.pk) if self.obj else rows
            if self.obj:
                # The search knows nothing of this form.
                field.widget.attrs["data-remote-without"] = self.obj.pk
            if self.obj and not self.is_bound:
                # What looks like it comes first.
                likely = services.find_alike(self.obj, user=user)
                others = field.queryset.exclude(pk__in=[row.pk for row in likely])
                field.widget.first = [*likely, *others.order_by("-pk")[:FIRST_OPTIONS]]

        def clean_choices(self):
            choices = self.cleaned_data["choices"] or {}
            if not isinstance(choices, dict):
                raise forms.ValidationError(_("Give the choices as an object by field."))
            return choices

    return type(f"Merge{model.__name__}Form", (MergeForm,), {})


class AccountForm(DuplicateFormMixin, CrmModelForm):
    duplicates_url = "accounts:duplicates"
    groups = (
        (_("Possible duplicates"), ["allow_duplicate"]),
        (
            _("Company"),
            [
                "name",
                "phone",
                "website",
                "status",
                "account_class",
                "industry",
                "region",
                "employees",
                "annual_revenue",
                "founded",
                "parent",
                "campaign",
            ],
        ),
        (_("Invoice"), ["credit_code", "invoice_title", "tax_number", "bank", "bank_account"]),
        (_("Terms"), ["currency", "payment_term"]),
        (_("Analysis"), ["needs", "description"]),
    )

    class Meta:
        model = Account
        fields = [
            "name",
            "phone",
            "website",
            "status",
            "account_class",
            "industry",
            "region",
            "employees",
            "annual_revenue",
            "founded",
            "parent",
            "campaign",
            "credit_code",
            "invoice_title",
            "tax_number",
            "bank",
            "bank_account",
            "currency",
            "payment_term",
            "needs",
            "description",
        ]


class OwnerForm(CrmForm):
    """Choose a new owner among the people within one's own scope of `permission`."""

    bulk = True
    permission = ""
    owner = forms.ModelChoiceField(User.objects.none(), label=_("New owner"))

    def narrow(self, user):
        field = self.fields["owner"]
        field.widget = forms.Select()
        people = assignable(user, self.permission)
        field.queryset = people.exclude(pk=self.obj.owner_id) if self.obj else people


class AssignAccountForm(OwnerForm):
    permission = "accounts.assign_account"


class CreditForm(CrmForm):
    credit_limit = forms.DecimalField(
        label=_("Credit limit"),
        max_digits=18,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text=_("Empty: no limit, credit is not checked."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is not None:
            self.fields["credit_limit"].initial = self.obj.credit_limit


class ContactForm(DuplicateFormMixin, CrmModelForm):
    duplicates_url = "accounts:contact_duplicates"
    groups = (
        (_("Possible duplicates"), ["allow_duplicate"]),
        (_("Person"), ["account", "name", "title", "role"]),
        (_("Reached by"), ["phone", "email", "wechat", "wants_no_mail"]),
        (_("More"), ["birthday", "is_primary", "is_active", "notes"]),
    )

    class Meta:
        model = Contact
        fields = [
            "account",
            "name",
            "title",
            "role",
            "phone",
            "email",
            "wechat",
            "birthday",
            "is_primary",
            "wants_no_mail",
            "is_active",
            "notes",
        ]


MergeAccountForm = merge_form(Account)
MergeContactForm = merge_form(Contact)


class AddressForm(CrmModelForm):
    class Meta:
        model = Address
        fields = [
            "account",
            "kind",
            "recipient",
            "phone",
            "country",
            "province",
            "city",
            "street",
            "postcode",
            "is_default",
        ]


class AccountClassForm(CrmModelForm):
    class Meta:
        model = AccountClass
        fields = ["code", "name", "policy", "visit_days"]


class PaymentTermForm(CrmModelForm):
    class Meta:
        model = PaymentTerm
        fields = ["name", "is_active"]


class TermPartForm(CrmModelForm):
    class Meta:
        model = TermPart
        fields = ["label", "percent", "event", "days", "date"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["percent"].widget.attrs["placeholder"] = _("the rest")


TermPartFormSet = line_formset(PaymentTerm, TermPart, TermPartForm)
