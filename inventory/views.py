from django.utils.translation import gettext_lazy as _

from crm import home
from crm.cells import Cell, Column, decimal, table
from crm.imports import Beside
from crm.pages import Pages
from inventory import services
from inventory.filters import (
    PurchaseRequestFilter,
    StockLevelFilter,
    StockMoveFilter,
    WarehouseFilter,
)
from inventory.forms import (
    OpeningStockForm,
    PurchaseRequestForm,
    StockLevelForm,
    WarehouseForm,
)
from inventory.models import PurchaseRequest, StockLevel, StockMove, Warehouse
from products.views import ProductPages

MOST = 50
AVAILABLE = Column("free", _("Available"), value=lambda level: level.available, numeric=True)
MOVE_COLUMNS = ("at", "kind", "quantity", "reference", "reason", "by")


class WarehousePages(Pages):
    model = Warehouse
    has_contacts = False
    columns = ("code", "name", "address", "priority", "is_active")
    order = "priority"
    filterset = WarehouseFilter
    form = WarehouseForm
    create = services.create_warehouse
    edit = services.edit_warehouse
    menu = ("stock", 60)
    empty = _("No warehouses yet. Add the place your goods lie in.")
    groups = ((_("Warehouse"), ("code", "name", "address", "priority", "is_active")),)

    @classmethod
    def tables(cls, obj, user):
        if not user.has_perm("inventory.view_stocklevel"):
            return []
        levels = obj.stock_levels.select_related("product").exclude(on_hand=0)[:MOST]
        columns = ("product", "on_hand", "reserved", AVAILABLE)
        return [table(_("Stock"), StockLevel, columns, levels, user)]


def _reorder_badge(level):
    short = level.reorder_point and level.available <= level.reorder_point
    return Cell(str(_("Reorder")), badge="amber") if short else Cell("")


class StockLevelPages(Pages):
    model = StockLevel
    has_contacts = False
    columns = (
        Column("product", _("Product"), value=lambda x: str(x.product), sort="product__code"),
        "warehouse",
        "on_hand",
        "reserved",
        AVAILABLE,
        "reorder_point",
        Column("low", _("Note"), value=_reorder_badge),
    )
    order = "product__code"
    filterset = StockLevelFilter
    form = StockLevelForm
    create = services.create_level
    edit = services.edit_level
    verbs = services.LEVEL_VERBS
    menu = ("stock", 30)
    empty = _("No stock yet. Each product has a level per warehouse: add one, then receive goods.")
    begin = "inventory.warehouse"

    groups = (
        (_("Stock"), ("product", "warehouse", "on_hand", "reserved", AVAILABLE)),
        (_("Reorder"), ("reorder_point", "reorder_quantity")),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("product", "warehouse")

    @classmethod
    def tables(cls, obj, user):
        if not user.has_perm("inventory.view_stockmove"):
            return []
        moves = obj.moves.select_related("by")[:MOST]
        return [table(_("Latest moves"), StockMove, MOVE_COLUMNS, moves, None)]


class StockMovePages(Pages):
    """The ledger: to be read, never written by hand."""

    model = StockMove
    has_contacts = False
    columns = (
        "at",
        Column("level__product", value=lambda move: str(move.level.product), label=_("Product")),
        "level__warehouse",
        "kind",
        "quantity",
        "reference",
        "reason",
        "by",
    )
    filterset = StockMoveFilter
    menu = ("stock", 40)
    has_timeline = False
    empty = _(
        "Nothing has moved yet. Every receipt, shipment and transfer of goods is written "
        "down here, beginning with the first receipt."
    )
    begin = "inventory.stocklevel"
    groups = (
        (
            _("Move"),
            ("at", "kind", "quantity", "reference", "reason", "by", "level"),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("level__product", "level__warehouse", "by")


class PurchaseRequestPages(Pages):
    model = PurchaseRequest
    has_contacts = False
    columns = (
        Column("number", _("Request"), value=str),
        "state",
        "warehouse",
        "quantity",
        "expected_on",
        "reason",
        "owner",
        "created_at",
    )
    order = "-created_at"
    filterset = PurchaseRequestFilter
    form = PurchaseRequestForm
    create = services.create_purchase_request
    edit = services.edit_purchase_request
    verbs = services.PURCHASE_VERBS
    menu = ("stock", 50)
    empty = _(
        "No purchase requests. They come by themselves when an order finds too little "
        "stock; you can also ask for goods here."
    )
    groups = (
        (
            _("Purchase request"),
            ("product", "warehouse", "quantity", "expected_on", "reason", "owner"),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("product", "warehouse", "owner")


def purchase_card(name, label, query, verb, empty, **options):
    home.add(
        name,
        label,
        PurchaseRequestPages,
        query,
        order="created_at",
        position=70,
        needs=(f"inventory.{verb}_purchaserequest",),
        meta=lambda row: str(row.owner or ""),
        actions=(verb,),
        colour="amber",
        empty=empty,
        **options,
    )


# Nobody approves what they asked for themselves.
purchase_card(
    "purchases-to-approve",
    _("Purchase requests to approve"),
    {"state": "submitted", "mine": "false"},
    "approve",
    _("Nothing waits for your approval."),
)
purchase_card(
    "purchases-to-submit",
    _("Suggested purchases"),
    {"state": "suggested"},
    "submit",
    _("Nothing has to be bought."),
)
purchase_card(
    "purchases-to-order",
    _("Purchases to order"),
    {"state": "approved"},
    "order",
    _("Everything approved is ordered."),
)
home.add(
    "stock-to-reorder",
    _("Stock to be reordered"),
    StockLevelPages,
    {"low": "true"},
    order="pk",
    position=75,
    needs=("inventory.order_purchaserequest",),
    meta=lambda level: f"{decimal(level.available)} / {decimal(level.reorder_point)}",
    badge=lambda level: "red" if level.available <= 0 else "amber",
    colour="amber",
    empty=_("There is enough of everything."),
)


# --- Files of products ----------------------------------------------------------------------------

ProductPages.importer.beside.append(
    Beside(
        "stock",
        _("Stock"),
        StockLevel,
        OpeningStockForm,
        ("on_hand", "warehouse", "reorder_point"),
        needs=("inventory.add_stocklevel", "inventory.receive_stocklevel"),
        create=services.open_stock,
        remove=services.remove_level,
    )
)
