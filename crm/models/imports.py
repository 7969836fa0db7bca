"""A file that a person imports, and how they mapped its columns."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models.records import stored_name
from crm.models.work import Work


def import_path(found, filename):
    return f"imports/{found.user_id}/{stored_name(filename)}"


class ImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own; those of everybody for who may undo them."""
        return self if user.has_perm("crm.undo_imports") else self.filter(user=user)


class Import(models.Model):
    """One file of records of one kind. What became of its rows: `run.rows`.

    mapping: {field: number of the column}. check_run: the last look at every row, nothing written.
    """

    class Mode(models.TextChoices):
        CREATE = "create", _("create new records")
        UPDATE = "update", _("update existing records")
        BOTH = "both", _("create and update")

    class Dates(models.TextChoices):
        SAFE = "", _("year first only")
        DAY = "dmy", _("day first: 31.12.2026")
        MONTH = "mdy", _("month first: 12/31/2026")

    class Amounts(models.IntegerChoices):
        """The power of ten that amounts are counted in."""

        ONES = 0, _("ones")
        THOUSANDS = 3, _("thousands")
        TEN_THOUSANDS = 4, _("ten thousands")
        MILLIONS = 6, _("millions")
        HUNDRED_MILLIONS = 8, _("hundred millions")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=80)
    file = models.FileField(_("file"), upload_to=import_path, max_length=300)
    name = models.CharField(_("file"), max_length=200)
    headers = models.JSONField(default=list)
    total = models.PositiveIntegerField(_("rows"), default=0)
    mapping = models.JSONField(default=dict)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.CREATE)
    key = models.CharField(_("key"), max_length=60, blank=True)
    dates = models.CharField(_("dates"), max_length=3, choices=Dates.choices, blank=True)
    amounts = models.PositiveSmallIntegerField(
        _("amounts are in"), choices=Amounts.choices, default=Amounts.ONES
    )
    clears = models.BooleanField(_("empty cells clear the field"), default=False)
    allows_duplicates = models.BooleanField(_("create possible duplicates too"), default=False)
    check_run = models.ForeignKey(Work, models.SET_NULL, null=True, related_name="+")
    run = models.ForeignKey(Work, models.SET_NULL, null=True, related_name="+")
    undo_run = models.ForeignKey(Work, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(pgettext_lazy("file", "uploaded at"), auto_now_add=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        default_permissions = ()
        permissions = [
            ("import_records", _("Can import records from files")),
            ("undo_imports", _("Can undo the imports of others")),
            ("take_over_history", _("Can take over records in a later state")),
        ]
        indexes = [models.Index(fields=["user", "-id"], name="import_of_user")]

    def __str__(self):
        return f"#{self.pk} {self.name}"

    def get_absolute_url(self):
        return reverse("crm:import", args=[self.pk])


class ImportMapping(models.Model):
    """How a person mapped a set of headers the last time: {field: header}, and the settings."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=80)
    # A digest of the headers, whatever their order.
    headers = models.CharField(max_length=64)
    fields = models.JSONField(default=dict)
    settings = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("mapping of an import")
        verbose_name_plural = _("mappings of imports")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "headers"], name="one_import_mapping")
        ]

    def __str__(self):
        return f"{self.user} {self.kind}"
