"""Deals: making them, moving them through the phases, losing and reopening them."""

from datetime import datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.querysets import assignable
from accounts.services import become_customer
from activities.models import Task
from activities.services import cancel_open_tasks
from crm import lifecycle
from crm.errors import WrongMoment
from crm.events import emit
from crm.lifecycle import advance
from crm.locks import lock, lock_one
from crm.money import ZERO, round_money
from crm.verbs import ABSENT, Verb, Verbs
from leads.models import Lead
from opportunities.models import OPEN_PHASES, ChecklistTick, Opportunity, Phase
from opportunities.services.presales import note
from opportunities.services.processes import default_process
from opportunities.services.quotations import withdraw_quotation
from products.services import price_in

# --- Making ----------------------------------------------------------------------------------


def worth(amount=None, product=None, **fields):
    """What is known of the value of a deal: {amount[, currency…]}. Without an amount it is the
    list price of its product, in the deal's currency if it has one."""
    named = {name: fields[name] for name in ("currency", "currency_id") if fields.get(name)}
    if amount is not None or product is None:
        return {"amount": ZERO if amount is None else amount, **named}
    if not named:
        return {
            "amount": round_money(product.price, product.currency_id),
            "currency": product.currency,
        }
    [code] = (getattr(value, "pk", value) for value in named.values())
    price = price_in(product, code, timezone.localdate())
    return {"amount": round_money(price, code), **named}


@transaction.atomic
def create_opportunity(*, by, name, owner=None, process=None, **fields):
    """A deal in the first phase, owned by `by` unless an owner is given; see `worth`."""
    fields |= worth(**fields)
    opportunity = Opportunity(
        name=name, owner=owner or by, process=process or default_process(), **fields
    )
    if opportunity.account is None and opportunity.contact is not None:
        opportunity.account = opportunity.contact.account
    opportunity.enter(Phase.NEEDS)
    return lifecycle.create(opportunity, by=by)


@transaction.atomic
def edit_opportunity(opportunity, *, by, version=None, **changes):
    """Edit an open deal. Another process starts at its first step of the present phase."""
    fresh = lock_one(opportunity)
    account = changes.get("account", fresh.account)
    if account != fresh.account and fresh.quotations.exists():
        raise ValidationError(
            {"account": _("The deal has quotations: its customer can no longer change.")}
        )
    if "amount" in changes and changes["amount"] is None:
        facts = {name: getattr(fresh, name) for name in ("product", "currency")} | changes
        changes["amount"] = worth(**facts)["amount"]
    process = changes.get("process", fresh.process)
    if process != fresh.process:
        step = process.steps.filter(phase=fresh.state).first()
        changes |= {"step": step, "probability": step.probability if step else fresh.probability}
    return lifecycle.edit(fresh, by=by, version=version, **changes)


@transaction.atomic
def follow_next_step(opportunity, *, by):
    """Let the next step of an open deal say what its earliest open follow-up says.

    Without one, a step that was ticked off is no step any more; what was typed by hand stays.
    """
    fresh = lock_one(opportunity)
    if fresh.state not in OPEN_PHASES:
        return
    tasks = Task.objects.about(fresh)
    if task := tasks.open().order_by("due_at", "pk").first():
        on = timezone.localdate(task.due_at)
        lifecycle.write(fresh, by=by, next_step=task.subject, next_step_on=on)
    elif tasks.filter(state=Task.State.DONE, subject=fresh.next_step).exists():
        lifecycle.write(fresh, by=by, next_step="", next_step_on=None)


# What the acts on a deal leave behind, and a file may tell of those that were done elsewhere.
PAST = (
    "opened_on",
    "closed_on",
    "lost_reason",
    "lost_in",
    "step",
    "probability",
    "phase_since",
    "lead",
)


