from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.views import AccountPages
from accounts.views.headers import CUSTOMER_WORDS, PERSON_WORDS
from contracts.views import ContractPages
from crm import days, home
from crm.cells import Cell, Column, money, table
from crm.imports import Importer
from crm.money import in_company_currency
from crm.pages import Pages
from crm.record import related
from crm.views import table_panel
from opportunities.views import OpportunityPages
from orders import services
from orders.filters import CarrierFilter, ExceptionFilter, OrderFilter, ShipmentFilter
from orders.forms import CarrierForm, ExceptionForm, OrderForm, OrderLines, ShipmentForm
from orders.models import Carrier, Order, OrderCheck, OrderException, OrderLine, Shipment
from products.papers import totals

MOST = 50
NEAR_DAYS = 3
NUMBER = Order._meta.get_field("number").verbose_name


def number_of(order):
    return order.number or _("no number yet")


class OrderPages(Pages):
    model = Order
    columns = (
        Column("number", NUMBER, value=number_of, sort="number"),
        "account",
        "state",
        "amount",
        "outstanding",
        "ordered_on",
        "requested_on",
        "owner",
    )
    more_columns = ("tax",)
    order = "-created_at"
    totals = ("amount", "outstanding")
    filterset = OrderFilter
    form = OrderForm
    lines = OrderLines
    create = services.create_order
    edit = services.edit_order
    verbs = services.ORDER_VERBS
    board = (
        "received",
        "under_review",
        "approved",
        "confirmed",
        "fulfilling",
        "shipped",
        "delivered",
        "on_hold",
    )
    board_amount = in_company_currency("amount")
    importer = Importer(
        keys=("external_key", "customer_reference", "number"),
        history=services.HISTORY,
        borrowed={name: Shipment._meta.get_field(name) for name in ("carrier", "warehouse")},
        prefetch=("shipments__carrier", "shipments__warehouse"),
        create=services.take_over_order,
        words={
            "account": CUSTOMER_WORDS,
            "contact": PERSON_WORDS,
            "number": ("订单号", "订单编号", "单号", "訂單編號", "order number", "order no"),
            "customer_reference": (
                "客户订单号",
                "客户单号",
                "采购单号",
                "po",
                "po number",
                "po no",
            ),
            "ordered_on": ("下单日期", "订单日期", "下單日期", "order date", "date"),
            "requested_on": (
                "交货日期",
                "要求交期",
                "交期",
                "交貨日期",
                "due date",
                "required date",
            ),
            "product": (
                "产品编号",
                "产品名称",
                "商品",
                "产品编码",
                "品名",
                "product name",
                "sku",
                "item",
            ),
            "quantity": ("数量", "订购数量", "數量", "qty"),
            "unit_price": ("单价", "价格", "單價", "price"),
            "address": ("收货地址", "送货地址", "收貨地址", "shipping address", "ship to"),
            "recipient": ("收货人", "收件人", "收貨人", "consignee", "ship name"),
        },
        remove=services.remove_orders,
        walks={"under_review": ("submit",), "approved": ("submit", "approve")},
    )
    menu = ("orders", 10)
    # Translators: words with which people ask for a new one, besides its name.
    asked_for = gettext_lazy("sale purchase order")
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
    def card(cls, obj):
        """The colour says how near the day is on which the customer wants the goods."""
        left = (obj.requested_on - timezone.localdate()).days if obj.requested_on else None
        is_open = obj.state not in (Order.State.SHIPPED, Order.State.DELIVERED)
        near = "" if left is None or not is_open else "red" if left < 0 else "green"
        return {
            "title": number_of(obj),
            "subtitle": str(obj.account),
            "amount": money(obj.amount, obj.currency_id),
            "next": days.due(obj.requested_on) if near else "",
            "next_badge": "amber" if near == "green" and left <= NEAR_DAYS else near,
        }

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
    return table(_("Lines"), OrderLine, columns, rows, user, totals=totals(order))


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
    empty = gettext_lazy(
        "No shipments yet. They bring goods to the customer: plan one on the page of an order."
    )
    begin = "orders.order"
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
    empty = gettext_lazy(
        "No exceptions: every order goes as planned. Report here when something goes "
        "wrong on the way."
    )
    begin = "orders.order"
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
    empty = gettext_lazy(
        "No carriers yet. Every shipment leaves with one: add those you work with."
    )
    groups = ((gettext_lazy("Carrier"), ("name", "phone", "is_active")),)


# --- Panels on the pages of customers, contracts and opportunities ------------------------------

PANEL = (OrderPages.columns[0], "state", "amount", "outstanding", "ordered_on")


