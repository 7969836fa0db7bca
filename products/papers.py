"""The lines of a priced document as its customer sees them, on paper and on public pages."""

from django.utils.translation import gettext as _

from crm.cells import Column, decimal, money, table
from crm.papers import sheet


def totals(document):
    """The totals of a PricedDocument for crm.cells.table."""
    return [
        {"label": str(label), "value": money(value, document.currency_id)}
        for label, value in document.totals()
    ]


def customer_lines(document):
    """A table without cost and without links into the house; columns that say nothing are absent."""
    rows = document.lines.select_related("product")
    for row in rows:
        row.currency_id = document.currency_id
    columns = (
        Column("product", value=lambda line: line.product.name),
        *(["description"] if any(row.description for row in rows) else []),
        Column("quantity", value=quantity, numeric=True),
        "unit_price",
        *(["discount"] if any(row.discount for row in rows) else []),
        *(["tax_rate"] if any(row.tax_rate for row in rows) else []),
        "amount",
    )
    return table(_("Lines"), rows.model, columns, rows, None, totals=totals(document))


def quantity(line):
    return f"{decimal(line.quantity)} {line.product.unit}"


def priced_lines(document):
    """The same for a sheet, with the total in words."""
    return sheet.goods(customer_lines(document), document.total, document.currency_id)
