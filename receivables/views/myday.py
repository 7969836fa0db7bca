"""What My day shows of receivables, payments and invoices."""

from django.utils.translation import gettext_lazy

from activities.views import log_contact
from crm import days, home
from crm.cells import money
from receivables.views.pages import InvoicePages, PaymentPages, ReceivablePages


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
        **{"meta": lambda row: days.due(row.due_on), "colour": "amber", **options},
    )


def due_and_whose(row):
    return f"{row.order.owner} · {days.due(row.due_on)}" if row.order else days.due(row.due_on)


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
    actions=(log_contact,),
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
        meta=lambda row: f"{row.get_method_display()} · {days.since(row.received_on)}",
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
