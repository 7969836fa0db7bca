"""The company itself: who we are, which currencies we use, which numbers were given."""

from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.fields import RateField

UNNAMED = "Closeloop"  # what a company is called that nobody has named
NAME = "company_name"  # its key in the cache


class Currency(models.Model):
    """A currency by its ISO 4217 code, with at most two digits after the point."""

    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    digits = models.PositiveSmallIntegerField(_("digits"), default=2)

    class Meta:
        ordering = ["code"]
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        constraints = [
            models.CheckConstraint(condition=models.Q(digits__lte=2), name="currency_digits")
        ]

    def __str__(self):
        return self.code

    @staticmethod
    @lru_cache(maxsize=200)
    def digits_of(code):
        """Digits after the point of a currency code; they never change, hence the cache."""
        return Currency.objects.get(pk=code).digits


class ExchangeRate(models.Model):
    """Units of the company's currency for one unit of `currency`, from the date `on`."""

    currency = models.ForeignKey(Currency, models.CASCADE, verbose_name=_("currency"))
    on = models.DateField(_("from"))
    rate = RateField(_("rate"))

    class Meta:
        ordering = ["-on"]
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(fields=["currency", "on"], name="one_rate_a_day"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="rate_positive"),
        ]

    def __str__(self):
        return f"{self.currency_id} {self.on} {self.rate}"


class CompanyQuerySet(models.QuerySet):
    def named(self):
        """The company, once somebody has said what it is called."""
        return self.exclude(name=UNNAMED)


class Company(models.Model):
    """The one company that uses this installation (a single row), as it heads its documents."""

    name = models.CharField(_("name"), max_length=200, default=UNNAMED)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("email"), blank=True)
    bank = models.CharField(_("bank"), max_length=100, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=60, blank=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, default="CNY", verbose_name=_("currency")
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    # Of the first day: on My day of whoever sets the company up, until they put it away.
    shows_guide = models.BooleanField(_("shows the set-up guide"), default=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        cache.delete(NAME)

    @classmethod
    def current(cls):
        return cls.objects.first() or cls.objects.create()

    @property
    def is_named(self):
        return self.name != UNNAMED

    @classmethod
    def language_for(cls, user=None):
        """The language to write to somebody in: their own, else the company's."""
        if user is not None and user.language:
            return user.language
        return cls.current().language or settings.LANGUAGE_CODE

    @classmethod
    def shown_name(cls):
        """What every page names: kept for a minute, so that it costs no query."""
        return cache.get_or_set(NAME, lambda: cls.current().name, 60)


class NumberSequence(models.Model):
    """The last number given for a key such as "SO-2026"; its row lock is the queue."""

    key = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("number sequence")
        verbose_name_plural = _("number sequences")

    def __str__(self):
        return f"{self.key}-{self.last:06d}"
