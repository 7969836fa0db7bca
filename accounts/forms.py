from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, AccountClass, Address, Contact, PaymentTerm, TermPart
from accounts.querysets import assignable
from accounts.services import find_duplicates
from crm.forms import CrmForm, CrmModelForm, line_formset
from users.models import User


class DuplicateFormMixin:
    """Show what may be the same before a new record is saved, and ask once more.

    duplicates_url: the fragment that looks while somebody types. `search` finds them.
    """

    duplicates_url = ""
    duplicates: list = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["confirm_duplicates"] = forms.BooleanField(
            label=_("It is none of these: create it"), required=False, widget=forms.HiddenInput
        )

    def search(self, data):
        raise NotImplementedError

    def clean(self):
        data = super().clean()
        confirmed = data.pop("confirm_duplicates", False)
        if not self.instance.pk and not confirmed:
            self.duplicates = self.search(data)
        if self.duplicates:
            self.fields["confirm_duplicates"].widget = forms.CheckboxInput()
            self.add_error(
                "confirm_duplicates",
                _("This may exist already. Look at what was found, or confirm that it is new."),
            )
        return data


class AccountForm(DuplicateFormMixin, CrmModelForm):
    duplicates_url = "accounts:duplicates"
    groups = (
        (_("Possible duplicates"), ["confirm_duplicates"]),
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

    def search(self, data):
        facts = {name: data.get(name) or "" for name in ("name", "phone", "credit_code")}
        return find_duplicates(**facts, by=self.user)


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


class ContactForm(CrmModelForm):
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
