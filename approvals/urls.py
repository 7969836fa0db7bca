from django.urls import path

from approvals import views

app_name = "approvals"
rules = views.RulePages
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("panel/<slug:app_label>/<slug:model>/<int:pk>/", views.panel, name="panel"),
    path("rules/new/", views.RulePage.as_view(pages=rules), name="approvalrule_create"),
    path("rules/<int:pk>/edit/", views.RulePage.as_view(pages=rules), name="approvalrule_edit"),
    *rules.urls("rules/"),
    *views.RequestPages.urls("requests/"),
]
