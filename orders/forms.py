"""Forms of orders, shipments and exceptions, and the questions of their verbs."""

from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cells import decimal, labelled
from crm.forms import CrmForm, CrmModelForm, line_formset
from inventory.models import Warehouse
from orders.models import Carrier, Order, OrderCheck, OrderException, OrderLine, Shipment
from orders.services.shipments import plannable
from products.forms import line_form


class OrderForm(CrmModelForm):
    groups = (
        (
            gettext_lazy("Customer"),
            ["account", "contact", "channel", "customer_reference", "ordered_on", "requested_on"],
        ),
        (gettext_lazy("Delivery"), ["recipient", "recipient_phone", "address"]),
        (gettext_lazy("Payment"), ["currency", "payment_term", "freight", "notes"]),
    )

    class Meta:
        model = Order
        fields = [
            "account",
            "contact",
            "channel",
            "customer_reference",
            "ordered_on",
            "requested_on",
            "recipient",
            "recipient_phone",
            "address",
            "currency",
            "payment_term",
            "freight",
            "notes",
        ]
        help_texts = {
            "currency": gettext_lazy("Empty: the customer's currency."),
            "address": gettext_lazy("Empty: the customer's usual delivery address."),
            "payment_term": gettext_lazy("Empty: the customer's payment term."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["freight"].required = False
        if not self.instance.pk:
            field = self.fields["currency"]
            field.required, field.empty_label = False, "–"
            self.initial["currency"] = None
        if self.instance.contract_id:
            # These are the contract's.
            self.fields["account"].disabled = self.fields["currency"].disabled = True

    def clean_freight(self):
        return self.cleaned_data["freight"] or Decimal(0)


OrderLines = line_formset(Order, OrderLine, line_form(OrderLine))


class CheckChoice(forms.ModelChoiceField):
    def label_from_instance(self, check):
        return labelled(check, check.detail)


class WaiveForm(CrmForm):
    check = CheckChoice(
        OrderCheck.objects.none(),
        label=gettext_lazy("Check"),
        to_field_name="kind",
        empty_label=None,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj:
            failed = self.obj.checks.filter(result=OrderCheck.Result.FAILED)
            self.fields["check"].queryset = failed


class ConfirmOrderForm(CrmForm):
    confirmed_by = forms.CharField(
        label=gettext_lazy("Who confirmed for the customer"), max_length=100
    )
    confirmed_on = forms.DateField(label=gettext_lazy("When"), initial=timezone.localdate)
    confirmed_how = forms.CharField(
        label=gettext_lazy("How"),
        max_length=200,
        help_text=gettext_lazy("Such as a signed copy by mail, or a call."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj and self.obj.contact:
            self.fields["confirmed_by"].initial = self.obj.contact.name


class OpenExceptionForm(CrmForm):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=OrderException.Kind.choices)
    cause = forms.CharField(
        label=gettext_lazy("Cause"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    shipment = forms.ModelChoiceField(
        Shipment.objects.none(), label=gettext_lazy("Shipment"), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj:
            self.fields["shipment"].queryset = self.obj.shipments.all()


class PlanShipmentForm(CrmForm):
    """A field per line and warehouse that has goods for it, filled with all of them.

    REST clients send `quantities` instead: {line: quantity} or [{"line": …, "quantity": …}];
    without any quantity everything in the warehouse is planned.
    """

    warehouse = forms.ModelChoiceField(
        Warehouse.objects.all(), label=gettext_lazy("Warehouse"), required=False, empty_label=None
    )
    carrier = forms.ModelChoiceField(
        Carrier.objects.filter(is_active=True), label=gettext_lazy("Carrier"), required=False
    )
    planned_on = forms.DateField(
        label=gettext_lazy("Planned for"), required=False, initial=timezone.localdate
    )
    quantities = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.free, self.line_fields = plannable(self.obj) if self.obj else {}, {}
        field = self.fields["warehouse"]
        places = [place for _line, place in self.free]
        field.queryset = field.queryset.filter(pk__in=places)
        field.initial = places[0] if places else None
        for (line, place), (allocation, most) in self.free.items():
            name = f"quantity_{line}_{place}"
            self.line_fields[name] = (line, place)
            self.fields[name] = forms.DecimalField(
                label=f"{allocation.line.product} · {allocation.warehouse}",
                required=False,
                initial=most.normalize(),
                min_value=0,
                max_value=most,
                help_text=_("%(most)s allocated and not planned yet.") % {"most": decimal(most)},
            )

    def clean_quantities(self):
        given = self.cleaned_data["quantities"]
        if not given:
            return None
        try:
            pairs = (
                given.items()
                if isinstance(given, dict)
                else [(row["line"], row["quantity"]) for row in given]
            )
            return {int(line): Decimal(str(quantity)) for line, quantity in pairs}
        except (TypeError, KeyError, ValueError, InvalidOperation):
            raise ValidationError(
                _("Quantities are {line: quantity} or a list of line and quantity.")
            ) from None

    def clean(self):
        data = super().clean()
        warehouse = data.get("warehouse") or self.fields["warehouse"].queryset.first()
        if self.errors or warehouse is None:
            return data
        quantities = data.get("quantities")
        if quantities is None and any(name in self.data for name in self.line_fields):
            quantities = {
                line: data[name]
                for name, (line, place) in self.line_fields.items()
                if place == warehouse.pk and data.get(name)
            }
        elif quantities is None:
            quantities = {
                line: most
                for (line, place), (_allocation, most) in self.free.items()
                if place == warehouse.pk
            }
        return {
            "warehouse": warehouse,
            "quantities": quantities,
            "carrier": data.get("carrier"),
            "planned_on": data.get("planned_on"),
        }


class ShipmentForm(CrmModelForm):
    class Meta:
        model = Shipment
        fields = ["carrier", "tracking_number", "planned_on", "notes"]


class DispatchForm(CrmForm):
    carrier = forms.ModelChoiceField(
        Carrier.objects.filter(is_active=True), label=gettext_lazy("Carrier"), required=False
    )
    tracking_number = forms.CharField(
        label=gettext_lazy("Tracking number"), max_length=60, required=False
    )
    dispatched_at = forms.DateTimeField(
        label=gettext_lazy("Dispatched at"),
        required=False,
        help_text=gettext_lazy("Empty: now."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj:
            self.fields["carrier"].initial = self.obj.carrier_id
            self.fields["tracking_number"].initial = self.obj.tracking_number


class DeliverForm(CrmForm):
    received_by = forms.CharField(label=gettext_lazy("Received by"), max_length=100)
    delivered_on = forms.DateField(label=gettext_lazy("Delivered on"), initial=timezone.localdate)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj:
            self.fields["received_by"].initial = self.obj.order.recipient


class TrackForm(CrmForm):
    text = forms.CharField(label=gettext_lazy("What happened"), max_length=300)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=100, required=False)
    at = forms.DateTimeField(
        label=gettext_lazy("At"), required=False, help_text=gettext_lazy("Empty: now.")
    )


class ExceptionForm(CrmModelForm):
    class Meta:
        model = OrderException
        fields = ["order", "shipment", "kind", "cause", "owner"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["order"].disabled = True
            self.fields["shipment"].queryset = self.instance.order.shipments.all()


class HandleExceptionForm(CrmForm):
    told_by = forms.CharField(label=gettext_lazy("Who told the customer"), max_length=100)
    told_on = forms.DateField(label=gettext_lazy("When"), initial=timezone.localdate)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.user:
            self.fields["told_by"].initial = str(self.user)


class ResolveExceptionForm(CrmForm):
    solution = forms.CharField(
        label=gettext_lazy("Agreed solution"), widget=forms.Textarea(attrs={"rows": 3})
    )


class CarrierForm(CrmModelForm):
    class Meta:
        model = Carrier
        fields = ["name", "phone", "is_active"]
