from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.views.headers import CUSTOMER_WORDS, PERSON_WORDS
from aftersales import filters, forms, services
from aftersales.models import (
    Case,
    Improvement,
    Return,
    ReturnLine,
    ReturnPolicy,
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    SurveyTemplate,
)
from aftersales.services.returns import returned_value
from crm import days
from crm.cells import Cell, Column, money, table, words
from crm.imports import Importer
from crm.pages import Pages, named
from orders.models import Order

RESPOND_BY = Column("respond_by", badge=lambda case: case.respond_badge)
RESOLVE_BY = Column("resolve_by", badge=lambda case: case.resolve_badge)


def refund_cell(claim):
    """Nothing is shown before there is a settlement."""
    return Cell(money(refund_of(claim), claim.currency_id), numeric=True)


def refund_of(claim):
    return claim.refund if claim.state in (Return.State.SETTLED, Return.State.CLOSED) else None


REFUND = Column(
    "refund",
    gettext_lazy("refund"),
    value=refund_cell,
    numeric=True,
    sort="refund",
    raw=refund_of,
)
RETURN_COLUMNS = (
    "number",
    "order",
    "kind",
    "state",
    Column("is_within_policy", badge=lambda claim: "" if claim.is_within_policy else "amber"),
    REFUND,
    "created_at",
)
CASE_COLUMNS = ("number", "subject", "kind", "priority", "state", "owner", RESOLVE_BY)
SURVEY_COLUMNS = (
    "template",
    "contact",
    "state",
    Column("score", badge=lambda survey: low_badge(survey)),
    "answered_at",
)


def low_badge(survey):
    if survey.score is None:
        return ""
    return "red" if survey.score <= survey.template.low_score else "green"


def complaint(survey):
    """The case which a low score has opened."""
    case = Case.objects.filter(survey=survey).first()
    return Cell(str(case), case.get_absolute_url()) if case else Cell("")


def clock(case):
    """How far off the limit is that comes next; it does not come while the customer is waited for."""
    limit = case.resolve_by if case.responded_at else case.respond_by
    return words(limit) if case.state == case.State.WAITING else days.due(limit)


class CasePages(Pages):
    model = Case
    columns = (
        "number",
        "subject",
        "account",
        "kind",
        Column(
            "priority", badge=lambda case: {"high": "amber", "urgent": "red"}.get(case.priority)
        ),
        "state",
        "owner",
        RESPOND_BY,
        RESOLVE_BY,
    )
    filterset = filters.CaseFilter
    form = forms.CaseForm
    create = services.create_case
    edit = services.edit_case
    verbs = services.CASE_VERBS
    importer = Importer(
        keys=("external_key", "number"),
        history=("state", "channel", *services.PAST),
        create=services.take_over_case,
        words={
            "account": CUSTOMER_WORDS,
            "contact": PERSON_WORDS,
            "subject": ("主题", "标题", "问题", "工单标题", "主題", "標題", "title", "summary"),
            "number": ("工单号", "工单编号", "工單編號", "ticket", "ticket number", "ticket id"),
        },
    )
    board = ("new", "assigned", "in_progress", "waiting", "resolved")
    menu = ("service", 10)
    # Translators: words with which people ask for a new one, besides its name.
    asked_for = gettext_lazy("ticket complaint service")
    empty = gettext_lazy("No cases yet. Open one when a customer calls, writes or complains.")
    groups = (
        (
            gettext_lazy("Case"),
            ("account", "contact", "order", "product", "kind", "channel", "priority", "owner"),
        ),
        (gettext_lazy("What it is about"), ("description",)),
        (
            gettext_lazy("Clocks"),
            (RESPOND_BY, "responded_at", RESOLVE_BY, "waiting_since", "resolved_at"),
        ),
        (gettext_lazy("Solution"), ("solution", "cause", "closed_at", "survey")),
    )

    @classmethod
    def initial(cls, request):
        """From an order: its customer and contact."""
        order = named(request, "order", Order)
        return {"account": order.account_id, "contact": order.contact_id} if order else {}

    @classmethod
    def tables(cls, obj, user):
        found = []
        for label, model, columns, rows in (
            (_("Returns"), Return, RETURN_COLUMNS, obj.returns.select_related("order")),
            (_("Improvements"), Improvement, ("title", "state", "owner"), obj.improvements),
            (_("Surveys"), Survey, SURVEY_COLUMNS, obj.surveys.select_related("template")),
        ):
            if rows.exists() and user.has_perm(model.permission("view")):
                found.append(table(label, model, columns, rows.visible_to(user), user))
        return found

    @classmethod
    def card(cls, obj):
        return {
            "subtitle": f"{obj.account} · {obj.get_kind_display()}",
            "next": "" if obj.state == Case.State.RESOLVED else clock(obj),
            "next_badge": obj.clock_badge,
        }


