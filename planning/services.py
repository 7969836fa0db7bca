"""Every write about campaigns. Their budget is approved before they run."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.services import request_approval, withdraw_request
from crm import lifecycle
from crm.locks import lock_one
from crm.money import rate_on
from crm.verbs import Verbs
from planning.models import Campaign

BUDGET = ("budget", "currency")


def create_campaign(*, by, **fields):
    """Plan a campaign; it belongs to `by`."""
    return lifecycle.create(Campaign(**{"owner": by, **fields}), by=by)


@transaction.atomic
def edit_campaign(campaign, *, by, version=None, **changes):
    """Edit a campaign; its budget only until it is submitted, for that is what was approved."""
    fresh = lock_one(campaign)
    if fresh.state != Campaign.State.DRAFT and lifecycle.editable(fresh):
        for name in BUDGET:
            if name in changes and changes[name] != getattr(fresh, name):
                raise ValidationError(
                    {name: _("The budget cannot change after the campaign was submitted.")}
                )
    return lifecycle.edit(campaign, by=by, version=version, **changes)


def budget_in_company_currency(campaign):
    """The budget as rules compare it: in the company's currency at today's rate."""
    return campaign.budget * rate_on(campaign.currency_id, timezone.localdate())


@transaction.atomic
def submit_campaign(campaign, *, by):
    """Ask for approval of the budget; without a rule that wants one it is approved at once."""
    campaign = lifecycle.advance(campaign, "submit", by=by)
    if request_approval(campaign, kind="campaign", by=by) is None:
        campaign = lifecycle.advance(campaign, "approve", by=None)
    return campaign


@transaction.atomic
def cancel_campaign(campaign, *, reason, by):
    """Give a campaign up; an open request for its approval is withdrawn."""
    campaign = lifecycle.advance(campaign, "cancel", by=by, reason=reason)
    withdraw_request(campaign, by=by)
    return campaign


CAMPAIGN_VERBS = Verbs(Campaign, submit=submit_campaign, cancel=cancel_campaign)
