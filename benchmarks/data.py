"""Fill the database named by DATABASE_URL with a company of a million customers.

    DATABASE_URL=postgres://…/scratch python -m benchmarks.data [customers]

Migrates the database and fills it in one transaction, or leaves it alone when it is filled
already; refuses one with other data in it. The connection must be a superuser's, for foreign keys
are not checked row by row. The same number of customers makes the same data, up to the day.

Of n customers there are n/1000 sales people in teams of twenty, ten teams in a region, each person
with 1,000 customers; n/4 contacts, n/5 deals, 3n/10 tasks, 5n activities, of which some customers
have hundreds; an event for each customer, deal and activity; the entries of the search.
"""

import json
import sys
import time
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from io import StringIO
from multiprocessing import get_context
from random import Random
from typing import NamedTuple

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Account, AccountClass, Contact, KeyField
from accounts.models.keys import CREDIT_SIGNS
from activities.models import Activity, Task
from benchmarks.words import (
    AREAS,
    CITIES,
    CLASSES,
    FIRST,
    FORMS,
    GIVEN,
    KINDS,
    LATIN,
    MOBILE,
    MONEY,
    NEEDS,
    SECOND,
    SUBJECTS,
    SURNAMES,
    THINGS,
    TITLES,
    TRADES,
)
from crm.models import Company, CustomField, Event, ExchangeRate, SearchEntry
from crm.search.index import owners_of, words_of_record
from opportunities.models import OPEN_PHASES, Opportunity, Phase
from opportunities.services import default_process
from users.models import Role, Team, User

CUSTOMERS = 1_000_000
OWNED = 1000  # customers of one person
TEAM, REGION = 20, 10  # people of a team, teams of a region
YEARS = 3
STEP = 5000  # rows that one process makes at a time
PROCESSES = 2


class Firm(NamedTuple):
    """What contacts and deals of a customer need to know of it; `owner`: number of a person."""

    name: str
    domain: str
    owner: int
    currency: str
    begun: float  # when it became one, of the span of all data from 0 to 1


class Fill(NamedTuple):
    """What every process knows: keys of what others point to, and how many there are."""

    customers: int
    owners: list
    classes: list
    process: int
    steps: dict
    types: dict
    now: datetime

    def moment(self, at):
        """The aware datetime `at` (0 to 1) of the span of all data."""
        return self.now - timedelta(days=365 * YEARS * (1 - at))


# --- One record by its number ---------------------------------------------------------------------


def firm(fill, number):
    """The customer with a number, always the same."""
    chance = Random(number)
    city = chance.choice([*CITIES])
    brand = chance.choice(FIRST) + chance.choice(SECOND)
    trade = chance.choice([*TRADES])
    latin = f"{chance.choice(LATIN)} {chance.choice(THINGS)} {number}"
    chinese = f"{city if number % 3 else ''}{brand}{trade}{chance.choice(FORMS)}"
    kind = chance.random()
    name = chinese
    if kind > 0.9:
        name = f"{chinese} {CITIES[city]} {TRADES[trade]} Co., Ltd."
    elif kind > 0.7:
        name = f"{latin} Co., Ltd."
    return Firm(
        name=name,
        domain=f"{latin.lower().replace(' ', '-')}.example",
        # Neighbours in the table belong to different people.
        owner=number * 617 % len(fill.owners),
        currency="CNY" if kind < 0.9 else chance.choice([*MONEY]),
        begun=number / fill.customers,
    )


def phone(chance):
    if chance.random() < 0.7:
        return f"{chance.choice(MOBILE)}{chance.randrange(10**8):08d}"
    area = chance.choice(("021", "010", "0755", "0571", "025"))
    return f"{area}-{chance.randrange(60, 90)}{chance.randrange(10**6):06d}"


def credit_code(number):
    code = f"91{310000 + number % 97:06d}{number:09d}"
    weighted = sum(CREDIT_SIGNS.index(sign) * pow(3, n, 31) for n, sign in enumerate(code))
    return code + CREDIT_SIGNS[-weighted % 31]