@transaction.atomic
def import_opportunity(*, by, name, state, opened_on, closed_on=None, process=None, **fields):
    """Take over a deal as it stands elsewhere: in any phase, without guards, as one event.

    `fields` may name external_key, owner, account, amount (see `worth`) and others, and what is in
    PAST; what is not known of the phase is as when a deal enters it. A `lead` has to be converted,
    and the deal goes on with its journey. Raises PermissionDenied without the right to take over
    history.
    """
    fields |= worth(**fields)
    if state in OPEN_PHASES:
        closed_on = None
    elif closed_on is None:
        closed_on = opened_on
    midnight = timezone.make_aware(datetime.combine(closed_on or opened_on, time.min))
    opportunity = Opportunity(
        name=name,
        state=state,
        opened_on=opened_on,
        closed_on=closed_on,
        process=process or default_process(),
    )
    opportunity.enter(state)
    opportunity.phase_since = midnight
    for field, value in fields.items():
        setattr(opportunity, field, value)
    if opportunity.lead:
        opportunity.lead = lock_one(opportunity.lead)
        opportunity.journey = opportunity.lead.journey
    _check_past(opportunity)
    return lifecycle.take_over(opportunity, by=by, opened_on=opened_on)


def _check_past(deal):
    """Refuse what contradicts the phase in which a deal is taken over."""
    if deal.step and deal.step not in list(steps_here(deal)):
        raise ValidationError({"step": _("This step does not belong to the present phase.")})
    if deal.probability != {Phase.WON: 100, Phase.LOST: 0}.get(deal.state, deal.probability):
        text = _("A won deal is sure, a lost one has no chance.")
        raise ValidationError({"probability": text})
    if deal.lost_in and deal.lost_in not in OPEN_PHASES:
        raise ValidationError({"lost_in": _("A deal is lost in one of the open phases.")})
    if deal.phase_since > timezone.now():
        raise ValidationError({"phase_since": _("This day has not come yet.")})
    lead = deal.lead
    if lead and (lead.state != Lead.State.CONVERTED or lead.account_id != deal.account_id):
        raise ValidationError(
            {"lead": _("This lead was not converted into a deal of the customer.")}
        )


def name_of_deal(product, account, key):
    """A name for a deal that has none: what is sold, to whom or else under which key."""
    words = [product.name if product else "", account.name if account else key]
    return " · ".join(filter(None, words))[: Opportunity._meta.get_field("name").max_length]


def take_over_opportunity(*, by, state="", **fields):
    """A deal of a file: new, or as it stands elsewhere when the file says so.

    Files of other systems have deals without a name, and without a customer yet.
    """
    if fields.get("contact") and not fields.get("account"):
        fields["account"] = fields["contact"].account
    facts = (fields.get(name) for name in ("product", "account", "external_key"))
    if not (name := fields.pop("name", "") or name_of_deal(*facts)):
        raise ValidationError({"name": _("This field is required.")})
    fields["name"] = name
    if not state and all(fields.get(name) in (None, "") for name in PAST):
        if not fields.get("account"):
            raise ValidationError({"account": _("This field is required.")})
        return create_opportunity(by=by, **fields)
    past = {"state": state or Phase.NEEDS, "opened_on": timezone.localdate(), "owner": by}
    return import_opportunity(by=by, **past | fields)


# --- Phases ----------------------------------------------------------------------------------


@transaction.atomic
def win_opportunity(opportunity, *, by):
    """Close the deal as won; the account becomes a customer, the contract is drafted by event."""
    won = advance(opportunity, "win", by=by)
    if won.account:
        become_customer(won.account, by=by)
    return won


@transaction.atomic
def lose_opportunity(opportunity, *, by, reason, competitor=""):
    """Close the deal as lost: its open quotations are withdrawn, its open tasks cancelled."""
    lost = advance(opportunity, "lose", by=by, reason=reason, competitor=competitor)
    for quotation in lost.quotations.withdrawable().order_by("pk"):
        withdraw_quotation(quotation, by=None, reason=_("The opportunity was lost."))
    for target in filter(None, (lost, lost.lead)):
        cancel_open_tasks(target, by=None)
    return lost


@transaction.atomic
def back_opportunity(opportunity, *, by, phase, comment):
    """Return to an earlier phase. Raises WrongMoment for a later one or the present."""
    fresh = lock_one(opportunity)
    if fresh.state in OPEN_PHASES and phase not in earlier_phases(fresh):
        raise WrongMoment(_("Back leads to an earlier phase only."))
    return advance(fresh, "back", by=by, phase=phase, comment=comment)


