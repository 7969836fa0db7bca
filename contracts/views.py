from django.http import Http404
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.views import AccountPages
from contracts import filters, forms, services
from contracts.models import (
    Amendment,
    ComplianceCheck,
    Contract,
    ContractClause,
    ContractLine,
    ContractTemplate,
    Risk,
    TemplateCheck,
    TemplateClause,
)
from crm import home, lifecycle
from crm.cells import Cell, Column, money, table, words
from crm.errors import WrongMoment
from crm.pages import Pages, named
from crm.record import related
from crm.views import FormPage, table_panel
from opportunities.models import Opportunity
from opportunities.views import OpportunityPages, lines_table

MOST = 50


class ContractPages(Pages):
    model = Contract
    columns = (
        Column("number", value=str, sort="number"),
        "title",
        "account",
        "state",
        "amount",
        "starts_on",
        "ends_on",
        "owner",
    )
    more_columns = ("tax",)
    order = "-created_at"
    totals = ("amount",)
    filterset = filters.ContractFilter
    form = forms.ContractForm
    lines = forms.ContractLines
    create = services.create_contract
    edit = services.edit_contract
    verbs = services.CONTRACT_VERBS
    menu = ("contracts", 10)
    empty = gettext_lazy(
        "No contracts yet. A won deal drafts its contract by itself; others are drafted here."
    )
    begin = "opportunities.opportunity"
    groups = (
        (
            gettext_lazy("Contract"),
            (
                "title",
                "account",
                "contact",
                "opportunity",
                "quotation",
                "template",
                "owner",
                "ended_reason",
            ),
        ),
        (
            gettext_lazy("Terms"),
            ("payment_term", "delivery", "starts_on", "ends_on", "currency", "rate"),
        ),
        (
            gettext_lazy("Signing"),
            (
                "signing_place",
                "our_signer",
                "our_signed_on",
                "their_signer",
                "their_signed_on",
                "activated_on",
            ),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("account", "quotation", "template")

    @classmethod
    def initial(cls, request):
        found = {"template": services.default_template().pk}
        if deal := named(request, "opportunity", Opportunity):
            found |= {
                "title": deal.name,
                "account": deal.account_id,
                "contact": deal.contact_id,
                "currency": deal.currency_id,
                "payment_term": deal.account and deal.account.payment_term_id,
            }
        return found

    @classmethod
    def subtitle(cls, obj):
        return f"{obj.account} · {money(obj.amount, obj.currency_id)}"

    @classmethod
    def lines_of(cls, obj):
        return obj.lines.select_related("product")

    @classmethod
    def tables(cls, obj, user):
        found = [lines_table(obj, ContractLine, user), clauses_table(obj, user)]
        if checks := list(obj.checks.select_related("checked_by")):
            found.append(checks_table(checks, user))
        found.append(risks_table(obj, user))
        if user.has_perm("contracts.view_amendment"):
            found.append(amendments_table(obj, user))
        return found


def clauses_table(contract, user):
    extra = {}
    if lifecycle.editable(contract) and user.may("contracts.change_contract", contract):
        extra = {
            "create_url": reverse("contracts:contract_clauses", args=[contract.pk]),
            "create_label": _("Edit the clauses"),
        }
    columns = ("title", "body", "interpretation", "is_mandatory")
    return table(_("Clauses"), ContractClause, columns, contract.clauses.all(), user, **extra)


def checks_table(checks, user):
    who = Column("checked_by", _("checked by"))
    columns = ("text", Column("passed", value=verdict), "note", who, "checked_at")
    return table(_("Compliance checklist"), ComplianceCheck, columns, checks, user)


def verdict(check):
    if check.passed is None:
        return Cell(_("not checked"), badge="amber")
    return Cell(_("passed"), badge="green") if check.passed else Cell(_("failed"), badge="red")


LEVELS = {Risk.Level.LOW: "grey", Risk.Level.MEDIUM: "amber", Risk.Level.HIGH: "red"}


def risks_table(contract, user):
    """Risks; each leads to the form that judges it again while the contract is in work."""
    url = reverse("contracts:contract_verb", args=[contract.pk, "assess"])
    may = user.may("contracts.assess_contract", contract)
    may = may and not services.CONTRACT_VERBS.refusal(contract, "assess")

    def description(risk):
        return Cell(risk.description, f"{url}?risk={risk.pk}" if may else "")

    columns = (
        Column("description", value=description),
        Column("level", badge=lambda risk: LEVELS[risk.level]),
        "measure",
    )
    extra = {"create_url": url, "create_label": _("Add a risk")} if may else {}
    empty = _("No risk has been named.")
    return table(_("Risks"), Risk, columns, contract.risks.all(), user, empty=empty, **extra)


def amendments_table(contract, user):
    extra = {}
    if contract.state == Contract.State.ACTIVE and user.has_perm("contracts.add_amendment"):
        extra["create_url"] = f"{reverse('contracts:amendment_create')}?contract={contract.pk}"
    columns = ("title", "state", "effective_on", "changes")
    return table(_("Amendments"), Amendment, columns, contract.amendments.all(), user, **extra)


class ClausesPage(FormPage):
    """<pk>/clauses/: the wording of one contract."""

    pages = ContractPages
    template = "contracts/clauses.html"

    def forms(self, pk):
        obj = self.get_object(pk)
        if not self.request.user.may("contracts.change_contract", obj):
            raise Http404
        if not lifecycle.editable(obj):
            raise WrongMoment(
                _("%(record)s can no longer be edited: it is %(state)s.")
                % {"record": obj, "state": lifecycle.state_label(obj)}
            )
        request = self.request
        data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = forms.ClausesForm(*data, instance=self.get_object(pk), user=request.user)
        formset = forms.ContractClauses(*data, instance=obj, form_kwargs={"user": request.user})
        return obj, form, formset

    def save(self, obj, form, formset):
        clauses = [
            {name: row.cleaned_data[name] for name in forms.ClauseForm.Meta.fields}
            for row in formset.forms
            if row.cleaned_data.get("title") and not row.cleaned_data.get("DELETE")
        ]
        version = form.cleaned_data.get("version")
        return services.edit_contract(obj, by=self.request.user, version=version, clauses=clauses)


class ContractTemplatePages(Pages):
    model = ContractTemplate
    has_contacts = False
    columns = ("name", "is_default", "is_active")
    order = "name"
    filterset = filters.ContractTemplateFilter
    form = forms.ContractTemplateForm
    lines = forms.TemplateClauses
    create = services.create_template
    edit = services.edit_template
    menu = ("settings", 35)
    empty = gettext_lazy(
        "No contract templates yet. A template holds the clauses a new contract begins "
        "with: add the first one."
    )
    groups = ((gettext_lazy("Contract template"), ("is_default", "is_active")),)

    @classmethod
    def tables(cls, obj, user):
        columns = ("title", "body", "interpretation", "is_mandatory")
        checks = obj.checks.all()
        return [
            table(_("Clauses"), TemplateClause, columns, obj.clauses.all(), user),
            table(_("Compliance checklist"), TemplateCheck, ("text",), checks, user),
        ]


class AmendmentPages(Pages):
    model = Amendment
    columns = (
        "title",
        "contract",
        Column("contract__account", gettext_lazy("Customer")),
        "state",
        "effective_on",
    )
    order = "-effective_on"
    filterset = filters.AmendmentFilter
    form = forms.AmendmentForm
    create = services.create_amendment
    edit = services.edit_amendment
    verbs = services.AMENDMENT_VERBS
    menu = ("contracts", 20)
    empty = gettext_lazy(
        "No amendments yet. They change a contract that is active: add one on its page, or here."
    )
    begin = "contracts.contract"
    groups = ((gettext_lazy("Amendment"), ("contract", "changes", "effective_on")),)

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("contract__account")


# --- Panels on the pages of customers and deals --------------------------------------------------

PANEL = (Column("number", value=str), "title", "state", "amount", "ends_on", "owner")
LABEL = gettext_lazy("Contracts")
for _pages, _name in ((AccountPages, "account"), (OpportunityPages, "opportunity")):
    _pages.panels.append(
        (
            LABEL,
            f"contracts:{_name}_panel",
            "contracts.view_contract",
            related(Contract, _name),
        )
    )


def panel(model, path):
    """A view of the contracts which belong to one visible `model` record through `path`."""

    @table_panel(model, "contracts.view_contract")
    def view(head, user):
        rows = Contract.objects.visible_to(user).filter(**{path: head}).select_related("owner")
        extra = {}
        if user.has_perm("contracts.add_contract") and (
            path == "account" or user.may("opportunities.change_opportunity", head)
        ):
            extra["create_url"] = f"{reverse('contracts:contract_create')}?{path}={head.pk}"
        label = capfirst(Contract._meta.verbose_name_plural)
        return table(label, Contract, PANEL, rows.order_by("-pk")[:MOST], user, **extra)

    return view


# --- My day ---------------------------------------------------------------------------------------


def worth(contract):
    return f"{contract.account} · {money(contract.amount, contract.currency_id)}"


def contract_card(name, label, query, position, needs, empty, **options):
    home.add(
        name,
        label,
        ContractPages,
        query,
        position=position,
        needs=needs,
        related=("account",),
        empty=empty,
        **{"order": "created_at", "meta": worth, **options},
    )


contract_card(
    "contracts-in-review",
    gettext_lazy("Contracts in review"),
    {"state": "in_review"},
    35,
    ("contracts.check_contract",),
    gettext_lazy("No contract waits for a review."),
    actions=("check", "assess"),
    colour="amber",
)
contract_card(
    "contracts-to-change",
    gettext_lazy("Contracts sent back for changes"),
    {"mine": "on", "state": "changes_requested"},
    36,
    ("contracts.submit_contract",),
    gettext_lazy("No contract of yours was sent back."),
    actions=("submit",),
    colour="red",
)
for _state, _label, _verbs, _empty in (
    (
        "approved",
        gettext_lazy("Contracts to be signed"),
        ("begin_signing",),
        gettext_lazy("No approved contract waits for its signing."),
    ),
    (
        "signing",
        gettext_lazy("Contracts being signed"),
        ("sign", "activate"),
        gettext_lazy("No signature is missing."),
    ),
):
    contract_card(
        f"contracts-{_state}",
        _label,
        {"state": _state},
        37,
        ("contracts.begin_signing_contract",),
        _empty,
        actions=_verbs,
    )
contract_card(
    "contracts-ending",
    gettext_lazy("Contracts that end within 30 days"),
    {"ending": "true"},
    65,
    ("contracts.complete_contract",),
    gettext_lazy("No contract is about to end."),
    order="ends_on",
    meta=lambda contract: f"{contract.account} · {words(contract.ends_on)}",
    actions=("complete",),
    colour="amber",
)
