"""One warm request after the other, from inside the process: what every benchmark of pages prints."""

import logging
import math
import os
import statistics
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from users.models import User

ROUNDS = 20
HEADING = (
    f"{'who':<10}{'page':<40}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{'queries':>9}{'bytes':>10}"
)


@dataclass
class Cost:
    """Milliseconds of server time; of work, here and in the database, which says the same on a
    busy machine (nan where the system does not tell); queries; bytes of the answer."""

    p50: float
    p95: float
    cpu: float
    queries: int
    size: int

    def __str__(self):
        return f"{self.p50:>8.1f}{self.p95:>8.1f}{self.cpu:>8.1f}{self.queries:>9}{self.size:>10,}"


def ready():
    """Make the process answer as in production, whatever the environment says of DEBUG."""
    logging.disable(logging.CRITICAL)
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    import_module("crm.wsgi")
    one, five, _fifteen = os.getloadavg()
    version = connection.cursor().connection.server_version // 10_000
    say(f"PostgreSQL {version}, {os.cpu_count()} cores, load {one:.1f} (five minutes: {five:.1f})")


def client_of(username):
    """A browser in which the person has logged in."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username=username), "users.backends.RoleBackend")
    return client


def measure(client, url, rounds=ROUNDS, status=200):
    """The Cost of GETting `url`; the first request, which warms up, is not counted."""
    client.get(url)
    spent, worked = [], []
    for _round in range(rounds):
        start, before = time.perf_counter(), work()
        answer = client.get(url)
        spent.append(milliseconds(start))
        worked.append(work() - before)
        assert answer.status_code == status, f"{url}: {answer.status_code}"
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    p50, p95 = cuts(spent)
    return Cost(p50, p95, statistics.median(worked), len(queries), len(answer.content))


def work():
    """Milliseconds that this process and its server in the database have worked so far."""
    pid = connection.connection.info.backend_pid if connection.connection else 0
    try:
        database = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    except OSError:  # another machine, or another system
        database = math.nan
    return 1000 * time.process_time() + database


def milliseconds(start):
    return (time.perf_counter() - start) * 1000


def cuts(spent):
    """(median, 95th of a hundred) of a list of times."""
    return statistics.median(spent), sorted(spent)[round(0.95 * (len(spent) - 1))]


def show(who, pages, only="", rounds=ROUNDS):
    """Print the cost of each of `pages` ({name: url}) of which the name has `only` in it."""
    client = client_of(who)
    for name, url in pages.items():
        if only in name:
            say(f"{who:<10}{name:<40}{measure(client, url, rounds)}")


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