def panel(model, path):
    """A view of the orders which belong to one visible `model` record through `path`."""

    @table_panel(model, "orders.view_order")
    def view(head, user):
        rows = Order.objects.visible_to(user).filter(**{path: head})
        rows = rows.select_related("account").order_by("-created_at")[:MOST]
        create_url = ""
        if path == "account" and user.has_perm("orders.add_order"):
            create_url = f"{reverse('orders:order_create')}?account={head.pk}"
        return table(
            _("Orders"),
            Order,
            PANEL,
            rows,
            user,
            create_url=create_url,
            create_label=_("New order"),
        )

    return view


for _pages, _name, _path in (
    (AccountPages, "account", "account"),
    (ContractPages, "contract", "contract"),
    (OpportunityPages, "opportunity", "contract__opportunity"),
):
    _pages.panels.append(
        (
            gettext_lazy("Orders"),
            f"orders:{_name}_panel",
            "orders.view_order",
            related(Order, _path),
        )
    )


# --- My day ---------------------------------------------------------------------------------------


def wanted(order):
    parts = (money(order.total, order.currency_id), days.due(order.requested_on))
    return " · ".join(filter(None, parts))


def whose(order):
    return f"{order} · {order.account}" if order.number else str(order)


def order_card(name, label, query, position, needs, empty, **options):
    home.add(
        name,
        label,
        OrderPages,
        query,
        position=position,
        needs=needs,
        empty=empty,
        **{
            "order": "requested_on",
            "text": whose,
            "meta": wanted,
            "badge": lambda order: "red" if order.is_late else "",
            **options,
        },
    )


order_card(
    "orders-to-review",
    gettext_lazy("Orders to review"),
    {"state": "under_review"},
    50,
    ("orders.approve_order",),
    gettext_lazy("No order waits for a review."),
    actions=("approve", "return_for_changes"),
    colour="amber",
)
order_card(
    "orders-to-confirm",
    gettext_lazy("Orders the customer has to confirm"),
    {"mine": "true", "state": "approved"},
    51,
    ("orders.confirm_order",),
    gettext_lazy("No customer of yours has an order to confirm."),
    actions=("confirm",),
)
order_card(
    "orders-to-hand-over",
    gettext_lazy("Orders to hand to the warehouse"),
    {"mine": "true", "state": "confirmed"},
    52,
    ("orders.fulfil_order",),
    gettext_lazy("Every confirmed order is with the warehouse."),
    actions=("fulfil",),
)
order_card(
    "orders-to-allocate",
    gettext_lazy("Orders to allocate"),
    {"to_allocate": "true"},
    53,
    ("orders.allocate_order", "orders.pick_shipment"),
    gettext_lazy("Every order has its goods."),
    actions=("allocate",),
)
order_card(
    "orders-to-ship",
    gettext_lazy("Orders to ship"),
    {"to_plan": "true"},
    54,
    ("orders.add_shipment", "orders.pick_shipment"),
    gettext_lazy("Everything allocated is planned."),
    actions=("plan_shipment",),
)
order_card(
    "late-orders",
    gettext_lazy("Late orders"),
    {"late": "true"},
    49,
    ("orders.allocate_order",),
    gettext_lazy("No order is late."),
    actions=("open_exception",),
    colour="red",
)
order_card(
    "orders-in-trouble",
    gettext_lazy("Orders on hold or with an exception"),
    {"mine": "true", "in_trouble": "true"},
    58,
    ("orders.confirm_order",),
    gettext_lazy("All your orders go as planned."),
    unless="orders.hold_order",
    meta=lambda order: order.get_state_display(),
    colour="red",
)
order_card(
    "team-orders-in-trouble",
    gettext_lazy("Orders of the team on hold or with an exception"),
    {"in_trouble": "true"},
    58,
    ("orders.hold_order", "orders.confirm_order"),
    gettext_lazy("All orders go as planned."),
    meta=lambda order: f"{order.owner} · {order.get_state_display()}",
    related=("owner",),
    actions=("unhold",),
    colour="red",
)
for _state, _label, _verb, _empty in (
    (
        "planned",
        gettext_lazy("Shipments to pick"),
        "pick",
        gettext_lazy("No shipment waits to be picked."),
    ),
    (
        "picking",
        gettext_lazy("Shipments to dispatch"),
        "dispatch",
        gettext_lazy("No shipment waits to leave."),
    ),
):
    home.add(
        f"shipments-to-{_verb}",
        _label,
        ShipmentPages,
        {"state": _state},
        order="planned_on",
        position=55,
        needs=(f"orders.{_verb}_shipment",),
        text=lambda shipment: f"{shipment} · {shipment.order.account}",
        meta=lambda shipment: days.due(shipment.planned_on),
        badge=lambda shipment: "red" if shipment.is_late else "",
        actions=(_verb,),
        empty=_empty,
    )
