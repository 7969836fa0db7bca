"""Pages, panels, cards of My day, and the customer's page of a survey."""

from aftersales.views import myday
from aftersales.views.pages import (
    CasePages,
    ImprovementPages,
    ReturnPages,
    ReturnPolicyPages,
    SurveyPages,
    SurveyTemplatePages,
)
from aftersales.views.panels import account_panel, order_panel
from aftersales.views.public import survey_public

__all__ = [
    "CasePages",
    "ImprovementPages",
    "ReturnPages",
    "ReturnPolicyPages",
    "SurveyPages",
    "SurveyTemplatePages",
    "account_panel",
    "myday",
    "order_panel",
    "survey_public",
]
