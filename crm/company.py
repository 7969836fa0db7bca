"""The company's own data: who may change what of it, and the page that does."""

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import logo as logos
from crm.errors import DomainError
from crm.events import emit, jsonable
from crm.fields import MoneyField, PriceField, RateField
from crm.forms import CrmModelForm
from crm.lifecycle import require
from crm.locks import lock_one
from crm.models import Company

# --- Services -----------------------------------------------------------------------------------

OF_CURRENCY = (MoneyField, PriceField, RateField)


def keeps_amounts():
    """Whether any record holds amounts, prices or rates: another currency would make them wrong."""
    return any(
        model._base_manager.exists()
        for model in apps.get_models()
        if not model._meta.proxy
        if any(isinstance(field, OF_CURRENCY) for field in model._meta.concrete_fields)
    )


@transaction.atomic
def edit_company(*, by, **changes):
    """Change the company's data; return the Company.

    Raises DomainError for another currency once there are amounts, ValidationError.
    """
    require(by, "crm.change_company")
    company = lock_one(Company.current())
    currency = company.currency_id
    differences = {}
    for name, value in changes.items():
        old = getattr(company, name)
        if old != value:
            differences[name] = [jsonable(old), jsonable(value)]
            setattr(company, name, value)
    if not differences:
        return company
    if company.currency_id != currency and keeps_amounts():
        raise DomainError(
            _("The currency stays as it is: there are amounts already."), code="amounts"
        )
    company.full_clean()
    company.save()
    emit("company.edited", company, by=by, changes=differences)
    return company


@transaction.atomic
def save_company(*, by, logo=None, removes_logo=False, **changes):
    """Change the company's data and its logo, all or nothing; return the Company.

    Raises what edit_company does, and ValidationError of `logo` for a file that is none.
    """
    company = edit_company(by=by, **changes)
    if logo:
        try:
            logos.set_logo(logo, by=by)
        except ValidationError as error:
            raise ValidationError({"logo": error.messages}) from error
    elif removes_logo:
        logos.remove_logo(by=by)
    return company


# --- The page -----------------------------------------------------------------------------------


def languages():
    return settings.LANGUAGES


class CompanyForm(CrmModelForm):
    groups = (
        (
            gettext_lazy("Company"),
            [
                "name",
                "legal_name",
                "logo",
                "removes_logo",
                "tax_number",
                "address",
                "phone",
                "email",
            ],
        ),
        (gettext_lazy("Payment to"), ["bank", "bank_account"]),
        (gettext_lazy("Defaults"), ["currency", "language"]),
    )

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=languages,
        help_text=gettext_lazy(
            "For new colleagues, and for mails to people who have not chosen one."
        ),
    )

    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in logos.TYPES)}),
        help_text=gettext_lazy(
            "PNG, JPEG or SVG of at most 1 MB. It stands on papers, on quotations that customers "
            "open, at the log-in and above the menu."
        ),
    )
    removes_logo = forms.BooleanField(label=gettext_lazy("Remove the logo"), required=False)

    class Meta:
        model = Company
        fields = [
            *("name", "legal_name", "tax_number", "address", "phone", "email"),
            *("bank", "bank_account", "currency", "language"),
        ]
        help_texts = {
            "name": gettext_lazy("How customers and colleagues know you; it stands in mails."),
            "legal_name": gettext_lazy("As it stands on contracts and invoices."),
            "currency": gettext_lazy(
                "Prices and reports are in it. It is fixed with the first amount."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["language"] = Company.language_for()
        if not self.instance.is_named:
            # What stands there is ours, not theirs.
            self.initial["name"] = ""
        if address := logos.address():
            shown = format_html('<img class="brand-logo" src="{}" alt="">', address)
            self.fields["logo"].help_text = format_html(
                "{}<br>{}", shown, self.fields["logo"].help_text
            )
        else:
            del self.fields["removes_logo"]
        if keeps_amounts():
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = _("Fixed, as there are amounts already.")


def page(request):
    """The company's name, address, currency and language, for whoever may change them."""
    require(request.user, "crm.change_company")
    company = Company.current()
    files = request.FILES if request.method == "POST" else None
    form = CompanyForm(request.POST or None, files, instance=company, user=request.user)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_company(by=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(request.path)
    context = {
        "title": _("Company"),
        "form": form,
        "submit_label": _("Save"),
        "cancel_url": reverse("crm:settings"),
    }
    return render(request, "crm/form.html", context, status=status)
