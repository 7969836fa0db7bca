from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.views import AccountPages
from contracts.views import ContractPages
from crm.cells import Cell, Column, money, table
from crm.home import card
from crm.imports import Importer
from crm.pages import Pages
from opportunities.views import OpportunityPages
from orders import services
from orders.filters import CarrierFilter, ExceptionFilter, OrderFilter, ShipmentFilter
from orders.forms import CarrierForm, ExceptionForm, OrderForm, OrderLines, ShipmentForm
from orders.models import Carrier, Order, OrderCheck, OrderException, OrderLine, Shipment

MOST = 50
NUMBER = Order._meta.get_field("number").verbose_name


class OrderPages(Pages):
    model = Order
    columns = (
        Column("number", NUMBER, value=lambda order: order.number or _("new"), sort="number"),
        "account",
        "state",
        "amount",
        "outstanding",
        "ordered_on",
        "requested_on",
        "owner",
    )
    order = "-created_at"
    filterset = OrderFilter
    form = OrderForm
    lines = OrderLines
    create = services.create_order
    edit = services.edit_order
    verbs = services.ORDER_VERBS
    importer = Importer(
        keys=("external_key", "customer_reference", "number"),
        walks={"under_review": ("submit",), "approved": ("submit", "approve")},
    )
    menu = ("orders", 10)
    empty = gettext_lazy(
        "No orders yet. An active contract makes its order; others are taken in here."
    )
    groups = (
        (
            gettext_lazy("Order"),
            (
                "account",
                "contact",
                "contract",
                "channel",
                "customer_reference",
                "ordered_on",
                "requested_on",
                "owner",
                "hold_reason",
                "cancel_reason",
            ),
        ),
        (gettext_lazy("Delivery"), ("recipient", "recipient_phone", "address", "notes")),
        (
            gettext_lazy("Payment"),
            (
                "payment_term",
                "amount",
                "freight",
                "received",
                "outstanding",
                "due",
                "currency",
                "rate",
            ),
        ),
        (
            gettext_lazy("Progress"),
            (
                "confirmed_by",
                "confirmed_on",
                "confirmed_how",
                "shipped_on",
                "delivered_on",
                "completed_on",
                Column(
                    "open_returns",
                    Order._meta.get_field("open_returns").verbose_name,
                    value=lambda order: order.open_returns or "",
                ),
            ),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("account")

    @classmethod
    def subtitle(cls, obj):
        return f"{obj.account} · {money(obj.total, obj.currency_id)}"

    @classmethod
    def lines_of(cls, obj):
        return obj.lines.select_related("product")

    @classmethod
    def tables(cls, obj, user):
        tables = [lines_table(obj, user)]
        if checks := list(obj.checks.select_related("waived_by")):
            tables.append(checks_table(checks, user))
        shipments = obj.shipments.visible_to(user).select_related("warehouse", "carrier")
        columns = ("number", "state", "warehouse", "carrier", "planned_on", "delivered_on")
        if shipments:
            tables.append(table(_("Shipments"), Shipment, columns, shipments, user))
        exceptions = obj.exceptions.visible_to(user).select_related("owner")
        columns = ("kind", "state", "cause", "told_on", "solution", "owner")
        if exceptions:
            tables.append(table(_("Exceptions"), OrderException, columns, exceptions, user))
        return tables


def lines_table(order, user):
    totals = [
        {"label": label, "value": money(value, order.currency_id)}
        for label, value in (
            (_("Amount"), order.amount),
            (_("Tax included"), order.tax),
            (_("Freight"), order.freight),
            (_("Total"), order.total),
        )
    ]
    columns = (
        "product",
        "description",
        "quantity",
        "unit_price",
        "discount",
        "amount",
        "allocated",
        "shipped",
    )
    rows = order.lines.select_related("product")
    return table(_("Lines"), OrderLine, columns, rows, user, totals=totals)


def checks_table(checks, user):
    columns = (
        "kind",
        Column("result", badge=lambda check: check.badge),
        Column("detail", _("Detail"), value=lambda check: check.detail),
        "waived_by",
        "waive_reason",
    )
    return table(_("Review"), OrderCheck, columns, checks, user)


class ShipmentPages(Pages):
    model = Shipment
    columns = (
        "number",
        "state",
        "order",
        Column("order__account", gettext_lazy("Customer")),
        "warehouse",
        "carrier",
        "tracking_number",
        "planned_on",
        "dispatched_at",
        "delivered_on",
    )
    filterset = ShipmentFilter
    form = ShipmentForm
    edit = services.edit_shipment
    verbs = services.SHIPMENT_VERBS
    menu = ("orders", 20)
    empty = gettext_lazy("No shipments yet. They are planned on the page of an order.")
    groups = (
        (
            gettext_lazy("Shipment"),
            (
                "order",
                "warehouse",
                "carrier",
                "tracking_number",
                "planned_on",
                "dispatched_at",
                "delivered_on",
                "received_by",
                "failure",
                "notes",
            ),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("order__account")

    @classmethod
    def subtitle(cls, obj):
        return obj.order.account

    @classmethod
    def extra_groups(cls, obj, user):
        order = obj.order
        return [
            (
                _("Delivery"),
                [
                    (_("recipient"), Cell(order.recipient)),
                    (_("recipient's phone"), Cell(order.recipient_phone)),
                    (_("delivery address"), Cell(order.address)),
                ],
            )
        ]

    @classmethod
    def tables(cls, obj, user):
        lines = obj.lines.select_related("line__product")
        columns = (Column("line__product", _("Product")), "quantity")
        tracking = obj.tracking.all()
        return [
            table(_("Goods"), lines.model, columns, lines, user),
            table(
                _("Tracking"),
                tracking.model,
                ("at", "place", "text"),
                tracking,
                user,
                empty=_("The carrier has not reported anything yet."),
            ),
        ]


class ExceptionPages(Pages):
    model = OrderException
    columns = (
        Column("kind", value=lambda row: row.get_kind_display(), sort="kind"),
        "order",
        Column("order__account", gettext_lazy("Customer")),
        "state",
        Column("cause", sort=""),
        "told_on",
        "owner",
        "created_at",
    )
    filterset = ExceptionFilter
    form = ExceptionForm
    create = services.open_exception
    edit = services.edit_exception
    verbs = services.EXCEPTION_VERBS
    menu = ("orders", 30)
    empty = gettext_lazy("No exceptions: every order goes as planned.")
    groups = (
        (
            gettext_lazy("Exception"),
            ("order", "shipment", "kind", "cause", "owner", "told_by", "told_on", "solution"),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("order__account", "shipment")


class CarrierPages(Pages):
    model = Carrier
    has_contacts = False
    columns = ("name", "phone", "is_active")
    order = "name"
    filterset = CarrierFilter
    form = CarrierForm
    create = services.create_carrier
    edit = services.edit_carrier
    menu = ("settings", 40)
    empty = gettext_lazy("No carriers yet. A shipment leaves with one.")
    groups = ((gettext_lazy("Carrier"), ("name", "phone", "is_active")),)


# --- Panels on the pages of customers, contracts and opportunities ------------------------------

PANEL = (OrderPages.columns[0], "state", "amount", "outstanding", "ordered_on")


def panel(model, path):
    """A view of the orders which belong to one visible `model` record through `path`."""

    @require_GET
    def view(request, pk):
        head = get_object_or_404(model.objects.visible_to(request.user), pk=pk)
        rows = Order.objects.visible_to(request.user).filter(**{path: head})
        rows = rows.select_related("account").order_by("-created_at")[:MOST]
        create_url = ""
        if path == "account" and request.user.has_perm("orders.add_order"):
            create_url = f"{reverse('orders:order_create')}?account={pk}"
        found = table(
            _("Orders"),
            Order,
            PANEL,
            rows,
            request.user,
            empty=_("No orders yet."),
            create_url=create_url,
            create_label=_("New order"),
        )
        return render(request, "crm/_table.html", {"table": found})

    return view


for _pages, _name in (
    (AccountPages, "account"),
    (ContractPages, "contract"),
    (OpportunityPages, "opportunity"),
):
    _pages.panels.append((gettext_lazy("Orders"), f"orders:{_name}_panel", "orders.view_order"))


# --- My day ---------------------------------------------------------------------------------------

SHOWN = 8


@card(50)
def orders_to_review(user):
    if not user.has_perm("orders.approve_order"):
        return None
    rows = Order.objects.visible_to(user).filter(state=Order.State.UNDER_REVIEW)
    return {
        "label": _("Orders to review"),
        "count": rows.count(),
        "url": f"{reverse('orders:order_list')}?state=under_review",
        "badge": "amber",
        "items": order_items(rows.order_by("ordered_on", "pk")),
        "empty": _("No order waits for a review."),
    }


@card(52)
def orders_to_ship(user):
    if not user.has_perm("orders.add_shipment"):
        return None
    rows = Order.objects.visible_to(user).to_plan()
    return {
        "label": _("Orders to ship"),
        "count": rows.count(),
        "url": f"{reverse('orders:order_list')}?to_plan=true",
        "items": order_items(rows.order_by("requested_on", "ordered_on", "pk"), "requested_on"),
        "empty": _("Everything allocated is planned."),
    }


@card(54)
def shipments_to_dispatch(user):
    if not user.has_perm("orders.dispatch_shipment"):
        return None
    rows = Shipment.objects.visible_to(user).waiting().select_related("order__account")
    return {
        "label": _("Shipments to dispatch"),
        "count": rows.count(),
        "url": f"{reverse('orders:shipment_list')}?state=planned&state=picking",
        "items": [
            {
                "text": f"{row} · {row.order.account}",
                "url": row.get_absolute_url(),
                "meta": str(row.planned_on or ""),
            }
            for row in rows.order_by("planned_on", "pk")[:SHOWN]
        ],
        "empty": _("No shipment waits to leave."),
    }


@card(56)
def orders_in_trouble(user):
    if not user.has_perm("orders.confirm_order"):
        return None
    rows = Order.objects.visible_to(user).in_trouble().filter(owner=user)
    return {
        "label": _("Orders on hold or with an exception"),
        "count": rows.count(),
        "url": f"{reverse('orders:order_list')}?in_trouble=true&mine=true",
        "badge": "red",
        "items": order_items(rows.order_by("ordered_on", "pk"), "get_state_display"),
        "empty": _("All your orders go as planned."),
    }


def order_items(rows, meta="ordered_on"):
    items = []
    for row in rows.select_related("account")[:SHOWN]:
        value = getattr(row, meta)
        value = value() if callable(value) else value
        items.append(
            {
                "text": f"{row} · {row.account}" if row.number else str(row),
                "url": row.get_absolute_url(),
                "meta": str(value or ""),
            }
        )
    return items
