from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Account
from accounts.views import AccountPages
from activities.views import log_contact
from contracts.models import Contract
from contracts.views import ContractPages
from crm import home, menu
from crm.cells import Cell, Column, link, money, table, words
from crm.imports import Importer
from crm.pages import Pages
from crm.record import related
from orders.models import Order
from orders.views import OrderPages
from receivables import services
from receivables.filters import InvoiceFilter, PaymentFilter, ReceivableFilter, WriteOffFilter
from receivables.forms import AgeingForm, InvoiceForm, PaymentForm
from receivables.models import Invoice, Payment, PaymentAllocation, Receivable, WriteOff
from receivables.querysets import BUCKETS, UNPAID

menu.add("money", 15, gettext_lazy("Ageing"), "receivables:ageing", "receivables.view_receivable")


def _lateness(receivable):
    days = receivable.days_overdue
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days} if days else ""


OVERDUE = Column(
    "overdue", gettext_lazy("Overdue"), value=_lateness, badge=lambda row: "red" * row.is_overdue
)
PART_COLUMNS = ("label", "state", "due_on", OVERDUE, "amount", "allocated", "balance")


def _allocations(rows, user, *, first):
    """A table of allocations seen from one side: `first` is the column of the other side."""
    columns = (
        first,
        Column("amount", _("Amount"), value=lambda row: _money(row), numeric=True),
        Column("allocated_on", _("Allocated on")),
        Column("reversed_at", _("Reversed at")),
        Column("reverse_reason", _("Reason")),
    )
    return table(_("Allocations"), PaymentAllocation, columns, rows, user)


def _money(allocation):
    return Cell(money(allocation.amount, allocation.payment.currency_id), "", "", True)


class ReceivablePages(Pages):
    model = Receivable
    columns = (
        "label",
        "order",
        "contract",
        "account",
        "state",
        "due_on",
        OVERDUE,
        "amount",
        "allocated",
        Column(
            "balance_on",
            gettext_lazy("Balance"),
            value=lambda row: Cell(money(row.balance_on, row.currency_id), "", "", True),
            numeric=True,
            sort="balance_on",
        ),
    )
    order = "due_on"
    filterset = ReceivableFilter
    totals = ("amount", "balance_on")
    verbs = services.RECEIVABLE_VERBS
    menu = ("money", 10)
    empty = gettext_lazy(
        "Nothing is owed. Receivables are planned when a contract becomes active or an order is "
        "confirmed."
    )
    groups = (
        (
            gettext_lazy("Receivable"),
            ("account", "contract", "order", "label", "event", "days", "dispute_reason"),
        ),
        (gettext_lazy("Dates"), ("opened_on", "due_on", OVERDUE, "cancelled_on")),
        (gettext_lazy("Amounts"), ("amount", "allocated", "written_off", "balance")),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).with_balance_on()

    @classmethod
    def tables(cls, obj, user):
        found = []
        if user.has_perm("receivables.view_payment"):
            rows = obj.allocations.select_related("payment")
            column = Column(
                "payment",
                _("Payment"),
                value=lambda row: Cell(str(row.payment), link(row.payment, user)),
            )
            found.append(_allocations(rows, user, first=column))
        if user.has_perm("receivables.view_writeoff") and obj.write_offs.exists():
            columns = ("reason", "state", "amount", "decided_on")
            rows = obj.write_offs.select_related("receivable")
            found.append(table(_("Write-offs"), WriteOff, columns, rows, user))
        return found


