from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import home
from crm.cells import Cell, Column, table, words
from crm.models import Company
from crm.pages import Pages
from performance import filters, forms, services
from performance.models import Review, Scorecard, ScorecardLine, Target
from performance.views.links import figure_url, text_of


def share_badge(share):
    if share is None:
        return ""
    return "green" if share >= 100 else "amber"


def share_text(row):
    return "" if row.attainment is None else f"{row.attainment} %"


# Without a link of its own, so that it leads to the record.
PERSON = Column("person", gettext_lazy("person"), value=lambda row: str(row.person))


class TargetPages(Pages):
    model = Target
    has_contacts = False
    columns = (
        PERSON,
        "metric",
        "starts_on",
        "ends_on",
        Column(
            "value",
            value=lambda row: Cell(
                text_of(row.metric, row.value, row.company_currency), numeric=True
            ),
            label=gettext_lazy("target"),
            numeric=True,
            sort="value",
            raw=lambda row: row.value,
        ),
        Column(
            "actual",
            gettext_lazy("actual"),
            value=lambda row: actual_cell(row),
            numeric=True,
            sort="",
            raw=lambda row: row.actual,
        ),
        Column(
            "attainment",
            gettext_lazy("attainment"),
            value=share_text,
            badge=lambda row: share_badge(row.attainment),
            sort="",
        ),
        "state",
    )
    order = "-starts_on"
    filterset = filters.TargetFilter
    form = forms.TargetForm
    create = services.create_target
    edit = services.edit_target
    verbs = services.TARGET_VERBS
    menu = ("performance", 20)
    empty = gettext_lazy(
        "No targets yet. Managers set them for their people, and the dashboard shows how "
        "far they are."
    )
    groups = ((gettext_lazy("Target"), ("person", "metric", "starts_on", "ends_on")),)

    @classmethod
    def queryset(cls, user):
        return Target.objects.visible_to(user).with_actual().select_related("person")

    @classmethod
    def extra_groups(cls, obj, user):
        share = Cell(share_text(obj), badge=share_badge(obj.attainment))
        facts = [
            (_("Target"), Cell(text_of(obj.metric, obj.value, obj.company_currency))),
            (_("Actual"), actual_cell(obj)),
            (_("Attainment"), share),
        ]
        return [(_("So far"), facts)]


def actual_cell(row):
    """What was reached, with the list of the documents behind it."""
    url = figure_url(row.metric, person=row.person_id, starts_on=row.starts_on, ends_on=row.ends_on)
    return Cell(text_of(row.metric, row.actual, row.company_currency), url, numeric=True)


class ScorecardPages(Pages):
    model = Scorecard
    has_contacts = False
    columns = (PERSON, "starts_on", "ends_on", "created_at", "created_by")
    order = "-starts_on"
    filterset = filters.ScorecardFilter
    form = forms.ScorecardForm
    create = services.freeze_scorecard
    menu = ("performance", 30)
    empty = gettext_lazy(
        "No scorecards yet. A manager freezes one at the end of a period, and targets meet results."
    )
    begin = "performance.target"
    groups = (
        (
            gettext_lazy("Scorecard"),
            (
                "person",
                "starts_on",
                "ends_on",
                Column("created_at", gettext_lazy("frozen at")),
                Column("created_by", gettext_lazy("frozen by")),
                Column("review", gettext_lazy("review"), value=lambda card: review_cell(card)),
            ),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return Scorecard.objects.visible_to(user).select_related("person")

    @classmethod
    def new_label(cls):
        return _("Freeze a scorecard")

    @classmethod
    def tables(cls, obj, user):
        currency = Company.current().currency_id

        def number(row, value, url=""):
            text = "–" if value is None else text_of(row.metric, value, currency)
            return Cell(text, url, numeric=True)

        columns = (
            Column("metric", sort=""),
            Column("target", value=lambda row: number(row, row.target), numeric=True),
            Column("actual", value=lambda row: number(row, row.actual, today(row)), numeric=True),
            Column("attainment", value=share_text, badge=lambda row: share_badge(row.attainment)),
        )
        rows = obj.lines.select_related("scorecard")
        return [table(_("Figures as frozen"), ScorecardLine, columns, rows, user)]


def review_cell(card):
    review = Review.objects.filter(scorecard=card).first()
    return Cell(str(review.get_state_display()), review.get_absolute_url()) if review else Cell("")


def today(row):
    """The documents of the period as they stand today; the card keeps what was frozen."""
    card = row.scorecard
    return figure_url(
        row.metric, person=card.person_id, starts_on=card.starts_on, ends_on=card.ends_on
    )


class ReviewPages(Pages):
    model = Review
    has_contacts = False
    columns = (
        PERSON,
        "scorecard__starts_on",
        "scorecard__ends_on",
        "state",
        "rating",
        "reviewer",
        "updated_at",
    )
    filterset = filters.ReviewFilter
    verbs = services.REVIEW_VERBS
    menu = ("performance", 40)
    empty = gettext_lazy(
        "No reviews yet. One starts with every scorecard that is frozen, for the talk about it."
    )
    begin = "performance.scorecard"
    groups = (
        (gettext_lazy("Performance review"), ("person", "scorecard", "rating", "reviewer")),
        (gettext_lazy("Self-assessment"), ("self_assessment",)),
        (gettext_lazy("Manager's feedback"), ("feedback", "agreed")),
    )

    @classmethod
    def queryset(cls, user):
        return Review.objects.visible_to(user).select_related("person")

    @classmethod
    def tables(cls, obj, user):
        return ScorecardPages.tables(obj.scorecard, user)


# --- My day -----------------------------------------------------------------------------------

for _name, _label, _query, _verb, _empty in (
    (
        "reviews-to-answer",
        gettext_lazy("My self-assessments"),
        {"mine": "true", "state": "self_assessment"},
        "assess",
        gettext_lazy("No self-assessment is due."),
    ),
    (
        "reviews-to-share",
        gettext_lazy("Performance reviews to write"),
        {"state": "manager_review"},
        "share",
        gettext_lazy("No review waits for you."),
    ),
    (
        "reviews-to-acknowledge",
        gettext_lazy("Reviews shared with me"),
        {"mine": "true", "state": "shared"},
        "acknowledge",
        gettext_lazy("Nothing was shared with you."),
    ),
):
    home.add(
        _name,
        _label,
        ReviewPages,
        _query,
        order="-pk",
        position=85,
        needs=(f"performance.{_verb}_review",),
        text=lambda review: f"{review.scorecard} · {review.person}",
        meta=lambda review: words(review.updated_at),
        actions=(_verb,),
        related=("scorecard__person",),
        empty=_empty,
    )
