"""公海: who may take a lead out of the pool, and which leads fall back into it."""

from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import check_owner
from crm import lifecycle
from crm.cells import words
from crm.errors import WrongMoment
from crm.events import emit
from crm.locks import lock_one
from crm.models import Event
from crm.verbs import Absent
from leads.models import Lead, Pool
from leads.querysets import midnight
from users.models import User

WARN_DAYS = 2


# --- By hand ---------------------------------------------------------------------------------


@transaction.atomic
def claim_lead(lead, *, by):
    """Take a lead out of the pool: the first wins, everybody else is told who has it.

    Raises WrongMoment when it is taken, dead, or a rule of its pool stands against it. Locks
    the person (limits are counted over all their claims), then the lead.
    """
    if by is not None:
        # NO KEY: rows that merely name the person need not wait.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
    fresh = lock_one(lead)
    if reason := claim_refusal(fresh):
        raise WrongMoment(str(reason), code="already_claimed" if fresh.owner_id else None)
    lifecycle.require(by, "leads.claim_lead", fresh)
    if reason := limit(fresh, by):
        raise WrongMoment(reason, code="pool_limit")
    return _own(fresh, by, "lead.claimed", by=by, pool=fresh.pool)


def claim_refusal(lead):
    """Why nobody can claim the lead now, or None; what speaks against one person: limit()."""
    if lead.owner_id:
        return Absent(_("%(owner)s has this lead already.") % {"owner": lead.owner})
    return None if lead.is_live else Absent(_("The lead is closed."))


def limit(lead, person):
    """The sentence with which the rules of its pool forbid `person` the lead, or None."""
    pool = lead.rules
    if pool is None or person is None:
        return None
    again = cooldown_until(lead, pool)
    if lead.last_owner_id == person.pk and again and again > timezone.now():
        return _("You had this lead last: you may claim it again from %(date)s.") % {
            "date": words(again)
        }
    if pool.max_held and (held := held_by(person)) >= pool.max_held:
        return _("You hold %(held)d leads; this pool allows %(most)d.") % {
            "held": held,
            "most": pool.max_held,
        }
    if pool.claims_per_day and (claimed := claims_today(person, pool)) >= pool.claims_per_day:
        return _("You have claimed %(claimed)d leads today; this pool allows %(most)d a day.") % {
            "claimed": claimed,
            "most": pool.claims_per_day,
        }
    return None


def cooldown_until(lead, pool):
    if not (lead.released_at and pool.cooldown_days):
        return None
    return lead.released_at + timedelta(days=pool.cooldown_days)


def held_by(person):
    return Lead.objects.live().filter(owner=person).count()


def claims_today(person, pool):
    """Claims of one person in a pool today, from the events: giving back refunds nothing."""
    rows = Event.objects.filter(
        name="lead.claimed",
        actor=person,
        content_type=ContentType.objects.get_for_model(Lead),
        at__gte=midnight(timezone.localdate(timezone=timezone.get_default_timezone())),
    )
    pools = [pool.pk, None] if pool.is_default else [pool.pk]
    return sum((data.get("pool") or {}).get("id") in pools for data in _data(rows))


def _data(rows):
    return rows.values_list("data", flat=True)


@transaction.atomic
def assign_lead(lead, *, owner, by):
    """Give a live lead, from the pool or from somebody, to a person within the scope of `by`.

    The limits of the pool are for claiming: whoever assigns decides.
    """
    fresh = lock_one(lead)
    if not fresh.is_live:
        raise WrongMoment(_("The lead is closed."))
    lifecycle.require(by, "leads.assign_lead", fresh)
    check_owner(owner, by=by, permission="leads.assign_lead")
    if fresh.owner_id == owner.pk:
        raise ValidationError({"owner": _("%(person)s is the owner already.") % {"person": owner}})
    return _own(fresh, owner, "lead.assigned", by=by)


def _own(locked, owner, name, *, by, **data):
    previous = locked.owner
    locked.owner = owner
    locked.owned_since = timezone.now()
    locked.warned_on = None
    locked.version += 1
    locked.save()
    emit(name, locked, by=by, changes={"owner": [previous, owner]}, **data)
    return locked


@transaction.atomic
def release_lead(lead, *, by, reason=""):
    """Put a live lead into its pool (none: the default one), remembering who had it."""
    fresh = lock_one(lead)
    if refusal := release_refusal(fresh):
        raise WrongMoment(str(refusal))
    lifecycle.require(by, "leads.release_lead", fresh)
    previous = fresh.owner
    fresh.pool = fresh.rules
    fresh.last_owner = previous
    fresh.owner = None
    fresh.owned_since = None
    fresh.warned_on = None
    fresh.released_at = timezone.now()
    fresh.version += 1
    fresh.save()
    emit("lead.released", fresh, by=by, reason=reason, changes={"owner": [previous, None]})
    return fresh


def release_refusal(lead):
    if not lead.owner_id:
        return Absent(_("The lead lies in the pool already."))
    return None if lead.is_live else Absent(_("The lead is closed."))


def assign_refusal(lead):
    return None if lead.is_live else Absent(_("The lead is closed."))


# --- By the clock -------------------------------------------------------------------------------


def company_today():
    return timezone.localdate(timezone=timezone.get_default_timezone())


def release_date(lead, pools):
    """The local date on which an idle lead (with_idle_since) falls into its pool.

    pools: {pk: Pool} with the default one under None.
    """
    idle = timezone.localdate(lead.idle_since, timezone.get_default_timezone())
    return idle + timedelta(days=pools[lead.pool_id].release_after_days)


def pools_by_pk():
    """All pools by pk, and the default one under None."""
    return {**Pool.objects.in_bulk(), None: Pool.objects.default()}


def warn_before_release(on):
    """Warn the owners of leads that fall into the pool within two days; each lead once.

    Whoever is warned late (the rule is new) keeps the lead two days from now. Returns how many.
    """
    pools, warned = pools_by_pk(), 0
    until = on + timedelta(days=WARN_DAYS)
    for pk in Lead.objects.idle_by(until).filter(warned_on=None).values_list("pk", flat=True):
        with transaction.atomic():
            Lead.objects.select_for_update(of=("self",)).get(pk=pk)
            lead = Lead.objects.idle_by(until).filter(pk=pk, warned_on=None).first()
            if lead is None:
                continue
            lead.warned_on = max(release_date(lead, pools), until)
            lead.save(update_fields=["warned_on"])
            emit("lead.release_warned", lead, release_on=lead.warned_on)
            warned += 1
    return warned


def release_idle(on):
    """Release the leads due on the local date `on`, all of whose owners were warned."""
    released = 0
    for pk in list(Lead.objects.to_release(on).values_list("pk", flat=True)):
        with transaction.atomic():
            Lead.objects.select_for_update(of=("self",)).get(pk=pk)
            lead = Lead.objects.to_release(on).filter(pk=pk).first()
            if lead is not None:
                days = lead.rules.release_after_days
                reason = _("No follow-up for %(days)d days") % {"days": days}
                release_lead(lead, by=None, reason=reason)
                released += 1
    return released
