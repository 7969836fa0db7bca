from rest_framework import serializers

from crm.api.serializers import CrmSerializer
from receivables.models import Invoice, Payment, PaymentAllocation, Receivable, WriteOff


class AllocationSerializer(serializers.ModelSerializer):
    class Meta:
        model = PaymentAllocation
        fields = [
            "id",
            "payment",
            "receivable",
            "amount",
            "allocated_on",
            "reversed_at",
            "reverse_reason",
        ]
        read_only_fields = fields


class LeftField(serializers.DecimalField):
    """An amount the database computes."""

    def __init__(self, **kwargs):
        super().__init__(max_digits=18, decimal_places=2, read_only=True, **kwargs)


class ReceivableSerializer(CrmSerializer):
    balance = LeftField()
    balance_on = LeftField()
    is_overdue = serializers.BooleanField(read_only=True)

    class Meta:
        model = Receivable
        fields = [
            "id",
            "state",
            "account",
            "contract",
            "order",
            "position",
            "label",
            "event",
            "days",
            "currency",
            "amount",
            "allocated",
            "written_off",
            "balance",
            "balance_on",
            "opened_on",
            "due_on",
            "is_overdue",
            "cancelled_on",
            "dispute_reason",
            "version",
        ]
        read_only_fields = fields


class PaymentSerializer(CrmSerializer):
    allocations = AllocationSerializer(many=True, read_only=True)
    unallocated = LeftField()
    method = serializers.ChoiceField(
        choices=[c for c in Payment.Method.choices if c[0] != Payment.Method.CREDIT],
        default=Payment.Method.TRANSFER,
    )

    class Meta:
        model = Payment
        fields = [
            "id",
            "number",
            "state",
            "account",
            "method",
            "currency",
            "amount",
            "received_on",
            "payer",
            "reference",
            "notes",
            "allocated",
            "refunded",
            "unallocated",
            "allocations",
            "version",
        ]
        read_only_fields = ["number", "allocated", "refunded", "version"]
        extra_kwargs = {"currency": {"required": False}}


class InvoiceSerializer(CrmSerializer):
    class Meta:
        model = Invoice
        fields = [
            "id",
            "number",
            "state",
            "kind",
            "order",
            "account",
            "owner",
            "reverses",
            "title",
            "tax_number",
            "currency",
            "amount",
            "tax",
            "issued_on",
            "reverse_reason",
            "version",
        ]
        read_only_fields = [
            "number",
            "account",
            "owner",
            "reverses",
            "currency",
            "tax",
            "issued_on",
            "reverse_reason",
            "version",
        ]
        extra_kwargs = {"title": {"required": False}, "amount": {"required": False}}


class WriteOffSerializer(CrmSerializer):
    class Meta:
        model = WriteOff
        fields = ["id", "state", "receivable", "amount", "reason", "decided_on", "version"]
        read_only_fields = fields
