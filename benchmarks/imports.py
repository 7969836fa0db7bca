"""Import 10,000 rows of every kind through the wizard's own steps and print how long it takes.

    DATABASE_URL=… python -m benchmarks.imports [rows] [kind …]

Among the million customers that benchmarks.data has made, or in any other migrated database:
without DATABASE_URL, in a new embedded one in the folder CLOSELOOP_VAR. A kind finds customers and
products that were imported before it. What was made is taken back by the import's undo.
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

PHASES = ("needs", "presentation", "won", "lost")


def customers(n):
    staff = "many" if n % 1000 == 999 else n % 5000
    return {
        "external key": f"B-{n}",
        "name": f"Bench {n} Ltd.",
        "phone": f"+86 21 {50000000 + n}",
        "industry": "steel",
        "region": "East",
        "employees": staff,
        "annual revenue": f"{n * 137:,}.50",
    }


def contacts(n):
    return {"customer": f"B-{n}", "name": f"Person {n}", "email": f"person{n}@bench.example"}


def leads(n):
    phone = f"139{n:08}"
    return {"contact person": f"Lead {n}", "company": f"Prospect {n} GmbH", "phone": phone}


def products(n):
    return {"code": f"BP-{n}", "name": f"Bench pump {n}", "list price": n % 900 + 1, "unit": "pc"}


def deals(n):
    return {
        "external key": f"BD-{n}",
        "name": f"Deal {n}",
        "customer": f"B-{n}",
        "phase": PHASES[n % 4],
        "opened on": "2025-03-01",
        "closed on": "2025-09-01" if n % 4 > 1 else "",
        "amount": n * 10 + 1,
    }


def orders(n):
    """Two rows are the two lines of an order."""
    return {
        "external key": f"BO-{n // 2}",
        "customer": f"B-{n // 2}",
        "ordered on": "2026-01-05",
        "product": f"BP-{n % 500}",
        "quantity": n % 9 + 1,
        "unit price": "14.50",
    }


def payments(n):
    return {
        "customer": f"B-{n}",
        "bank reference": f"TX-{n}",
        "amount": n + 1,
        "received on": "2026-01-05",
        "method": "bank transfer",
    }


KINDS = {
    "accounts.account": customers,
    "accounts.contact": contacts,
    "leads.lead": leads,
    "products.product": products,
    "opportunities.opportunity": deals,
    "orders.order": orders,
    "receivables.payment": payments,
}


def make(kind, rows):
    """A CSV file of invented records, one in a thousand customers with an error."""
    out, found = io.StringIO(), [KINDS[kind](n) for n in range(rows)]
    writer = csv.DictWriter(out, list(found[0]))
    writer.writeheader()
    writer.writerows(found)
    return out.getvalue().encode()


def timed(what, job, rows):
    started, before = time.perf_counter(), work()
    works.do(job.pk)
    seconds, spent = time.perf_counter() - started, (work() - before) / 1000
    job.refresh_from_db()
    say(
        f"{what}: {seconds:.1f} s ({spent:.1f} s of work), {rows / seconds:.0f} rows/s, {job.status}"
    )


def main(rows, kinds):
    call_command("migrate", verbosity=0)
    app.conf.task_always_eager = True
    # The benchmark does the work itself: what is queued is only forgotten.
    transaction.on_commit = lambda function, using=None, robust=False: None
    person, made = User.objects.get_or_create(username="benchmark", defaults={"name": "Benchmark"})
    if made:
        person.roles.set(Role.objects.filter(code="administrator"))
    version = connection.cursor().connection.server_version
    say(f"{rows:,} rows of each kind, PostgreSQL {version}, as {person}")
    done = []
    for kind in kinds:
        upload = SimpleUploadedFile(f"{kind}.csv", make(kind, rows))
        found = matching.receive(pages_of(kind), upload, by=person)
        timed(f"{kind} check", running.start_check(found), rows)
        timed(f"{kind} import", running.start_run(found), rows)
        found.refresh_from_db()
        say(str(running.counts(found.run)))
        done.append(found)
    for found in reversed(done):
        timed(f"{found.kind} undo", undo.start_undo(found, by=person), rows)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    kinds = [word for word in sys.argv[1:] if not word.isdecimal()]
    main(numbers[0] if numbers else 10_000, kinds or KINDS)
