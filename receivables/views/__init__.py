"""Pages, the ageing of what is owed, panels, and cards of My day."""

from receivables.views import myday
from receivables.views.ageing import ageing
from receivables.views.pages import InvoicePages, PaymentPages, ReceivablePages, WriteOffPages
from receivables.views.panels import account_panel, contract_panel, order_invoices, order_panel

__all__ = [
    "InvoicePages",
    "PaymentPages",
    "ReceivablePages",
    "WriteOffPages",
    "account_panel",
    "ageing",
    "contract_panel",
    "myday",
    "order_invoices",
    "order_panel",
]
