"""What My day shows of deals and quotations: one's own, or for whoever leads, the team's."""

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities.views import TaskPages, log_contact, what_about
from crm import home
from crm.cells import money, words
from opportunities.views.pages import OpportunityPages, QuotationPages

LEADS_A_TEAM = "opportunities.assign_opportunity"


def deal_meta(deal):
    parts = (money(deal.amount, deal.currency_id), deal.next_step, words(deal.next_step_on))
    return " · ".join(filter(None, parts))


def stale_meta(deal):
    quiet = gettext("quiet since %(day)s") % {"day": words(timezone.localdate(deal.moved_at))}
    return f"{money(deal.amount, deal.currency_id)} · {quiet}"


def slipped_meta(deal):
    return f"{money(deal.amount, deal.currency_id)} · {words(deal.expected_close_on)}"


def with_owner(meta):
    return lambda row: f"{row.owner} · {meta(row)}"


DEALS = (
    (
        "slipped-deals",
        _("Deals whose expected close has passed"),
        _("Deals of the team whose expected close has passed"),
        "slipped",
        "expected_close_on",
        slipped_meta,
        "red",
        _("Every deal closes in time so far."),
    ),
    (
        "stale-deals",
        _("Deals gone stale"),
        _("Deals of the team gone stale"),
        "stale",
        "created_at",
        stale_meta,
        "red",
        _("Something happens in every deal."),
    ),
    (
        "deals-without-step",
        _("Deals without a next step"),
        _("Deals of the team without a next step"),
        "no_next_step",
        "next_step_on",
        deal_meta,
        "amber",
        _("Every deal has its next step."),
    ),
)
for _place, (_name, _mine, _team, _question, _order, _meta, _colour, _empty) in enumerate(DEALS):
    home.add(
        _name,
        _mine,
        OpportunityPages,
        {"mine": "true", _question: "true"},
        order=_order,
        position=30 + _place,
        needs=("opportunities.change_opportunity",),
        unless=LEADS_A_TEAM,
        meta=_meta,
        actions=(log_contact,),
        colour=_colour,
        empty=_empty,
    )
    home.add(
        f"team-{_name}",
        _team,
        OpportunityPages,
        {_question: "true"},
        order=_order,
        position=30 + _place,
        needs=(LEADS_A_TEAM,),
        meta=with_owner(_meta),
        related=("owner",),
        actions=(log_contact,),
        colour=_colour,
        empty=_empty,
    )
home.add(
    "team-tasks",
    _("Overdue follow-ups of the team"),
    TaskPages,
    {"mine": "false", "due": "overdue"},
    order="due_at",
    position=28,
    needs=(LEADS_A_TEAM,),
    text=what_about,
    meta=with_owner(lambda task: words(task.due_at)),
    related=("owner",),
    actions=("finish",),
    colour="red",
    empty=_("Nobody in the team is behind."),
)
home.add(
    "quotations-expiring",
    _("Quotations about to expire"),
    QuotationPages,
    {"mine": "on", "expiring": "true"},
    order="valid_until",
    position=40,
    needs=("opportunities.send_quotation",),
    meta=lambda row: f"{row.account} · {words(row.valid_until)}",
    actions=(log_contact,),
    colour="amber",
    empty=_("No quotation ends this week."),
)
home.suggest(
    _("Look through the deals"),
    "opportunities:opportunity_board",
    "opportunities.change_opportunity",
)
