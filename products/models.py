"""The catalogue, and the line that prices a product in a document."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext
from django_fsm import FSMField, transition

from crm.fields import MoneyField, PercentField, PriceField, QuantityField
from crm.models import Currency, CustomisedModel, RecordModel, StatefulModel, acts
from crm.querysets import ConfigurationQuerySet


class Category(RecordModel):
    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent category"),
    )
    description = models.TextField(_("description"), blank=True)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("product category")
        verbose_name_plural = _("product categories")

    def __str__(self):
        return self.name


class ProductQuerySet(ConfigurationQuerySet):
    def on_sale(self):
        return self.filter(state=Product.State.ON_SALE)


def default_unit():
    """The word on documents for customers: in the company's language, not in the reader's."""
    with override(settings.LANGUAGE_CODE):
        return pgettext("unit of a product", "piece")


class Product(StatefulModel, RecordModel, CustomisedModel):
    """Something we sell. Prices include tax; `cost` is seen with products.view_cost only."""

    class State(models.TextChoices):
        ON_SALE = "on_sale", _("on sale")
        OFF_SALE = "off_sale", _("off sale")

    BADGES = {State.ON_SALE: "green", State.OFF_SALE: "grey"}

    state = FSMField(
        _("state"), choices=State.choices, default=State.ON_SALE, protected=True, editable=False
    )
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("category"),
    )
    unit = models.CharField(_("unit"), max_length=40, default=default_unit)
    currency = models.ForeignKey(
        Currency, models.PROTECT, default="CNY", verbose_name=_("currency")
    )
    price = PriceField(_("list price"), validators=[MinValueValidator(0)])
    cost = PriceField(_("cost"), default=0, validators=[MinValueValidator(0)])
    tax_rate = PercentField(
        _("tax rate %"), default=13, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    is_stocked = models.BooleanField(_("kept in stock"), default=True)
    description = models.TextField(_("description"), blank=True)

    objects = ProductQuerySet.as_manager()
    shared_fields = ("category",)
    search_fields = ("code", "name")
    is_searched = True
    remote_select = True

    class Meta:
        ordering = ["code"]
        verbose_name = _("product")
        verbose_name_plural = _("products")
        permissions = [
            *acts("product", "put_on_sale", "take_off_sale"),
            ("view_cost", _("Can see cost and margin")),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"

    def hidden_from(self, user):
        return set() if user.has_perm("products.view_cost") else {"cost"}

    @transition(
        state,
        State.OFF_SALE,
        State.ON_SALE,
        permission="products.put_on_sale_product",
        custom={"label": _("Put on sale"), "style": "primary"},
    )
    def put_on_sale(self):
        pass

    @transition(
        state,
        State.ON_SALE,
        State.OFF_SALE,
        permission="products.take_off_sale_product",
        custom={"label": _("Take off sale")},
    )
    def take_off_sale(self):
        pass


class PricedLine(models.Model):
    """A product at a price in a document. `amount` includes tax and is rounded per line.

    cost is the product's at the time of writing, per unit, for the margin.
    """

    product = models.ForeignKey(
        Product, models.PROTECT, related_name="+", verbose_name=_("product")
    )
    description = models.CharField(_("description"), max_length=300, blank=True)
    quantity = QuantityField(_("quantity"), validators=[MinValueValidator(Decimal("0.001"))])
    unit_price = PriceField(_("unit price"), validators=[MinValueValidator(0)])
    discount = PercentField(
        _("discount %"), default=0, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    tax_rate = PercentField(
        _("tax rate %"), default=0, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    cost = PriceField(_("cost"), default=0, editable=False)
    amount = MoneyField(_("amount"), editable=False)
    tax = MoneyField(_("tax included"), default=0, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=1, editable=False)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self):
        return f"{self.product} × {self.quantity.normalize():f}"


class PricedDocument(models.Model):
    """Totals of a document's PricedLines, in its currency; `rate` is fixed when it binds."""

    currency = models.ForeignKey(
        Currency, models.PROTECT, default="CNY", verbose_name=_("currency")
    )
    rate = models.DecimalField(
        _("exchange rate"), max_digits=18, decimal_places=8, null=True, blank=True, editable=False
    )
    amount = MoneyField(_("amount"), default=0, editable=False)
    tax = MoneyField(_("tax included"), default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def total(self):
        """What the customer pays, in the document's currency."""
        return self.amount

    def totals(self):
        """[(label, amount)] below the lines, wherever they are shown; the last is `total`."""
        return [(_("Tax included"), self.tax), (_("Total"), self.total)]
