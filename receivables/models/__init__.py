from receivables.models.payment import Payment, PaymentAllocation
from receivables.models.receivable import Invoice, Receivable, WriteOff

__all__ = ["Invoice", "Payment", "PaymentAllocation", "Receivable", "WriteOff"]
