from django.urls import path

from receivables import views
from receivables.views import InvoicePages, PaymentPages, ReceivablePages, WriteOffPages

app_name = "receivables"
urlpatterns = [
    path("ageing/", views.ageing, name="ageing"),
    path("panels/account/<int:pk>/", views.account_panel, name="account_panel"),
    path("panels/contract/<int:pk>/", views.contract_panel, name="contract_panel"),
    path("panels/order/<int:pk>/", views.order_panel, name="order_panel"),
    path("panels/order/<int:pk>/invoices/", views.order_invoices, name="order_invoices"),
    *PaymentPages.urls("payments/"),
    *InvoicePages.urls("invoices/"),
    *WriteOffPages.urls("write-offs/"),
    *ReceivablePages.urls(""),
]
