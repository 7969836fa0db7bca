from django.urls import path

from accounts.models import Account
from accounts.views import DuplicateFormPage, DuplicatesPanel, merge_urls
from leads import views
from leads.views import LeadPages, PoolPages, SourcePages
from planning.models import Campaign

app_name = "leads"
urlpatterns = [
    path("pool/", views.pool_page, name="pool"),
    path("duplicates/", DuplicatesPanel.as_view(pages=LeadPages), name="duplicates"),
    path("campaign/<int:pk>/", views.panel(Campaign, "campaign"), name="campaign_panel"),
    path("account/<int:pk>/", views.panel(Account, "account"), name="account_panel"),
    path("board/", views.LeadBoard.as_view(pages=LeadPages), name="lead_board"),
    path("new/", DuplicateFormPage.as_view(pages=LeadPages), name="lead_create"),
    path("<int:pk>/edit/", DuplicateFormPage.as_view(pages=LeadPages), name="lead_edit"),
    path("<int:pk>/claim/", views.ClaimView.as_view(pages=LeadPages), name="lead_claim"),
    *merge_urls(LeadPages),
    *LeadPages.urls(""),
    *SourcePages.urls("sources/"),
    *PoolPages.urls("pools/"),
]
