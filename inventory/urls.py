from inventory.views import (
    PurchaseRequestPages,
    StockLevelPages,
    StockMovePages,
    WarehousePages,
)

app_name = "inventory"
urlpatterns = [
    *StockLevelPages.urls("levels/"),
    *StockMovePages.urls("moves/"),
    *PurchaseRequestPages.urls("purchases/"),
    *WarehousePages.urls("warehouses/"),
]
