from django.urls import path

from aftersales import views

app_name = "aftersales"
urlpatterns = [
    *views.CasePages.urls("cases/"),
    *views.ReturnPages.urls("returns/"),
    *views.SurveyPages.urls("surveys/"),
    *views.ImprovementPages.urls("improvements/"),
    *views.ReturnPolicyPages.urls("return-policies/"),
    *views.SurveyTemplatePages.urls("survey-templates/"),
    path("accounts/<int:pk>/panel/", views.account_panel, name="account_panel"),
    path("orders/<int:pk>/panel/", views.order_panel, name="order_panel"),
    path("s/<str:token>/", views.survey_public, name="survey_public"),
]
