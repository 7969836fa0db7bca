"""Measure the board of deals with 10,000 of them: server time, queries and bytes.

    DATABASE_URL=… python -m benchmarks.board [deals] [rounds]

Works in a database of its own beside the one named, which is made and removed again.
"""

import logging
import random
import statistics
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account
from opportunities.models import Opportunity, Phase
from opportunities.services import default_process
from users.models import Role, Team, User

TEAMS, PEOPLE, ACCOUNTS = 5, 50, 2_000
PAGES = {
    "board": "/opportunities/board/",
    "board, mine": "/opportunities/board/?mine=on",
    "board, stale": "/opportunities/board/?stale=true",
    "more cards of a column": "/opportunities/board/?column=quotation",
    "my day": "/",
}


@contextmanager
def scratch_database():
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def fill(deals):
    """Teams, people, customers and `deals` deals, 8 of 10 open. Return {title: person}."""
    chance = random.Random(1)
    teams = [Team.objects.create(name=f"Team {n}", path=f"/{n}/") for n in range(1, TEAMS + 1)]
    people = [
        User.objects.create(username=f"rep{n}", name=f"Rep {n}", team=teams[n % TEAMS])
        for n in range(PEOPLE)
    ]
    manager = User.objects.create(username="manager", name="Manager", team=teams[0])
    director = User.objects.create(username="director", name="Director", is_superuser=True)
    for code, members in (("rep", people), ("manager", [manager])):
        Role.objects.get(code=code).users.add(*members)
    accounts = Account.objects.bulk_create(
        Account(name=f"Customer {n}", owner=chance.choice(people)) for n in range(ACCOUNTS)
    )
    process, today = default_process(), timezone.localdate()
    phases = [*Phase.values[:4] * 2, Phase.WON, Phase.LOST]
    Opportunity.objects.bulk_create(
        (
            Opportunity(
                name=f"Deal {n}",
                account=(account := chance.choice(accounts)),
                owner=account.owner,
                process=process,
                state=chance.choice(phases),
                amount=chance.randrange(1_000, 1_000_000),
                expected_close_on=today + timedelta(days=chance.randrange(-60, 300)),
                next_step_on=today + timedelta(days=chance.randrange(-10, 30)),
            )
            for n in range(deals)
        ),
        batch_size=1_000,
    )
    with connection.cursor() as cursor:
        # Deals are made over a year, not in one moment.
        cursor.execute(
            "UPDATE opportunities_opportunity SET created_at = created_at - random() * interval '365 days'"
        )
        cursor.execute("ANALYZE")
    return {"rep": people[0], "manager": manager, "director": director}


def measure(client, url, rounds):
    """(milliseconds of each round, queries, bytes) of warm requests."""
    client.get(url)
    spent = []
    for _round in range(rounds):
        start = time.perf_counter()
        answer = client.get(url)
        spent.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200, f"{url}: {answer.status_code}"
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return sorted(spent), len(queries), len(answer.content)


def main(deals=10_000, rounds=20):
    logging.disable(logging.CRITICAL)
    with scratch_database():
        people = fill(deals)
        print(f"{deals:,} deals, {rounds} rounds each, milliseconds of server time")
        print(f"{'who':<10}{'page':<26}{'p50':>8}{'p95':>8}{'queries':>9}{'bytes':>10}")
        for who, person in people.items():
            client = Client(headers={"accept-language": "en"})
            client.force_login(person, backend="users.backends.RoleBackend")
            for page, url in PAGES.items():
                spent, queries, size = measure(client, url, rounds)
                p95 = spent[round(0.95 * (len(spent) - 1))]
                median = statistics.median(spent)
                print(f"{who:<10}{page:<26}{median:>8.0f}{p95:>8.0f}{queries:>9}{size:>10,}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
