from django.utils.translation import gettext_lazy as _

from crm import home
from crm.cells import money
from crm.money import in_company_currency
from crm.pages import Pages
from planning import services
from planning.filters import CampaignFilter
from planning.forms import CampaignForm
from planning.models import Campaign


class CampaignPages(Pages):
    model = Campaign
    columns = ("name", "state", "kind", "starts_on", "ends_on", "budget", "cost", "owner")
    totals = ("budget", "cost")
    order = "-starts_on"
    filterset = CampaignFilter
    form = CampaignForm
    create = services.create_campaign
    edit = services.edit_campaign
    verbs = services.CAMPAIGN_VERBS
    board = ("draft", "in_approval", "approved", "running", "paused", "finished")
    board_amount = in_company_currency("budget")
    menu = ("planning", 10)
    empty = _("No campaigns yet. Plan the first one, and its leads will show what it brings.")
    groups = (
        (_("Campaign"), ("kind", "starts_on", "ends_on", "owner")),
        (_("Money"), ("currency", "budget", "cost")),
        (_("Plan"), ("goal", "content")),
        (_("Result"), ("conclusion",)),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("owner")

    @classmethod
    def card(cls, campaign):
        return {
            "title": campaign.name,
            "subtitle": campaign.get_kind_display(),
            "amount": money(campaign.budget, campaign.currency_id),
        }


# --- My day -----------------------------------------------------------------------------------


def spent(campaign):
    cost, budget = (money(sum_, campaign.currency_id) for sum_ in (campaign.cost, campaign.budget))
    return f"{cost} / {budget}"


for _name, _label, _query, _colour, _actions, _empty in (
    (
        "campaigns-over-budget",
        _("Campaigns over budget"),
        {"over_budget": "true"},
        "red",
        ("pause", "finish"),
        _("No campaign costs more than planned."),
    ),
    (
        "campaigns-to-start",
        _("Approved campaigns to start"),
        {"mine": "true", "state": "approved"},
        "blue",
        ("start",),
        _("No approved campaign waits for its start."),
    ),
    (
        "campaigns-running",
        _("Campaigns running"),
        {"state": "running"},
        "green",
        ("finish",),
        _("No campaign is running."),
    ),
):
    home.add(
        _name,
        _label,
        CampaignPages,
        _query,
        order="ends_on",
        position=80,
        needs=("planning.finish_campaign",),
        meta=spent,
        actions=_actions,
        colour=_colour,
        empty=_empty,
    )
home.suggest(_("Plan a campaign"), "planning:campaign_create", "planning.add_campaign")