class PaymentPages(Pages):
    model = Payment
    has_contacts = False
    columns = (
        "number",
        "account",
        "state",
        "method",
        "received_on",
        "reference",
        "amount",
        "allocated",
        "unallocated",
    )
    order = "-received_on"
    filterset = PaymentFilter
    totals = ("amount", "unallocated")
    form = PaymentForm
    create = services.record_payment
    verbs = services.PAYMENT_VERBS
    importer = Importer(
        keys=("external_key", "reference", "number"),
        walks={"cleared": ("clear",)},
        remove=services.remove_payment,
    )
    menu = ("money", 20)
    empty = gettext_lazy("No payments yet. Record the first one when money comes in.")
    groups = (
        (
            gettext_lazy("Payment"),
            ("account", "method", "received_on", "payer", "reference", "notes"),
        ),
        (gettext_lazy("Amounts"), ("amount", "allocated", "refunded", "unallocated")),
    )

    @classmethod
    def tables(cls, obj, user):
        rows = obj.allocations.select_related(
            "payment", "receivable__order", "receivable__contract"
        )
        if not user.has_perm("receivables.view_receivable"):
            return []
        rows = rows.filter(receivable__in=Receivable.objects.visible_to(user))
        column = Column(
            "receivable",
            _("Receivable"),
            value=lambda row: Cell(str(row.receivable), link(row.receivable, user)),
        )
        return [_allocations(rows, user, first=column)]


