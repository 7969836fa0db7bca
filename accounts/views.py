from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.filters import (
    AccountClassFilter,
    AccountFilter,
    AddressFilter,
    ContactFilter,
    DuplicatePairFilter,
    MergeFilter,
    PaymentTermFilter,
)
from accounts.forms import (
    AccountClassForm,
    AccountForm,
    AddressForm,
    ContactForm,
    PaymentTermForm,
    TermPartFormSet,
)
from accounts.models import (
    Account,
    AccountClass,
    Address,
    Contact,
    DuplicatePair,
    Merge,
    PaymentTerm,
    TermPart,
)
from crm import menu
from crm.cells import Cell, Column, money, table, words
from crm.errors import WrongMoment
from crm.imports import Importer
from crm.models import Company
from crm.pages import Pages
from crm.record import related
from crm.views import DetailPage, FormPage, Page, VerbView
from planning.views import CampaignPages

PERSON_COLUMNS = ("name", "title", "role", "phone", "email", "is_primary")
ADDRESS_COLUMNS = (Column("address", _("Address"), value=str), "kind", "recipient", "is_default")
ACCOUNT_BADGES = {"customer": "green", "prospect": "blue", "inactive": "grey"}


def company_money(name):
    """A column in the company's currency, whatever the currency of the account."""

    def value(account):
        amount = getattr(account, name)
        return "" if amount is None else money(amount, Company.current().currency_id)

    return Column(name, value=value)


def full_table(label, model, columns, rows, account, user):
    """A table of what belongs to an account, with a link to add to it."""
    extra = {}
    if user.has_perm(model.permission("add")):
        url = reverse(f"accounts:{model._meta.model_name}_create")
        extra["create_url"] = f"{url}?account={account.pk}"
    return table(label, model, columns, rows, user, **extra)


