from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import CrmForm, CrmModelForm
from inventory.models import PurchaseRequest, StockLevel, Warehouse


class WarehouseForm(CrmModelForm):
    class Meta:
        model = Warehouse
        fields = ["code", "name", "address", "priority", "is_active"]


class StockLevelForm(CrmModelForm):
    class Meta:
        model = StockLevel
        fields = ["product", "warehouse", "reorder_point", "reorder_quantity"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # The ledger belongs to this product in this place.
            del self.fields["product"], self.fields["warehouse"]


class OpeningStockForm(CrmForm):
    """What a file of products says of their stock."""

    warehouse = forms.ModelChoiceField(
        Warehouse.objects.filter(is_active=True), label=_("warehouse"), required=False
    )
    on_hand = forms.DecimalField(
        label=_("on hand"), max_digits=15, decimal_places=3, min_value=0, required=False
    )
    reorder_point = forms.DecimalField(
        label=_("reorder point"), max_digits=15, decimal_places=3, min_value=0, required=False
    )


class QuantityForm(CrmForm):
    quantity = forms.DecimalField(
        label=_("Quantity"), max_digits=15, decimal_places=3, min_value=0.001
    )


class ReceiveForm(QuantityForm):
    reference = forms.CharField(
        label=_("Reference"), max_length=60, required=False, help_text=_("Delivery note or number")
    )
    reason = forms.CharField(label=_("Remark"), max_length=200, required=False)


class AdjustForm(CrmForm):
    quantity = forms.DecimalField(
        label=_("Difference"),
        max_digits=15,
        decimal_places=3,
        help_text=_("How many more were counted than are on record; fewer: with a minus."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)


class TransferForm(QuantityForm):
    destination = forms.ModelChoiceField(
        Warehouse.objects.filter(is_active=True), label=_("To warehouse")
    )
    reason = forms.CharField(label=_("Remark"), max_length=200, required=False)
    field_order = ["destination", "quantity", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is not None:
            field = self.fields["destination"]
            field.queryset = field.queryset.exclude(pk=self.obj.warehouse_id)


class PurchaseRequestForm(CrmModelForm):
    class Meta:
        model = PurchaseRequest
        fields = ["product", "warehouse", "quantity", "expected_on", "reason"]


class OrderPlacedForm(CrmForm):
    expected_on = forms.DateField(label=_("Expected on"), required=False)
