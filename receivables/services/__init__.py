"""Every write of the app, and the verbs both doors offer."""

from django.utils.translation import gettext_lazy as _

from crm.verbs import Verb, Verbs
from receivables.models import Invoice, Payment, Receivable, WriteOff
from receivables.services.figures import differences, rebuild_figures
from receivables.services.invoices import (
    create_invoice,
    edit_invoice,
    invoiced,
    issue_invoice,
    reverse_invoice,
    to_invoice,
)
from receivables.services.payments import (
    PAST,
    allocate_oldest,
    allocate_payment,
    allocate_refusal,
    bounce_payment,
    clear_payment,
    credit_customer,
    payable,
    record_payment,
    refund_payment,
    refund_refusal,
    remove_payments,
    reverse_allocation,
    reverse_refusal,
    take_over_payment,
)
from receivables.services.planning import (
    cancel_order_parts,
    notify_overdue,
    open_due,
    open_order_parts,
    plan_order,
    plan_receivables,
    settle_dispute,
)
from receivables.services.reports import ageing
from receivables.services.write_offs import (
    KIND,
    apply_write_off,
    company_amount,
    reject_write_off,
    request_write_off,
    write_off_refusal,
)


def reverse_allocation_of(payment, *, allocation, reason, by):
    """Reverse one allocation of a payment; return the payment."""
    return reverse_allocation(allocation, reason=reason, by=by).payment


RECEIVABLE_VERBS = Verbs(
    Receivable,
    settle_dispute=settle_dispute,
    request_write_off=Verb(
        run=request_write_off,
        label=_("Request write-off"),
        permission="receivables.request_write_off_receivable",
        form="receivables.forms.WriteOffForm",
        refusal=write_off_refusal,
    ),
)

PAYMENT_VERBS = Verbs(
    Payment,
    clear=clear_payment,
    bounce=bounce_payment,
    allocate=Verb(
        run=allocate_payment,
        label=_("Allocate"),
        permission="receivables.allocate_payment",
        form="receivables.forms.AllocateForm",
        style="primary",
        refusal=allocate_refusal,
    ),
    allocate_oldest=Verb(
        run=allocate_oldest,
        label=_("Allocate to the oldest"),
        permission="receivables.allocate_payment",
        refusal=allocate_refusal,
    ),
    reverse_allocation=Verb(
        run=reverse_allocation_of,
        label=_("Reverse an allocation"),
        permission="receivables.reverse_allocation_payment",
        form="receivables.forms.ReverseAllocationForm",
        refusal=reverse_refusal,
    ),
    refund=Verb(
        run=refund_payment,
        label=_("Refund"),
        permission="receivables.refund_payment",
        form="receivables.forms.RefundForm",
        refusal=refund_refusal,
    ),
)

INVOICE_VERBS = Verbs(Invoice, issue=issue_invoice, reverse=reverse_invoice)
WRITE_OFF_VERBS = Verbs(WriteOff)

__all__ = [
    "INVOICE_VERBS",
    "KIND",
    "PAST",
    "PAYMENT_VERBS",
    "RECEIVABLE_VERBS",
    "WRITE_OFF_VERBS",
    "ageing",
    "allocate_oldest",
    "allocate_payment",
    "apply_write_off",
    "bounce_payment",
    "cancel_order_parts",
    "clear_payment",
    "company_amount",
    "create_invoice",
    "credit_customer",
    "differences",
    "edit_invoice",
    "invoiced",
    "issue_invoice",
    "notify_overdue",
    "open_due",
    "open_order_parts",
    "payable",
    "plan_order",
    "plan_receivables",
    "rebuild_figures",
    "record_payment",
    "remove_payments",
    "refund_payment",
    "reject_write_off",
    "request_write_off",
    "reverse_allocation",
    "reverse_invoice",
    "settle_dispute",
    "take_over_payment",
    "to_invoice",
]
