from crm.api.viewsets import CrmViewSet
from receivables import services
from receivables.filters import InvoiceFilter, PaymentFilter, ReceivableFilter, WriteOffFilter
from receivables.models import Invoice, Payment, Receivable, WriteOff
from receivables.serializers import (
    InvoiceSerializer,
    PaymentSerializer,
    ReceivableSerializer,
    WriteOffSerializer,
)


class ReceivableViewSet(CrmViewSet):
    """`balance_on` is the balance on the day `?as_of=` asks for, else the present one."""

    model = Receivable
    serializer_class = ReceivableSerializer
    filterset_class = ReceivableFilter
    verbs = services.RECEIVABLE_VERBS

    def get_queryset(self):
        return super().get_queryset().with_balance_on()


class PaymentViewSet(CrmViewSet):
    model = Payment
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilter
    verbs = services.PAYMENT_VERBS
    create_service = services.record_payment
    prefetched = ("allocations",)


class InvoiceViewSet(CrmViewSet):
    model = Invoice
    serializer_class = InvoiceSerializer
    filterset_class = InvoiceFilter
    verbs = services.INVOICE_VERBS
    create_service = services.create_invoice
    edit_service = services.edit_invoice


class WriteOffViewSet(CrmViewSet):
    """Requests are made with the verb request_write_off of a receivable."""

    model = WriteOff
    serializer_class = WriteOffSerializer
    filterset_class = WriteOffFilter
    verbs = services.WRITE_OFF_VERBS


ROUTES = {
    "receivables": ReceivableViewSet,
    "payments": PaymentViewSet,
    "invoices": InvoiceViewSet,
    "write-offs": WriteOffViewSet,
}
