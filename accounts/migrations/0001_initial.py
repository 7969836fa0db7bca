import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import crm.fields
import crm.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("crm", "0001_initial"),
        ("planning", "0001_initial"),
        ("users", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountClass",
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
                ("code", models.CharField(max_length=10, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("policy", models.TextField(blank=True, verbose_name="service policy")),
                (
                    "visit_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="days between return visits"
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
            ],
            options={
                "verbose_name": "customer class",
                "verbose_name_plural": "customer classes",
                "ordering": ["code"],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="Account",
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
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "name_key",
                    models.CharField(
                        blank=True, db_index=True, default="", editable=False, max_length=200
                    ),
                ),
                (
                    "phone_key",
                    models.CharField(
                        blank=True, db_index=True, default="", editable=False, max_length=200
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("prospect", "prospect"),
                            ("customer", "customer"),
                            ("inactive", "inactive"),
                        ],
                        default="prospect",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("industry", models.CharField(blank=True, max_length=100, verbose_name="industry")),
                ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                (
                    "employees",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="employees"),
                ),
                (
                    "annual_revenue",
                    crm.fields.MoneyField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="annual revenue",
                    ),
                ),
                (
                    "founded",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="founded in"
                    ),
                ),
                ("website", models.CharField(blank=True, max_length=200, verbose_name="website")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                (
                    "credit_code",
                    models.CharField(
                        blank=True, max_length=18, verbose_name="unified social credit code"
                    ),
                ),
                (
                    "invoice_title",
                    models.CharField(blank=True, max_length=200, verbose_name="invoice title"),
                ),
                (
                    "tax_number",
                    models.CharField(blank=True, max_length=40, verbose_name="tax number"),
                ),
                ("bank", models.CharField(blank=True, max_length=100, verbose_name="bank")),
                (
                    "bank_account",
                    models.CharField(blank=True, max_length=60, verbose_name="bank account"),
                ),
                (
                    "credit_limit",
                    crm.fields.MoneyField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="credit limit",
                    ),
                ),
                (
                    "exposure",
                    crm.fields.MoneyField(
                        decimal_places=2,
                        default=0,
                        editable=False,
                        max_digits=18,
                        verbose_name="credit in use",
                    ),
                ),
                ("needs", models.TextField(blank=True, verbose_name="needs and preferences")),
                ("description", models.TextField(blank=True, verbose_name="notes")),
                (
                    "last_contact_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="last contact"
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="planning.campaign",
                        verbose_name="campaign",
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
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subsidiaries",
                        to="accounts.account",
                        verbose_name="parent company",
                    ),
                ),
                (
                    "account_class",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="accounts.accountclass",
                        verbose_name="class",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer",
                "verbose_name_plural": "customers",
                "ordering": ["name", "pk"],
                "permissions": [
                    ("assign_account", "Can assign account"),
                    ("set_credit_account", "Can set credit account"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("credit_code", ""), _negated=True),
                        fields=("credit_code",),
                        name="one_account_a_credit_code",
                        violation_error_message="Another customer has this credit code.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parent", models.F("pk")), _negated=True),
                        name="account_not_its_own_parent",
                        violation_error_message="A customer cannot be its own parent company.",
                    ),
                ],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="Address",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("shipping", "delivery"),
                            ("billing", "invoice"),
                            ("office", "office"),
                        ],
                        default="shipping",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "recipient",
                    models.CharField(blank=True, max_length=100, verbose_name="recipient"),
                ),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("country", models.CharField(blank=True, max_length=60, verbose_name="country")),
                ("province", models.CharField(blank=True, max_length=60, verbose_name="province")),
                ("city", models.CharField(blank=True, max_length=60, verbose_name="city")),
                ("street", models.CharField(max_length=200, verbose_name="street")),
                ("postcode", models.CharField(blank=True, max_length=20, verbose_name="postcode")),
                ("is_default", models.BooleanField(default=False, verbose_name="default")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addresses",
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
            ],
            options={
                "verbose_name": "address",
                "verbose_name_plural": "addresses",
                "ordering": ["-is_default", "pk"],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="PaymentTerm",
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
                "verbose_name": "payment term",
                "verbose_name_plural": "payment terms",
                "ordering": ["name"],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.AddField(
            model_name="account",
            name="payment_term",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.paymentterm",
                verbose_name="payment term",
            ),
        ),
        migrations.CreateModel(
            name="TermPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="position")),
                ("label", models.CharField(max_length=60, verbose_name="label")),
                (
                    "percent",
                    crm.fields.PercentField(
                        blank=True,
                        decimal_places=4,
                        max_digits=7,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="percent",
                    ),
                ),
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
                ("date", models.DateField(blank=True, null=True, verbose_name="date")),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="accounts.paymentterm",
                    ),
                ),
            ],
            options={
                "verbose_name": "part",
                "verbose_name_plural": "parts",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("percent", None)),
                        fields=("term",),
                        name="one_rest_a_term",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("event", "date"), _negated=True),
                            ("date__isnull", False),
                            _connector="OR",
                        ),
                        name="date_part_has_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
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
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("title", models.CharField(blank=True, max_length=100, verbose_name="job title")),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("decides", "decision maker"),
                            ("influences", "influencer"),
                            ("uses", "user"),
                            ("buys", "purchasing"),
                            ("pays", "finance"),
                            ("other", "other"),
                        ],
                        max_length=10,
                        verbose_name="part in the decision",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email")),
                ("wechat", models.CharField(blank=True, max_length=60, verbose_name="WeChat")),
                ("birthday", models.DateField(blank=True, null=True, verbose_name="birthday")),
                ("is_primary", models.BooleanField(default=False, verbose_name="main contact")),
                ("wants_no_mail", models.BooleanField(default=False, verbose_name="wants no mail")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("notes", models.TextField(blank=True, verbose_name="notes")),
                (
                    "phone_key",
                    models.CharField(
                        blank=True, db_index=True, default="", editable=False, max_length=200
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
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
            ],
            options={
                "verbose_name": "contact",
                "verbose_name_plural": "contacts",
                "ordering": ["-is_primary", "name", "pk"],
                "indexes": [
                    models.Index(
                        django.db.models.functions.text.Upper("email"), name="contact_email"
                    )
                ],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
    ]
