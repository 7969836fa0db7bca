from django.urls import path

from accounts.models import Account
from contracts.views import (
    AmendmentPages,
    ClausesPage,
    ContractPages,
    ContractTemplatePages,
    panel,
)
from opportunities.models import Opportunity

app_name = "contracts"
urlpatterns = [
    # Before the verbs of a contract, whose address has the same shape.
    path("<int:pk>/clauses/", ClausesPage.as_view(), name="contract_clauses"),
    *ContractPages.urls(""),
    *AmendmentPages.urls("amendments/"),
    *ContractTemplatePages.urls("templates/"),
    path("of-account/<int:pk>/", panel(Account, "account"), name="account_panel"),
    path("of-opportunity/<int:pk>/", panel(Opportunity, "opportunity"), name="opportunity_panel"),
]
