"""The company's sales processes: steps inside the fixed phases, and their checklists."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm import lifecycle
from crm.events import emit
from crm.locks import lock, lock_one
from opportunities.models import (
    OPEN_PHASES,
    ChecklistItem,
    ChecklistTick,
    ProcessStep,
    SalesProcess,
)

DEFAULT_PROBABILITY = dict(zip(OPEN_PHASES, (10, 30, 50, 70), strict=True))


def default_process():
    """The process of deals that name none; made with one step per phase on first use."""
    chosen = SalesProcess.objects.filter(is_default=True).prefetch_related("steps")
    if process := chosen.first():
        return process
    with transaction.atomic():
        process, made = SalesProcess.objects.get_or_create(
            name=_("Standard sales process"), defaults={"is_default": True}
        )
        if made:
            add_steps(process)
        else:
            SalesProcess.objects.filter(pk=process.pk).update(is_default=True)
    return process


def add_steps(process):
    """One step per phase, for a process that names none of its own."""
    ProcessStep.objects.bulk_create(
        ProcessStep(
            process=process,
            phase=phase,
            name=capfirst(phase.label),
            position=position,
            probability=percent,
        )
        for position, (phase, percent) in enumerate(DEFAULT_PROBABILITY.items(), start=1)
    )


@transaction.atomic
def create_process(*, by, lines=None, **fields):
    """`lines`: dicts of phase, name, probability, stale_after_days and items, the checklist as
    dicts of text and is_required."""
    _only_default(fields)
    process = lifecycle.create(SalesProcess(**fields), by=by)
    if lines:
        _write_steps(process, lines)
    else:
        add_steps(process)
    return process


@transaction.atomic
def edit_process(process, *, by, version=None, lines=None, **changes):
    """Steps keep their identity by phase and name, then by order, so that deals stay in theirs."""
    _only_default(changes, besides=process)
    process = lifecycle.edit(process, by=by, version=version, **changes)
    if lines is not None:
        before = _snapshot(process)
        _write_steps(process, lines)
        after = _snapshot(process)
        if before != after:
            process.version += 1
            process.save()
            emit("salesprocess.edited", process, by=by, changes={"steps": [before, after]})
    return process


def _only_default(fields, besides=None):
    """A new default takes the place of the old one."""
    if fields.get("is_default"):
        others = SalesProcess.objects.filter(is_default=True)
        for other in lock(others.exclude(pk=besides.pk) if besides else others):
            lifecycle.write(lock_one(other), by=None, is_default=False)


def _snapshot(process):
    return [
        f"{step.get_phase_display()}: {step.name} {step.probability} % "
        f"({step.stale_after_days}) {'; '.join(item.text for item in step.items.all())}".strip()
        for step in process.steps.all()
    ]


def _write_steps(process, lines):
    left = list(process.steps.all())
    matched = [
        (line, _take(left, lambda s, line=line: (s.phase, s.name) == (line["phase"], line["name"])))
        for line in lines
    ]
    for position, (line, step) in enumerate(matched, start=1):
        step = step or _take(left, lambda s, line=line: s.phase == line["phase"])
        step = step or ProcessStep(process=process)
        for name in ("phase", "name", "probability", "stale_after_days"):
            if name in line:
                setattr(step, name, line[name])
        step.position = position
        step.full_clean()
        step.save()
        _write_items(step, line.get("items") or [])
    for step in left:
        try:
            ChecklistItem.objects.filter(step=step, ticks=None).delete()
            step.delete()
        except ProtectedError:
            raise ValidationError(
                _("The step “%(step)s” has been used by deals and cannot be removed.")
                % {"step": step}
            )


def _write_items(step, rows):
    left = list(step.items.all())
    matched = [(row, _take(left, lambda item, row=row: item.text == row["text"])) for row in rows]
    for position, (row, item) in enumerate(matched, start=1):
        item = item or (left.pop(0) if left else ChecklistItem(step=step))
        item.text, item.position = row["text"], position
        item.is_required = row.get("is_required", False)
        item.full_clean()
        item.save()
    ChecklistTick.objects.filter(item__in=left).delete()
    ChecklistItem.objects.filter(pk__in=[item.pk for item in left]).delete()


def _take(rows, wanted):
    """Remove and return the first row that is wanted, or None."""
    found = next((row for row in rows if wanted(row)), None)
    if found is not None:
        rows.remove(found)
    return found
