from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.cells import Cell, Column, link, table
from crm.home import card
from crm.pages import Pages
from inventory import services
from inventory.filters import (
    PurchaseRequestFilter,
    StockLevelFilter,
    StockMoveFilter,
    WarehouseFilter,
)
from inventory.forms import PurchaseRequestForm, StockLevelForm, WarehouseForm
from inventory.models import PurchaseRequest, StockLevel, StockMove, Warehouse

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
    empty = _("No stock yet. Receive goods, and they show up here.")

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
    empty = _("Nothing has moved yet.")
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
    empty = _("No purchase requests. They come by themselves when an order finds too little stock.")
    groups = (
        (
            _("Purchase request"),
            ("product", "warehouse", "quantity", "expected_on", "reason", "owner"),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("product", "warehouse", "owner")


@card(70)
def purchases_to_approve(user):
    """Submitted requests of others, for those who may approve them."""
    if not user.has_perm("inventory.approve_purchaserequest"):
        return None
    rows = PurchaseRequestPages.queryset(user).filter(state=PurchaseRequest.State.SUBMITTED)
    items = [
        {"text": str(row), "url": link(row, user), "meta": str(row.owner or "")}
        for row in rows.exclude(owner=user)
    ]
    return {
        "label": _("Purchase requests to approve"),
        "count": len(items),
        "url": f"{reverse('inventory:purchaserequest_list')}?state=submitted",
        "badge": "amber",
        "items": items,
        "empty": _("Nothing waits for your approval."),
    }
