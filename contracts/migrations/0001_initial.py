import uuid
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
        ("accounts", "0001_initial"),
        ("crm", "0001_initial"),
        ("opportunities", "0001_initial"),
        ("products", "0001_initial"),
        ("users", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Contract",
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
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("changes_requested", "changes requested"),
                            ("approved", "approved"),
                            ("signing", "being signed"),
                            ("active", "active"),
                            ("completed", "completed"),
                            ("terminated", "terminated"),
                            ("expired", "expired"),
                            ("cancelled", "cancelled"),
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
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "delivery",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="delivery method and time"
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "our_signer",
                    models.CharField(
                        blank=True, editable=False, max_length=100, verbose_name="signed for us by"
                    ),
                ),
                (
                    "our_signed_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="signed by us on"
                    ),
                ),
                (
                    "their_signer",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=100,
                        verbose_name="signed for the customer by",
                    ),
                ),
                (
                    "their_signed_on",
                    models.DateField(
                        blank=True,
                        editable=False,
                        null=True,
                        verbose_name="signed by the customer on",
                    ),
                ),
                (
                    "signing_place",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="place of signing"
                    ),
                ),
                (
                    "activated_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="active since"
                    ),
                ),
                (
                    "ended_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=300, verbose_name="reason ended"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
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
                    "opportunity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="opportunities.opportunity",
                        verbose_name="opportunity",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.paymentterm",
                        verbose_name="payment term",
                    ),
                ),
                (
                    "quotation",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contract",
                        to="opportunities.quotation",
                        verbose_name="quotation",
                    ),
                ),
            ],
            options={
                "verbose_name": "contract",
                "verbose_name_plural": "contracts",
                "ordering": ["-created_at", "-pk"],
                "permissions": [
                    ("submit_contract", "Can submit contract"),
                    ("check_contract", "Can check contract"),
                    ("assess_contract", "Can assess contract"),
                    ("begin_signing_contract", "Can begin signing contract"),
                    ("sign_contract", "Can sign contract"),
                    ("activate_contract", "Can activate contract"),
                    ("complete_contract", "Can complete contract"),
                    ("terminate_contract", "Can terminate contract"),
                    ("cancel_contract", "Can cancel contract"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number",),
                        name="one_contract_a_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("starts_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="contract_dates",
                        violation_error_message="The contract cannot end before it starts.",
                    ),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="ComplianceCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="text")),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="position")),
                ("passed", models.BooleanField(blank=True, null=True, verbose_name="passed")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                (
                    "checked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="checked at"),
                ),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="contracts.contract",
                    ),
                ),
            ],
            options={
                "verbose_name": "compliance check",
                "verbose_name_plural": "compliance checks",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Amendment",
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
                            ("in_review", "in review"),
                            ("approved", "approved"),
                            ("effective", "effective"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("changes", models.TextField(verbose_name="what changes")),
                ("effective_on", models.DateField(verbose_name="effective on")),
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amendments",
                        to="contracts.contract",
                        verbose_name="contract",
                    ),
                ),
            ],
            options={
                "verbose_name": "amendment",
                "verbose_name_plural": "amendments",
                "ordering": ["effective_on", "pk"],
                "permissions": [
                    ("submit_amendment", "Can submit amendment"),
                    ("put_into_effect_amendment", "Can put into effect amendment"),
                    ("cancel_amendment", "Can cancel amendment"),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="ContractClause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="position")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("body", models.TextField(blank=True, verbose_name="text")),
                ("interpretation", models.TextField(blank=True, verbose_name="interpretation")),
                ("is_mandatory", models.BooleanField(default=False, verbose_name="mandatory")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clauses",
                        to="contracts.contract",
                    ),
                ),
            ],
            options={
                "verbose_name": "clause",
                "verbose_name_plural": "clauses",
                "ordering": ["position", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ContractLine",
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="contracts.contract",
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
                "verbose_name": "contract line",
                "verbose_name_plural": "contract lines",
                "ordering": ["position", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ContractTemplate",
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
                ("is_default", models.BooleanField(default=False, verbose_name="default")),
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
                "verbose_name": "contract template",
                "verbose_name_plural": "contract templates",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("is_default",),
                        name="one_default_template",
                    )
                ],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.AddField(
            model_name="contract",
            name="template",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.contracttemplate",
                verbose_name="template",
            ),
        ),
        migrations.CreateModel(
            name="Risk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("low", "low"), ("medium", "medium"), ("high", "high")],
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                ("description", models.CharField(max_length=300, verbose_name="risk")),
                ("measure", models.CharField(blank=True, max_length=300, verbose_name="measure")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="risks",
                        to="contracts.contract",
                    ),
                ),
            ],
            options={
                "verbose_name": "risk",
                "verbose_name_plural": "risks",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="TemplateCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=300, verbose_name="text")),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="position")),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checks",
                        to="contracts.contracttemplate",
                    ),
                ),
            ],
            options={
                "verbose_name": "compliance check",
                "verbose_name_plural": "compliance checks",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TemplateClause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="position")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("body", models.TextField(blank=True, verbose_name="text")),
                ("interpretation", models.TextField(blank=True, verbose_name="interpretation")),
                ("is_mandatory", models.BooleanField(default=False, verbose_name="mandatory")),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clauses",
                        to="contracts.contracttemplate",
                    ),
                ),
            ],
            options={
                "verbose_name": "clause",
                "verbose_name_plural": "clauses",
                "ordering": ["position", "pk"],
                "abstract": False,
            },
        ),
    ]
