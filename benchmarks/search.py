"""How long the global search takes among a million customers.

    DATABASE_URL=… python -m benchmarks.search [rounds]

The database is one that benchmarks.data has filled. Every query is asked through the search's own
service, warm, and timed to the end, rows included: as somebody who sees a thousand of the
customers, their deals and contacts; as the leader of their team; as the director; and as somebody
who sees all whoever owns them.
"""

import sys
import time

from benchmarks.measure import ROUNDS, cuts, milliseconds, ready, say, work
from crm.search.find import search
from users.models import User

PEOPLE = ("rep0", "manager0", "director", "finance")
QUERIES = {
    "1 character": ["云", "鑫", "海"],
    "2 characters": ["云栖", "上海", "科技", "恒润"],
    "4 characters and more": ["云栖科技", "雲棲科技", "有限公司", "上海云栖科技", "北京 食品"],
    "pinyin": ["yunqi", "yunqikeji", "shanghai"],
    "initials": ["yq", "yqkj", "shyq"],
    "phone": ["13800123456", "138 0012", "3456", "+86 138-0012-3456", "021-6888"],
    "mail": ["p4711@", "p4711@harbour-pumps-4711.example", "@harbour-pumps-5.example"],
    "Latin": ["harbour", "harbour pumps 77", "nord rob"],
    "code": ["91310000"],
    "nothing": ["nothing at all", "zzzz"],
}


def main(rounds=ROUNDS):
    ready()
    say(f"{'who':<10}{'typed':<26}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{'hits':>6}")
    for username in PEOPLE:
        everything, everyone = [], []
        for kind, texts in QUERIES.items():
            user = User.objects.get(username=username)
            assert user.grants  # read once per request, with the session
            spent, worked, hits = [], [], 0
            for text in texts:
                hits += ask(user, text)  # warms up
                for _round in range(rounds):
                    start, before = time.perf_counter(), work()
                    ask(user, text)
                    spent.append(milliseconds(start))
                    worked.append(work() - before)
            everything += spent
            everyone += worked
            line(username, kind, spent, worked, hits)
        line(username, "all queries", everything, everyone, 0)


def ask(user, text):
    """The number of hits, as the search box asks."""
    return sum(len(group.hits) for group in search(user, text, limit=4, most=6))


def line(username, kind, spent, worked, hits):
    (p50, p95), (cpu, _most) = cuts(spent), cuts(worked)
    say(f"{username:<10}{kind:<26}{p50:>8.1f}{p95:>8.1f}{cpu:>8.1f}{hits:>6}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