class ReturnPages(Pages):
    model = Return
    columns = (*RETURN_COLUMNS[:2], "order__account", *RETURN_COLUMNS[2:])
    filterset = filters.ReturnFilter
    form = forms.ReturnForm
    edit = services.edit_return
    verbs = services.RETURN_VERBS
    menu = ("service", 20)
    empty = gettext_lazy(
        "No returns yet. Goods that come back are followed here: request a return on the "
        "page of the order or the case."
    )
    begin = "orders.order"
    groups = (
        (gettext_lazy("Return"), ("order", "order__account", "case", "kind", "reason")),
        (
            gettext_lazy("Policy"),
            (
                "policy",
                Column(
                    "verdict",
                    gettext_lazy("verdict"),
                    value=lambda claim: str(claim.verdict),
                    badge=lambda claim: "green" if claim.is_within_policy else "amber",
                ),
                "policy__conditions",
                "override_reason",
            ),
        ),
        (gettext_lazy("Goods"), ("warehouse", "inspection")),
        (gettext_lazy("Settlement"), ("settlement", REFUND)),
    )

    @classmethod
    def subtitle(cls, obj):
        return obj.order.account

    @classmethod
    def tables(cls, obj, user):
        rows = obj.lines.select_related("line__product", "line__order")
        currency = obj.currency_id
        columns = (
            Column("product", _("product"), value=lambda row: row.line.product, sort=""),
            "quantity",
            Column(
                "value",
                _("value of the goods"),
                value=lambda row: Cell(money(row.value, currency), numeric=True),
                numeric=True,
            ),
        )
        totals = [{"label": _("value of the goods"), "value": money(returned_value(obj), currency)}]
        return [table(_("What comes back"), ReturnLine, columns, rows, user, totals=totals)]


class SurveyPages(Pages):
    model = Survey
    has_contacts = False
    columns = (
        # Without a link of its own, so that it leads to the survey.
        Column("account", gettext_lazy("customer"), value=lambda survey: str(survey.account)),
        *SURVEY_COLUMNS[:3],
        "rep",
        "scheduled_at",
        *SURVEY_COLUMNS[3:],
    )
    filterset = filters.SurveyFilter
    form = forms.SurveyForm
    create = services.create_survey
    verbs = services.SURVEY_VERBS
    menu = ("service", 30)
    empty = gettext_lazy(
        "No surveys yet. Deliveries and closed cases send them by themselves, if there "
        "is a survey template."
    )
    begin = "aftersales.surveytemplate"
    groups = (
        (
            gettext_lazy("Survey"),
            ("template", "account", "contact", "contact__phone", "order", "case", "rep"),
        ),
        (
            gettext_lazy("Invitation"),
            ("scheduled_at", "sent_at", "opened_at", "expires_on", "answered_at"),
        ),
        (
            gettext_lazy("Result"),
            (
                Column("score", badge=lambda survey: low_badge(survey)),
                "comment",
                Column("complaint", gettext_lazy("case it opened"), value=lambda s: complaint(s)),
            ),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return Survey.objects.visible_to(user).select_related("account")

    @classmethod
    def extra_groups(cls, obj, user):
        if obj.state not in (Survey.State.SENT, Survey.State.OPENED):
            return []
        url = settings.BASE_URL + reverse("aftersales:survey_public", args=[obj.token])
        return [(_("Link for the customer"), [(_("Address"), Cell(url, url))])]

    @classmethod
    def tables(cls, obj, user):
        if obj.state != Survey.State.ANSWERED:
            return []
        rows = obj.answers.select_related("question").order_by("question__position", "pk")
        columns = (
            Column("question", sort=""),
            Column("answer", _("answer"), value=lambda row: row.text or str(row.score)),
        )
        return [table(_("Answers"), SurveyAnswer, columns, rows, user)]


class ImprovementPages(Pages):
    model = Improvement
    columns = ("title", "case", "state", "owner", "due_on", "measure", "baseline", "effect")
    filterset = filters.ImprovementFilter
    form = forms.ImprovementForm
    create = services.create_improvement
    edit = services.edit_improvement
    verbs = services.IMPROVEMENT_VERBS
    menu = ("service", 40)
    empty = gettext_lazy(
        "No improvements yet. They turn complaints into something done about their "
        "cause: propose one from a case, or here."
    )
    groups = (
        (gettext_lazy("Improvement"), ("case", "owner", "due_on", "description")),
        (gettext_lazy("Effect"), ("measure", "baseline", "effect")),
    )


class ReturnPolicyPages(Pages):
    model = ReturnPolicy
    has_contacts = False
    columns = ("name", "is_default", "refund_days", "replacement_days", "repair_days")
    order = "name"
    filterset = filters.ReturnPolicyFilter
    form = forms.ReturnPolicyForm
    create = services.create_policy
    edit = services.edit_policy
    menu = ("settings", 60)
    empty = gettext_lazy(
        "No return policies yet. They say what may come back and for how many days: add "
        "the first one."
    )
    groups = (
        (
            gettext_lazy("Policy"),
            ("name", "is_default", "refund_days", "replacement_days", "repair_days", "conditions"),
        ),
    )


class SurveyTemplatePages(Pages):
    model = SurveyTemplate
    has_contacts = False
    columns = ("name", "trigger", "days_after", "cap_days", "low_score", "is_active")
    order = "name"
    filterset = filters.SurveyTemplateFilter
    form = forms.SurveyTemplateForm
    lines = forms.QuestionFormSet
    create = services.create_template
    edit = services.edit_template
    menu = ("settings", 61)
    empty = gettext_lazy(
        "No survey templates yet. A template holds the questions customers are asked "
        "after a delivery or a case: add the first one."
    )
    groups = (
        (
            gettext_lazy("Template"),
            ("trigger", "days_after", "valid_days", "cap_days", "low_score", "is_active"),
        ),
        (gettext_lazy("Introduction"), ("introduction",)),
    )

    @classmethod
    def lines_of(cls, obj):
        return obj.questions.all()

    @classmethod
    def tables(cls, obj, user):
        columns = ("position", "text", "kind", "is_required")
        return [table(_("Questions"), SurveyQuestion, columns, obj.questions.all(), user)]
