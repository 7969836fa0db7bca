"""Writing the catalogue, and pricing the lines of any document."""

from decimal import Decimal

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from crm import lifecycle
from crm.errors import DomainError
from crm.money import ZERO, included_tax, line_amount, rate_on
from crm.verbs import Verbs
from products.models import Category, Product

PRODUCT_VERBS = Verbs(Product)


def create_product(*, by, name, code="", **fields):
    """A product; without a code, as in the files of some systems, it gets one of its name."""
    length = Product._meta.get_field("code").max_length
    code = code or slugify(name, allow_unicode=True).upper()[:length]
    return lifecycle.create(Product(name=name, code=code, **fields), by=by)


def edit_product(product, *, by, version=None, **changes):
    return lifecycle.edit(product, by=by, version=version, **changes)


def price_in(product, currency, on):
    """The list price per unit in a currency (a code), at the rates of the local date `on`."""
    if product.currency_id == currency:
        return product.price
    ours, theirs = rate_on(product.currency_id, on), rate_on(currency, on)
    return (product.price * ours / theirs).quantize(Decimal("0.0001"))


def create_category(*, by, **fields):
    return lifecycle.create(Category(**fields), by=by)


def edit_category(category, *, by, version=None, **changes):
    return lifecycle.edit(category, by=by, version=version, **changes)


@transaction.atomic
def write_lines(document, line_model, parent, lines):
    """Replace the lines of a PricedDocument and set its `amount` and `tax`; return the lines.

    `lines` is the full list of dicts: product, quantity; unit_price, discount, tax_rate and
    description default to the product's. The caller holds the document's lock and saves it.
    Raises DomainError when a product has another currency than the document and no price is
    given, ValidationError for a bad quantity, price or percentage.
    """
    document.lines.all().delete()
    made = []
    for position, data in enumerate(lines, start=1):
        line = line_model(**{parent: document}, position=position, **_priced(document, data))
        # The product is at hand, and what the database checks of a new line its fields say.
        line.full_clean(exclude=[parent, "product"], validate_constraints=False)
        made.append(line)
    line_model.objects.bulk_create(made)
    document.amount = sum((line.amount for line in made), ZERO)
    document.tax = sum((line.tax for line in made), ZERO)
    return made


def _priced(document, data):
    """The fields of one line, with defaults of its product and the amounts."""
    product, currency = data["product"], document.currency_id
    price = data.get("unit_price")
    if price is None:
        if product.currency_id != currency:
            raise DomainError(
                _("%(product)s has no price in %(currency)s: enter one.")
                % {"product": product, "currency": currency}
            )
        price = product.price
    quantity, discount = Decimal(data["quantity"]), Decimal(data.get("discount") or 0)
    tax_rate = data.get("tax_rate")
    tax_rate = product.tax_rate if tax_rate is None else tax_rate
    amount = line_amount(quantity, price, discount, currency)
    return {
        "product": product,
        "description": data.get("description") or "",
        "quantity": quantity,
        "unit_price": price,
        "discount": discount,
        "tax_rate": tax_rate,
        "cost": product.cost,
        "amount": amount,
        "tax": included_tax(amount, tax_rate, currency),
    }


def lines_snapshot(document):
    """The lines as JSON for an event, so that an edit shows what they were."""
    return [
        {
            "product": line.product_id,
            "label": str(line),
            "description": line.description,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "discount": line.discount,
            "tax_rate": line.tax_rate,
            "amount": line.amount,
        }
        for line in document.lines.select_related("product")
    ]
