"""Every write about leads but claiming and releasing, which is in pool.py."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.services import ask_about_duplicates, check_owner, merge_verb
from crm import lifecycle
from crm.events import emit
from crm.locks import lock
from crm.verbs import Verb, Verbs
from leads.models import Lead, Pool, Source
from leads.services.pool import (
    assign_lead,
    assign_refusal,
    claim_lead,
    claim_refusal,
    company_today,
    release_lead,
    release_refusal,
)

# What the acts on a lead leave behind, and a file may tell of those that were done elsewhere.
PAST = (
    "account",
    "contact",
    "resume_on",
    "disqualify_reason",
    "owned_since",
    "restarted_at",
    "last_owner",
    "released_at",
)


@transaction.atomic
def create_lead(*, by, allow_duplicate=True, **fields):
    """Create a lead owned by `by`, or in the pool when a pool is given without an owner or leads
    are not theirs to work on.

    Doors for people pass `allow_duplicate` False: raises DuplicateFound when it may exist.
    """
    owner = fields.pop("owner", None) or (None if fields.get("pool") else _worker(by))
    if owner != by:
        check_owner(owner, by=by, permission="leads.assign_lead")
    if not allow_duplicate:
        ask_about_duplicates(Lead, fields, user=by)
    lead = Lead(**fields, owner=owner, owned_since=timezone.now() if owner else None)
    if owner is None:
        lead.pool = lead.rules
    lead = lifecycle.create(lead, by=by)
    if owner is not None and owner != by:
        emit("lead.assigned", lead, by=by, changes={"owner": [None, owner]})
    return lead


@transaction.atomic
def take_over_lead(*, by, state="", allow_duplicate=True, owner=None, **fields):
    """A lead of a file: new, or as it stands elsewhere when the file says so.

    What it says is of Lead.State and `account`, `contact` it became, resume_on, disqualify_reason,
    last_owner, and when it was owned_since, released_at, restarted_at.
    """
    past = {name: fields[name] for name in PAST if fields.get(name)}
    if not (past or state not in ("", Lead.State.NEW)):
        return create_lead(by=by, allow_duplicate=allow_duplicate, owner=owner, **fields)
    owner = owner or (None if fields.get("pool") or past.get("released_at") else _worker(by))
    if owner != by:
        lifecycle.require(by, "leads.assign_lead")
    if not allow_duplicate:
        ask_about_duplicates(Lead, fields, user=by)
    owned_since = (past.get("owned_since") or timezone.now()) if owner else None
    fields |= {"owner": owner, "owned_since": owned_since, "state": state or Lead.State.NEW}
    lead = Lead(**fields)
    if owner is None:
        lead.pool = lead.rules
    _check_past(lead)
    return lifecycle.take_over(lead, by=by)


def _worker(by):
    """Whoever enters a lead, if they may work on it: else it would wait for nobody."""
    return by if by and by.has_perm("leads.start_work_lead") else None


def _check_past(lead):
    """Refuse what contradicts the state in which a lead is taken over."""
    converted = lead.state == Lead.State.CONVERTED
    if converted and lead.account is None:
        raise ValidationError({"account": _("Say which customer the converted lead became.")})
    if not converted and (lead.account or lead.contact):
        raise ValidationError({"state": _("Only a converted lead has become a customer.")})
    if lead.contact and lead.contact.account_id != lead.account_id:
        raise ValidationError({"contact": _("This person belongs to another customer.")})
    if lead.state == Lead.State.NURTURING and lead.resume_on is None:
        raise ValidationError({"resume_on": _("Say when the lead comes back.")})
    for name in ("owned_since", "released_at", "restarted_at"):
        if (moment := getattr(lead, name)) and moment > timezone.now():
            raise ValidationError({name: _("This day has not come yet.")})


def edit_lead(lead, *, by, version=None, allow_duplicate=True, **changes):
    """Edit a lead. Its owner changes by claim, assign and release.

    `allow_duplicate` as in create_lead: asks when what is new makes it like another one.
    """
    if "owner" in changes and changes["owner"] != lead.owner:
        raise ValidationError({"owner": _("Assign the lead to change its owner.")})
    if not allow_duplicate:
        ask_about_duplicates(Lead, changes, user=by, exclude=lead)
    return lifecycle.edit(lead, by=by, version=version, **changes)


def nurture_lead(lead, *, resume_on, by):
    """Let a lead rest until the local date `resume_on`, which has to be in the future."""
    if resume_on <= company_today():
        raise ValidationError({"resume_on": _("Choose a date in the future.")})
    return lifecycle.advance(lead, "nurture", by=by, resume_on=resume_on)


def mark_converted(lead, *, account, contact, by):
    """Close a qualified lead as converted into a customer and a person there."""
    return lifecycle.advance(lead, "convert", by=by, account=account, contact=contact)


@transaction.atomic
def record_contact(lead, *, at, starts_work=True):
    """Remember a logged contact: it stops the clock of the pool, and the first one of a new
    lead starts work, unless it belongs to the history of another system."""
    [fresh] = lock(Lead.objects.filter(pk=lead.pk))
    fresh.last_contact_at = max(filter(None, [fresh.last_contact_at, at]))
    fresh.warned_on = None
    fresh.save(update_fields=["last_contact_at", "warned_on"])
    if starts_work and fresh.state == Lead.State.NEW and fresh.owner_id:
        fresh = lifecycle.advance(fresh, "start_work", by=None)
    return fresh


@transaction.atomic
def forget_contact(lead, *, at, latest):
    """A contact at `at` was logged by mistake: if it was the last one, `latest` was (or None)."""
    [fresh] = lock(Lead.objects.filter(pk=lead.pk))
    if fresh.last_contact_at and fresh.last_contact_at <= at:
        fresh.last_contact_at = latest
        fresh.save(update_fields=["last_contact_at"])


def take_over(lead, *, at):
    """Let the clock of the pool start anew for an owner who came by neither claim nor assign."""
    Lead.objects.filter(pk=lead.pk).update(owned_since=at, warned_on=None)


def resume_nurtured(on):
    """Resume the leads whose date has come by the local date `on`; return how many."""
    rows = Lead.objects.filter(state=Lead.State.NURTURING, resume_on__lte=on)
    resumed = 0
    for pk in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            for lead in lock(rows.filter(pk=pk)):
                lifecycle.advance(lead, "resume", by=None)
                resumed += 1
    return resumed


LEAD_VERBS = Verbs(
    Lead,
    nurture=nurture_lead,
    claim=Verb(
        run=claim_lead,
        label=gettext_lazy("Claim"),
        permission="leads.claim_lead",
        style="primary",
        refusal=claim_refusal,
    ),
    assign=Verb(
        run=assign_lead,
        label=gettext_lazy("Assign"),
        permission="leads.assign_lead",
        form="leads.forms.AssignLeadForm",
        refusal=assign_refusal,
    ),
    release=Verb(
        run=release_lead,
        label=gettext_lazy("Put into the pool"),
        permission="leads.release_lead",
        form="leads.forms.ReleaseForm",
        refusal=release_refusal,
    ),
    merge=merge_verb(Lead),
)


# --- Sources and pools ----------------------------------------------------------------------------


def create_source(*, by, **fields):
    return lifecycle.create(Source(**fields), by=by)


def edit_source(source, *, by, version=None, **changes):
    return lifecycle.edit(source, by=by, version=version, **changes)


@transaction.atomic
def create_pool(*, by, **fields):
    """Create a pool; a new default one takes the place of the old."""
    _clear_default(fields, by=by)
    return lifecycle.create(Pool(**fields), by=by)


@transaction.atomic
def edit_pool(pool, *, by, version=None, **changes):
    _clear_default(changes, by=by, exclude=pool)
    return lifecycle.edit(pool, by=by, version=version, **changes)


def _clear_default(fields, *, by, exclude=None):
    if fields.get("is_default"):
        rows = Pool.objects.filter(is_default=True).exclude(pk=exclude and exclude.pk)
        for other in lock(rows):
            lifecycle.write(other, by=by, is_default=False)
