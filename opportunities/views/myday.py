"""What My day shows of deals and quotations."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.home import card
from opportunities.models import Opportunity, Quotation

MOST = 50


@card(30)
def deals_to_move(user):
    """Deals of one's own without a next step, or for which nothing has happened too long."""
    if not user.has_perm("opportunities.change_opportunity"):
        return None
    mine = Opportunity.objects.visible_to(user).filter(owner=user)
    found = {}
    rows = mine.stale(timezone.now()).select_related("account").order_by("phase_since")[:MOST]
    for deal in rows:
        found[deal.pk] = day_item(deal, _("nothing has happened lately"), "red")
    rows = mine.without_next_step(timezone.localdate()).select_related("account")
    for deal in rows.order_by("phase_since")[:MOST]:
        found.setdefault(deal.pk, day_item(deal, _("no next step"), "amber"))
    return {
        "label": _("Deals without a next step, or gone stale"),
        "count": len(found),
        "url": f"{reverse('opportunities:opportunity_list')}?mine=on&status=open",
        "badge": "amber",
        "items": list(found.values()),
        "empty": _("Every deal has its next step."),
    }


def day_item(deal, words, badge):
    return {"text": str(deal), "url": deal.get_absolute_url(), "meta": words, "badge": badge}


@card(40)
def quotations_to_chase(user):
    """One's own quotations that end within a week."""
    if not user.has_perm("opportunities.change_quotation"):
        return None
    today = timezone.localdate()
    rows = Quotation.objects.visible_to(user).filter(owner=user).expiring(today)
    rows = rows.select_related("account", "opportunity").order_by("valid_until", "pk")[:MOST]
    items = [
        {
            "text": str(row),
            "url": row.get_absolute_url(),
            "meta": f"{row.account} · {row.valid_until:%Y-%m-%d}",
            "badge": "red" if row.valid_until == today else "amber",
        }
        for row in rows
    ]
    return {
        "label": _("Quotations about to expire"),
        "count": len(items),
        "url": f"{reverse('opportunities:quotation_list')}?mine=on&state=sent",
        "badge": "amber",
        "items": items,
        "empty": _("No quotation ends this week."),
    }
