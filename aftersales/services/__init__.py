"""Every write of after-sales, by concern."""

from aftersales.services.cases import (
    CASE_VERBS,
    assign_case,
    create_case,
    edit_case,
    record_response,
)
from aftersales.services.improvements import (
    IMPROVEMENT_VERBS,
    create_improvement,
    propose_improvement,
)
from aftersales.services.returns import (
    RETURN_VERBS,
    approve_return,
    close_return,
    create_return,
    edit_return,
    receive_return,
    reject_return,
    returnable_lines,
    settle_return,
)
from aftersales.services.surveys import (
    SURVEY_VERBS,
    add_default_templates,
    answer_survey,
    create_survey,
    create_template,
    edit_template,
    expire_surveys,
    mail_survey,
    open_survey,
    schedule_surveys,
    send_surveys,
)

__all__ = [
    "CASE_VERBS",
    "IMPROVEMENT_VERBS",
    "RETURN_VERBS",
    "SURVEY_VERBS",
    "add_default_templates",
    "answer_survey",
    "approve_return",
    "assign_case",
    "close_return",
    "create_case",
    "create_improvement",
    "create_return",
    "create_survey",
    "create_template",
    "edit_case",
    "edit_return",
    "edit_template",
    "expire_surveys",
    "mail_survey",
    "open_survey",
    "propose_improvement",
    "receive_return",
    "record_response",
    "reject_return",
    "returnable_lines",
    "schedule_surveys",
    "send_surveys",
    "settle_return",
]
