"""The phases every company shares, and the company's own steps inside them."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.models import RecordModel
from crm.querysets import ConfigurationQuerySet
from opportunities.querysets import StepQuerySet


class Phase(models.TextChoices):
    NEEDS = "needs", _("needs")
    PRESENTATION = "presentation", _("presentation")
    QUOTATION = "quotation", pgettext_lazy("phase", "quotation")
    NEGOTIATION = "negotiation", _("negotiation")
    WON = "won", _("won")
    LOST = "lost", _("lost")


OPEN_PHASES = [Phase.NEEDS, Phase.PRESENTATION, Phase.QUOTATION, Phase.NEGOTIATION]


class SalesProcess(RecordModel):
    """The company's own way to sell: steps inside the fixed phases."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_default = models.BooleanField(_("default"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    needs_demo = models.BooleanField(_("a demo is required before quoting"), default=True)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("sales process")
        verbose_name_plural = _("sales processes")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="one_default_process",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def lines(self):
        """Its steps, under the name that the doors use for the parts of any record."""
        return self.steps


class ProcessStep(models.Model):
    process = models.ForeignKey(SalesProcess, models.CASCADE, related_name="steps")
    phase = models.CharField(
        _("phase"), max_length=15, choices=[(p.value, p.label) for p in OPEN_PHASES]
    )
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    probability = models.PositiveSmallIntegerField(
        _("probability %"), default=10, validators=[MaxValueValidator(100)]
    )
    stale_after_days = models.PositiveSmallIntegerField(_("days until stale"), default=14)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("step")
        verbose_name_plural = _("steps")

    def __str__(self):
        return self.name


class ChecklistItem(models.Model):
    """Something to be ticked before the deal leaves the step, if `is_required`."""

    step = models.ForeignKey(ProcessStep, models.CASCADE, related_name="items")
    text = models.CharField(_("text"), max_length=200)
    is_required = models.BooleanField(_("required"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")

    def __str__(self):
        return self.text
