"""What is owed and invoiced, on the pages of customers, contracts and orders."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from accounts.views import AccountPages
from contracts.models import Contract
from contracts.views import ContractPages
from crm.cells import Column, table
from crm.record import related
from orders.models import Order
from orders.views import OrderPages
from receivables import services
from receivables.models import Invoice, Receivable
from receivables.querysets import UNPAID
from receivables.views.pages import OVERDUE, PART_COLUMNS


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