class AccountPages(Pages):
    model = Account
    columns = (
        "name",
        Column("status", badge=lambda account: ACCOUNT_BADGES[account.status]),
        "account_class",
        "industry",
        "region",
        "owner",
        "last_contact_at",
    )
    order = "name"
    filterset = AccountFilter
    form = AccountForm
    create = services.create_account
    edit = services.edit_account
    verbs = services.ACCOUNT_VERBS
    importer = Importer(
        keys=("external_key", "credit_code", "name", "phone"),
        facts={
            "name": ((Account, "name"),),
            "phone": ((Account, "phone"), (Contact, "phone")),
            "credit_code": ((Account, "credit_code"),),
            "tax_number": ((Account, "tax_number"),),
        },
        archive={"status": "inactive"},
    )
    menu = ("customers", 10)
    empty = _("No customers yet. Add one, or convert a lead.")
    groups = (
        (
            _("Company"),
            (
                "name",
                Column("status", badge=lambda account: ACCOUNT_BADGES[account.status]),
                "account_class",
                "owner",
                "phone",
                "website",
                "industry",
                "region",
                "employees",
                "annual_revenue",
                Column("founded", value=lambda account: str(account.founded or "")),
                "parent",
                "campaign",
                "last_contact_at",
            ),
        ),
        (_("Invoice"), ("credit_code", "invoice_title", "tax_number", "bank", "bank_account")),
        (
            _("Terms"),
            ("currency", company_money("credit_limit"), company_money("exposure")),
        ),
        (_("Analysis"), ("needs", "description")),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("owner", "account_class")

    @classmethod
    def extra_groups(cls, obj, user):
        found = []
        if obj.payment_term:
            terms = services.describe_term(obj.payment_term).replace("; ", "\n")
            label = _("payment term")
            found.append((_("Payment"), [(label, Cell(f"{obj.payment_term}\n{terms}"))]))
        if obj.account_class and obj.account_class.policy:
            found.append((_("Service policy"), [(obj.account_class, obj.account_class.policy)]))
        return found

    @classmethod
    def tables(cls, obj, user):
        found = [
            full_table(_("Contacts"), Contact, PERSON_COLUMNS, obj.contacts.all(), obj, user),
            full_table(_("Addresses"), Address, ADDRESS_COLUMNS, obj.addresses.all(), obj, user),
        ]
        subsidiaries = obj.subsidiaries.visible_to(user)
        if subsidiaries:
            columns = ("name", "industry", "region", "owner")
            rows = subsidiaries.select_related("owner")
            found.append(table(_("Subsidiaries"), Account, columns, rows, user))
        return found


class DuplicateFormPage(FormPage):
    """A form that looks for duplicates while somebody types, and asks about them once."""

    template = "accounts/duplicates_form.html"

    def save(self, obj, form, formset):
        try:
            return super().save(obj, form, formset)
        except services.DuplicateFound as error:
            form.ask(error.duplicates)
            raise ValidationError([]) from error

    def answer(self, obj, form, formset, conflict=None, status=200):
        return super().answer(obj, form, formset, conflict, 409 if form.duplicates else status)


class DuplicatesPanel(Page):
    """What may be the same as the record being typed, or edited as `exclude`: a fragment."""

    permission = "add"

    def get(self, request):
        model, user = self.pages.model, request.user
        edited = request.GET.get("exclude", "")
        exclude = model.objects.visible_to(user).filter(pk=edited if edited.isdigit() else 0)
        data = {name: request.GET.get(name, "").strip() for name in services.sources(model)}
        if "account" in data:
            key = data["account"] if data["account"].isdigit() else 0
            data["account"] = Account.objects.visible_to(user).filter(pk=key).first()
        found = services.find_duplicates(model, data, user=user, exclude=exclude.first())
        return render(request, "accounts/_duplicates.html", {"duplicates": found})


def campaign_panel(request, pk):
    """The customers that came of a campaign, as far as one may see them."""
    if not request.user.has_perm("accounts.view_account"):
        raise PermissionDenied
    campaign = get_object_or_404(CampaignPages.queryset(request.user), pk=pk)
    rows = AccountPages.queryset(request.user).filter(campaign=campaign)
    columns = ("name", "industry", "region", "owner")
    found = table(_("Customers"), Account, columns, rows[:50], request.user, count=rows.count())
    return render(request, "crm/_table.html", {"table": found})


CampaignPages.panels.append(
    (
        _("Customers"),
        "accounts:campaign_panel",
        "accounts.view_account",
        related(Account, "campaign"),
    )
)


class ContactPages(Pages):
    model = Contact
    columns = ("name", "account", "title", "role", "phone", "email", "is_primary")
    order = "name"
    filterset = ContactFilter
    form = ContactForm
    create = services.create_contact
    edit = services.edit_contact
    verbs = services.CONTACT_VERBS
    importer = Importer(
        keys=("external_key", "phone", "email"),
        facts={name: ((Contact, name),) for name in ("name", "phone", "email")},
        archive={"is_active": False},
    )
    menu = ("customers", 20)
    empty = _("No contacts yet. Add the people you talk to.")
    groups = (
        (
            _("Person"),
            ("name", "account", "title", "role", "phone", "email", "wechat", "birthday"),
        ),
        (_("More"), ("is_primary", "wants_no_mail", "is_active", "notes")),
    )

    @classmethod
    def subtitle(cls, obj):
        return obj.account


class AddressPages(Pages):
    model = Address
    has_contacts = False
    columns = ("street", "account", "kind", "city", "recipient", "phone", "is_default")
    filterset = AddressFilter
    form = AddressForm
    create = services.create_address
    edit = services.edit_address
    empty = _("No addresses yet.")
    groups = (
        (
            _("Address"),
            (
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
            ),
        ),
    )


class AccountClassPages(Pages):
    model = AccountClass
    has_contacts = False
    columns = ("code", "name", "visit_days", "policy")
    order = "code"
    filterset = AccountClassFilter
    form = AccountClassForm
    create = services.create_account_class
    edit = services.edit_account_class
    menu = ("settings", 30)
    empty = _("No customer classes yet. Classes such as A, B, C set the service customers get.")
    groups = ((_("Class"), ("code", "name", "visit_days", "policy")),)


class PaymentTermPages(Pages):
    model = PaymentTerm
    has_contacts = False
    columns = ("name", Column("parts", _("Parts"), value=services.describe_term), "is_active")
    order = "name"
    filterset = PaymentTermFilter
    form = PaymentTermForm
    lines = TermPartFormSet
    create = services.create_payment_term
    edit = services.edit_payment_term
    menu = ("settings", 40)
    empty = _("No payment terms yet.")
    groups = ((_("Payment term"), ("name", "is_active")),)

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).prefetch_related("parts")

    @classmethod
    def lines_of(cls, obj):
        return obj.parts.all()

    @classmethod
    def tables(cls, obj, user):
        columns = ("label", "percent", "event", "days", "date")
        return [table(_("Parts"), TermPart, columns, obj.parts.all(), user)]


# --- Duplicates and merging -----------------------------------------------------------------------

# In the menu, but not among the kinds that the search of everything looks through.
menu.add(
    "customers",
    90,
    _("Possible duplicates"),
    "accounts:duplicatepair_list",
    "accounts.view_duplicatepair",
)
menu.add("customers", 95, _("Merges"), "accounts:merge_list", "accounts.view_merge")


class MergeView(VerbView):
    """<pk>/merge/: choose the other record; what becomes of both is decided on a page."""

    def get(self, request, pk):
        return super().get(request, pk, "merge")

    def post(self, request, pk):
        obj, spec = self.find(pk, "merge")
        form = spec.form_class()(request.POST, user=request.user, obj=obj)
        if not form.is_valid():
            return self.ask(obj, "merge", form, status=422)
        url = self.url("merge_with", obj.pk, form.cleaned_data["other"].pk)
        if request.htmx:
            return HttpResponse(headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)


