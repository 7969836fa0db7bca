import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

import crm.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("users", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Scorecard",
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
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until")),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scorecards",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "scorecard",
                "verbose_name_plural": "scorecards",
                "ordering": ["-starts_on", "person__name"],
                "permissions": [("freeze_scorecard", "Can freeze scorecard")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "starts_on", "ends_on"), name="one_scorecard_a_period"
                    )
                ],
            },
            bases=(crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="Review",
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
                            ("self_assessment", "self-assessment"),
                            ("manager_review", "manager's review"),
                            ("shared", "shared"),
                            ("acknowledged", "acknowledged"),
                        ],
                        default="self_assessment",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                (
                    "self_assessment",
                    models.TextField(blank=True, editable=False, verbose_name="self-assessment"),
                ),
                (
                    "feedback",
                    models.TextField(blank=True, editable=False, verbose_name="manager's feedback"),
                ),
                (
                    "agreed",
                    models.TextField(blank=True, editable=False, verbose_name="agreed next steps"),
                ),
                (
                    "rating",
                    models.PositiveSmallIntegerField(
                        blank=True, editable=False, null=True, verbose_name="rating (1 to 5)"
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
                    "person",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewer",
                    ),
                ),
                (
                    "scorecard",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review",
                        to="performance.scorecard",
                        verbose_name="scorecard",
                    ),
                ),
            ],
            options={
                "verbose_name": "performance review",
                "verbose_name_plural": "performance reviews",
                "ordering": ["-pk"],
                "permissions": [
                    ("assess_review", "Can assess review"),
                    ("share_review", "Can share review"),
                    ("acknowledge_review", "Can acknowledge review"),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
        migrations.CreateModel(
            name="ScorecardLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "metric",
                    models.CharField(
                        choices=[
                            ("won", "won amount"),
                            ("ordered", "ordered amount"),
                            ("quantity", "quantity ordered"),
                            ("collected", "collected amount"),
                            ("satisfaction", "satisfaction (1 to 10)"),
                        ],
                        max_length=15,
                        verbose_name="figure",
                    ),
                ),
                (
                    "target",
                    models.DecimalField(
                        decimal_places=2, max_digits=18, null=True, verbose_name="target"
                    ),
                ),
                (
                    "actual",
                    models.DecimalField(
                        decimal_places=2, max_digits=18, null=True, verbose_name="actual"
                    ),
                ),
                (
                    "attainment",
                    models.DecimalField(
                        decimal_places=1, max_digits=9, null=True, verbose_name="attainment %"
                    ),
                ),
                (
                    "scorecard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="performance.scorecard",
                    ),
                ),
            ],
            options={
                "verbose_name": "figure",
                "verbose_name_plural": "figures",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("scorecard", "metric"), name="one_figure_a_metric"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
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
                            ("published", "published"),
                            ("closed", "closed"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=50,
                        protected=True,
                        verbose_name="state",
                    ),
                ),
                (
                    "metric",
                    models.CharField(
                        choices=[
                            ("won", "won amount"),
                            ("ordered", "ordered amount"),
                            ("quantity", "quantity ordered"),
                            ("collected", "collected amount"),
                            ("satisfaction", "satisfaction (1 to 10)"),
                        ],
                        max_length=15,
                        verbose_name="figure",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until")),
                (
                    "value",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="target"),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "target",
                "verbose_name_plural": "targets",
                "ordering": ["-starts_on", "person__name", "metric"],
                "permissions": [
                    ("publish_target", "Can publish target"),
                    ("close_target", "Can close target"),
                    ("view_dashboard", "Can see the dashboard"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="target_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gt", 0)), name="target_positive"
                    ),
                    models.UniqueConstraint(
                        fields=("person", "metric", "starts_on", "ends_on"),
                        name="one_target_a_period",
                        violation_error_message="This person already has this target for the period.",
                    ),
                ],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, crm.models.base.Permitted, models.Model),
        ),
    ]
