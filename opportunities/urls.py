from django.urls import path

from accounts.models import Account
from leads.models import Lead
from opportunities.models import Opportunity, Quotation
from opportunities.views import (
    DEALS_PANEL,
    QUOTATIONS_PANEL,
    DemoPages,
    NeedsSheetPages,
    OpportunityPages,
    QuotationPages,
    RoundPages,
    SalesProcessPages,
    panel,
    public,
)

app_name = "opportunities"
urlpatterns = [
    *OpportunityPages.urls(""),
    *NeedsSheetPages.urls("needs/"),
    *DemoPages.urls("demos/"),
    *RoundPages.urls("rounds/"),
    *QuotationPages.urls("quotations/"),
    *SalesProcessPages.urls("processes/"),
    path("q/<slug:token>/", public.quotation, name="public_quotation"),
    path("q/<slug:token>/pdf/", public.quotation_pdf, name="public_quotation_pdf"),
    path(
        "of-account/<int:pk>/",
        panel(Account, Opportunity, "account", DEALS_PANEL),
        name="account_panel",
    ),
    path(
        "quotations/of-account/<int:pk>/",
        panel(Account, Quotation, "account", QUOTATIONS_PANEL),
        name="account_quotations",
    ),
    path(
        "of-lead/<int:pk>/",
        panel(Lead, Opportunity, "lead", DEALS_PANEL),
        name="lead_panel",
    ),
]
