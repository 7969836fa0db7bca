import uuid
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
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
        ("crm", "0001_initial"),
        ("leads", "0001_initial"),
        ("planning", "0001_initial"),
        ("products", "0001_initial"),
        ("users", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProcessStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("needs", "needs"),
                            ("presentation", "presentation"),
                            ("quotation", "quotation"),
                            ("negotiation", "negotiation"),
                        ],
                        max_length=15,
                        verbose_name="phase",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="position")),
                (
                    "probability",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="probability %",
                    ),
                ),
                (
                    "stale_after_days",
                    models.PositiveSmallIntegerField(default=14, verbose_name="days until stale"),
                ),
            ],
            options={
                "verbose_name": "step",
                "verbose_name_plural": "steps",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="NeedsSheet",
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
                        choices=[("draft", "draft"), ("confirmed", "confirmed by the customer")],
                        default="draft",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("summary", models.TextField(verbose_name="what is needed")),
                (
                    "budget",
                    crm.fields.MoneyField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="budget",
                    ),
                ),
                (
                    "needed_on",
                    models.DateField(blank=True, null=True, verbose_name="delivery wanted by"),
                ),
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
                (
                    "is_feasible",
                    models.BooleanField(
                        blank=True, editable=False, null=True, verbose_name="feasible"
                    ),
                ),
                (
                    "judgement",
                    models.TextField(blank=True, editable=False, verbose_name="judgement"),
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
                    "judged_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="judged by",
                    ),
                ),
            ],
            options={
                "verbose_name": "needs sheet",
                "verbose_name_plural": "needs sheets",
                "ordering": ["-pk"],
                "permissions": [
                    ("confirm_needssheet", "Can confirm needssheet"),
                    ("judge_needssheet", "Can judge needssheet"),
                    ("revise_needssheet", "Can revise needssheet"),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="NeedsLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "requirement",
                    models.CharField(max_length=300, verbose_name="requirement, specification"),
                ),
                (
                    "quantity",
                    crm.fields.QuantityField(
                        decimal_places=3,
                        default=1,
                        max_digits=15,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="quantity",
                    ),
                ),
                ("is_must", models.BooleanField(default=True, verbose_name="must have")),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, verbose_name="position"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="opportunities.needssheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "requirement",
                "verbose_name_plural": "requirements",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Opportunity",
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
                            ("needs", "needs"),
                            ("presentation", "presentation"),
                            ("quotation", "quotation"),
                            ("negotiation", "negotiation"),
                            ("won", "won"),
                            ("lost", "lost"),
                        ],
                        db_index=True,
                        default="needs",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="phase",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "amount",
                    crm.fields.MoneyField(
                        decimal_places=2,
                        default=0,
                        max_digits=18,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                (
                    "probability",
                    models.PositiveSmallIntegerField(
                        default=10,
                        editable=False,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="probability %",
                    ),
                ),
                (
                    "opened_on",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="opened on"
                    ),
                ),
                (
                    "expected_close_on",
                    models.DateField(blank=True, null=True, verbose_name="expected close"),
                ),
                (
                    "next_step",
                    models.CharField(blank=True, max_length=200, verbose_name="next step"),
                ),
                (
                    "next_step_on",
                    models.DateField(blank=True, null=True, verbose_name="next step on"),
                ),
                ("description", models.TextField(blank=True, verbose_name="notes")),
                (
                    "lost_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="reason lost"
                    ),
                ),
                (
                    "competitor",
                    models.CharField(blank=True, max_length=100, verbose_name="competitor"),
                ),
                (
                    "lost_in",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("needs", "needs"),
                            ("presentation", "presentation"),
                            ("quotation", "quotation"),
                            ("negotiation", "negotiation"),
                            ("won", "won"),
                            ("lost", "lost"),
                        ],
                        editable=False,
                        max_length=15,
                        verbose_name="lost in phase",
                    ),
                ),
                (
                    "phase_since",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="in phase since",
                    ),
                ),
                (
                    "closed_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="closed on"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opportunities",
                        to="accounts.account",
                        verbose_name="customer",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opportunities",
                        to="planning.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opportunities",
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
                    "lead",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opportunity",
                        to="leads.lead",
                        verbose_name="lead",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.product",
                        verbose_name="product of interest",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="opportunities.processstep",
                        verbose_name="step",
                    ),
                ),
            ],
            options={
                "verbose_name": "opportunity",
                "verbose_name_plural": "opportunities",
                "ordering": ["-created_at", "-pk"],
                "permissions": [
                    ("present_opportunity", "Can present opportunity"),
                    ("quote_opportunity", "Can quote opportunity"),
                    ("negotiate_opportunity", "Can negotiate opportunity"),
                    ("win_opportunity", "Can win opportunity"),
                    ("lose_opportunity", "Can lose opportunity"),
                    ("back_opportunity", "Can back opportunity"),
                    ("reopen_opportunity", "Can reopen opportunity"),
                    ("assign_opportunity", "Can assign opportunity"),
                    ("tick_opportunity", "Can tick opportunity"),
                ],
                "indexes": [
                    models.Index(fields=["owner", "state"], name="opportunity_owner_state"),
                    models.Index(fields=["state", "closed_on"], name="opportunity_closed"),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="NegotiationRound",
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
                    "held_on",
                    models.DateField(
                        default=django.utils.timezone.localdate, verbose_name="held on"
                    ),
                ),
                (
                    "participants",
                    models.CharField(blank=True, max_length=300, verbose_name="participants"),
                ),
                ("their_ask", models.TextField(verbose_name="what they ask")),
                ("our_offer", models.TextField(verbose_name="what we offer")),
                (
                    "offered_amount",
                    crm.fields.MoneyField(
                        blank=True,
                        decimal_places=2,
                        max_digits=18,
                        null=True,
                        verbose_name="amount offered",
                    ),
                ),
                ("concession", models.TextField(blank=True, verbose_name="concession")),
                ("in_return", models.TextField(blank=True, verbose_name="in return for")),
                ("outcome", models.TextField(blank=True, verbose_name="outcome")),
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
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="opportunities.opportunity",
                        verbose_name="opportunity",
                    ),
                ),
            ],
            options={
                "verbose_name": "negotiation round",
                "verbose_name_plural": "negotiation rounds",
                "ordering": ["held_on", "pk"],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.AddField(
            model_name="needssheet",
            name="opportunity",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="needs_sheets",
                to="opportunities.opportunity",
                verbose_name="opportunity",
            ),
        ),
        migrations.CreateModel(
            name="Demo",
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
                            ("planned", "planned"),
                            ("held", "held"),
                            ("cancelled", "cancelled"),
                        ],
                        default="planned",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("scheduled_at", models.DateTimeField(verbose_name="when")),
                (
                    "place",
                    models.CharField(blank=True, max_length=200, verbose_name="place or link"),
                ),
                (
                    "materials",
                    models.TextField(blank=True, verbose_name="samples, cases, materials"),
                ),
                (
                    "participants",
                    models.CharField(blank=True, max_length=300, verbose_name="participants"),
                ),
                (
                    "reaction",
                    models.TextField(blank=True, editable=False, verbose_name="reactions"),
                ),
                (
                    "questions",
                    models.TextField(
                        blank=True, editable=False, verbose_name="questions and answers"
                    ),
                ),
                (
                    "held_on",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="held on"),
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
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="demos",
                        to="opportunities.opportunity",
                        verbose_name="opportunity",
                    ),
                ),
            ],
            options={
                "verbose_name": "demo",
                "verbose_name_plural": "demos",
                "ordering": ["-scheduled_at", "-pk"],
                "permissions": [("hold_demo", "Can hold demo"), ("cancel_demo", "Can cancel demo")],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="ChecklistItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=200, verbose_name="text")),
                ("is_required", models.BooleanField(default=False, verbose_name="required")),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="position")),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="opportunities.processstep",
                    ),
                ),
            ],
            options={
                "verbose_name": "checklist item",
                "verbose_name_plural": "checklist items",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Quotation",
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
                            ("in_approval", "in approval"),
                            ("approved", "approved"),
                            ("sent", "sent"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("expired", "expired"),
                            ("superseded", "superseded"),
                            ("withdrawn", "withdrawn"),
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
                        blank=True,
                        db_index=True,
                        editable=False,
                        max_length=30,
                        verbose_name="number",
                    ),
                ),
                (
                    "revision",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, verbose_name="revision"
                    ),
                ),
                ("valid_until", models.DateField(verbose_name="valid until")),
                (
                    "delivery",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="delivery method and time"
                    ),
                ),
                ("service_terms", models.TextField(blank=True, verbose_name="after-sales terms")),
                ("notes", models.TextField(blank=True, verbose_name="notes to the customer")),
                (
                    "discount",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        editable=False,
                        max_digits=7,
                        verbose_name="discount %",
                    ),
                ),
                (
                    "margin",
                    models.DecimalField(
                        decimal_places=2,
                        editable=False,
                        max_digits=9,
                        null=True,
                        verbose_name="margin %",
                    ),
                ),
                (
                    "token",
                    models.CharField(blank=True, db_index=True, editable=False, max_length=64),
                ),
                (
                    "sent_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="sent at"
                    ),
                ),
                ("mailed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "decided_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="decided at"
                    ),
                ),
                (
                    "decided_by",
                    models.CharField(
                        blank=True, editable=False, max_length=100, verbose_name="decided by"
                    ),
                ),
                (
                    "decided_how",
                    models.CharField(
                        blank=True, editable=False, max_length=300, verbose_name="evidence"
                    ),
                ),
                (
                    "decline_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=300, verbose_name="reason declined"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quotations",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quotations",
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
                    "previous",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="next",
                        to="opportunities.quotation",
                        verbose_name="previous version",
                    ),
                ),
            ],
            options={
                "verbose_name": "quotation",
                "verbose_name_plural": "quotations",
                "ordering": ["-created_at", "-pk"],
                "permissions": [
                    ("submit_quotation", "Can submit quotation"),
                    ("send_quotation", "Can send quotation"),
                    ("accept_quotation", "Can accept quotation"),
                    ("decline_quotation", "Can decline quotation"),
                    ("revise_quotation", "Can revise quotation"),
                    ("withdraw_quotation", "Can withdraw quotation"),
                    ("revoke_link_quotation", "Can revoke link quotation"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number", "revision"),
                        name="one_quotation_a_revision",
                    )
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="QuotationLine",
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
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "quotation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="opportunities.quotation",
                    ),
                ),
            ],
            options={
                "verbose_name": "quotation line",
                "verbose_name_plural": "quotation lines",
                "ordering": ["position", "pk"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SalesProcess",
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
                    "needs_demo",
                    models.BooleanField(
                        default=True, verbose_name="a demo is required before quoting"
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
                "verbose_name": "sales process",
                "verbose_name_plural": "sales processes",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("is_default",),
                        name="one_default_process",
                    )
                ],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.AddField(
            model_name="processstep",
            name="process",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="steps",
                to="opportunities.salesprocess",
            ),
        ),
        migrations.AddField(
            model_name="opportunity",
            name="process",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="opportunities.salesprocess",
                verbose_name="sales process",
            ),
        ),
        migrations.CreateModel(
            name="ChecklistTick",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ticks",
                        to="opportunities.checklistitem",
                    ),
                ),
                (
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ticks",
                        to="opportunities.opportunity",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("opportunity", "item"), name="ticked_once")
                ],
            },
        ),
    ]
