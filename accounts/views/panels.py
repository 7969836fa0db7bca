"""Customers on the pages of campaigns."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.views.pages import AccountPages
from crm.cells import table
from crm.record import related
from planning.views import CampaignPages


def campaign_panel(request, pk):
    """The customers that came of a campaign, as far as one may see them."""
    if not request.user.has_perm("accounts.view_account"):
        raise PermissionDenied
    campaign = get_object_or_404(CampaignPages.queryset(request.user), pk=pk)
    rows = AccountPages.queryset(request.user).filter(campaign=campaign)
    columns = ("name", "industry", "region", "owner")
    found = table(_("Customers"), Account, columns, rows[:50], request.user, count=rows.count())
    return render(request, "crm/_table.html", {"table": found})


CampaignPages.panels.append(
    (
        _("Customers"),
        "accounts:campaign_panel",
        "accounts.view_account",
        related(Account, "campaign"),
    )
)
