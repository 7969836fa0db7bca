"""Needs, demos and negotiation rounds of a deal."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import lifecycle
from crm.errors import WrongMoment
from crm.events import emit, jsonable
from crm.locks import lock_one
from crm.verbs import ABSENT, Verb, Verbs
from opportunities.models import (
    OPEN_PHASES,
    Demo,
    NeedsLine,
    NeedsSheet,
    NegotiationRound,
)


def open_deal(opportunity, *, by):
    """The opportunity, locked: open, and one that `by` may change; else a refusal."""
    locked = lock_one(opportunity)
    lifecycle.require(by, "opportunities.change_opportunity", locked)
    if locked.state not in OPEN_PHASES:
        raise WrongMoment(_("The opportunity is closed."))
    return locked


def note(locked, event, *, by, comment="", **changes):
    """Set fields of a locked record under an event of its own name, with old and new values."""
    found = {}
    for name, value in changes.items():
        old = getattr(locked, name)
        if old != value:
            found[name] = [jsonable(old), jsonable(value)]
            setattr(locked, name, value)
    locked.version += 1
    locked.full_clean()
    locked.save()
    remark = {"comment": comment} if comment else {}
    emit(f"{locked._meta.model_name}.{event}", locked, by=by, changes=found, **remark)
    return locked


# --- Needs -----------------------------------------------------------------------------------


@transaction.atomic
def create_needs_sheet(*, by, opportunity, lines=(), **fields):
    """`lines`: dicts of requirement (or product), quantity, is_must."""
    opportunity = open_deal(opportunity, by=by)
    sheet = lifecycle.create(NeedsSheet(opportunity=opportunity, **fields), by=by)
    _write_needs(sheet, lines)
    return sheet


@transaction.atomic
def edit_needs_sheet(sheet, *, by, version=None, lines=None, **changes):
    open_deal(sheet.opportunity, by=by)
    sheet = lifecycle.edit(sheet, by=by, version=version, **changes)
    if lines is not None:
        before = [str(line) for line in sheet.lines.all()]
        _write_needs(sheet, lines)
        after = [str(line) for line in sheet.lines.all()]
        if before != after:
            sheet.version += 1
            sheet.save()
            emit("needssheet.edited", sheet, by=by, changes={"lines": [before, after]})
    return sheet


def _write_needs(sheet, lines):
    sheet.lines.all().delete()
    for position, line in enumerate(lines, start=1):
        product = line.get("product")
        row = NeedsLine(
            sheet=sheet,
            product=product,
            requirement=line.get("requirement") or str(product or ""),
            quantity=line.get("quantity") or 1,
            is_must=line.get("is_must", True),
            position=position,
        )
        row.full_clean(exclude=["sheet"])
        row.save()


@transaction.atomic
def judge_needs_sheet(sheet, *, by, is_feasible, judgement=""):
    """Say whether the confirmed needs are true and can be met; the last judgement counts."""
    lock_one(sheet.opportunity)
    sheet = lock_one(sheet)
    if cannot_judge(sheet):
        raise WrongMoment(_("The customer has to confirm the needs first."))
    lifecycle.require(by, "opportunities.judge_needssheet", sheet)
    return note(sheet, "judged", by=by, is_feasible=is_feasible, judgement=judgement, judged_by=by)


def cannot_judge(sheet):
    return None if sheet.state == NeedsSheet.State.CONFIRMED else ABSENT


NEEDSSHEET_VERBS = Verbs(
    NeedsSheet,
    judge=Verb(
        run=judge_needs_sheet,
        label=gettext_lazy("Judge"),
        permission="opportunities.judge_needssheet",
        form="opportunities.forms.JudgeNeedsForm",
        style="primary",
        refusal=cannot_judge,
    ),
)


# --- Demos -----------------------------------------------------------------------------------


@transaction.atomic
def create_demo(*, by, opportunity, **fields):
    opportunity = open_deal(opportunity, by=by)
    return lifecycle.create(Demo(opportunity=opportunity, **fields), by=by)


@transaction.atomic
def edit_demo(demo, *, by, version=None, **changes):
    return lifecycle.edit(demo, by=by, version=version, **changes)


DEMO_VERBS = Verbs(Demo)


# --- Negotiation -----------------------------------------------------------------------------


@transaction.atomic
def create_round(*, by, opportunity, **fields):
    opportunity = open_deal(opportunity, by=by)
    return lifecycle.create(NegotiationRound(opportunity=opportunity, **fields), by=by)


@transaction.atomic
def edit_round(negotiation_round, *, by, version=None, **changes):
    open_deal(negotiation_round.opportunity, by=by)
    return lifecycle.edit(negotiation_round, by=by, version=version, **changes)
