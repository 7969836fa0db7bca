from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from crm.cells import Cell, Column, money, table
from crm.errors import WrongMoment
from crm.models import Company
from crm.papers import register, sheet
from crm.papers.sheet import Sheet
from products.papers import customer_lines
from receivables import services
from receivables.models import Invoice, Payment, Receivable
from receivables.querysets import BUCKETS

LABELS = {code: label for code, label, *_days in BUCKETS}


def invoice(obj, user):
    return Sheet(
        parties=[
            sheet.party(_("Invoice to"), obj.title, sheet.named(_("tax number"), obj.tax_number)),
        ],
        facts=sheet.facts(
            obj, "kind", "issued_on", "order", "order__customer_reference", "reverses", "currency"
        ),
        blocks=[
            sheet.goods(invoiced_lines(obj), obj.amount, obj.currency_id, note=notice()),
            *sheet.passage(_("Reason for the reversal"), obj.reverse_reason),
            *(sheet.bank_details() if obj.amount > 0 else []),
        ],
    )


def invoiced_lines(obj):
    """The goods of the order where the invoice covers all of it, else one line for its part."""
    order = obj.order
    totals = [
        {"label": capfirst(label), "value": money(value, obj.currency_id)}
        for label, value in ((_("tax included"), obj.tax), (_("amount including tax"), obj.amount))
    ]
    found = customer_lines(order)
    if obj.amount == order.total and found["rows"]:
        if order.freight:
            freight = {"label": _("Freight"), "value": money(order.freight, order.currency_id)}
            totals.insert(0, freight)
        return {**found, "totals": totals}
    words = _("Reversal of invoice %(invoice)s") if obj.reverses else _("Part of order %(order)s")
    columns = (
        Column(
            "order",
            _("Goods and services"),
            value=lambda row: words % {"invoice": row.reverses, "order": row.order},
        ),
        "amount",
    )
    return table(_("Lines"), Invoice, columns, [obj], None, totals=totals)


def notice():
    """In China an invoice for the tax office comes from its own system only."""
    if Company.current().currency_id != "CNY":
        return ""
    return _("For tax purposes the invoice issued through the tax office's system counts.")


# --- Statement ----------------------------------------------------------------------------------


def statement(account, user):
    """What the customer owes today by the ageing, with the credit that is not allocated yet.

    Raises WrongMoment where part of it is out of the person's sight: a statement is whole.
    """
    today = timezone.localdate()
    everything = Receivable.objects.filter(account=account).owed_on(today)
    rows = everything.filter(pk__in=Receivable.objects.visible_to(user).values("pk"))
    if rows.count() != everything.count():
        raise WrongMoment(
            _("Part of what this customer owes belongs to orders that you do not see: ask finance.")
        )
    report = services.ageing(user, on=today, account=account)
    blocks = [owed(rows, figures) for figures in report["totals"]]
    return Sheet(
        parties=[sheet.party(_("Customer"), account.name)],
        facts=[
            *sheet.fact(_("As of"), today),
            *(
                fact
                for figures in report["totals"]
                for fact in sheet.fact(
                    _("Owed in %(currency)s") % figures,
                    money(figures["total"], figures["currency"]),
                )
            ),
        ],
        blocks=[
            *(blocks or sheet.passage("", _("Nothing was owed on this day."))),
            *credit(account, user),
            *sheet.bank_details(),
            *sheet.passage(
                _("Please confirm"),
                _("Tell us within ten days when these figures differ from your books."),
            ),
        ],
        signatures=[
            sheet.signature(_("For the seller (seal)"), sheet.our_name(), (_("Date"), today)),
            sheet.signature(
                _("Figures confirmed by the customer (seal)"), account.name, (_("Date"), "")
            ),
        ],
    )


def owed(rows, figures):
    """What is open in one currency, by its days after the due date and in all."""
    currency = figures["currency"]
    found = (
        rows.filter(currency=currency).select_related("order", "contract").order_by("due_on", "pk")
    )
    columns = (
        Column("document", _("Order or contract"), value=document),
        "label",
        "due_on",
        Column("days", _("Days overdue"), value=lambda row: row.days_overdue or "", numeric=True),
        "amount",
        "allocated",
        Column(
            "balance",
            value=lambda row: Cell(money(row.balance_on, currency), numeric=True),
            numeric=True,
        ),
    )
    buckets = [
        {"label": capfirst(LABELS[code]), "value": money(amount, currency)}
        for code, amount in figures["buckets"].items()
        if amount
    ]
    total = {"label": _("Total owed"), "value": money(figures["total"], currency)}
    title = _("Open items in %(currency)s") % figures
    listed = table(title, Receivable, columns, found, None, totals=[*buckets, total])
    return sheet.goods(listed, figures["total"], currency)


def document(row):
    """What the customer knows the item by: an order without a number yet goes by its contract."""
    order = row.order
    return str(order if order and order.number else row.contract or order)


def credit(account, user):
    """Payments that pay for nothing yet: a list of one table, or of none."""
    rows = Payment.objects.visible_to(user).filter(account=account).to_allocate()
    if not rows:
        return []
    columns = ("number", "received_on", "method", "amount", "unallocated")
    rows = rows.order_by("received_on", "pk")
    return [sheet.goods(table(_("Payments not allocated yet"), Payment, columns, rows, None))]


register(
    Invoice,
    title=pgettext_lazy("document", "Invoice"),
    number=lambda obj: obj.number,
    sheet=invoice,
    drafts=(Invoice.State.DRAFT,),
    void=(Invoice.State.REVERSED,),
)
register(
    Account,
    title=pgettext_lazy("document", "Statement of account"),
    number=lambda account: timezone.localdate().isoformat(),
    sheet=statement,
    needs=("receivables.view_receivable", "receivables.view_payment"),
)
