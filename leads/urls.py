from django.urls import path

from accounts.views import DuplicateFormPage, DuplicatesPanel, merge_urls
from leads import views
from leads.views import LeadPages, PoolPages, SourcePages

app_name = "leads"
urlpatterns = [
    path("pool/", views.pool_page, name="pool"),
    path("duplicates/", DuplicatesPanel.as_view(pages=LeadPages), name="duplicates"),
    path("campaign/<int:pk>/", views.campaign_panel, name="campaign_panel"),
    path("account/<int:pk>/", views.account_panel, name="account_panel"),
    path("board/", views.LeadBoard.as_view(pages=LeadPages), name="lead_board"),
    path("new/", DuplicateFormPage.as_view(pages=LeadPages), name="lead_create"),
    path("<int:pk>/edit/", DuplicateFormPage.as_view(pages=LeadPages), name="lead_edit"),
    path("<int:pk>/claim/", views.ClaimView.as_view(pages=LeadPages), name="lead_claim"),
    *merge_urls(LeadPages),
    *LeadPages.urls(""),
    *SourcePages.urls("sources/"),
    *PoolPages.urls("pools/"),
]
