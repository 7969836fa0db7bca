"""Every change of stock. A level changes under its row lock, together with a line of the ledger."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import lifecycle
from crm.cells import decimal
from crm.errors import DomainError
from crm.events import emit
from crm.locks import lock
from crm.verbs import Verb, Verbs
from inventory.models import PurchaseRequest, StockLevel, StockMove, Warehouse
from users.models import User

ZERO = Decimal(0)


def create_warehouse(*, by, **fields):
    return lifecycle.create(Warehouse(**fields), by=by)


def edit_warehouse(warehouse, *, by, version=None, **changes):
    return lifecycle.edit(warehouse, by=by, version=version, **changes)


def first_warehouse():
    """The first active one by priority; DomainError when there is none."""
    warehouse = Warehouse.objects.filter(is_active=True).first()
    if warehouse is None:
        raise DomainError(_("There is no active warehouse."))
    return warehouse


def create_level(*, by, **fields):
    """Keep a product in a warehouse, with its reorder point; the stock itself starts at none."""
    return lifecycle.create(StockLevel(**fields), by=by)


def edit_level(level, *, by, version=None, **changes):
    return lifecycle.edit(level, by=by, version=version, **changes)


# --- The level and its ledger --------------------------------------------------------------------


def _locked(product, *warehouses):
    """{warehouse pk: StockLevel} for one product, made where missing, locked in pk order."""
    rows = StockLevel.objects.filter(product=product, warehouse__in=warehouses)
    levels = lock(rows)
    if len(levels) < len(warehouses):
        StockLevel.objects.bulk_create(
            [StockLevel(product=product, warehouse=place) for place in warehouses],
            ignore_conflicts=True,
        )
        levels = lock(rows.all())
    return {level.warehouse_id: level for level in levels}


def _positive(quantity):
    if quantity <= 0:
        raise ValidationError({"quantity": _("The quantity must be more than zero.")})


def _enough(level, quantity, there):
    if quantity > there:
        raise DomainError(
            _("%(stock)s: only %(there)s there, %(asked)s asked for.")
            % {"stock": level, "there": decimal(there), "asked": decimal(quantity)},
            code="not_enough_stock",
        )


def _save(level):
    level.version += 1
    level.save(update_fields=["on_hand", "reserved", "version", "updated_at"])


def _move(level, quantity, kind, *, by, reason="", reference="", reserved=ZERO):
    """Change a locked level by `quantity` and `reserved`, and write the line of the ledger."""
    level.on_hand += quantity
    level.reserved += reserved
    _save(level)
    return StockMove.objects.create(
        level=level,
        kind=kind,
        quantity=quantity,
        reason=reason,
        reference=reference,
        by=by or User.objects.system(),
    )


@transaction.atomic
def reserve(product, quantity, *, by):
    """Promise stock as far as it goes, in the order of the warehouses' priority.

    Returns [(warehouse, quantity)], together at most `quantity`, possibly none.
    """
    rows = StockLevel.objects.filter(product=product, warehouse__is_active=True)
    levels = lock(rows.select_related("warehouse"))
    levels.sort(key=lambda level: (level.warehouse.priority, level.warehouse_id))
    taken = []
    for level in levels:
        part = min(quantity, level.available)
        if part > 0:
            level.reserved += part
            _save(level)
            taken.append((level.warehouse, part))
            quantity -= part
    return taken


@transaction.atomic
def release(product, warehouse, quantity, *, by):
    """Give back what was promised and is not needed. Raises DomainError beyond what is reserved."""
    _positive(quantity)
    level = _locked(product, warehouse)[warehouse.pk]
    _enough(level, quantity, level.reserved)
    level.reserved -= quantity
    _save(level)
    return level


@transaction.atomic
def dispatch(product, warehouse, quantity, *, by, reference):
    """Let promised goods leave: on hand and reserved go down together."""
    _positive(quantity)
    level = _locked(product, warehouse)[warehouse.pk]
    _enough(level, quantity, level.reserved)
    kind = StockMove.Kind.DISPATCH
    _move(level, -quantity, kind, by=by, reference=reference, reserved=-quantity)
    return level


@transaction.atomic
def receive(
    product, warehouse, quantity, *, by, kind=StockMove.Kind.RECEIPT, reference="", reason=""
):
    """Take goods in: bought ones (kind RECEIPT) or a customer's (kind RETURN)."""
    _positive(quantity)
    level = _locked(product, warehouse)[warehouse.pk]
    _move(level, quantity, kind, by=by, reason=reason, reference=reference)
    emit("stocklevel.received", level, by=by, quantity=quantity, reason=reason)
    return level


@transaction.atomic
def adjust(level, quantity, *, by, reason):
    """Correct what is on hand by `quantity` (negative: less), for a reason. Never below what is
    promised."""
    lifecycle.require(by, "inventory.adjust_stocklevel", level)
    if not quantity:
        raise ValidationError({"quantity": _("Enter by how much the stock differs.")})
    [level] = lock(StockLevel.objects.filter(pk=level.pk))
    if quantity < 0:
        _enough(level, -quantity, level.available)
    _move(level, quantity, StockMove.Kind.ADJUSTMENT, by=by, reason=reason)
    emit("stocklevel.adjusted", level, by=by, quantity=quantity, reason=reason)
    return level


