import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django_fsm
from django.conf import settings
from django.db import migrations, models

import crm.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("planning", "0001_initial"),
        ("users", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pool",
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
                    "release_after_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(3)],
                        verbose_name="days without follow-up before release",
                    ),
                ),
                (
                    "max_held",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="leads one person may hold"
                    ),
                ),
                (
                    "claims_per_day",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="claims per day"
                    ),
                ),
                (
                    "cooldown_days",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="days before the last owner may claim again"
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
                "verbose_name": "pool",
                "verbose_name_plural": "pools",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("is_default",),
                        name="one_default_pool",
                    )
                ],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="Source",
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
                "verbose_name": "lead source",
                "verbose_name_plural": "lead sources",
                "ordering": ["name"],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="Lead",
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
                            ("working", "working"),
                            ("nurturing", "nurturing"),
                            ("qualified", "qualified"),
                            ("converted", "converted"),
                            ("disqualified", "disqualified"),
                        ],
                        db_index=True,
                        default="new",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="contact person")),
                ("company", models.CharField(blank=True, max_length=200, verbose_name="company")),
                (
                    "company_key",
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
                ("title", models.CharField(blank=True, max_length=100, verbose_name="job title")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email")),
                ("wechat", models.CharField(blank=True, max_length=60, verbose_name="WeChat")),
                ("region", models.CharField(blank=True, max_length=100, verbose_name="region")),
                ("industry", models.CharField(blank=True, max_length=100, verbose_name="industry")),
                ("need", models.TextField(blank=True, verbose_name="need")),
                (
                    "has_budget",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("unknown", "unknown")],
                        max_length=10,
                        verbose_name="budget available",
                    ),
                ),
                (
                    "has_authority",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("unknown", "unknown")],
                        max_length=10,
                        verbose_name="talks to the decision maker",
                    ),
                ),
                (
                    "has_timing",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "yes"), ("no", "no"), ("unknown", "unknown")],
                        max_length=10,
                        verbose_name="time frame known",
                    ),
                ),
                ("description", models.TextField(blank=True, verbose_name="notes")),
                (
                    "resume_on",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="resume on"
                    ),
                ),
                (
                    "disqualify_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="reason"
                    ),
                ),
                (
                    "last_contact_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="last contact"
                    ),
                ),
                (
                    "owned_since",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="owned since"
                    ),
                ),
                ("restarted_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "released_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="released at"
                    ),
                ),
                ("warned_on", models.DateField(blank=True, editable=False, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
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
                        related_name="leads",
                        to="planning.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
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
                    "last_owner",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="last owner",
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
                    "pool",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="leads.pool",
                        verbose_name="pool",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="leads.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "lead",
                "verbose_name_plural": "leads",
                "ordering": ["-created_at", "-pk"],
                "permissions": [
                    ("start_work_lead", "Can start work lead"),
                    ("nurture_lead", "Can nurture lead"),
                    ("resume_lead", "Can resume lead"),
                    ("qualify_lead", "Can qualify lead"),
                    ("convert_lead", "Can convert lead"),
                    ("disqualify_lead", "Can disqualify lead"),
                    ("reopen_lead", "Can reopen lead"),
                    ("claim_lead", "Can claim lead"),
                    ("assign_lead", "Can assign lead"),
                    ("release_lead", "Can release lead"),
                ],
                "indexes": [
                    models.Index(fields=["owner", "state"], name="lead_owner_state"),
                    models.Index(
                        condition=models.Q(("owner", None)), fields=["pool"], name="lead_pool"
                    ),
                    models.Index(django.db.models.functions.text.Upper("email"), name="lead_email"),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
    ]