def account(fill, number):
    found, chance = firm(fill, number), Random(-number)
    is_customer = chance.random() < 0.4
    begun = fill.moment(found.begun)
    return Account(
        pk=number,
        created_at=begun,
        updated_at=begun,
        created_by_id=fill.owners[found.owner],
        owner_id=fill.owners[found.owner],
        name=found.name,
        status="customer" if is_customer else chance.choice(("prospect", "prospect", "inactive")),
        account_class_id=chance.choices([*fill.classes, None], (2, 8, 30, 20, 40))[0],
        industry=TRADES[chance.choice([*TRADES])],
        region=chance.choice(AREAS),
        employees=int(chance.lognormvariate(4, 1.5)),
        annual_revenue=round(chance.lognormvariate(15, 2), 2) if chance.random() < 0.6 else None,
        founded=chance.randrange(1950, 2026),
        website=f"https://www.{found.domain}" if chance.random() < 0.5 else "",
        phone=phone(chance),
        credit_code=credit_code(number) if chance.random() < 0.6 else "",
        currency_id=found.currency,
        credit_limit=chance.randrange(1, 100) * 10_000 if is_customer else None,
        last_contact_at=fill.moment(found.begun + (1 - found.begun) * chance.random() ** 0.3),
        custom={"grade": chance.choice(("gold", "silver", "bronze"))}
        if chance.random() < 0.3
        else {},
    )


def contact(fill, number):
    chance = Random(f"contact {number}")
    about = account_of(fill, chance)
    found = firm(fill, about)
    at = fill.moment(found.begun + (1 - found.begun) * chance.random())
    return Contact(
        pk=number,
        created_at=at,
        updated_at=at,
        created_by_id=fill.owners[found.owner],
        account=Account(pk=about, name=found.name, owner_id=fill.owners[found.owner]),
        name=chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2)))),
        title=chance.choice(TITLES),
        role=chance.choice(("decides", "influences", "uses", "buys", "pays", "other", "")),
        phone=phone(chance),
        email=f"p{number}@{found.domain}" if chance.random() < 0.7 else "",
    )


def account_of(fill, chance):
    """The number of a customer; some are much more in demand than others."""
    return 1 + int(fill.customers * chance.random() ** 1.5)


def opportunity(fill, number):
    chance = Random(f"deal {number}")
    about = account_of(fill, chance)
    found = firm(fill, about)
    begun = fill.moment(at := number / (fill.customers // 5))
    days = (1 - at) * 365 * YEARS
    is_open = chance.random() < (0.85 if days < 240 else 0.03)
    phases = OPEN_PHASES if is_open else [Phase.WON, Phase.WON, Phase.LOST]
    phase = chance.choice(phases)
    since = begun + timedelta(days=days * chance.random() * (1 if is_open else 0.5))
    closes = begun.date() + timedelta(days=chance.randrange(20, 400))
    deal = Opportunity(
        pk=number,
        created_at=begun,
        updated_at=since,
        created_by_id=fill.owners[found.owner],
        owner_id=fill.owners[found.owner],
        name=f"{chance.choice(NEEDS)} {about}",
        account=Account(pk=about, name=found.name),
        process_id=fill.process,
        step_id=fill.steps.get(phase),
        currency_id=found.currency,
        amount=round(chance.lognormvariate(11, 1.3), 2),
        probability={"won": 100, "lost": 0}.get(
            phase, 10 + 20 * [*OPEN_PHASES, phase].index(phase)
        ),
        opened_on=begun.date(),
        expected_close_on=closes,
        phase_since=since,
        closed_on=None if is_open else since.date(),
        lost_reason="Price" if phase == Phase.LOST else "",
        lost_in=Phase.QUOTATION if phase == Phase.LOST else "",
        custom={"urgency": chance.randrange(1, 6)} if chance.random() < 0.3 else {},
    )
    deal.__dict__["state"] = phase
    if is_open and chance.random() < 0.7:
        deal.next_step = chance.choice(SUBJECTS)
        deal.next_step_on = fill.now.date() + timedelta(days=chance.randrange(-10, 30))
    return deal


# --- Rows for COPY --------------------------------------------------------------------------------

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def line(values):
    return "\t".join(map(text, values)) + "\n"


def text(value):
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dict):
        value = json.dumps(value)
    return str(value).translate(ESCAPES)


def columns(model):
    return [field.column for field in model._meta.concrete_fields]


def values(record):
    """Its columns as saving it would write them, the times as they are given."""
    return [
        field.pre_save(record, add=True)
        if isinstance(field, KeyField)
        else getattr(record, field.attname)
        for field in record._meta.concrete_fields
    ]


def entry(fill, record):
    words = sorted(words_of_record(record))
    quoted = " ".join("'" + w.replace("\\", "\\\\").replace("'", "''") + "'" for w in words)
    owners = "{" + ",".join(map(str, owners_of(record))) + "}"
    return fill.types[record._meta.label_lower], record.pk, quoted, owners, record.updated_at


ENTRY = ("content_type_id", "object_id", "tokens", "owners", "updated_at")


def chunk(fill, make, first, last):
    """(rows, search entries) of the records numbered from `first` to before `last`."""
    rows, entries = [], []
    for number in range(first, last):
        record = make(fill, number)
        rows.append(line(values(record)))
        entries.append(line(entry(fill, record)))
    return "".join(rows), "".join(entries)


def copy(cursor, model, names, rows):
    names = ", ".join(names)
    cursor.copy_expert(f"COPY {model._meta.db_table} ({names}) FROM STDIN", StringIO(rows))


def load(model, make, count, fill):
    steps = [(fill, make, n, min(n + STEP, count + 1)) for n in range(1, count + 1, STEP)]
    with timed(f"{count:,} {model._meta.verbose_name_plural}"), connection.cursor() as cursor:
        with get_context("fork").Pool(PROCESSES) as pool:
            for rows, entries in pool.imap(partial(_chunk), steps):
                copy(cursor, model, columns(model), rows)
                copy(cursor, SearchEntry, ENTRY, entries)
        after(cursor, model, count)


def _chunk(arguments):
    return chunk(*arguments)


def after(cursor, model, last):
    """Let the next record get a number of its own."""
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, last]
    )