class InvoicePages(Pages):
    model = Invoice
    has_contacts = False
    columns = (
        Column("number", gettext_lazy("Number"), value=str, sort="number"),
        "state",
        "kind",
        "account",
        "order",
        "issued_on",
        "amount",
        "tax",
    )
    order = "-pk"
    filterset = InvoiceFilter
    totals = ("amount", "tax")
    form = InvoiceForm
    create = services.create_invoice
    edit = services.edit_invoice
    verbs = services.INVOICE_VERBS
    menu = ("money", 30)
    empty = gettext_lazy("No invoices yet. Draft one from an order.")
    groups = (
        (
            gettext_lazy("Invoice"),
            ("order", "account", "kind", "title", "tax_number", "issued_on", "owner"),
        ),
        (gettext_lazy("Amounts"), ("amount", "tax")),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("order__account", "reverses", "reversed_by")

    @classmethod
    def extra_groups(cls, obj, user):
        facts = []
        if obj.reverses:
            facts.append((_("Reverses"), Cell(str(obj.reverses), link(obj.reverses, user))))
        if reversing := getattr(obj, "reversed_by", None):
            facts.append((_("Reversed by"), Cell(str(reversing), link(reversing, user))))
        if obj.reverse_reason:
            facts.append((_("Reason"), Cell(obj.reverse_reason)))
        return [(_("Reversal"), facts)]


class WriteOffPages(Pages):
    model = WriteOff
    has_contacts = False
    columns = (
        Column("receivable", gettext_lazy("Receivable"), value=lambda row: str(row.receivable)),
        "receivable__account",
        "state",
        "reason",
        "amount",
        "decided_on",
    )
    order = "-pk"
    filterset = WriteOffFilter
    verbs = services.WRITE_OFF_VERBS
    menu = ("money", 40)
    empty = gettext_lazy("Nothing has been given up.")
    groups = (
        (
            gettext_lazy("Write-off"),
            ("receivable", "receivable__account", "amount", "reason", "created_by", "decided_on"),
        ),
    )

    @classmethod
    def queryset(cls, user):
        rows = super().queryset(user)
        return rows.select_related("receivable__order", "receivable__contract")


# --- Ageing -------------------------------------------------------------------------------------


def ageing(request):
    """What customers owe by how late it is; every figure opens the rows behind it."""
    if not request.user.has_perm("receivables.view_receivable"):
        raise PermissionDenied
    form = AgeingForm(request.GET if "on" in request.GET else None, user=request.user)
    on = (form.cleaned_data["on"] if form.is_bound and form.is_valid() else None) or (
        timezone.localdate()
    )
    report = services.ageing(request.user, on=on)
    columns = [{"label": _("Customer"), "numeric": False}]
    columns += [{"label": str(label), "numeric": True} for _code, label, *_days in BUCKETS]
    columns.append({"label": _("Total"), "numeric": True})
    rows = [_ageing_row(row, on, row["name"]) for row in report["rows"]]
    rows += [
        _ageing_row(row, on, _("Total in %(currency)s") % {"currency": row["currency"]})
        for row in report["totals"]
    ]
    currencies = [row["currency"] for row in report["totals"]]
    base = report["base"]
    if rows and currencies != [report["currency"]]:
        words_ = _("All, in %(currency)s") % {"currency": report["currency"]}
        rows.append(_ageing_row(base, on, words_, everything=True))
    found = {
        "label": _("As of %(day)s") % {"day": words(on)},
        "columns": columns,
        "rows": rows,
        "count": None,
        "empty": _("Nothing was owed on this day."),
    }
    context = {"title": _("Ageing of receivables"), "filter_form": form, "tables": [found]}
    context["charts"] = [_ageing_chart(base, on, report["currency"])] if rows else []
    return render(request, "crm/dashboard.html", context)


def _ageing_row(row, on, name, *, everything=False):
    """A line of the report; `everything` is in several currencies, so its links name none."""
    query = {} if everything else {"currency": row["currency"]}
    if row["account"]:
        query["account"] = row["account"]
    cells = [Cell(name, _account_url(row["account"]))]
    figures = [*row["buckets"].items(), ("all", row["total"])]
    for code, amount in figures:
        url = _rows_behind(on, code, **query) if amount else ""
        cells.append(Cell(money(amount, row["currency"]) if amount else "–", url, "", True))
    return {"url": "", "cells": cells}


def _account_url(pk):
    return reverse("accounts:account_detail", args=[pk]) if pk else ""


def _rows_behind(on, bucket, **query):
    query = {"as_of": on.isoformat(), "bucket": bucket, **query}
    return f"{reverse('receivables:receivable_list')}?{urlencode(query)}"


def _ageing_chart(base, on, currency):
    data = [
        {
            "label": str(label),
            "value": float(base["buckets"][code]),
            "text": money(base["buckets"][code], currency),
            "url": _rows_behind(on, code),
        }
        for code, label, *_days in BUCKETS
    ]
    return {
        "id": "ageing-chart",
        "title": _("What is owed, by days after the due date"),
        "kind": "bar",
        "data_id": "ageing-data",
        "data": data,
        "url": "",
    }


# --- Panels on upstream pages ---------------------------------------------------------------


def _panel(request, model, pk, make):
    if not request.user.has_perm("receivables.view_receivable"):
        raise PermissionDenied
    head = get_object_or_404(model.objects.visible_to(request.user), pk=pk)
    return render(request, "crm/_table.html", {"table": make(head)})


def _parts_table(rows, user, columns, **extra):
    rows = rows.visible_to(user).select_related("order", "contract")
    return table(_("Receivables"), Receivable, columns, rows, user, **extra)


def account_panel(request, pk):
    """What a customer owes, what it has paid in advance."""

    def make(account):
        rows = Receivable.objects.filter(account=account, state__in=UNPAID)
        return _parts_table(
            rows.order_by("due_on", "pk"),
            request.user,
            ("label", "order", "state", "due_on", OVERDUE, "balance"),
            empty=_("This customer owes nothing."),
        )

    return _panel(request, Account, pk, make)


def contract_panel(request, pk):
    def make(contract):
        rows = Receivable.objects.filter(contract=contract).order_by("position", "pk")
        return _parts_table(rows, request.user, PART_COLUMNS)

    return _panel(request, Contract, pk, make)


def order_panel(request, pk):
    def make(order):
        rows = Receivable.objects.filter(order=order).order_by("position", "pk")
        return _parts_table(rows, request.user, PART_COLUMNS)

    return _panel(request, Order, pk, make)


def order_invoices(request, pk):
    def make(order):
        user = request.user
        rows = Invoice.objects.filter(order=order).visible_to(user).order_by("pk")
        columns = (
            Column("number", _("Number"), value=str),
            "state",
            "kind",
            "issued_on",
            "amount",
            "tax",
        )
        found = table(_("Invoices"), Invoice, columns, rows, user)
        if user.has_perm("receivables.add_invoice") and services.to_invoice(order) > 0:
            found["create_url"] = f"{reverse('receivables:invoice_create')}?order={order.pk}"
            found["create_label"] = _("New invoice")
        return found

    return _panel(request, Order, pk, make)


def unpaid(account, user):
    return [Receivable.objects.visible_to(user).filter(account=account, state__in=UNPAID)]


for pages, panel, rows in (
    (AccountPages, "receivables:account_panel", unpaid),
    (ContractPages, "receivables:contract_panel", related(Receivable, "contract")),
    (OrderPages, "receivables:order_panel", related(Receivable, "order")),
):
    label = gettext_lazy("Receivables")
    pages.panels.append((label, panel, "receivables.view_receivable", rows))
OrderPages.panels.append(
    (
        gettext_lazy("Invoices"),
        "receivables:order_invoices",
        "receivables.view_invoice",
        related(Invoice, "order"),
    )
)


# --- My day -------------------------------------------------------------------------------------


def owed(row):
    return f"{row.account} · {money(row.balance, row.currency_id)}"


def receivable_card(name, label, query, position, needs, empty, **options):
    home.add(
        name,
        label,
        ReceivablePages,
        query,
        order="due_on",
        position=position,
        needs=needs,
        text=owed,
        badge=lambda row: "red" if row.is_overdue else "",
        related=("account", "order__owner"),
        empty=empty,
        **{"meta": lambda row: words(row.due_on), "colour": "amber", **options},
    )


def due_and_whose(row):
    return f"{row.order.owner} · {words(row.due_on)}" if row.order else words(row.due_on)


receivable_card(
    "due-from-my-customers",
    gettext_lazy("Customers who have to pay"),
    {"mine": "true", "due": "week"},
    45,
    ("receivables.view_receivable",),
    gettext_lazy("No customer of yours has to pay within a week."),
    unless="receivables.dispute_receivable",
    actions=(log_contact,),
)
receivable_card(
    "receivables-due-today",
    gettext_lazy("Due today"),
    {"due": "today"},
    40,
    ("receivables.allocate_payment",),
    gettext_lazy("No payment is due today."),
)
receivable_card(
    "receivables-overdue",
    gettext_lazy("Overdue receivables"),
    {"overdue": "true"},
    42,
    ("receivables.dispute_receivable",),
    gettext_lazy("No customer is late."),
    meta=due_and_whose,
    actions=(log_contact, "dispute"),
    colour="red",
)
receivable_card(
    "receivables-disputed",
    gettext_lazy("Disputed receivables"),
    {"state": "disputed"},
    44,
    ("receivables.settle_dispute_receivable",),
    gettext_lazy("No receivable is disputed."),
    meta=lambda row: row.dispute_reason,
    actions=("settle_dispute",),
)
for _name, _label, _query, _place, _verbs, _empty in (
    (
        "payments-to-allocate",
        gettext_lazy("Payments to allocate"),
        {"to_allocate": "true"},
        38,
        ("allocate", "allocate_oldest"),
        gettext_lazy("Everything that came in is allocated."),
    ),
    (
        "payments-uncleared",
        gettext_lazy("Payments not cleared yet"),
        {"state": "recorded"},
        39,
        ("clear", "bounce"),
        gettext_lazy("Every payment has cleared."),
    ),
):
    home.add(
        _name,
        _label,
        PaymentPages,
        _query,
        order="received_on",
        position=_place,
        needs=("receivables.allocate_payment",),
        text=lambda row: f"{row.account} · {money(row.unallocated or row.amount, row.currency_id)}",
        meta=lambda row: f"{row.get_method_display()} · {words(row.received_on)}",
        actions=_verbs,
        related=("account",),
        colour="amber",
        empty=_empty,
    )
home.add(
    "invoices-to-issue",
    gettext_lazy("Invoices to issue"),
    InvoicePages,
    {"state": "draft"},
    order="pk",
    position=46,
    needs=("receivables.issue_invoice",),
    text=lambda row: f"{row} · {row.account}",
    meta=lambda row: money(row.amount, row.currency_id),
    actions=("issue",),
    related=("account",),
    empty=gettext_lazy("Every invoice is issued."),
)
home.suggest(
    gettext_lazy("Look at the ageing"), "receivables:ageing", "receivables.allocate_payment"
)
