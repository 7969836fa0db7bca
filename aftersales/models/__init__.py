from aftersales.models.case import Case, Improvement
from aftersales.models.returns import Return, ReturnLine, ReturnPolicy
from aftersales.models.survey import Survey, SurveyAnswer, SurveyQuestion, SurveyTemplate

__all__ = [
    "Case",
    "Improvement",
    "Return",
    "ReturnLine",
    "ReturnPolicy",
    "Survey",
    "SurveyAnswer",
    "SurveyQuestion",
    "SurveyTemplate",
]
