"""What My day shows of deals and quotations: one's own, or for whoever leads, the team's."""

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from activities.views import TaskPages, log_contact, plan_follow_up, what_about
from crm import days, home
from crm.cells import listed, money
from opportunities.views.pages import OpportunityPages, QuotationPages

LEADS_A_TEAM = "opportunities.assign_opportunity"


def why(deal):
    """What is wrong with a deal, the worst first."""
    reasons = (
        (deal.has_slipped, gettext("expected close has passed")),
        (deal.is_stale, gettext("nothing has happened lately")),
        (deal.lacks_step, gettext("no next step")),
    )
    found = listed(words_ for applies, words_ in reasons if applies)
    return f"{money(deal.amount, deal.currency_id)} · {found}"


def quiet(deal):
    quiet_for = (timezone.localdate() - timezone.localdate(deal.moved_at)).days
    found = ngettext("quiet for %(days)d day", "quiet for %(days)d days", quiet_for)
    return found % {"days": quiet_for}


def with_owner(meta):
    return lambda row: f"{row.owner} · {meta(row)}"


home.add(
    "deals-to-move",
    _("Deals to move on"),
    OpportunityPages,
    {"mine": "true", "to_move": "true"},
    order="expected_close_on",
    position=30,
    needs=("opportunities.change_opportunity",),
    unless=LEADS_A_TEAM,
    meta=why,
    actions=(plan_follow_up, log_contact),
    colour="amber",
    empty=_("Every deal has its next step, and something happens in it."),
)
for _name, _label, _question, _order, _meta, _empty in (
    (
        "team-slipped-deals",
        _("Deals of the team whose expected close has passed"),
        "slipped",
        "expected_close_on",
        lambda deal: f"{money(deal.amount, deal.currency_id)} · {days.due(deal.expected_close_on)}",
        _("Every deal closes in time so far."),
    ),
    (
        "team-stale-deals",
        _("Deals of the team gone stale"),
        "stale",
        "created_at",
        lambda deal: f"{money(deal.amount, deal.currency_id)} · {quiet(deal)}",
        _("Something happens in every deal."),
    ),
):
    home.add(
        _name,
        _label,
        OpportunityPages,
        {_question: "true"},
        order=_order,
        position=30,
        needs=(LEADS_A_TEAM,),
        meta=with_owner(_meta),
        related=("owner",),
        actions=(plan_follow_up,),
        colour="red",
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
    meta=with_owner(lambda task: days.due(task.due_at)),
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
    meta=lambda row: f"{row.account} · {days.due(row.valid_until)}",
    actions=(log_contact,),
    colour="amber",
    empty=_("No quotation ends this week."),
)
home.suggest(
    _("Look through the deals"),
    "opportunities:opportunity_board",
    "opportunities.change_opportunity",
)