@transaction.atomic
def transfer(product, source, destination, quantity, *, by, reason=""):
    """Move free stock between warehouses; two lines in the ledger that add up to nothing."""
    lifecycle.require(by, "inventory.transfer_stocklevel")
    _positive(quantity)
    if source.pk == destination.pk:
        raise ValidationError({"destination": _("Choose another warehouse.")})
    levels = _locked(product, source, destination)
    level = levels[source.pk]
    _enough(level, quantity, level.available)
    kind = StockMove.Kind.TRANSFER
    _move(level, -quantity, kind, by=by, reason=reason, reference=destination.code)
    _move(levels[destination.pk], quantity, kind, by=by, reason=reason, reference=source.code)
    emit("stocklevel.transferred", level, by=by, quantity=quantity, reason=reason)
    return level


def available(products):
    """{product pk: quantity on hand and not promised} over active warehouses; none: zero."""
    found = {product.pk: ZERO for product in products}
    rows = StockLevel.objects.filter(product__in=found, warehouse__is_active=True)
    for level in rows:
        found[level.product_id] += level.available
    return found


def _receive_here(level, *, by, quantity, reason="", reference=""):
    lifecycle.require(by, "inventory.receive_stocklevel", level)
    return receive(
        level.product, level.warehouse, quantity, by=by, reason=reason, reference=reference
    )


def _transfer_from_here(level, *, by, destination, quantity, reason=""):
    return transfer(level.product, level.warehouse, destination, quantity, by=by, reason=reason)


@transaction.atomic
def open_stock(product, *, by, warehouse=None, on_hand=ZERO, reorder_point=ZERO):
    """Begin to keep a product in a warehouse (default: the first one), with what lies there.

    Raises DomainError for a product that is not kept in stock.
    """
    if not product.is_stocked:
        raise DomainError(_("%(product)s is not kept in stock.") % {"product": product})
    place = warehouse or first_warehouse()
    level = create_level(by=by, product=product, warehouse=place, reorder_point=reorder_point)
    if on_hand:
        level = _receive_here(level, by=by, quantity=on_hand, reason=_("Opening stock"))
    return level


@transaction.atomic
def remove_level(level, *, by):
    """Take back a level that a mistaken file began, with its opening stock.

    Raises DomainError once other goods have moved or are promised.
    """
    [level] = lock(StockLevel.objects.filter(pk=level.pk))
    if level.reserved or level.moves.count() > 1:
        raise DomainError(_("Kept, because its stock has changed since."))
    level.moves.all().delete()
    lifecycle.remove(level, by=by)


LEVEL_VERBS = Verbs(
    StockLevel,
    receive=Verb(
        run=_receive_here,
        label=gettext_lazy("Receive"),
        permission="inventory.receive_stocklevel",
        form="inventory.forms.ReceiveForm",
        style="primary",
    ),
    adjust=Verb(
        run=adjust,
        label=gettext_lazy("Adjust"),
        permission="inventory.adjust_stocklevel",
        form="inventory.forms.AdjustForm",
    ),
    transfer=Verb(
        run=_transfer_from_here,
        label=gettext_lazy("Transfer"),
        permission="inventory.transfer_stocklevel",
        form="inventory.forms.TransferForm",
    ),
)


# --- Purchase requests ------------------------------------------------------------------------


def create_purchase_request(*, by, **fields):
    return lifecycle.create(PurchaseRequest(**{"owner": by, **fields}), by=by)


def edit_purchase_request(request, *, by, version=None, **changes):
    return lifecycle.edit(request, by=by, version=version, **changes)


@transaction.atomic
def suggest_purchase(product, quantity, *, by, reason, warehouse=None):
    """Suggest to buy what is short. One suggestion per product, place and reason: a second call
    only raises its quantity. Returns the PurchaseRequest.

    Without `warehouse` the first active one by priority. Raises DomainError when there is none.
    """
    warehouse = warehouse or first_warehouse()
    _locked(product, warehouse)  # the queue: two shortages at once find one suggestion
    rows = PurchaseRequest.objects.filter(
        product=product,
        warehouse=warehouse,
        reason=reason,
        state=PurchaseRequest.State.SUGGESTED,
    )
    if found := lock(rows):
        return lifecycle.write(found[0], by=by, quantity=max(quantity, found[0].quantity))
    request = PurchaseRequest(
        product=product, warehouse=warehouse, quantity=quantity, reason=reason
    )
    return lifecycle.create(request, by=by, check=False)


@transaction.atomic
def submit_purchase_request(request, *, by):
    """Ask for the purchase; whoever submits answers for it, and cannot approve it."""
    fresh = lifecycle.advance(request, "submit", by=by)
    return lifecycle.write(fresh, by=by, owner=by) if by else fresh


@transaction.atomic
def approve_purchase_request(request, *, by):
    """Agree to the purchase. Nobody approves what they submitted."""
    fresh = lifecycle.advance(request, "approve", by=by)
    if by is not None and fresh.owner_id == by.pk:
        raise PermissionDenied(_("Nobody approves what they submitted."))
    return fresh


@transaction.atomic
def receive_purchase_request(request, *, by):
    """Take the ordered goods into stock. Emits `purchaserequest.received` after that.

    The level is locked first, as everywhere.
    """
    _locked(request.product, request.warehouse)
    found = lock(PurchaseRequest.objects.filter(pk=request.pk))[0]
    if found.state == PurchaseRequest.State.ORDERED:
        lifecycle.require(by, "inventory.receive_purchaserequest", found)
        receive(
            found.product,
            found.warehouse,
            found.quantity,
            by=by,
            reference=f"PR-{found.pk}",
            reason=found.reason,
        )
    return lifecycle.advance(found, "receive", by=by)


PURCHASE_VERBS = Verbs(
    PurchaseRequest,
    submit=submit_purchase_request,
    approve=approve_purchase_request,
    receive=receive_purchase_request,
)
