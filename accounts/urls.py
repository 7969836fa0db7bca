from django.urls import path

from accounts import views
from accounts.views import (
    AccountClassPages,
    AccountPages,
    AddressPages,
    ContactPages,
    PaymentTermPages,
)

app_name = "accounts"
urlpatterns = [
    path("duplicates/", views.duplicates, name="duplicates"),
    path("campaign/<int:pk>/", views.campaign_panel, name="campaign_panel"),
    path("new/", views.DuplicateFormPage.as_view(pages=AccountPages), name="account_create"),
    path(
        "<int:pk>/edit/", views.DuplicateFormPage.as_view(pages=AccountPages), name="account_edit"
    ),
    *AccountPages.urls(""),
    *ContactPages.urls("contacts/"),
    *AddressPages.urls("addresses/"),
    *AccountClassPages.urls("classes/"),
    *PaymentTermPages.urls("terms/"),
]
