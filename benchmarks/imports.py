"""Import 10,000 customers through the wizard's own steps and print how long it takes.

    DATABASE_URL=… python -m benchmarks.imports [rows]

Among the million customers that benchmarks.data has made, or in any other migrated database:
without DATABASE_URL, in a new embedded one in the folder CLOSELOOP_VAR. What was made is taken
back by the import's undo.
"""

import csv
import io
import sys
import time

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, transaction

from benchmarks.measure import say, work
from crm import work as works
from crm.celery import app
from crm.imports import matching, running, undo
from crm.imports.importer import pages_of
from users.models import Role, User

HEADERS = ["external key", "name", "phone", "industry", "region", "employees", "annual revenue"]


def make(rows):
    """A CSV file of invented customers, one in a thousand of them with an error."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADERS)
    for n in range(rows):
        staff = "many" if n % 1000 == 999 else n % 5000
        phone = f"+86 21 {50000000 + n}"
        revenue = f"{n * 137:,}.50"
        writer.writerow([f"B-{n}", f"Bench {n} Ltd.", phone, "steel", "East", staff, revenue])
    return out.getvalue().encode()


def timed(what, job, rows):
    started, before = time.perf_counter(), work()
    works.do(job.pk)
    seconds, spent = time.perf_counter() - started, (work() - before) / 1000
    job.refresh_from_db()
    say(
        f"{what}: {seconds:.1f} s ({spent:.1f} s of work), {rows / seconds:.0f} rows/s, {job.status}"
    )


def main(rows):
    call_command("migrate", verbosity=0)
    app.conf.task_always_eager = True
    # The benchmark does the work itself: what is queued is only forgotten.
    transaction.on_commit = lambda function, using=None, robust=False: None
    person, made = User.objects.get_or_create(username="benchmark", defaults={"name": "Benchmark"})
    if made:
        person.roles.set(Role.objects.filter(code="administrator"))
    upload = SimpleUploadedFile("customers.csv", make(rows))
    version = connection.cursor().connection.server_version
    say(f"{rows:,} rows, PostgreSQL {version}, as {person}")
    found = matching.receive(pages_of("accounts.account"), upload, by=person)
    timed("check", running.start_check(found), rows)
    timed("import", running.start_run(found), rows)
    found.refresh_from_db()
    say(str(running.counts(found.run)))
    timed("undo", undo.start_undo(found, by=person), rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
