from django.urls import path

from accounts.views import (
    AccountClassPages,
    AccountPages,
    AddressPages,
    ContactPages,
    DuplicateFormPage,
    DuplicatePairPages,
    DuplicatesPanel,
    MergePages,
    PairPage,
    PaymentTermPages,
    campaign_panel,
    merge_urls,
)

app_name = "accounts"
urlpatterns = [
    path("duplicates/", DuplicatesPanel.as_view(pages=AccountPages), name="duplicates"),
    path(
        "contacts/duplicates/",
        DuplicatesPanel.as_view(pages=ContactPages),
        name="contact_duplicates",
    ),
    path("campaign/<int:pk>/", campaign_panel, name="campaign_panel"),
    path("new/", DuplicateFormPage.as_view(pages=AccountPages), name="account_create"),
    path("<int:pk>/edit/", DuplicateFormPage.as_view(pages=AccountPages), name="account_edit"),
    path("contacts/new/", DuplicateFormPage.as_view(pages=ContactPages), name="contact_create"),
    path(
        "contacts/<int:pk>/edit/",
        DuplicateFormPage.as_view(pages=ContactPages),
        name="contact_edit",
    ),
    path(
        "pairs/<int:pk>/",
        PairPage.as_view(pages=DuplicatePairPages),
        name="duplicatepair_detail",
    ),
    *merge_urls(AccountPages),
    *merge_urls(ContactPages, "contacts/"),
    *AccountPages.urls(""),
    *ContactPages.urls("contacts/"),
    *AddressPages.urls("addresses/"),
    *AccountClassPages.urls("classes/"),
    *PaymentTermPages.urls("terms/"),
    *DuplicatePairPages.urls("pairs/"),
    *MergePages.urls("merges/"),
]
