"""Customers on the pages of campaigns."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.views.pages import AccountPages
from crm.cells import table
from crm.record import related
from crm.views import table_panel
from planning.views import CampaignPages


@table_panel(CampaignPages.model, "accounts.view_account")
def campaign_panel(campaign, user):
    """The customers that came of a campaign, as far as one may see them."""
    rows = AccountPages.queryset(user).filter(campaign=campaign)
    columns = ("name", "industry", "region", "owner")
    return table(_("Customers"), Account, columns, rows[:50], user, count=rows.count())


CampaignPages.panels.append(
    (
        _("Customers"),
        "accounts:campaign_panel",
        "accounts.view_account",
        related(Account, "campaign"),
    )
)