class MergePage(Page):
    """<pk>/merge/<other>/: both records side by side, field by field."""

    def get(self, request, pk, other):
        return self.answer(*self.records(pk, other))

    def post(self, request, pk, other):
        winner, loser = self.records(pk, other)
        fields = {f.name for f in self.pages.model._meta.concrete_fields}
        choices = {name: value for name, value in request.POST.items() if name in fields}
        try:
            services.merge_records(winner, loser, by=request.user, choices=choices)
        except ValidationError as error:
            return self.answer(winner, loser, error.messages, status=422)
        messages.success(
            request, gettext("Merged. It can be undone for 30 days: Customers › Merges.")
        )
        return HttpResponseRedirect(winner.get_absolute_url())

    def records(self, pk, other):
        if pk == other:
            raise Http404
        rows = [self.get_object(pk), self.get_object(other)]
        for row in rows:
            for act in ("merge", "change"):
                if not self.request.user.may(row.permission(act), row):
                    raise PermissionDenied
            if reason := row.merge_refusal():
                raise WrongMoment(str(reason))
        return rows

    def answer(self, winner, loser, errors=(), status=200):
        choices, moving = services.possible_merge(winner, loser, self.request.user)
        kind = ContentType.objects.get_for_model(winner)
        first, second = sorted([winner.pk, loser.pk])
        pairs = DuplicatePair.objects.visible_to(self.request.user)
        pair = pairs.filter(
            content_type=kind, first_id=first, second_id=second, dismissed_at=None
        ).first()
        context = {
            "title": _("Merge"),
            "winner": winner,
            "loser": loser,
            "choices": choices,
            "moving": moving,
            "errors": errors,
            "url": self.url("merge_with", winner.pk, loser.pk),
            "swap_url": self.url("merge_with", loser.pk, winner.pk),
            "dismiss_url": pair
            and reverse("accounts:duplicatepair_verb", args=[pair.pk, "dismiss"]),
        }
        return render(self.request, "accounts/merge.html", context, status=status)


def merge_urls(pages, prefix=""):
    """The routes of a kind that can be merged; they come before the pages' own."""
    name = pages.model._meta.model_name
    return [
        path(f"{prefix}<int:pk>/merge/", MergeView.as_view(pages=pages), name=f"{name}_merge"),
        path(
            f"{prefix}<int:pk>/merge/<int:other>/",
            MergePage.as_view(pages=pages),
            name=f"{name}_merge_with",
        ),
    ]


def _side(name):
    """A column with one of the two records, with a link."""

    def value(row):
        record = getattr(row, name)
        return Cell(str(record), record.get_absolute_url()) if record else Cell("")

    return value


def _kind(row):
    return str(row.content_type.model_class()._meta.verbose_name)


def _reasons(pair):
    return ", ".join(str(services.REASONS[fact]) for fact in pair.facts)


class DuplicatePairPages(Pages):
    model = DuplicatePair
    has_contacts = False
    has_timeline = False
    columns = (
        Column("first", _("Record"), value=lambda pair: str(pair.first), sort=""),
        Column("second", _("Possible duplicate"), value=lambda pair: str(pair.second), sort=""),
        Column("kind", _("Kind"), value=_kind),
        Column("facts", _("Why"), value=_reasons),
        "score",
    )
    order = "-score"
    filterset = DuplicatePairFilter
    verbs = services.PAIR_VERBS
    empty = _("No possible duplicates. They are looked for every night.")
    groups = (
        (
            "",
            (
                Column("first", _("Record"), value=_side("first")),
                Column("second", _("Possible duplicate"), value=_side("second")),
                Column("facts", _("Why"), value=_reasons),
                "score",
                "found_at",
            ),
        ),
    )

    @classmethod
    def queryset(cls, user):
        rows = super().queryset(user).filter(dismissed_at=None)
        return rows.select_related("content_type").prefetch_related("first", "second")


class PairPage(DetailPage):
    """<pk>/: the two side by side, to be merged or dismissed."""

    def get(self, request, pk):
        pair = self.get_object(pk)
        pages = Pages.registry[type(pair.first)]
        return MergePage.as_view(pages=pages)(request, pair.first_id, pair.second_id)


class MergePages(Pages):
    model = Merge
    has_contacts = False
    columns = (
        "label",
        Column("first", _("Merged into"), value=lambda merge: str(merge.first), sort=""),
        Column("kind", _("Kind"), value=_kind),
        "created_at",
        "created_by",
        "undone_at",
    )
    order = "-created_at"
    filterset = MergeFilter
    verbs = services.MERGE_VERBS
    empty = _("Nothing has been merged yet.")
    groups = (
        (
            "",
            (
                "label",
                Column("first", _("Merged into"), value=_side("first")),
                Column("kind", _("Kind"), value=_kind),
                "created_at",
                "created_by",
                Column("undo_until", _("Can be undone until"), value=lambda m: words(m.undo_until)),
                "undone_at",
                "undone_by",
            ),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("content_type").prefetch_related("first")

    @classmethod
    def extra_groups(cls, obj, user):
        return [(_("What moved along"), [(label, n) for label, n in services.moved_by(obj)])]
