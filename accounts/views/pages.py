from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.filters import (
    AccountClassFilter,
    AccountFilter,
    AddressFilter,
    ContactFilter,
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
from accounts.models import Account, AccountClass, Address, Contact, PaymentTerm, TermPart
from accounts.views.headers import CUSTOMER_WORDS, PERSON_WORDS
from crm import guide
from crm.cells import Cell, Column, money, table
from crm.imports import Beside, Importer
from crm.models import Company
from crm.pages import Pages

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
        beside=[
            Beside(
                "contact",
                Contact._meta.verbose_name,
                Contact,
                ContactForm,
                ("name", "title", "phone", "email", "wechat"),
                needs=("accounts.add_contact",),
                create=services.create_main_contact,
            ),
            Beside(
                "address",
                Address._meta.verbose_name,
                Address,
                AddressForm,
                ("street", "recipient", "country", "province", "city", "postcode"),
                needs=("accounts.add_address",),
                create=services.create_main_address,
            ),
        ],
        guarded={"credit_limit": "accounts.set_credit_account"},
        words={
            "name": (*CUSTOMER_WORDS, "全称", "account"),
            "external_key": (
                "客户编号",
                "客户编码",
                "客户代码",
                "客戶編號",
                "客戶代碼",
                "customer id",
            ),
            "parent": ("上级客户", "上级公司", "集团", "母公司", "subsidiary of", "parent account"),
            "account_class": ("客户级别", "客户等级", "客戶等級", "级别", "account tier"),
            "needs": ("客户需求", "需求", "需求和偏好"),
            "contact.name": PERSON_WORDS,
        },
        archive={"status": "inactive"},
    )
    menu = ("customers", 10)
    empty = _(
        "No customers yet. Everything about a company you sell to comes together here: "
        "import your list, or enter the first one."
    )
    begin = "leads.lead"
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
        within={"name": "account"},
        words={
            "name": PERSON_WORDS,
            "account": CUSTOMER_WORDS,
            "birthday": ("出生日期", "出生年月日", "date of birth", "birth date"),
        },
        archive={"is_active": False},
    )
    menu = ("customers", 20)
    empty = _(
        "No contacts yet. They are the people you talk to at a customer: import them, or "
        "add the first one."
    )
    begin = "accounts.account"
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
    empty = _("No addresses yet. Orders and invoices go to them: add one for a customer.")
    begin = "accounts.account"
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
    empty = _(
        "No payment terms yet. They say which part is due when, such as a third in advance: "
        "quotations, contracts and orders choose one."
    )
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


guide.add(
    "customers",
    _("Your customers"),
    position=30,
    hint=_(
        "Bring them along as a table from Excel or another system; a few will do to begin with."
    ),
    act=_("Import customers"),
    route="crm:import_new",
    query=(("kind", "accounts.account"),),
    needs=("crm.import_records", "accounts.add_account"),
    also=(_("Enter a customer"), "accounts:account_create", ("accounts.add_account",)),
    rows=lambda user: Account.objects.all(),
    begins_work=True,
)
