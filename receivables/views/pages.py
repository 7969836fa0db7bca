from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.views.headers import CUSTOMER_WORDS
from crm.cells import Cell, Column, link, money, table
from crm.imports import Importer
from crm.pages import Pages
from receivables import services
from receivables.filters import InvoiceFilter, PaymentFilter, ReceivableFilter, WriteOffFilter
from receivables.forms import InvoiceForm, PaymentForm
from receivables.models import Invoice, Payment, PaymentAllocation, Receivable, WriteOff


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
            field="balance",
        ),
    )
    more_columns = ("currency",)
    order = "due_on"
    filterset = ReceivableFilter
    totals = ("amount", "balance_on")
    verbs = services.RECEIVABLE_VERBS
    menu = ("money", 10)
    empty = gettext_lazy(
        "Nothing is owed. Receivables are planned when a contract becomes active or an order is "
        "confirmed, each with its day."
    )
    begin = "orders.order"
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
    more_columns = ("rate",)
    order = "-received_on"
    filterset = PaymentFilter
    totals = ("amount", "unallocated")
    form = PaymentForm
    create = services.record_payment
    verbs = services.PAYMENT_VERBS
    importer = Importer(
        keys=("external_key", "reference", "number"),
        walks={"cleared": ("clear",)},
        history=("state", "method", *services.PAST),
        create=services.take_over_payment,
        words={
            "account": CUSTOMER_WORDS,
            "amount": (
                "回款金额",
                "收款金额",
                "到账金额",
                "付款金额",
                "收款金額",
                "amount received",
            ),
            "received_on": (
                *("回款日期", "到账日期", "收款日期", "付款日期", "到帳日期", "收款日期"),
                *("payment date", "date received", "value date", "date"),
            ),
            "reference": (
                "流水号",
                "交易流水号",
                "银行流水号",
                "凭证号",
                "流水號",
                "transaction id",
            ),
            "payer": ("付款方", "付款单位", "付款人", "对方户名", "付款單位", "paid by"),
            "method": (
                "回款方式",
                "收款方式",
                "付款方式",
                "支付方式",
                "收款方式",
                "payment method",
            ),
            "number": ("收款单号", "回款编号", "收款單號", "payment number"),
        },
        remove=services.remove_payments,
    )
    menu = ("money", 20)
    # Translators: words with which people ask for a new one, besides its name.
    asked_for = gettext_lazy("receipt money")
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
    more_columns = ("currency", "reverses", "reverse_reason")
    order = "-pk"
    filterset = InvoiceFilter
    totals = ("amount", "tax")
    form = InvoiceForm
    create = services.create_invoice
    edit = services.edit_invoice
    verbs = services.INVOICE_VERBS
    menu = ("money", 30)
    # Translators: words with which people ask for a new one, besides its name.
    asked_for = gettext_lazy("bill billing")
    empty = gettext_lazy(
        "No invoices yet. Draft one from an order, or here; it takes part of what the "
        "order is to be paid."
    )
    begin = "orders.order"
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
    empty = gettext_lazy(
        "Nothing has been written off. What a customer will never pay is proposed for it "
        "on the page of the receivable."
    )
    begin = "receivables.receivable"
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
