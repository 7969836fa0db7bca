"""How long the global search takes among a million customers.

    DATABASE_URL=postgres://…/scratch python -m benchmarks.search [rows]

The database is a scratch one, migrated already: the customers are written into it, bilingual names
with phone and credit code, spread over 1,000 people of whom the one who searches owns a thousandth;
then every query is asked through the search's own service, warm, and timed to the end, rows
included. Run again, it asks without filling.
"""

import random
import statistics
import sys
import time

from django.conf import settings
from django.db import connection
from django.db.models import Max

from accounts.models import Account
from crm.models import SearchEntry
from crm.search import index
from crm.search.find import search
from users.models import Role, Team, User

# The words are lists in one string each.
# ruff: noqa: SIM905
CITIES = "上海 北京 深圳 广州 杭州 苏州 南京 重庆 成都 武汉 西安 厦门 长沙 青岛 宁波 天津 无锡 合肥".split()
FIRST = "云恒泰嘉联宏瑞东华安金海天远新科博凯盛德信诚达通利荣鑫润丰景明智创合众"
SECOND = "栖润和禾拓达宁泽源信辉腾翔宇威峰川洋林石磊图纳维尔曼特思奇美佳优锐捷"
TRADES = (
    "科技 机械 食品 环保科技 新能源 化工 电子 医疗器械 自动化设备 软件 物流 建材 纺织 贸易".split()
)
FORMS = ["有限公司"] * 8 + ["股份有限公司", "集团有限公司"]
LATIN = "Harbour Moreton Alpine Nordic Pacific Summit Sterling Beacon Cedar Falcon Granite Orion".split()
THINGS = "Pumps Foods Valves Systems Controls Motors Filters Paper Textiles Robotics Optics".split()
BATCH = 5000
QUERIES = [
    "云栖", "上海", "有限公司", "云", "上海云栖科技", "北京 食品", "雲棲科技", "科技", "安宁环保科技有限公司",
    "yunqi", "yq", "yqkj", "shyq", "yunqikeji", "shanghai",
    "13800123456", "138 0012", "3456", "+86 138-0012-3456", "021-6888",
    "harbour", "harbour pumps 77", "nord rob", "91310000", "nothing at all", "zzzz",
]  # fmt: skip
ROUNDS = 5


def name(chance, number):
    if number // 7 % 5:
        town = chance.choice(CITIES) if number % 3 else ""
        brand = chance.choice(FIRST) + chance.choice(SECOND)
        return f"{town}{brand}{chance.choice(TRADES)}{chance.choice(FORMS)}"
    return f"{chance.choice(LATIN)} {chance.choice(THINGS)} {number} Co., Ltd"


def phone(chance):
    if chance.random() < 0.7:
        start = chance.choice((130, 135, 138, 139, 150, 158, 186, 188, 189))
        return f"{start}{chance.randrange(10**8):08d}"
    area = chance.choice(("021", "010", "0755", "0571", "025"))
    return f"{area}-{chance.randrange(60, 90)}{chance.randrange(10**6):06d}"


def people():
    team, _new = Team.objects.get_or_create(name="Benchmark", path="/0/")
    found = []
    for number in range(1000):
        user, _new = User.objects.get_or_create(
            username=f"bench{number}", defaults={"team": team if number < 20 else None}
        )
        found.append(user)
    for user, code in zip(found, ("rep", "manager", "finance"), strict=False):
        user.roles.set(Role.objects.filter(code=code))
    return found


def fill(rows, owners):
    chance, start = random.Random(3), time.monotonic()
    for first in range(0, rows, BATCH):
        Account.objects.bulk_create(
            Account(
                name=name(chance, number),
                phone=phone(chance),
                credit_code=f"91{310000 + number % 97:06d}{number:010d}",
                owner=owners[number % len(owners)],
            )
            for number in range(first, min(first + BATCH, rows))
        )
    say(f"{rows:,} customers in {time.monotonic() - start:.0f} s")


def write_entries():
    """Write the entries of the customers that have none: all at first, the rest if interrupted.

    The rows first, the index of words after, which is quicker.
    """
    start = time.monotonic()
    [words] = [i for i in SearchEntry._meta.indexes if i.name == "search_tokens"]
    last = SearchEntry.objects.aggregate(last=Max("object_id"))["last"] or 0
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS search_tokens")
        count = index.refresh(Account.objects.filter(pk__gt=last))
        say(f"{count:,} entries written in {time.monotonic() - start:.0f} s")
        start = time.monotonic()
        cursor.execute("SET maintenance_work_mem = '256MB'")
        with connection.schema_editor() as editor:
            editor.add_index(SearchEntry, words)
        cursor.execute("VACUUM ANALYZE")
    say(f"index built and analysed in {time.monotonic() - start:.0f} s")


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    settings.DEBUG = False  # else every statement is kept
    owners = people()
    if Account.objects.count() < rows:
        fill(rows, owners)
    if SearchEntry.objects.count() < rows:
        write_entries()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_total_relation_size('crm_searchentry'))")
        say(f"size of the index with its table: {cursor.fetchone()[0]}")
    for user, words in zip(owners, ("own rows", "team's rows", "all rows"), strict=False):
        user = User.objects.get(pk=user.pk)
        assert user.grants  # read once per request, with the session
        say(f"\n{words:24} first   p50   p95 ms  hits")
        everything = []
        for text in QUERIES:
            taken = []
            for _round in range(ROUNDS + 1):
                start = time.perf_counter()
                groups = search(user, text, limit=4, most=6)
                taken.append((time.perf_counter() - start) * 1000)
            first, *taken = taken
            everything += taken
            hits = sum(len(group.hits) for group in groups)
            say(
                f"{text:24.24} {first:5.1f} {statistics.median(taken):5.1f} {max(taken):5.1f} {hits:8}"
            )
        cuts = statistics.quantiles(everything, n=20)
        say(f"{'all queries':24}       {statistics.median(everything):5.1f} {cuts[18]:5.1f}")


if __name__ == "__main__":
    main()
