from django.urls import path

from accounts.models import Account
from contracts.models import Contract
from opportunities.models import Opportunity
from orders.views import CarrierPages, ExceptionPages, OrderPages, ShipmentPages, panel

app_name = "orders"
urlpatterns = [
    *OrderPages.urls(""),
    *ShipmentPages.urls("shipments/"),
    *ExceptionPages.urls("exceptions/"),
    *CarrierPages.urls("carriers/"),
    path("of/account/<int:pk>/", panel(Account, "account"), name="account_panel"),
    path("of/contract/<int:pk>/", panel(Contract, "contract"), name="contract_panel"),
    path(
        "of/opportunity/<int:pk>/",
        panel(Opportunity, "contract__opportunity"),
        name="opportunity_panel",
    ),
]
