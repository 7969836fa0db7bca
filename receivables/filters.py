from datetime import timedelta

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from crm.filters import CrmFilter
from receivables.models import Invoice, Payment, Receivable, WriteOff
from receivables.querysets import BUCKETS, bucket_q
from users.models import User


class ReceivableFilter(CrmFilter):
    """`as_of` and `bucket` together show the rows behind one cell of the ageing report."""

    state = django_filters.MultipleChoiceFilter(
        field_name="state", choices=Receivable.State.choices, label=_("State")
    )
    overdue = django_filters.BooleanFilter(method="filter_overdue", label=_("Overdue"))
    due = django_filters.ChoiceFilter(
        choices=[("today", _("today")), ("week", _("within seven days, or late"))],
        method="filter_due",
        label=_("Due"),
    )
    mine = django_filters.BooleanFilter(method="filter_mine", label=_("Mine"))
    due_on = django_filters.DateFromToRangeFilter(label=_("Due on"))
    account = django_filters.ModelChoiceFilter(queryset=Account.objects.all(), label=_("Customer"))
    owner = django_filters.ModelChoiceFilter(
        queryset=User.objects.active(), method="filter_owner", label=_("Owner")
    )
    bucket = django_filters.ChoiceFilter(
        choices=[
            ("all", _("all that is owed")),
            *((code, label) for code, label, *_days in BUCKETS),
        ],
        method="filter_nothing",
        label=_("How late"),
    )
    as_of = django_filters.DateFilter(method="filter_nothing", label=_("As of"))

    class Meta:
        model = Receivable
        fields = [
            "state",
            "overdue",
            "due",
            "mine",
            "due_on",
            "account",
            "owner",
            "order",
            "contract",
            "bucket",
            "as_of",
            "currency",
        ]

    def by_conditions(self, rows):
        """A balance is compared as it is shown: as of the day that is asked for."""
        return super().by_conditions(self.on_the_day(rows))

    def on_the_day(self, rows):
        asked = getattr(self.form, "cleaned_data", {})
        on, bucket = asked.get("as_of"), asked.get("bucket")
        if not bucket and on is None:
            return rows.with_balance_on()
        rows = rows.owed_on(on)
        if bucket and bucket != "all":
            rows = rows.filter(bucket_q(bucket, on or timezone.localdate()))
        return rows

    def filter_nothing(self, queryset, name, value):
        """`on_the_day` reads both fields at once."""
        return queryset

    def filter_overdue(self, queryset, name, value):
        today = timezone.localdate()
        late = queryset.overdue(today)
        return late if value else queryset.exclude(pk__in=late.values("pk"))

    def filter_due(self, queryset, name, value):
        today = timezone.localdate()
        if value == "today":
            return queryset.unpaid().filter(due_on=today)
        return queryset.unpaid().filter(due_on__lte=today + timedelta(days=7))

    def filter_mine(self, queryset, name, value):
        mine = queryset.of_owner(self.request.user)
        return mine if value else queryset.exclude(pk__in=mine.values("pk"))

    def filter_owner(self, queryset, name, value: int):
        return queryset.of_owner(value)


class PaymentFilter(CrmFilter):
    received_on = django_filters.DateFromToRangeFilter(label=_("Received on"))
    to_allocate = django_filters.BooleanFilter(
        method="filter_to_allocate", label=_("Something left to allocate")
    )

    class Meta:
        model = Payment
        fields = {
            "state": ["exact"],
            "account": ["exact"],
            "method": ["exact"],
            "currency": ["exact"],
        }

    def filter_to_allocate(self, queryset, name, value):
        left = queryset.to_allocate()
        return left if value else queryset.exclude(pk__in=left.values("pk"))


class InvoiceFilter(CrmFilter):
    issued_on = django_filters.DateFromToRangeFilter(label=_("Issued on"))

    class Meta:
        model = Invoice
        fields = {
            "state": ["exact"],
            "kind": ["exact"],
            "account": ["exact"],
            "order": ["exact"],
            "owner": ["exact"],
        }


class WriteOffFilter(CrmFilter):
    class Meta:
        model = WriteOff
        fields = {"state": ["exact"], "receivable__account": ["exact"]}
