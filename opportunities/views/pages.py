from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.views.headers import CUSTOMER_WORDS, PERSON_WORDS
from activities.models import Task
from activities.views import next_step
from crm import days, menu
from crm.cells import Cell, Column, clauses, money, table, words
from crm.imports import Importer
from crm.money import in_company_currency
from crm.pages import Pages, named
from opportunities import filters, forms, services
from opportunities.models import (
    OPEN_PHASES,
    Demo,
    NeedsLine,
    NeedsSheet,
    NegotiationRound,
    Opportunity,
    ProcessStep,
    Quotation,
    QuotationLine,
    SalesProcess,
)
from opportunities.services.mail import public_url
from products.papers import totals

MOST = 50

menu.add(
    "deals",
    11,
    gettext_lazy("Board"),
    "opportunities:opportunity_board",
    "opportunities.view_opportunity",
)


class OpportunityPages(Pages):
    model = Opportunity
    columns = (
        "name",
        "account",
        "state",
        "amount",
        "probability",
        "expected_close_on",
        "next_step",
        "next_step_on",
        "owner",
    )
    order = "-created_at"
    totals = ("amount",)
    filterset = filters.OpportunityFilter
    form = forms.OpportunityForm
    create = services.create_opportunity
    edit = services.edit_opportunity
    verbs = services.OPPORTUNITY_VERBS
    importer = Importer(
        keys=("external_key", "name"),
        optional=("process", "account", "name"),
        history=("state", *services.PAST),
        defaults=lambda: {"process": services.default_process()},
        create=services.take_over_opportunity,
        words={
            "name": ("商机名称", "项目名称", "商機名稱", "opportunity name", "deal name", "deal"),
            "account": CUSTOMER_WORDS,
            "contact": PERSON_WORDS,
            "amount": (
                *("商机金额", "预计金额", "预计销售金额", "預計金額", "deal value", "close value"),
                *("expected revenue", "value"),
            ),
            "expected_close_on": (
                *("预计成交日期", "预计签单日期", "预计签约日期", "預計成交日期", "close date"),
                *("expected close date", "closing date"),
            ),
            "state": ("商机阶段", "销售阶段", "阶段", "階段", "stage", "deal stage"),
            "probability": ("赢率", "成交概率", "贏率", "win rate"),
        },
    )
    board = OPEN_PHASES
    board_amount = in_company_currency("amount")
    menu = ("deals", 10)
    # Translators: words with which people ask for a new one, besides its name.
    asked_for = gettext_lazy("deal chance")
    empty = gettext_lazy("No deals yet. Convert a qualified lead, or add the first one.")
    begin = "leads.lead"
    groups = (
        (
            gettext_lazy("Deal"),
            (
                "account",
                "contact",
                "product",
                "lead",
                "campaign",
                "owner",
                "process",
                "step",
                "phase_since",
                "description",
            ),
        ),
        (
            gettext_lazy("Expectation"),
            ("amount", "probability", "expected_close_on", "competitor", "opened_on"),
        ),
        (gettext_lazy("Next step"), ("next_step", "next_step_on")),
        (gettext_lazy("Outcome"), ("closed_on", "lost_in", "lost_reason")),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("account", "step", "process", "lead")

    @classmethod
    def initial(cls, request):
        return {"process": services.default_process().pk}

    @classmethod
    def subtitle(cls, obj):
        parts = [obj.account, obj.step, money(obj.amount, obj.currency_id)]
        return " · ".join(str(part) for part in parts if part)

    @classmethod
    def next_step(cls, obj, user):
        """The earliest follow-up, else what was typed on the deal."""
        found = next_step(obj, user)
        if obj.state not in OPEN_PHASES:
            return None
        if found is not None and "subject" not in found and obj.next_step:
            on = obj.next_step_on
            late = on is not None and on < timezone.localdate()
            found |= {"subject": obj.next_step, "due": words(on)}
            found |= {"badge": "red" if late else "blue"}
        return found

    @classmethod
    def card(cls, obj):
        on = obj.next_step_on
        step = (obj.next_step or _("Next step"), days.due(on)) if on else (_("No next step"),)
        planned = "red" if on and on < timezone.localdate() else "green"
        return {
            "title": obj.name,
            "subtitle": str(obj.account or ""),
            "amount": money(obj.amount, obj.currency_id),
            "next": " · ".join(step),
            "next_badge": planned if on else "amber",
        }

    @classmethod
    def extra_groups(cls, obj, user):
        if obj.step is None or obj.state not in OPEN_PHASES:
            return []
        ticked = set(obj.ticks.values_list("item", flat=True))
        items = [
            (
                f"{item} *" if item.is_required else str(item),
                Cell(_("done"), badge="green") if item.pk in ticked else Cell(_("open")),
            )
            for item in obj.step.items.all()
        ]
        return [(_("Checklist"), items)]

    @classmethod
    def tables(cls, obj, user):
        found = [
            child_table(obj, user, _("Needs"), NeedsSheet, obj.needs_sheets),
            child_table(obj, user, _("Demos"), Demo, obj.demos),
            child_table(obj, user, _("Quotations"), Quotation, obj.quotations),
            child_table(obj, user, _("Negotiation"), NegotiationRound, obj.rounds),
        ]
        if obj.lead:
            tasks = Task.objects.about(obj.lead).open()[:MOST]
            if tasks:
                columns = ("subject", "due_at", "owner")
                found.append(table(_("Open tasks of the lead"), Task, columns, tasks, user))
        return [made for made in found if made]


CHILDREN = {
    NeedsSheet: ("summary", "state", "is_feasible", "confirmed_on", "budget", "needed_on"),
    Demo: ("subject", "state", "scheduled_at", "place", "reaction"),
    Quotation: (
        Column("number", value=str),
        "state",
        "amount",
        "discount",
        "valid_until",
        "sent_at",
    ),
    NegotiationRound: (
        "held_on",
        "their_ask",
        "our_offer",
        "offered_amount",
        "concession",
        "in_return",
    ),
}


def child_table(obj, user, label, model, rows):
    """What hangs on a deal, with a way to add to it; None for those who may not see it."""
    if not user.has_perm(model.permission("view")):
        return None
    extra = {}
    if (
        obj.state in OPEN_PHASES
        and user.has_perm(model.permission("add"))
        and user.may("opportunities.change_opportunity", obj)
    ):
        url = reverse(f"opportunities:{model._meta.model_name}_create")
        extra["create_url"] = f"{url}?opportunity={obj.pk}"
    rows = rows.visible_to(user)[:MOST]
    return table(label, model, CHILDREN[model], with_deal(rows, obj), user, **extra)


def with_deal(rows, deal):
    """The rows knowing their deal without a query each."""
    for row in rows:
        row.opportunity = deal
    return rows


class NeedsSheetPages(Pages):
    model = NeedsSheet
    columns = ("opportunity", "summary", "state", "is_feasible", "budget", "needed_on")
    filterset = filters.NeedsSheetFilter
    form = forms.NeedsSheetForm
    lines = forms.NeedsLines
    create = services.create_needs_sheet
    edit = services.edit_needs_sheet
    verbs = services.NEEDSSHEET_VERBS
    menu = ("deals", 30)
    empty = gettext_lazy(
        "No needs sheets yet. They hold what the customer needs before you quote: add "
        "one on the page of a deal, or here."
    )
    begin = "opportunities.opportunity"
    groups = (
        (gettext_lazy("Needs"), ("opportunity", "summary", "budget", "needed_on")),
        (
            gettext_lazy("Confirmed by the customer"),
            ("confirmed_by", "confirmed_on", "confirmed_how"),
        ),
        (gettext_lazy("Judgement"), ("is_feasible", "judgement", "judged_by")),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("opportunity")

    @classmethod
    def tables(cls, obj, user):
        columns = ("requirement", "product", "quantity", "is_must")
        rows = obj.lines.select_related("product")
        return [table(_("Requirements"), NeedsLine, columns, rows, user)]


class DemoPages(Pages):
    model = Demo
    columns = ("subject", "opportunity", "state", "scheduled_at", "place", "held_on")
    order = "-scheduled_at"
    filterset = filters.DemoFilter
    form = forms.DemoForm
    create = services.create_demo
    edit = services.edit_demo
    verbs = services.DEMO_VERBS
    menu = ("deals", 40)
    empty = gettext_lazy(
        "No demos yet. Show the customer what they would buy: plan a demo on the page of "
        "a deal, or here."
    )
    begin = "opportunities.opportunity"
    groups = (
        (
            gettext_lazy("Demo"),
            ("opportunity", "scheduled_at", "place", "participants", "materials"),
        ),
        (gettext_lazy("What came of it"), ("held_on", "reaction", "questions")),
    )


class RoundPages(Pages):
    model = NegotiationRound
    columns = ("opportunity", "held_on", "their_ask", "our_offer", "offered_amount")
    order = "-held_on"
    filterset = filters.RoundFilter
    form = forms.RoundForm
    create = services.create_round
    edit = services.edit_round
    menu = ("deals", 50)
    empty = gettext_lazy(
        "No negotiation rounds yet. They keep what was asked and offered: add one on the "
        "page of a deal, or here."
    )
    begin = "opportunities.opportunity"
    groups = (
        (gettext_lazy("Round"), ("opportunity", "held_on", "participants")),
        (
            gettext_lazy("Positions"),
            ("their_ask", "our_offer", "offered_amount", "concession", "in_return", "outcome"),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("opportunity")


class QuotationPages(Pages):
    model = Quotation
    columns = (
        Column("number", value=str, sort="number"),
        "account",
        "opportunity",
        "state",
        "amount",
        "discount",
        "valid_until",
        "owner",
    )
    more_columns = ("tax", "margin")
    order = "-created_at"
    totals = ("amount",)
    filterset = filters.QuotationFilter
    form = forms.QuotationForm
    lines = forms.QuotationLines
    create = services.create_quotation
    edit = services.edit_quotation
    verbs = services.QUOTATION_VERBS
    menu = ("deals", 20)
    # Translators: words with which people ask for a new one, besides its name.
    asked_for = gettext_lazy("quote offer price")
    empty = gettext_lazy(
        "No quotations yet. They offer goods at a price until a day: make one on the "
        "page of a deal, or here."
    )
    begin = "opportunities.opportunity"
    groups = (
        (
            gettext_lazy("Quotation"),
            ("opportunity", "account", "contact", "valid_until", "previous", "owner"),
        ),
        (
            gettext_lazy("Terms"),
            ("payment_term", "delivery", "service_terms", "notes", "currency", "rate"),
        ),
        (
            gettext_lazy("The customer's answer"),
            ("sent_at", "decided_at", "decided_by", "decided_how", "decline_reason"),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("account", "opportunity")

    @classmethod
    def initial(cls, request):
        """What the deal named in the address says already."""
        found = {"valid_until": services.default_validity()}
        if deal := named(request, "opportunity", Opportunity):
            found |= {"contact": deal.contact_id, "currency": deal.currency_id}
            found["payment_term"] = deal.account and deal.account.payment_term_id
        return found

    @classmethod
    def subtitle(cls, obj):
        return f"{obj.account} · {money(obj.amount, obj.currency_id)}"

    @classmethod
    def lines_of(cls, obj):
        return obj.lines.select_related("product")

    @classmethod
    def extra_groups(cls, obj, user):
        facts = [(_("Discount off the list prices"), Cell(f"{obj.discount} %"))]
        if "margin" not in obj.hidden_from(user) and obj.margin is not None:
            facts.append((_("Margin"), Cell(f"{obj.margin} %")))
        groups = [(_("Figures"), facts)]
        if url := public_url(obj):
            groups.append((_("For the customer"), [(_("Public link"), Cell(url, url))]))
        return groups

    @classmethod
    def tables(cls, obj, user):
        found = [lines_table(obj, QuotationLine, user)]
        if obj.number:
            versions = Quotation.objects.visible_to(user).filter(number=obj.number)
            if len(versions) > 1:
                columns = (Column("number", value=str), "state", "amount", "discount", "sent_at")
                versions = versions.order_by("-revision")
                found.append(table(_("Versions"), Quotation, columns, versions, user))
        return found


def lines_table(document, line_model, user):
    """The lines of a priced document, with totals; the cost for those who may see it."""
    columns = ["product", "description", "quantity", "unit_price", "discount", "tax_rate", "amount"]
    if user.has_perm("products.view_cost"):
        columns.insert(4, "cost")
    rows = document.lines.select_related("product")
    for row in rows:
        row.currency_id = document.currency_id
    return table(_("Lines"), line_model, columns, rows, user, totals=totals(document))


class SalesProcessPages(Pages):
    model = SalesProcess
    has_contacts = False
    columns = ("name", "is_default", "is_active", "needs_demo")
    order = "name"
    filterset = filters.SalesProcessFilter
    form = forms.SalesProcessForm
    lines = forms.Steps
    create = services.create_process
    edit = services.edit_process
    menu = ("settings", 30)
    empty = gettext_lazy(
        "No sales process yet. It lists the steps a deal goes through: add the first one."
    )
    groups = ((gettext_lazy("Sales process"), ("is_default", "is_active", "needs_demo")),)

    @classmethod
    def tables(cls, obj, user):
        columns = (
            Column("phase", value=lambda step: step.get_phase_display()),
            "name",
            "probability",
            "stale_after_days",
            Column("items", _("Checklist"), value=checklist),
        )
        rows = obj.steps.prefetch_related("items")
        return [table(_("Steps"), ProcessStep, columns, rows, user)]


def checklist(step):
    return clauses(f"{i} *" if i.is_required else i for i in step.items.all())
