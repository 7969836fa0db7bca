from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

import crm.fields
import crm.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("products", "0001_initial"),
        ("users", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="StockLevel",
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
                    "on_hand",
                    crm.fields.QuantityField(
                        decimal_places=3,
                        default=0,
                        editable=False,
                        max_digits=15,
                        verbose_name="on hand",
                    ),
                ),
                (
                    "reserved",
                    crm.fields.QuantityField(
                        decimal_places=3,
                        default=0,
                        editable=False,
                        max_digits=15,
                        verbose_name="reserved",
                    ),
                ),
                (
                    "reorder_point",
                    crm.fields.QuantityField(
                        decimal_places=3,
                        default=0,
                        max_digits=15,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="reorder point",
                    ),
                ),
                (
                    "reorder_quantity",
                    crm.fields.QuantityField(
                        decimal_places=3,
                        default=0,
                        max_digits=15,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="reorder quantity",
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
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stock_levels",
                        to="products.product",
                        verbose_name="product",
                    ),
                ),
            ],
            options={
                "verbose_name": "stock level",
                "verbose_name_plural": "stock levels",
                "ordering": ["product__code", "warehouse__priority"],
                "permissions": [
                    ("receive_stocklevel", "Can receive stocklevel"),
                    ("adjust_stocklevel", "Can adjust stocklevel"),
                    ("transfer_stocklevel", "Can transfer stocklevel"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("on_hand__gte", models.F("reserved")), ("reserved__gte", 0)
                        ),
                        name="stock_never_promised_twice",
                    )
                ],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="StockMove",
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
                            ("receipt", "receipt"),
                            ("dispatch", "dispatch"),
                            ("return", "return"),
                            ("adjustment", "adjustment"),
                            ("transfer", "transfer"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "quantity",
                    crm.fields.QuantityField(
                        decimal_places=3, max_digits=15, verbose_name="quantity"
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "reference",
                    models.CharField(blank=True, max_length=60, verbose_name="reference"),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "level",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="inventory.stocklevel",
                        verbose_name="stock",
                    ),
                ),
            ],
            options={
                "verbose_name": "stock move",
                "verbose_name_plural": "stock moves",
                "ordering": ["-pk"],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="Warehouse",
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
                ("code", models.CharField(max_length=20, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="address")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("priority", models.PositiveSmallIntegerField(default=10, verbose_name="priority")),
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
                "verbose_name": "warehouse",
                "verbose_name_plural": "warehouses",
                "ordering": ["priority", "code"],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.AddField(
            model_name="stocklevel",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stock_levels",
                to="inventory.warehouse",
                verbose_name="warehouse",
            ),
        ),
        migrations.CreateModel(
            name="PurchaseRequest",
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
                            ("suggested", "suggested"),
                            ("submitted", "submitted"),
                            ("approved", "approved"),
                            ("ordered", "ordered"),
                            ("received", "received"),
                            ("cancelled", "cancelled"),
                        ],
                        default="suggested",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
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
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "expected_on",
                    models.DateField(blank=True, null=True, verbose_name="expected on"),
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
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.product",
                        verbose_name="product",
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
            ],
            options={
                "verbose_name": "purchase request",
                "verbose_name_plural": "purchase requests",
                "ordering": ["-pk"],
                "permissions": [
                    ("submit_purchaserequest", "Can submit purchaserequest"),
                    ("approve_purchaserequest", "Can approve purchaserequest"),
                    ("order_purchaserequest", "Can order purchaserequest"),
                    ("receive_purchaserequest", "Can receive purchaserequest"),
                    ("cancel_purchaserequest", "Can cancel purchaserequest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="purchase_quantity_positive"
                    )
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.AddConstraint(
            model_name="stocklevel",
            constraint=models.UniqueConstraint(
                fields=("product", "warehouse"), name="one_level_a_place"
            ),
        ),
    ]
