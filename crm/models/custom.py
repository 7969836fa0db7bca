"""Fields that a company adds to its documents itself."""

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.models.base import RecordModel
from crm.querysets import ConfigurationQuerySet


class CustomisedModel(models.Model):
    """A kind of record that may have fields of the company's own: `custom` maps their code to
    text, decimals as text, ISO dates, booleans, lists of text, or {id, label} of a person.

    custom_scope: the foreign key, if any, whose record may have further fields of its own.
    """

    custom = models.JSONField(
        _("own fields"), default=dict, blank=True, editable=False, encoder=DjangoJSONEncoder
    )
    custom_scope = ""

    class Meta:
        abstract = True

    @classmethod
    def implied_scope(cls):
        """The key of the scope that a new record gets which names none, or None."""


class CustomField(RecordModel):
    """One such field. Once made, its kind of record, code and type stay as they are."""

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("own field", "text")
        NUMBER = "number", pgettext_lazy("own field", "number")
        MONEY = "money", _("amount")
        DATE = "date", _("date")
        CHOICE = "choice", _("one choice")
        CHOICES = "choices", _("many choices")
        USER = "user", _("colleague")
        BOOL = "bool", _("yes or no")
        LINK = "link", _("web address")

    content_type = models.ForeignKey(
        ContentType, models.PROTECT, related_name="+", verbose_name=_("document")
    )
    code = models.CharField(
        _("code"),
        max_length=40,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9_]*$", _("Small Latin letters, digits and _; begin with a letter.")
            )
        ],
    )
    label = models.CharField(_("label"), max_length=80)
    label_en = models.CharField(_("label in English"), max_length=80, blank=True)
    label_hant = models.CharField(_("label in Traditional Chinese"), max_length=80, blank=True)
    kind = models.CharField(_("type"), max_length=10, choices=Kind.choices)
    choices = models.TextField(_("choices, one per line"), blank=True)
    is_required = models.BooleanField(_("always required"), default=False)
    required_from = models.CharField(_("required from this state on"), max_length=30, blank=True)
    # The key of the record named by `custom_scope`; None: for all records of the kind.
    scope_id = models.PositiveBigIntegerField(_("only for"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=10)
    is_active = models.BooleanField(_("active"), default=True)

    PREFIX = "custom__"
    objects = ConfigurationQuerySet.as_manager()
    search_fields = ("code", "label", "label_en", "label_hant")

    class Meta:
        ordering = ["content_type", "position", "pk"]
        verbose_name = _("own field")
        verbose_name_plural = _("own fields")
        constraints = [
            models.UniqueConstraint(fields=["content_type", "code"], name="customfield_code_once")
        ]

    def __str__(self):
        by_language = {"en": self.label_en, "zh-hant": self.label_hant}
        return by_language.get(get_language() or "", "") or self.label

    @property
    def required_from_label(self):
        """The state as its documents call it, "" for none."""
        model = self.content_type.model_class()
        states = dict(model.state_field().flatchoices) if hasattr(model, "state_field") else {}
        return str(states.get(self.required_from, self.required_from))

    @property
    def options(self):
        return [line.strip() for line in self.choices.splitlines() if line.strip()]

    @property
    def has_choices(self):
        return self.kind in (self.Kind.CHOICE, self.Kind.CHOICES)

    @property
    def name(self):
        """Its name in forms, lists and the address: never that of a column."""
        return f"{self.PREFIX}{self.code}"
