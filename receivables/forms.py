"""Shapes of what finance types in; amounts are checked by the services under their locks."""

from decimal import Decimal, InvalidOperation

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.cells import money
from crm.forms import CrmForm, CrmModelForm
from receivables.models import Invoice, Payment, PaymentAllocation
from receivables.services import payable

# So many receivables of one customer are offered at once; "oldest" reaches the others.
MOST_SHOWN = 40


class PaymentForm(CrmModelForm):
    method = forms.ChoiceField(
        label=_("Method"),
        choices=[c for c in Payment.Method.choices if c[0] != Payment.Method.CREDIT],
    )

    class Meta:
        model = Payment
        fields = [
            "account",
            "method",
            "amount",
            "currency",
            "received_on",
            "payer",
            "reference",
            "notes",
        ]


class AllocateForm(CrmForm):
    """One amount per open receivable of the payer, or `amounts` {receivable: amount} (API)."""

    amounts = forms.JSONField(label=_("Amounts"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.receivables = {}
        if self.obj is None:
            return
        left = money(self.obj.unallocated, self.obj.currency_id)
        self.fields["left"] = forms.CharField(
            label=_("Left to allocate"), initial=left, required=False, disabled=True
        )
        rows = payable(self.obj).select_related("order", "contract")
        if self.user is not None:
            rows = rows.visible_to(self.user)
        for row in rows[:MOST_SHOWN]:
            name = f"receivable_{row.pk}"
            self.receivables[name] = row.pk
            balance = money(row.balance, row.currency_id)
            self.fields[name] = forms.DecimalField(
                label=str(row),
                required=False,
                min_value=Decimal("0.01"),
                max_digits=18,
                decimal_places=2,
                help_text=_("%(balance)s owed, due on %(due)s")
                % {"balance": balance, "due": row.due_on},
                widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
            )

    def clean_amounts(self):
        given = self.cleaned_data["amounts"] or {}
        if not isinstance(given, dict):
            raise forms.ValidationError(_("Give an object of receivables and amounts."))
        try:
            amounts = {int(pk): Decimal(str(amount)) for pk, amount in given.items()}
        except (ValueError, InvalidOperation):
            raise forms.ValidationError(_("Give an object of receivables and amounts.")) from None
        if not all(amount.is_finite() for amount in amounts.values()):
            raise forms.ValidationError(_("Give an object of receivables and amounts."))
        return amounts

    def clean(self):
        data = super().clean()
        amounts = dict(data.get("amounts") or {})
        for name, pk in self.receivables.items():
            if data.get(name):
                amounts[pk] = data[name]
        if not amounts and not self.errors:
            raise forms.ValidationError(_("Enter an amount for at least one receivable."))
        return {"amounts": amounts}


class ReverseAllocationForm(CrmForm):
    allocation = forms.ModelChoiceField(
        label=_("Allocation"), queryset=PaymentAllocation.objects.none()
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is not None:
            field = self.fields["allocation"]
            field.queryset = self.obj.allocations.live().select_related(
                "payment", "receivable__order", "receivable__contract"
            )
            field.label_from_instance = lambda row: (
                f"{row.receivable} · {money(row.amount, self.obj.currency_id)}"
            )


class RefundForm(CrmForm):
    amount = forms.DecimalField(
        label=_("Amount"), max_digits=18, decimal_places=2, min_value=Decimal("0.01")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is not None:
            self.fields["amount"].initial = self.obj.unallocated


class WriteOffForm(CrmForm):
    amount = forms.DecimalField(
        label=_("Amount"), max_digits=18, decimal_places=2, min_value=Decimal("0.01")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.obj is not None:
            self.fields["amount"].initial = self.obj.balance


class InvoiceForm(CrmModelForm):
    class Meta:
        model = Invoice
        fields = ["order", "kind", "amount", "title", "tax_number"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["order"].disabled = True
        else:
            self.fields["amount"].required = False
            self.fields["amount"].help_text = _("Left empty: all that is not invoiced yet.")
            self.fields["title"].required = False
            self.fields["title"].help_text = _("Left empty: as the customer wants it.")


class AgeingForm(CrmForm):
    on = forms.DateField(label=_("As of"), required=False, initial=timezone.localdate)
