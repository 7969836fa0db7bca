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
        ("inventory", "0001_initial"),
        ("products", "0001_initial"),
        ("users", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Carrier",
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
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
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
            ],
            options={
                "verbose_name": "carrier",
                "verbose_name_plural": "carriers",
                "ordering": ["name"],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="Order",
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
                        default=0,
                        editable=False,
                        max_digits=18,
                        verbose_name="amount",
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
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("received", "received"),
                            ("under_review", "under review"),
                            ("approved", "approved"),
                            ("confirmed", "confirmed by the customer"),
                            ("fulfilling", "being fulfilled"),
                            ("shipped", "shipped"),
                            ("delivered", "delivered"),
                            ("completed", "completed"),
                            ("on_hold", "on hold"),
                            ("cancelled", "cancelled"),
                        ],
                        db_index=True,
                        default="received",
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
                    "channel",
                    models.CharField(
                        choices=[
                            ("contract", "contract"),
                            ("phone", "phone"),
                            ("fax", "fax"),
                            ("mail", "mail"),
                            ("web", "web"),
                            ("api", "API"),
                        ],
                        default="phone",
                        max_length=10,
                        verbose_name="received by",
                    ),
                ),
                (
                    "customer_reference",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="customer's reference"
                    ),
                ),
                (
                    "ordered_on",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="ordered on"
                    ),
                ),
                (
                    "requested_on",
                    models.DateField(blank=True, null=True, verbose_name="delivery wanted by"),
                ),
                (
                    "recipient",
                    models.CharField(blank=True, max_length=100, verbose_name="recipient"),
                ),
                (
                    "recipient_phone",
                    models.CharField(blank=True, max_length=40, verbose_name="recipient's phone"),
                ),
                (
                    "address",
                    models.CharField(blank=True, max_length=300, verbose_name="delivery address"),
                ),
                (
                    "freight",
                    crm.fields.MoneyField(
                        decimal_places=2, default=0, max_digits=18, verbose_name="freight"
                    ),
                ),
                ("notes", models.TextField(blank=True, verbose_name="notes")),
                (
                    "confirmed_by",
                    models.CharField(
                        blank=True, editable=False, max_length=100, verbose_name="confirmed by"
                    ),
                ),
                (
                    "confirmed_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="confirmed on"
                    ),
                ),
                (
                    "confirmed_how",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="how confirmed"
                    ),
                ),
                ("held_from", models.CharField(blank=True, editable=False, max_length=15)),
                (
                    "hold_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=300, verbose_name="reason on hold"
                    ),
                ),
                (
                    "cancel_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=300, verbose_name="reason cancelled"
                    ),
                ),
                (
                    "shipped_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="shipped on"
                    ),
                ),
                (
                    "delivered_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="delivered on"
                    ),
                ),
                (
                    "completed_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="completed on"
                    ),
                ),
                (
                    "received",
                    crm.fields.MoneyField(
                        decimal_places=2,
                        default=0,
                        editable=False,
                        max_digits=18,
                        verbose_name="paid",
                    ),
                ),
                (
                    "outstanding",
                    crm.fields.MoneyField(
                        decimal_places=2,
                        default=0,
                        editable=False,
                        max_digits=18,
                        verbose_name="outstanding",
                    ),
                ),
                (
                    "open_returns",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, verbose_name="open returns"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="accounts.account",
                        verbose_name="customer",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "contract",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order",
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
                        default="CNY",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="crm.currency",
                        verbose_name="currency",
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
                    "payment_term",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.paymentterm",
                        verbose_name="payment term",
                    ),
                ),
            ],
            options={
                "verbose_name": "order",
                "verbose_name_plural": "orders",
                "ordering": ["-created_at", "-pk"],
                "permissions": [
                    ("submit_order", "Can submit order"),
                    ("waive_order", "Can waive order"),
                    ("approve_order", "Can approve order"),
                    ("return_for_changes_order", "Can return for changes order"),
                    ("confirm_order", "Can confirm order"),
                    ("fulfil_order", "Can fulfil order"),
                    ("allocate_order", "Can allocate order"),
                    ("complete_order", "Can complete order"),
                    ("hold_order", "Can hold order"),
                    ("unhold_order", "Can unhold order"),
                    ("cancel_order", "Can cancel order"),
                ],
                "indexes": [models.Index(fields=["owner", "state"], name="order_owner_state")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number",),
                        name="one_order_a_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("freight__gte", 0)), name="freight_not_negative"
                    ),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="OrderCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("quantity", "quantities"),
                            ("price", "prices"),
                            ("payment", "payment terms"),
                            ("address", "address"),
                            ("product", "products on sale"),
                            ("credit", "credit"),
                            ("stock", "stock"),
                        ],
                        max_length=10,
                        verbose_name="check",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("passed", "passed"),
                            ("warning", "warning"),
                            ("failed", "failed"),
                            ("waived", "waived"),
                        ],
                        max_length=10,
                        verbose_name="result",
                    ),
                ),
                ("reasons", models.JSONField(default=list, editable=False)),
                (
                    "waive_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason waived"),
                ),
                ("at", models.DateTimeField(auto_now=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="orders.order",
                    ),
                ),
                (
                    "waived_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="waived by",
                    ),
                ),
            ],
            options={
                "verbose_name": "check",
                "verbose_name_plural": "checks",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "kind"), name="one_check_a_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "description",
                    models.CharField(blank=True, max_length=300, verbose_name="description"),
                ),
                (
                    "quantity",
                    crm.fields.QuantityField(
                        decimal_places=3,
                        max_digits=15,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.001"))],
                        verbose_name="quantity",
                    ),
                ),
                (
                    "unit_price",
                    crm.fields.PriceField(
                        decimal_places=4,
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="unit price",
                    ),
                ),
                (
                    "discount",
                    crm.fields.PercentField(
                        decimal_places=4,
                        default=0,
                        max_digits=7,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="discount %",
                    ),
                ),
                (
                    "tax_rate",
                    crm.fields.PercentField(
                        decimal_places=4,
                        default=0,
                        max_digits=7,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="tax rate %",
                    ),
                ),
                (
                    "cost",
                    crm.fields.PriceField(
                        decimal_places=4,
                        default=0,
                        editable=False,
                        max_digits=18,
                        verbose_name="cost",
                    ),
                ),
                (
                    "amount",
                    crm.fields.MoneyField(
                        decimal_places=2, editable=False, max_digits=18, verbose_name="amount"
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
                    "position",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, verbose_name="position"
                    ),
                ),
                (
                    "allocated",
                    crm.fields.QuantityField(
                        decimal_places=3,
                        default=0,
                        editable=False,
                        max_digits=15,
                        verbose_name="allocated",
                    ),
                ),
                (
                    "shipped",
                    crm.fields.QuantityField(
                        decimal_places=3,
                        default=0,
                        editable=False,
                        max_digits=15,
                        verbose_name="shipped",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="orders.order",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "order line",
                "verbose_name_plural": "order lines",
                "ordering": ["position", "pk"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allocated__gte", 0),
                            (
                                "quantity__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("shipped"), "+", models.F("allocated")
                                ),
                            ),
                            ("shipped__gte", 0),
                        ),
                        name="line_not_over_shipped",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "quantity",
                    crm.fields.QuantityField(
                        decimal_places=3, max_digits=15, verbose_name="quantity"
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.warehouse",
                        verbose_name="warehouse",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="allocations",
                        to="orders.orderline",
                    ),
                ),
            ],
            options={
                "verbose_name": "allocation",
                "verbose_name_plural": "allocations",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line", "warehouse"), name="one_allocation_a_place"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="allocation_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shipment",
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
                            ("picking", "being picked"),
                            ("dispatched", "dispatched"),
                            ("in_transit", "in transit"),
                            ("delivered", "delivered"),
                            ("failed", "delivery failed"),
                            ("returned", "came back"),
                            ("cancelled", "cancelled"),
                        ],
                        default="planned",
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
                    "tracking_number",
                    models.CharField(blank=True, max_length=60, verbose_name="tracking number"),
                ),
                ("planned_on", models.DateField(blank=True, null=True, verbose_name="planned for")),
                (
                    "dispatched_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="dispatched at"
                    ),
                ),
                (
                    "delivered_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="delivered on"
                    ),
                ),
                (
                    "received_by",
                    models.CharField(
                        blank=True, editable=False, max_length=100, verbose_name="received by"
                    ),
                ),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=300,
                        verbose_name="reason delivery failed",
                    ),
                ),
                ("notes", models.TextField(blank=True, verbose_name="notes")),
                (
                    "carrier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.carrier",
                        verbose_name="carrier",
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
                    "order",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipments",
                        to="orders.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.warehouse",
                        verbose_name="warehouse",
                    ),
                ),
            ],
            options={
                "verbose_name": "shipment",
                "verbose_name_plural": "shipments",
                "ordering": ["-pk"],
                "permissions": [
                    ("pick_shipment", "Can pick shipment"),
                    ("dispatch_shipment", "Can dispatch shipment"),
                    ("track_shipment", "Can track shipment"),
                    ("deliver_shipment", "Can deliver shipment"),
                    ("fail_shipment", "Can fail shipment"),
                    ("take_back_shipment", "Can take back shipment"),
                    ("cancel_shipment", "Can cancel shipment"),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="OrderException",
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
                            ("open", "open"),
                            ("handling", "being handled"),
                            ("resolved", "resolved"),
                            ("closed", "closed"),
                        ],
                        default="open",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wrong_data", "wrong order data"),
                            ("shortage", "shortage"),
                            ("delay", "delay"),
                            ("loss", "loss"),
                            ("damage", "damage"),
                            ("refused", "refused by the customer"),
                        ],
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                ("cause", models.TextField(verbose_name="cause")),
                (
                    "told_by",
                    models.CharField(
                        blank=True, editable=False, max_length=100, verbose_name="customer told by"
                    ),
                ),
                (
                    "told_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="customer told on"
                    ),
                ),
                (
                    "solution",
                    models.TextField(blank=True, editable=False, verbose_name="agreed solution"),
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exceptions",
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
                    "shipment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exceptions",
                        to="orders.shipment",
                        verbose_name="shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "order exception",
                "verbose_name_plural": "order exceptions",
                "ordering": ["-pk"],
                "permissions": [
                    ("handle_orderexception", "Can handle orderexception"),
                    ("resolve_orderexception", "Can resolve orderexception"),
                    ("close_orderexception", "Can close orderexception"),
                    ("reopen_orderexception", "Can reopen orderexception"),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="ShipmentLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "quantity",
                    crm.fields.QuantityField(
                        decimal_places=3,
                        max_digits=15,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="quantity",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shipment_lines",
                        to="orders.orderline",
                        verbose_name="order line",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="orders.shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "shipment line",
                "verbose_name_plural": "shipment lines",
                "constraints": [
                    models.UniqueConstraint(fields=("shipment", "line"), name="shipment_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="shipment_line_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrackingEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="place")),
                ("text", models.CharField(max_length=300, verbose_name="what happened")),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tracking",
                        to="orders.shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "tracking event",
                "verbose_name_plural": "tracking events",
                "ordering": ["-at", "-pk"],
            },
        ),
    ]
