"""What My day shows of cases, surveys, returns and improvements."""

from django.utils import timezone
from django.utils.translation import gettext_lazy

from activities.views import log_contact
from aftersales.views.pages import CasePages, ImprovementPages, ReturnPages, SurveyPages, clock
from crm import days, home


def case_card(name, label, query, position, needs, empty, **options):
    home.add(
        name,
        label,
        CasePages,
        query,
        position=position,
        needs=needs,
        meta=clock,
        badge=lambda case: case.clock_badge,
        empty=empty,
        **{"order": "resolve_by", **options},
    )


case_card(
    "overdue-cases",
    gettext_lazy("Overdue cases"),
    {"is_overdue": "true"},
    16,
    ("aftersales.start_case",),
    gettext_lazy("No clock has run out."),
    actions=("assign", "start", "resolve"),
    colour="red",
)
case_card(
    "new-cases",
    gettext_lazy("New cases"),
    {"state": "new"},
    17,
    ("aftersales.assign_case",),
    gettext_lazy("Every case has an owner."),
    order="respond_by",
    actions=("assign",),
    colour="amber",
)
case_card(
    "my-cases",
    gettext_lazy("My cases"),
    {"mine": "true", "is_open": "true"},
    18,
    ("aftersales.start_case",),
    gettext_lazy("No open case of yours."),
    actions=("start", "resume", "resolve"),
)
case_card(
    "customers-cases",
    gettext_lazy("Cases of my customers"),
    {"my_customers": "true", "is_open": "true"},
    59,
    ("aftersales.add_case",),
    gettext_lazy("No customer of yours has an open case."),
    unless="aftersales.start_case",
    actions=(log_contact,),
)
home.add(
    "surveys-to-phone",
    gettext_lazy("Surveys to ask by phone"),
    SurveyPages,
    {"mine": "true", "to_phone": "true"},
    order="scheduled_at",
    position=64,
    needs=("aftersales.answer_survey",),
    text=lambda survey: f"{survey} · {survey.account}",
    meta=lambda survey: survey.contact.phone if survey.contact else "",
    actions=("answer",),
    related=("account", "contact", "template"),
    empty=gettext_lazy("No customer waits for a call."),
)
for _state, _label, _verb, _empty in (
    (
        "requested",
        gettext_lazy("Returns to decide on"),
        "approve",
        gettext_lazy("No return waits for a decision."),
    ),
    (
        "approved",
        gettext_lazy("Returns to receive"),
        "receive",
        gettext_lazy("No returned goods are on their way."),
    ),
    (
        "received",
        gettext_lazy("Returned goods to inspect"),
        "inspect",
        gettext_lazy("All returned goods are inspected."),
    ),
    (
        "inspected",
        gettext_lazy("Returns to settle"),
        "settle",
        gettext_lazy("Every inspected return is settled."),
    ),
):
    home.add(
        f"returns-to-{_verb}",
        _label,
        ReturnPages,
        {"state": _state},
        order="created_at",
        position=66,
        needs=(f"aftersales.{_verb}_return",),
        text=lambda claim: f"{claim} · {claim.order.account}",
        meta=lambda claim: f"{claim.get_kind_display()} · {days.since(claim.created_at)}",
        actions=(_verb,),
        related=("order__account",),
        empty=_empty,
    )
home.add(
    "my-improvements",
    gettext_lazy("My improvements"),
    ImprovementPages,
    {"mine": "true", "is_open": "true"},
    order="due_on",
    position=68,
    needs=("aftersales.start_improvement",),
    text=lambda row: f"{row} · {row.case.number}" if row.case else str(row),
    meta=lambda row: days.due(row.due_on),
    badge=lambda row: "red" if row.due_on and row.due_on < timezone.localdate() else "",
    related=("case",),
    actions=("start", "finish"),
    empty=gettext_lazy("No improvement of yours is open."),
)
