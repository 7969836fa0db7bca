import uuid
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import django_fsm
from django.conf import settings
from django.db import migrations, models

import crm.fields
import crm.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("contracts", "0001_initial"),
        ("crm", "0001_initial"),
        ("orders", "0001_initial"),
        ("users", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "external_key",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=100,
                        null=True,
                        unique=True,
                        verbose_name="external key",
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("recorded", "recorded"),
                            ("cleared", "cleared"),
                            ("bounced", "bounced"),
                        ],
                        default="recorded",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        editable=False, max_length=30, unique=True, verbose_name="number"
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("transfer", "bank transfer"),
                            ("cash", "cash"),
                            ("cheque", "cheque"),
                            ("online", "online payment"),
                            ("credit", "credit note"),
                            ("other", "other"),
                        ],
                        default="transfer",
                        max_length=10,
                        verbose_name="method",
                    ),
                ),
                (
                    "rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=8,
                        editable=False,
                        max_digits=18,
                        null=True,
                        verbose_name="exchange rate",
                    ),
                ),
                (
                    "amount",
                    crm.fields.MoneyField(
                        decimal_places=2,
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                (
                    "received_on",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="received on"
                    ),
                ),
                ("payer", models.CharField(blank=True, max_length=200, verbose_name="payer")),
                (
                    "reference",
                    models.CharField(blank=True, max_length=100, verbose_name="bank reference"),
                ),
                ("notes", models.TextField(blank=True, verbose_name="notes")),
                (
                    "allocated",
                    crm.fields.MoneyField(
                        decimal_places=2,
                        default=0,
                        editable=False,
                        max_digits=18,
                        verbose_name="allocated",
                    ),
                ),
                (
                    "refunded",
                    crm.fields.MoneyField(
                        decimal_places=2,
                        default=0,
                        editable=False,
                        max_digits=18,
                        verbose_name="refunded",
                    ),
                ),
                (
                    "unallocated",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(state="bounced", then=models.Value(Decimal("0.00"))),
                            default=django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("amount"), "-", models.F("allocated")
                                ),
                                "-",
                                models.F("refunded"),
                            ),
                        ),
                        output_field=crm.fields.MoneyField(decimal_places=2, max_digits=18),
                        verbose_name="not allocated",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="accounts.account",
                        verbose_name="customer",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "currency",
                    models.ForeignKey(
                        default="CNY",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="crm.currency",
                        verbose_name="currency",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "ordering": ["-received_on", "-pk"],
                "permissions": [
                    ("clear_payment", "Can clear payment"),
                    ("bounce_payment", "Can bounce payment"),
                    ("allocate_payment", "Can allocate payment"),
                    ("reverse_allocation_payment", "Can reverse allocation payment"),
                    ("refund_payment", "Can refund payment"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="payment_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allocated__gte", 0),
                            (
                                "amount__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("allocated"), "+", models.F("refunded")
                                ),
                            ),
                            ("refunded__gte", 0),
                        ),
                        name="payment_never_overspent",
                    ),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="Receivable",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "external_key",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=100,
                        null=True,
                        unique=True,
                        verbose_name="external key",
                    ),
                ),
                (
                    "journey",
                    models.UUIDField(
                        db_index=True, default=uuid.uuid4, editable=False, verbose_name="journey"
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("planned", "planned"),
                            ("open", "to be paid"),
                            ("part_paid", "partly paid"),
                            ("paid", "paid"),
                            ("disputed", "disputed"),
                            ("written_off", "written off"),
                            ("cancelled", "cancelled"),
                        ],
                        db_index=True,
                        default="planned",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="position")),
                ("label", models.CharField(max_length=60, verbose_name="part")),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("signing", "signing of the contract"),
                            ("confirmation", "confirmation of the order"),
                            ("shipment", "complete shipment"),
                            ("delivery", "complete delivery"),
                            ("date", "a date"),
                        ],
                        max_length=15,
                        verbose_name="counted from",
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(default=0, verbose_name="days after")),
                (
                    "amount",
                    crm.fields.MoneyField(decimal_places=2, max_digits=18, verbose_name="amount"),
                ),
                (
                    "allocated",
                    crm.fields.MoneyField(
                        decimal_places=2, default=0, max_digits=18, verbose_name="paid"
                    ),
                ),
                (
                    "written_off",
                    crm.fields.MoneyField(
                        decimal_places=2, default=0, max_digits=18, verbose_name="written off"
                    ),
                ),
                (
                    "balance",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("amount"), "-", models.F("allocated")
                            ),
                            "-",
                            models.F("written_off"),
                        ),
                        output_field=crm.fields.MoneyField(decimal_places=2, max_digits=18),
                        verbose_name="balance",
                    ),
                ),
                ("opened_on", models.DateField(blank=True, null=True, verbose_name="open since")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                (
                    "cancelled_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="cancelled on"
                    ),
                ),
                (
                    "dispute_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason disputed"),
                ),
                ("notified_on", models.DateField(blank=True, editable=False, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receivables",
                        to="accounts.account",
                        verbose_name="customer",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receivables",
                        to="contracts.contract",
                        verbose_name="contract",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "currency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="crm.currency",
                        verbose_name="currency",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receivables",
                        to="orders.order",
                        verbose_name="order",
                    ),
                ),
            ],
            options={
                "verbose_name": "receivable",
                "verbose_name_plural": "receivables",
                "ordering": ["due_on", "pk"],
                "permissions": [
                    ("dispute_receivable", "Can dispute receivable"),
                    ("settle_dispute_receivable", "Can settle dispute receivable"),
                    ("request_write_off_receivable", "Can request write off receivable"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["open", "part_paid", "disputed"])),
                        fields=["due_on"],
                        name="receivable_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allocated__gte", 0),
                            (
                                "amount__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("allocated"), "+", models.F("written_off")
                                ),
                            ),
                            ("written_off__gte", 0),
                        ),
                        name="receivable_never_overpaid",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("order__isnull", False)),
                        fields=("order", "position"),
                        name="one_part_an_order",
                    ),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="PaymentAllocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "amount",
                    crm.fields.MoneyField(decimal_places=2, max_digits=18, verbose_name="amount"),
                ),
                (
                    "allocated_on",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="allocated on"
                    ),
                ),
                (
                    "reversed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="reversed at"),
                ),
                (
                    "reverse_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason reversed"),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="receivables.payment",
                        verbose_name="payment",
                    ),
                ),
                (
                    "receivable",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="receivables.receivable",
                        verbose_name="receivable",
                    ),
                ),
            ],
            options={
                "verbose_name": "allocation",
                "verbose_name_plural": "allocations",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("reversed_at", None)),
                        fields=["receivable"],
                        name="allocation_live",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="payment_allocation_positive"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WriteOff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "external_key",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=100,
                        null=True,
                        unique=True,
                        verbose_name="external key",
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("in_approval", "in approval"),
                            ("approved", "approved"),
                            ("rejected", "rejected"),
                        ],
                        default="in_approval",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                (
                    "amount",
                    crm.fields.MoneyField(decimal_places=2, max_digits=18, verbose_name="amount"),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                (
                    "decided_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="decided on"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "receivable",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="write_offs",
                        to="receivables.receivable",
                        verbose_name="receivable",
                    ),
                ),
            ],
            options={
                "verbose_name": "write-off",
                "verbose_name_plural": "write-offs",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="write_off_positive"
                    )
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "external_key",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=100,
                        null=True,
                        unique=True,
                        verbose_name="external key",
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "draft"),
                            ("issued", "issued"),
                            ("reversed", "reversed"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True, editable=False, max_length=30, verbose_name="number"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("normal", "ordinary VAT invoice"),
                            ("special", "special VAT invoice"),
                        ],
                        default="normal",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="invoice title")),
                (
                    "tax_number",
                    models.CharField(blank=True, max_length=40, verbose_name="tax number"),
                ),
                (
                    "amount",
                    crm.fields.MoneyField(
                        decimal_places=2, max_digits=18, verbose_name="amount including tax"
                    ),
                ),
                (
                    "tax",
                    crm.fields.MoneyField(
                        decimal_places=2,
                        default=0,
                        editable=False,
                        max_digits=18,
                        verbose_name="tax included",
                    ),
                ),
                (
                    "issued_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="issued on"
                    ),
                ),
                (
                    "reverse_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=300, verbose_name="reason reversed"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="accounts.account",
                        verbose_name="customer",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "currency",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="crm.currency",
                        verbose_name="currency",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="orders.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="receivables.invoice",
                        verbose_name="reverses",
                    ),
                ),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "ordering": ["-pk"],
                "permissions": [
                    ("issue_invoice", "Can issue invoice"),
                    ("reverse_invoice", "Can reverse invoice"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number",),
                        name="one_invoice_a_number",
                    )
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
    ]
