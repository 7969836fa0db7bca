"""Deals and quotations on the pages of customers and leads."""

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from accounts.views import AccountPages
from crm.cells import Column, table
from crm.record import related
from crm.views import table_panel
from leads.views import LeadPages
from opportunities.models import Opportunity, Quotation

MOST = 50
DEALS_PANEL = ("name", "state", "amount", "probability", "expected_close_on", "owner")
QUOTATIONS_PANEL = (Column("number", value=str), "state", "amount", "valid_until", "owner")

AccountPages.panels += [
    (
        gettext_lazy("Opportunities"),
        "opportunities:account_panel",
        "opportunities.view_opportunity",
        related(Opportunity, "account"),
    ),
    (
        gettext_lazy("Quotations"),
        "opportunities:account_quotations",
        "opportunities.view_quotation",
        related(Quotation, "account"),
    ),
]
LeadPages.panels.append(
    (
        gettext_lazy("Opportunity"),
        "opportunities:lead_panel",
        "opportunities.view_opportunity",
        related(Opportunity, "lead"),
    )
)


def panel(model, child, path, columns):
    """A view of the `child` rows which belong to one visible `model` record through `path`."""

    @table_panel(model, child.permission("view"))
    def view(head, user):
        rows = child.objects.visible_to(user).filter(**{path: head}).select_related("owner")
        if child is Quotation:
            rows = rows.select_related("opportunity")
        extra = {}
        if path == "account" and child is Opportunity and user.has_perm(child.permission("add")):
            extra["create_url"] = f"{reverse('opportunities:opportunity_create')}?account={head.pk}"
        label = capfirst(child._meta.verbose_name_plural)
        return table(label, child, columns, rows.order_by("-pk")[:MOST], user, **extra)

    return view