def earlier_phases(opportunity):
    if opportunity.state not in OPEN_PHASES:
        return []
    return OPEN_PHASES[: OPEN_PHASES.index(opportunity.state)]


# --- Steps and checklists ----------------------------------------------------------------------


@transaction.atomic
def enter_step(opportunity, *, by, step):
    """Go to another step of the present phase; forward only with the required items ticked."""
    fresh = lock_one(opportunity)
    lifecycle.require(by, "opportunities.change_opportunity", fresh)
    if step not in list(steps_here(fresh)):
        raise ValidationError({"step": _("This step does not belong to the present phase.")})
    forward = fresh.step is None or step.position > fresh.step.position
    if forward and not fresh.has_ticked_checklist():
        raise WrongMoment(Opportunity.has_ticked_checklist.sentence)
    return lifecycle.write(fresh, by=by, step=step, probability=step.probability)


def steps_here(opportunity):
    return opportunity.process.steps.filter(phase=opportunity.state)


def step_refusal(opportunity):
    if opportunity.state not in OPEN_PHASES:
        return ABSENT
    return None if steps_here(opportunity).count() > 1 else ABSENT


@transaction.atomic
def tick_items(opportunity, *, by, items):
    """Set which items of the present step's checklist are done."""
    fresh = lock_one(opportunity)
    lifecycle.require(by, "opportunities.tick_opportunity", fresh)
    if tick_refusal(fresh):
        raise WrongMoment(_("There is no checklist to tick."))
    offered, wanted = set(fresh.step.items.all()), set(items)
    if not wanted <= offered:
        raise ValidationError({"items": _("This item belongs to another step.")})
    ticks = fresh.ticks.filter(item__in=offered)
    done = {tick.item for tick in ticks.select_related("item")}
    if done == wanted:
        return fresh
    ticks.exclude(item__in=wanted).delete()
    ChecklistTick.objects.bulk_create(
        ChecklistTick(opportunity=fresh, item=item, by=by) for item in wanted - done
    )
    texts = [sorted(item.text for item in found) for found in (done, wanted)]
    emit("opportunity.ticked", fresh, by=by, changes={"checklist": texts})
    return fresh


def tick_refusal(opportunity):
    if opportunity.state not in OPEN_PHASES or opportunity.step is None:
        return ABSENT
    return None if opportunity.step.items.exists() else ABSENT


# --- People ----------------------------------------------------------------------------------


@transaction.atomic
def assign_opportunity(opportunity, *, by, owner, comment=""):
    """Give the deal, with its quotations, to another person within the scope of `by`."""
    fresh = lock_one(opportunity)
    lifecycle.require(by, "opportunities.assign_opportunity", fresh)
    if fresh.state not in OPEN_PHASES:
        raise WrongMoment(_("The opportunity is closed."))
    if by and not assignable(by, "opportunities.assign_opportunity").filter(pk=owner.pk).exists():
        raise ValidationError(
            {"owner": _("%(person)s cannot be given records by you.") % {"person": owner}}
        )
    if owner == fresh.owner:
        raise ValidationError({"owner": _("%(person)s is the owner already.") % {"person": owner}})
    fresh = note(fresh, "assigned", by=by, comment=comment, owner=owner)
    for quotation in lock(fresh.quotations.all()):
        lifecycle.write(quotation, by=by, owner=owner)
    return fresh


def open_only(opportunity):
    return None if opportunity.state in OPEN_PHASES else ABSENT


OPPORTUNITY_VERBS = Verbs(
    Opportunity,
    win=win_opportunity,
    lose=lose_opportunity,
    back=back_opportunity,
    enter_step=Verb(
        run=enter_step,
        label=gettext_lazy("Next step of the phase"),
        permission="opportunities.change_opportunity",
        form="opportunities.forms.EnterStepForm",
        refusal=step_refusal,
    ),
    tick=Verb(
        run=tick_items,
        label=gettext_lazy("Checklist"),
        permission="opportunities.tick_opportunity",
        form="opportunities.forms.TickForm",
        refusal=tick_refusal,
    ),
    assign=Verb(
        run=assign_opportunity,
        label=gettext_lazy("Change owner"),
        permission="opportunities.assign_opportunity",
        form="opportunities.forms.AssignOpportunityForm",
        refusal=open_only,
    ),
)
