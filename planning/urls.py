from planning.views import CampaignPages

app_name = "planning"
urlpatterns = CampaignPages.urls("campaigns/")
