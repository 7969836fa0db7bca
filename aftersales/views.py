from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from accounts.views import AccountPages
from activities.views import log_contact
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
from crm import home
from crm.cells import Cell, Column, money, table, words
from crm.errors import WrongMoment
from crm.pages import Pages
from crm.record import related
from crm.views import add_errors
from orders.models import Order
from orders.views import OrderPages

RESPOND_BY = Column("respond_by", badge=lambda case: case.respond_badge)
RESOLVE_BY = Column("resolve_by", badge=lambda case: case.resolve_badge)


def refund_cell(claim):
    """Nothing is shown before there is a settlement."""
    settled = claim.state in (Return.State.SETTLED, Return.State.CLOSED)
    return Cell(money(claim.refund, claim.currency_id) if settled else "", numeric=True)


REFUND = Column("refund", gettext_lazy("refund"), value=refund_cell, numeric=True, sort="refund")
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
    board = ("new", "assigned", "in_progress", "waiting", "resolved")
    menu = ("service", 10)
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
        pk = request.GET.get("order", "")
        if not pk.isdigit():
            return {}
        order = Order.objects.visible_to(request.user).filter(pk=pk).first()
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
    empty = gettext_lazy("No returns yet. One is requested on the page of the order or the case.")
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
    empty = gettext_lazy("No surveys yet. They follow deliveries and closed cases by themselves.")
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
    empty = gettext_lazy("No improvements yet. Propose one from a case, or here.")
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
    empty = gettext_lazy("No return policies yet.")
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
    empty = gettext_lazy("No survey templates yet.")
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


# --- Panels on the pages of customers and orders ------------------------------------------------


def _panel(request, kinds):
    found = []
    for label, model, columns, rows, create_url in kinds:
        if not request.user.has_perm(model.permission("view")):
            continue
        rows = rows.visible_to(request.user).order_by("-pk")[:50]
        found.append(table(label, model, columns, rows, request.user, create_url=create_url))
    return render(request, "aftersales/_panel.html", {"tables": found})


def _new_case(request, name, pk):
    if not request.user.has_perm("aftersales.add_case"):
        return ""
    return f"{reverse('aftersales:case_create')}?{name}={pk}"


def account_panel(request, pk):
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    cases, surveys = account.cases.select_related("owner"), account.surveys
    surveys = surveys.select_related("template", "contact")
    kinds = [
        (_("Cases"), Case, CASE_COLUMNS, cases, _new_case(request, "account", pk)),
        (_("Surveys"), Survey, SURVEY_COLUMNS, surveys, ""),
    ]
    return _panel(request, kinds)


def order_panel(request, pk):
    order = get_object_or_404(Order.objects.visible_to(request.user), pk=pk)
    cases = order.cases.select_related("owner")
    kinds = [
        (_("Cases"), Case, CASE_COLUMNS, cases, _new_case(request, "order", pk)),
        (_("Returns"), Return, RETURN_COLUMNS, order.returns.select_related("order"), ""),
        (
            _("Surveys"),
            Survey,
            SURVEY_COLUMNS,
            order.surveys.select_related("template", "contact"),
            "",
        ),
    ]
    return _panel(request, kinds)


def _rows(*kinds):
    def rows(obj, user):
        return [found for kind, path in kinds for found in related(kind, path)(obj, user)]

    return rows


SERVICE = gettext_lazy("Service")
AccountPages.panels.append(
    (
        SERVICE,
        "aftersales:account_panel",
        "aftersales.view_case",
        _rows((Case, "account"), (Survey, "account")),
    )
)
OrderPages.panels.append(
    (
        SERVICE,
        "aftersales:order_panel",
        "aftersales.view_case",
        _rows((Case, "order"), (Return, "order"), (Survey, "order")),
    )
)


# --- The customer's page ------------------------------------------------------------------------


@login_not_required
def survey_public(request, token):
    """The questionnaire behind the unguessable link; answered or expired it says so."""
    rows = Survey.objects.select_related("template", "account").exclude(
        state__in=[Survey.State.SCHEDULED, Survey.State.CANCELLED]
    )
    survey = get_object_or_404(rows, token=token)
    if survey.state == Survey.State.ANSWERED:
        return _survey_page(request, survey, "thanks")
    if survey.state == Survey.State.EXPIRED or survey.expires_on < timezone.localdate():
        return _survey_page(request, survey, "closed", status=410)
    if request.method != "POST":
        services.open_survey(survey)
        return _survey_page(request, survey, "questions", forms.AnswerSurveyForm(obj=survey))
    form = forms.AnswerSurveyForm(request.POST, obj=survey)
    if not form.is_valid():
        return _survey_page(request, survey, "questions", form, status=422)
    try:
        services.answer_survey(survey, by=None, **form.cleaned_data)
    except ValidationError as error:
        add_errors(form, error)
        return _survey_page(request, survey, "questions", form, status=422)
    except WrongMoment:  # answered or expired in another window meanwhile
        pass
    return HttpResponseRedirect(request.path)


def _survey_page(request, survey, step, form=None, status=200):
    context = {"survey": survey, "step": step, "form": form}
    return render(request, "aftersales/survey.html", context, status=status)


# --- My day -------------------------------------------------------------------------------------


def clock(case):
    """The limit that comes next."""
    return words(case.resolve_by if case.responded_at else case.respond_by)


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
        meta=lambda claim: f"{claim.get_kind_display()} · {words(claim.created_at)}",
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
    meta=lambda row: words(row.due_on),
    actions=("start", "finish"),
    empty=gettext_lazy("No improvement of yours is open."),
)
