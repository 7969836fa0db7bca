"""The rows of a file into records, in the background: tried first, then done."""

from collections import Counter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import work as works
from crm.custom.fields import learnt
from crm.errors import DomainError
from crm.imports.loading import quick_commits
from crm.imports.runner import OUTCOMES, Runner
from crm.models import Import, WorkRow
from crm.search import index

VERDICTS = {
    "created": gettext_lazy("to be created"),
    "updated": gettext_lazy("to be updated"),
    "unchanged": gettext_lazy("unchanged"),
    "duplicate": gettext_lazy("duplicate"),
    "refused": gettext_lazy("refused"),
}
DONE = VERDICTS | {"created": gettext_lazy("created"), "updated": gettext_lazy("updated")}
SHOWN = 50
PROBLEMS = 200


def imported(work):
    return Import.objects.select_related("user").get(pk=work.data["import"])


@works.kind("import_check")
def check(work):
    """Do every row and undo it at once: verdicts as exact as the import itself, nothing written.

    Leaves {counts, rows: the first ones, problems: the first ones} as result.
    """
    with learnt():
        _check(work, Runner(imported(work)))


def _check(work, runner):
    counts, shown, problems, seen = Counter(), [], [], {}
    places = runner.places()
    works.progress(work, 0, len(places))
    for done, place in enumerate(places, start=1):
        if done % works.TOGETHER == 1:
            runner.known.look(places[done - 1 : done - 1 + works.TOGETHER])
        row = attempt(runner, runner.records[place], seen)
        counts[row["verdict"]] += 1
        shown.append(row)
        if row["verdict"] not in OUTCOMES and len(problems) < PROBLEMS:
            problems.append(row)
        if done % 50 == 0:
            works.progress(work, done)
    works.progress(work, len(places))
    shown = sorted(shown, key=lambda row: row["place"])[:SHOWN]
    work.result = {"counts": counts, "rows": shown, "problems": problems}


def attempt(runner, record, seen):
    """The verdict on one row: {place, label, verdict, message, id}.

    seen: {key or fact: the first row that has it}, for what the import would find made already.
    """
    row = {"place": record.place, "label": runner.label(record), "message": "", "id": None}
    try:
        with transaction.atomic(), index.not_at_all():
            _label, _outcome, _message, data = runner.act(record.place)
            made = data["verdict"] == "created"
            row |= {"verdict": data["verdict"], "id": None if made else data["id"]}
            transaction.set_rollback(True)
    except (DomainError, ValidationError) as error:
        row |= error.row_data | {"message": works.sentence(error)}
        return row
    key = runner.known.key_of(record)
    if row["verdict"] == "created":
        row |= _compared(runner, record, key, seen)
    seen.setdefault(("key", key), record.place)
    if row["verdict"] == "created":
        seen |= {fact: seen.get(fact, record.place) for fact in runner.known.facts_of(record)}
        runner.values.promised.update(runner.names_of(record))
    return row


def _compared(runner, record, key, seen):
    """What becomes of a new row when an earlier one has made the same."""
    if key and (earlier := seen.get(("key", key))):
        if runner.imported.mode != Import.Mode.CREATE:
            return {"verdict": "updated"}
        message = _("Row %(row)d has the same key.")
    else:
        facts = () if runner.imported.allows_duplicates else runner.known.facts_of(record)
        earlier = min((seen[fact] for fact in facts if fact in seen), default=None)
        message = _("Row %(row)d may be the same.")
    return {"verdict": "duplicate", "message": message % {"row": earlier}} if earlier else {}


@works.kind("import")
def run(work):
    """Every row in a transaction of its own; what is refused is left for the report."""
    with learnt(), quick_commits():
        runner = Runner(imported(work))
        works.each_row(work, runner.places(), runner.act, around=runner.known.alone)


def start_check(found):
    """Look at every row in the background, anew after every change of the mapping."""
    label = _("Check of %(file)s") % {"file": found.name}
    return _start(found, "import_check", "check_run", label)


def start_run(found):
    return _start(found, "import", "run", _("Import of %(file)s") % {"file": found.name})


@transaction.atomic
def _start(found, kind, name, label):
    """Start a work for the import under its lock, and remember it as `name`."""
    locked = Import.objects.select_for_update().get(pk=found.pk)
    if name == "run" and locked.run_id:
        return locked.run
    url = found.get_absolute_url()
    data = {"import": found.pk, "url": url}
    if name == "check_run" and locked.check_run and not locked.check_run.is_finished:
        works.stop(locked.check_run)
    work = works.start(kind, by=found.user, label=label, total=found.total, **data)
    setattr(locked, name, work)
    locked.save(update_fields=[name])
    return work


def counts(work):
    """{verdict: number of rows} of an import that was run."""
    found = Counter(work.rows.values_list("data__verdict", flat=True))
    return {verdict: found[verdict] for verdict in VERDICTS}


def refused_rows(found):
    """(headers, rows) of what was refused, with the reasons: to be corrected and uploaded again."""
    runner = Runner(found)
    rows = []
    for row in found.run.rows.filter(outcome=WorkRow.Outcome.REFUSED).order_by("place"):
        if row.place in runner.records:
            for _place, cells in runner.records[row.place].lines:
                rows.append([*cells[: len(runner.sheet.headers)], row.message])
    return [*runner.sheet.headers, _("Reason of refusal")], rows
