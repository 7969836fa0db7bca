from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from crm.cells import Column, decimal, table
from crm.papers import register, sheet
from crm.papers.sheet import Sheet
from opportunities.papers import seller, terms_of
from orders.models import Order, Shipment
from products.papers import priced_lines


def destination(order):
    """Where the goods go; to the customer's own name unless somebody else receives them."""
    return sheet.party(
        _("Deliver to"),
        order.recipient or order.account.name,
        sheet.named(_("phone"), order.recipient_phone),
        order.address,
    )


def confirmation(obj, user):
    return Sheet(
        parties=[
            sheet.party(_("Customer"), obj.account.name, sheet.named(_("contact"), obj.contact)),
            destination(obj),
            *([seller(obj.owner)] if obj.owner else []),
        ],
        facts=sheet.facts(
            obj,
            "ordered_on",
            "requested_on",
            "customer_reference",
            "contract",
            "currency",
        ),
        blocks=[
            priced_lines(obj),
            *sheet.passage(_("payment term"), terms_of(obj)),
            *sheet.bank_details(),
        ],
        signatures=[
            sheet.signature(_("For the seller (seal)"), sheet.our_name(), (_("Date"), "")),
            sheet.signature(
                _("Confirmed by the customer (seal)"),
                obj.account.name,
                (pgettext("person", "name"), obj.confirmed_by),
                (_("Date"), obj.confirmed_on),
            ),
        ],
    )


def delivery_note(obj, user):
    order = obj.order
    on = timezone.localdate(obj.dispatched_at) if obj.dispatched_at else obj.planned_on
    return Sheet(
        parties=[
            destination(order),
            sheet.party(_("Customer"), order.account.name),
        ],
        facts=[
            *sheet.fact(_("Date"), on),
            *sheet.facts(obj, "order", "order__customer_reference", "carrier", "tracking_number"),
        ],
        blocks=[packed(obj)],
        signatures=[
            sheet.signature(_("Handed over by"), sheet.our_name(), (_("Date"), "")),
            sheet.signature(
                _("Received complete and undamaged"),
                order.recipient or order.account.name,
                (pgettext("person", "name"), obj.received_by),
                (_("Date"), obj.delivered_on),
            ),
        ],
    )


def packed(shipment):
    """The goods without prices: who receives them need not know what they cost."""
    rows = shipment.lines.select_related("line__product")
    columns = (
        Column("code", _("Code"), value=lambda row: row.line.product.code),
        Column("product", _("Product"), value=lambda row: row.line.product.name),
        *(
            [Column("description", _("Description"), value=lambda row: row.line.description)]
            if any(row.line.description for row in rows)
            else []
        ),
        Column("quantity", value=in_units, numeric=True),
    )
    return sheet.goods(table(_("Goods"), rows.model, columns, rows, None))


def in_units(row):
    return f"{decimal(row.quantity)} {row.line.product.unit}"


register(
    Order,
    title=pgettext_lazy("document", "Order confirmation"),
    number=lambda obj: obj.number,
    sheet=confirmation,
    drafts=(Order.State.RECEIVED, Order.State.UNDER_REVIEW),
    void=(Order.State.CANCELLED,),
)
register(
    Shipment,
    title=pgettext_lazy("document", "Delivery note"),
    sheet=delivery_note,
    drafts=(Shipment.State.PLANNED,),
    void=(Shipment.State.CANCELLED,),
)