# --- Rows the database makes itself ---------------------------------------------------------------

ACTIVITIES = """
    INSERT INTO activities_activity (id, created_at, updated_at, version, kind, subject, body,
        happened_at, minutes, content_type_id, object_id, owner_id, created_by_id)
    SELECT %(offset)s + n, at, at, 1, kind, subject, '', at, minutes, %(type)s, target.id,
        target.owner_id, target.owner_id
    FROM (
        SELECT n, (%(kinds)s::text[])[1 + floor(random() * 6)] AS kind,
            (%(subjects)s::text[])[1 + floor(random() * 6)] AS subject,
            5 * (1 + floor(random() * 12)) AS minutes,
            %(now)s - %(span)s * (1 - n::float / %(count)s) AS at,
            1 + floor(power(random(), 1.5) * %(targets)s)::bigint AS about
        FROM generate_series(1, %(count)s) AS n
    ) AS made JOIN {table} AS target ON target.id = about
    ORDER BY n
"""
LOGGED = """
    INSERT INTO crm_event (content_type_id, object_id, name, label, actor_id, at, data, delivered_at)
    SELECT %(type)s, target.id, 'activity.logged', left(target.name, 200), activity.owner_id,
        happened_at, jsonb_build_object('activity', activity.id, 'kind', kind, 'at', happened_at,
        'comment', subject), happened_at
    FROM activities_activity AS activity JOIN {table} AS target ON target.id = object_id
    WHERE content_type_id = %(type)s ORDER BY activity.id
"""
CREATED = """
    INSERT INTO crm_event (content_type_id, object_id, name, label, actor_id, at, data, delivered_at)
    SELECT %(type)s, id, '{model}.created', left(name, 200), owner_id, created_at, '{{}}', created_at
    FROM {table} ORDER BY id
"""
TASKS = """
    INSERT INTO activities_task (id, created_at, updated_at, version, state, subject, body, due_at,
        priority, result, done_at, content_type_id, object_id, owner_id, created_by_id)
    SELECT n, due_at - interval '20 days', due_at, 1, CASE WHEN is_open THEN 'open' ELSE 'done' END,
        subject, '', due_at, priority, '', CASE WHEN NOT is_open THEN due_at END, %(type)s,
        target.id, target.owner_id, target.owner_id
    FROM (
        SELECT n, random() < 0.1 AS is_open, (%(subjects)s::text[])[1 + floor(random() * 6)] AS subject,
            (ARRAY['low', 'normal', 'normal', 'high'])[1 + floor(random() * 4)] AS priority,
            1 + floor(random() * %(targets)s)::bigint AS about, random() AS late
        FROM generate_series(1, %(count)s) AS n
    ) AS made JOIN accounts_account AS target ON target.id = about,
    LATERAL (
        SELECT CASE WHEN is_open THEN %(now)s + (late * 40 - 10) * interval '1 day'
            ELSE %(now)s - (late * 1000) * interval '1 day' END AS due_at
    ) AS dates
    ORDER BY n
"""


