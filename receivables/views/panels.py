"""What is owed and invoiced, on the pages of customers, contracts and orders."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from accounts.views import AccountPages
from contracts.models import Contract
from contracts.views import ContractPages
from crm.cells import Column, table
from crm.record import related
from crm.views import table_panel
from orders.models import Order
from orders.views import OrderPages
from receivables import services
from receivables.models import Invoice, Receivable
from receivables.querysets import UNPAID
from receivables.views.pages import OVERDUE, PART_COLUMNS


def _parts_table(rows, user, columns, **extra):
    rows = rows.visible_to(user).select_related("order", "contract")
    return table(_("Receivables"), Receivable, columns, rows, user, **extra)


@table_panel(Account, "receivables.view_receivable")
def account_panel(account, user):
    """What a customer owes."""
    rows = Receivable.objects.filter(account=account, state__in=UNPAID)
    return _parts_table(
        rows.order_by("due_on", "pk"),
        user,
        ("label", "order", "state", "due_on", OVERDUE, "balance"),
        empty=_("This customer owes nothing."),
    )


@table_panel(Contract, "receivables.view_receivable")
def contract_panel(contract, user):
    rows = Receivable.objects.filter(contract=contract).order_by("position", "pk")
    return _parts_table(rows, user, PART_COLUMNS)


@table_panel(Order, "receivables.view_receivable")
def order_panel(order, user):
    rows = Receivable.objects.filter(order=order).order_by("position", "pk")
    return _parts_table(rows, user, PART_COLUMNS)


@table_panel(Order, "receivables.view_invoice")
def order_invoices(order, user):
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
