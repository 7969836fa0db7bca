import secrets
import uuid

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
        ("inventory", "0001_initial"),
        ("orders", "0001_initial"),
        ("products", "0001_initial"),
        ("users", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="SurveyQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="position")),
                ("text", models.CharField(max_length=300, verbose_name="question")),
                (
                    "kind",
                    models.CharField(
                        choices=[("score", "score from 1 to 10"), ("text", "text")],
                        default="score",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("is_required", models.BooleanField(default=True, verbose_name="required")),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Case",
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
                            ("new", "new"),
                            ("assigned", "assigned"),
                            ("in_progress", "in progress"),
                            ("waiting", "waiting for the customer"),
                            ("resolved", "resolved"),
                            ("closed", "closed"),
                        ],
                        db_index=True,
                        default="new",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("question", "question"),
                            ("complaint", "complaint"),
                            ("repair", "repair"),
                            ("return", "return"),
                            ("exchange", "exchange"),
                        ],
                        default="question",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("phone", "phone"),
                            ("mail", "mail"),
                            ("chat", "online chat"),
                            ("web", "web form"),
                            ("survey", "survey"),
                        ],
                        default="phone",
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("low", "low"),
                            ("normal", "normal"),
                            ("high", "high"),
                            ("urgent", "urgent"),
                        ],
                        default="normal",
                        max_length=10,
                        verbose_name="priority",
                    ),
                ),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "respond_by",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="respond by"
                    ),
                ),
                (
                    "responded_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="responded at"
                    ),
                ),
                (
                    "resolve_by",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="resolve by"
                    ),
                ),
                (
                    "waiting_since",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="waiting since"
                    ),
                ),
                (
                    "resolved_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="resolved at"
                    ),
                ),
                ("solution", models.TextField(blank=True, editable=False, verbose_name="solution")),
                (
                    "cause",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="root cause"
                    ),
                ),
                (
                    "closed_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="closed at"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
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
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
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
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "ordering": ["-pk"],
                "permissions": [
                    ("assign_case", "Can assign case"),
                    ("start_case", "Can start case"),
                    ("wait_case", "Can wait case"),
                    ("resume_case", "Can resume case"),
                    ("resolve_case", "Can resolve case"),
                    ("close_case", "Can close case"),
                    ("reopen_case", "Can reopen case"),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="Improvement",
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
                            ("proposed", "proposed"),
                            ("accepted", "accepted"),
                            ("in_progress", "in progress"),
                            ("done", "done"),
                            ("verified", "verified"),
                            ("rejected", "rejected"),
                        ],
                        default="proposed",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("description", models.TextField(verbose_name="what is to change")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due on")),
                (
                    "measure",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="figure that shows the effect"
                    ),
                ),
                (
                    "baseline",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        verbose_name="figure before",
                    ),
                ),
                (
                    "effect",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        editable=False,
                        max_digits=14,
                        null=True,
                        verbose_name="figure after",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="improvements",
                        to="aftersales.case",
                        verbose_name="case",
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
            ],
            options={
                "verbose_name": "improvement",
                "verbose_name_plural": "improvements",
                "ordering": ["-pk"],
                "permissions": [
                    ("accept_improvement", "Can accept improvement"),
                    ("reject_improvement", "Can reject improvement"),
                    ("start_improvement", "Can start improvement"),
                    ("finish_improvement", "Can finish improvement"),
                    ("verify_improvement", "Can verify improvement"),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="ReturnPolicy",
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
                (
                    "refund_days",
                    models.PositiveSmallIntegerField(default=7, verbose_name="days for a refund"),
                ),
                (
                    "replacement_days",
                    models.PositiveSmallIntegerField(
                        default=15, verbose_name="days for a replacement"
                    ),
                ),
                (
                    "repair_days",
                    models.PositiveSmallIntegerField(default=365, verbose_name="days for a repair"),
                ),
                ("conditions", models.TextField(blank=True, verbose_name="conditions")),
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
                "verbose_name": "return policy",
                "verbose_name_plural": "return policies",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("is_default",),
                        name="one_default_policy",
                    )
                ],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="Return",
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
                            ("requested", "requested"),
                            ("approved", "approved"),
                            ("rejected", "rejected"),
                            ("received", "goods received"),
                            ("inspected", "inspected"),
                            ("settled", "settled"),
                            ("closed", "closed"),
                        ],
                        default="requested",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("refund", "refund"),
                            ("replacement", "replacement"),
                            ("repair", "repair"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                (
                    "days_allowed",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, verbose_name="days allowed"
                    ),
                ),
                (
                    "days_passed",
                    models.IntegerField(
                        default=0, editable=False, verbose_name="days since delivery"
                    ),
                ),
                (
                    "is_within_policy",
                    models.BooleanField(
                        default=True, editable=False, verbose_name="within the policy"
                    ),
                ),
                (
                    "override_reason",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=300,
                        verbose_name="reason for the exception",
                    ),
                ),
                (
                    "inspection",
                    models.TextField(blank=True, editable=False, verbose_name="inspection"),
                ),
                (
                    "refund",
                    crm.fields.MoneyField(
                        decimal_places=2,
                        default=0,
                        editable=False,
                        max_digits=18,
                        verbose_name="refund",
                    ),
                ),
                (
                    "settlement",
                    models.TextField(blank=True, editable=False, verbose_name="settlement"),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="aftersales.case",
                        verbose_name="case",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="orders.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.warehouse",
                        verbose_name="warehouse",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="aftersales.returnpolicy",
                        verbose_name="policy",
                    ),
                ),
            ],
            options={
                "verbose_name": "return",
                "verbose_name_plural": "returns",
                "ordering": ["-pk"],
                "permissions": [
                    ("approve_return", "Can approve return"),
                    ("override_return", "Can override return"),
                    ("reject_return", "Can reject return"),
                    ("receive_return", "Can receive return"),
                    ("inspect_return", "Can inspect return"),
                    ("settle_return", "Can settle return"),
                    ("close_return", "Can close return"),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="Survey",
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
                            ("scheduled", "scheduled"),
                            ("sent", "sent"),
                            ("opened", "opened"),
                            ("answered", "answered"),
                            ("expired", "expired"),
                            ("cancelled", "cancelled"),
                        ],
                        default="scheduled",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("scheduled_at", models.DateTimeField(verbose_name="to be sent at")),
                (
                    "token",
                    models.CharField(
                        default=secrets.token_urlsafe, editable=False, max_length=64, unique=True
                    ),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                (
                    "opened_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="opened at"),
                ),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="answered at"),
                ),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="open until")),
                (
                    "score",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=4, null=True, verbose_name="score"
                    ),
                ),
                ("comment", models.TextField(blank=True, verbose_name="suggestions")),
                ("mailed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="surveys",
                        to="accounts.account",
                        verbose_name="customer",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="surveys",
                        to="aftersales.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="surveys",
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
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="surveys",
                        to="orders.order",
                        verbose_name="order",
                    ),
                ),
                (
                    "rep",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="surveys",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sales rep",
                    ),
                ),
            ],
            options={
                "verbose_name": "survey",
                "verbose_name_plural": "surveys",
                "ordering": ["-pk"],
                "permissions": [
                    ("answer_survey", "Can answer survey"),
                    ("cancel_survey", "Can cancel survey"),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.AddField(
            model_name="case",
            name="survey",
            field=models.OneToOneField(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="complaint",
                to="aftersales.survey",
                verbose_name="survey",
            ),
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="score",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="text")),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="aftersales.survey",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="aftersales.surveyquestion",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer",
                "verbose_name_plural": "answers",
                "constraints": [
                    models.UniqueConstraint(fields=("survey", "question"), name="answered_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score", None), ("score__range", (1, 10)), _connector="OR"
                        ),
                        name="score_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyTemplate",
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
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("delivery", "after delivery"),
                            ("case", "after a case is closed"),
                            ("manual", "by hand"),
                        ],
                        default="manual",
                        max_length=10,
                        verbose_name="sent",
                    ),
                ),
                (
                    "days_after",
                    models.PositiveSmallIntegerField(default=7, verbose_name="days after"),
                ),
                (
                    "valid_days",
                    models.PositiveSmallIntegerField(default=30, verbose_name="days to answer"),
                ),
                (
                    "cap_days",
                    models.PositiveSmallIntegerField(
                        default=30, verbose_name="at most one per contact in days"
                    ),
                ),
                (
                    "low_score",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[django.core.validators.MaxValueValidator(10)],
                        verbose_name="low score",
                    ),
                ),
                ("introduction", models.TextField(blank=True, verbose_name="introduction")),
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
                "verbose_name": "survey template",
                "verbose_name_plural": "survey templates",
                "ordering": ["name"],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.AddField(
            model_name="surveyquestion",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="questions",
                to="aftersales.surveytemplate",
            ),
        ),
        migrations.AddField(
            model_name="survey",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="surveys",
                to="aftersales.surveytemplate",
                verbose_name="template",
            ),
        ),
        migrations.CreateModel(
            name="ReturnLine",
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
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="aftersales.return",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="return_lines",
                        to="orders.orderline",
                        verbose_name="order line",
                    ),
                ),
            ],
            options={
                "verbose_name": "return line",
                "verbose_name_plural": "return lines",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="return_positive"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("case", None), ("order__isnull", False)),
                fields=("template", "order"),
                name="one_survey_an_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("case__isnull", False)),
                fields=("template", "case"),
                name="one_survey_a_case",
            ),
        ),
    ]