def happen(fill):
    """Activities, tasks and events of customers and deals."""
    on = [(Account, fill.customers, fill.customers * 4), (Opportunity, fill.customers // 5, 0)]
    on[1] = (Opportunity, fill.customers // 5, fill.customers)
    known = {"now": fill.now, "span": timedelta(days=365 * YEARS), "kinds": KINDS}
    known |= {"subjects": SUBJECTS}
    offset = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        for model, targets, count in on:
            table, kind = model._meta.db_table, fill.types[model._meta.label_lower]
            known |= {"targets": targets, "count": count, "type": kind, "offset": offset}
            with timed(f"{count:,} activities of {model._meta.verbose_name_plural}, with events"):
                cursor.execute(CREATED.format(table=table, model=model._meta.model_name), known)
                cursor.execute(ACTIVITIES.format(table=table), known)
                cursor.execute(LOGGED.format(table=table), known)
            offset += count
        after(cursor, Activity, offset)
        count = fill.customers * 3 // 10
        kind = fill.types["accounts.account"]
        known |= {"targets": fill.customers, "count": count, "type": kind}
        with timed(f"{count:,} tasks"):
            cursor.execute(TASKS, known)
            after(cursor, Task, count)


# --- The company ----------------------------------------------------------------------------------


def organise(customers):
    """Teams, people and what the company has chosen; return the keys of those who own customers.

    rep0 is in the first team, led by manager0; region0 leads the first region; director all.
    """
    Company.objects.create(name="Benchmark", currency_id="CNY")
    for code, rate in MONEY.items():
        if code != "CNY":
            ExchangeRate.objects.create(currency_id=code, on=date(2020, 1, 1), rate=rate)
    roles = {role.code: role for role in Role.objects.all()}
    head = team("Sales", None)
    person("director", "Director", head, roles["manager"])
    person("finance", "Finance", head, roles["finance"])
    person("admin", "Administrator", head, roles["administrator"], is_staff=True)
    people, regions, owners = max(customers // OWNED, 1), [], []
    for number in range(people):
        if number % (TEAM * REGION) == 0:
            regions.append(team(f"Region {len(regions)}", head))
            person(f"region{len(regions) - 1}", "Region", regions[-1], roles["manager"])
        if number % TEAM == 0:
            below = team(f"Team {number // TEAM}", regions[-1])
            person(f"manager{number // TEAM}", f"Manager {number // TEAM}", below, roles["manager"])
        owners.append(person(f"rep{number}", f"Rep {number}", below, roles["rep"]).pk)
    return owners


def team(name, parent):
    made = Team.objects.create(name=name, parent=parent)
    made.path = f"{parent.path if parent else '/'}{made.pk}/"
    made.save()
    return made


def person(username, name, team, role, **fields):
    made = User.objects.create(
        username=username, name=name, team=team, email=f"{username}@company.example", **fields
    )
    made.roles.add(role)
    return made


def own_fields(types):
    for kind, code, label, rest in (
        (
            "accounts.account",
            "grade",
            "等级",
            {"kind": "choice", "choices": "gold\nsilver\nbronze"},
        ),
        ("opportunities.opportunity", "urgency", "紧急程度", {"kind": "number"}),
    ):
        CustomField.objects.create(
            content_type_id=types[kind], code=code, label=label, label_en=code, **rest
        )


# --- All of it ------------------------------------------------------------------------------------


@contextmanager
def timed(what):
    start = time.monotonic()
    yield
    sys.stdout.write(f"{what}: {time.monotonic() - start:.0f} s\n")
    sys.stdout.flush()


@contextmanager
def bare(*models):
    """Without the indexes of the tables, which are built at the end: much quicker."""
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            [tables],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        with timed(f"{len(indexes)} indexes"):
            for _name, definition in indexes:
                cursor.execute(definition)


@transaction.atomic
def fill(customers):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute("SET LOCAL work_mem = '256MB'")
    owners = organise(customers)
    classes = [
        AccountClass.objects.create(code=code, name=name, visit_days=days).pk
        for code, name, days in CLASSES
    ]
    process = default_process()
    kinds = (Account, Contact, Opportunity)
    types = {m._meta.label_lower: ContentType.objects.get_for_model(m).pk for m in kinds}
    own_fields(types)
    known = Fill(
        customers=customers,
        owners=owners,
        classes=classes,
        process=process.pk,
        steps={step.phase: step.pk for step in process.steps.all()},
        types=types,
        now=timezone.now().replace(hour=0, minute=0, second=0, microsecond=0),
    )
    words_of_record(account(known, 1))  # the phrases of pinyin, read once for all processes
    with bare(*kinds, SearchEntry, Activity, Task, Event):
        load(Account, account, customers, known)
        load(Contact, contact, customers // 4, known)
        load(Opportunity, opportunity, customers // 5, known)
        happen(known)


def main(customers=CUSTOMERS):
    settings.DEBUG = False  # else every statement is kept
    call_command("migrate", verbosity=0)
    if User.objects.filter(username="rep0").exists():
        sys.stdout.write("The data is there already.\n")
        return
    if Account.objects.exists():
        sys.exit("There are customers in this database: take an empty one.")
    with timed("all"):
        fill(customers)
    with timed("vacuum and analyze"), connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        sys.stdout.write(f"size of the database: {cursor.fetchone()[0]}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
