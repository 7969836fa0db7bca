from django.urls import path

from performance import views

app_name = "performance"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("figures/<slug:key>/", views.figure, name="figure"),
    *views.TargetPages.urls("targets/"),
    *views.ScorecardPages.urls("scorecards/"),
    *views.ReviewPages.urls("reviews/"),
]
