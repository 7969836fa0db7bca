"""Taking over data from files: reading rows, and a report of what became of each."""

import csv
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction

from crm.errors import DomainError
from crm.models.base import left_to_the_database

SHOWN = 20


def rows(folder, name):
    """The rows of a CSV file as (line number, dict); text stripped, a missing file explained."""
    path = Path(folder) / name
    if not path.is_file():
        raise CommandError(f"{path} does not exist.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            yield line, {key: (value or "").strip() for key, value in row.items()}


def us_date(text):
    """A month/day/year date, or None for an empty text; ValueError for any other."""
    return datetime.strptime(text, "%m/%d/%Y").date() if text else None  # noqa: DTZ007 - a date only


@contextmanager
def without_savepoints():
    """Let no service inside open a savepoint of its own, two statements each.

    For thousands of calls in a transaction (or savepoint) that an error ends as a whole.
    """
    features = connection.features
    usual, features.uses_savepoints = features.uses_savepoints, False
    try:
        yield
    finally:
        features.uses_savepoints = usual


@contextmanager
def quick_commits():
    """Do not wait for the disk at every row: what a crash of the server costs, a row and the
    note that it is done, is lost together and done again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
        try:
            yield
        finally:
            cursor.execute("RESET synchronous_commit")


class Report:
    """What was made, matched, noted and refused, with row and reason."""

    def __init__(self):
        self.made, self.matched = Counter(), Counter()
        self.refused, self.notes, self.said = [], defaultdict(list), []

    def count(self, kind, created):
        (self.made if created else self.matched)[kind] += 1

    def note(self, sentence, row=""):
        """Count what the file says oddly, and where."""
        self.notes[sentence].append(row)

    def say(self, sentence):
        self.said.append(sentence)

    def refuse(self, file, line, reason):
        self.refused.append(f"{file}:{line}: {reason}")

    def guard(self, file, line):
        """A savepoint for one row: a refusal is reported, and the next row goes on."""
        return _Guard(self, file, line)

    def lines(self):
        for kind in sorted(self.made | self.matched):
            yield f"{kind}: {self.made[kind]:,} made, {self.matched[kind]:,} matched"
        for sentence, found in self.notes.items():
            where = ", ".join(str(row) for row in found[:SHOWN] if row)
            more = " …" if len(found) > SHOWN else ""
            yield f"{sentence}: {len(found):,}" + (f" ({where}{more})" if where else "")
        yield from self.said
        yield f"refused: {len(self.refused):,}"
        yield from self.refused[:SHOWN]
        if len(self.refused) > SHOWN:
            yield f"… and {len(self.refused) - SHOWN} more"


class _Guard:
    def __init__(self, report, file, line):
        self.report, self.file, self.line = report, file, line
        self.savepoint, self.within = transaction.atomic(), without_savepoints()
        self.trusting = left_to_the_database()

    def __enter__(self):
        self.savepoint.__enter__()
        self.within.__enter__()
        self.trusting.__enter__()

    def __exit__(self, kind, error, trace):
        self.trusting.__exit__(None, None, None)
        self.within.__exit__(None, None, None)
        self.savepoint.__exit__(kind, error, trace)
        if isinstance(error, ValidationError):
            self.report.refuse(self.file, self.line, "; ".join(error.messages))
            return True
        if isinstance(error, DomainError | ValueError | LookupError | IntegrityError):
            self.report.refuse(self.file, self.line, str(error))
            return True
        return False
