"""What a person finds: the best records of every kind, as far as they may see them.

The index proposes, the rows decide: candidates come from the entries in one statement, of somebody
with few people in reach only from those of these people, and every kind with candidates is asked,
with visible_to(), which of them this person sees. A kind with more matches than were proposed is
asked a second time, from the side of the rows one may see.
"""

from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.models import Func, Value
from django.utils.text import Truncator, capfirst

from crm import lifecycle
from crm.models import StatefulModel
from crm.pages import Pages
from crm.search import index
from crm.search.words import normal, query

# Candidates of a kind; more are asked for only where they do not suffice.
MOST = 60
# Entries taken from the index of words, whatever their kind: all there are of words that say
# something. Of words that are in many more, the latest entries of each kind are looked through.
PASS = 1200
LATEST = 1000
# People in somebody's reach up to whom the index passes over what is not theirs.
FEW = 100
FACTS = 3
LAST = (3, True)

CANDIDATES = """
    SELECT content_type_id, object_id, updated_at,
        CASE WHEN tokens @@ %s::tsquery THEN 0 WHEN tokens @@ %s::tsquery THEN 1 ELSE 2 END AS rank,
        NULL AS keys
    FROM crm_searchentry WHERE tokens @@ %s::tsquery
"""
OF_KINDS = f"{CANDIDATES} AND content_type_id = ANY(%s)"
OF_PEOPLE = f"{OF_KINDS} AND owners && %s::bigint[]"
# The best of each kind, and a row without a record that has the keys of all: what begins so is
# dear to collect from the index, and is not asked for again.
CUT = f"""(
    WITH hit AS MATERIALIZED ({{hits}} LIMIT {PASS}), placed AS (
        SELECT *, row_number() OVER (
            PARTITION BY content_type_id ORDER BY rank, updated_at DESC
        ) AS place FROM hit
    )
    SELECT content_type_id, object_id, updated_at, rank, keys FROM placed WHERE place <= {MOST}
    UNION ALL
    SELECT content_type_id, NULL, NULL, NULL, array_agg(object_id)::text
    FROM hit GROUP BY content_type_id
)"""
NAMED = f"({{hits}} LIMIT {MOST})"
OPENED = f"({CANDIDATES} AND (content_type_id, object_id) IN %s)"
OF_KIND = "FROM crm_searchentry WHERE content_type_id = %s ORDER BY updated_at DESC"
WITHIN = CANDIDATES.replace(
    "FROM crm_searchentry", f"FROM (SELECT * {OF_KIND} LIMIT {LATEST}) AS latest"
)
# The latest of one kind that fit, and a row without a record if there are yet earlier ones.
WALK = (
    f"({WITHIN} LIMIT {MOST}) UNION ALL"
    f" (SELECT content_type_id, NULL, NULL, NULL, NULL {OF_KIND} OFFSET {LATEST} LIMIT 1)"
)


@dataclass(frozen=True)
class Reach:
    """Kinds, by the keys of their types, of which somebody sees at most what is of `people`; None:
    whoever's."""

    people: frozenset | None
    types: list

    def select(self, part, ranks, text, types=None):
        """(SQL, its parameters) of a part of the statement that is asked for `text`."""
        params = [*ranks, text, types or self.types]
        if self.people is None:
            return part.format(hits=OF_KINDS), params
        return part.format(hits=OF_PEOPLE), [*params, sorted(self.people)]

    def rest(self, ranks, text, types):
        """The parts for the kinds that had no room among the first: [(SQL, its parameters)]."""
        if self.people is None:
            return [(WALK, [*ranks, type_id, text, type_id]) for type_id in types]
        return [self.select(CUT, ranks, text, types)] if types else []


@dataclass
class Candidates:
    """What the index has of one kind. places: {pk: its place, the best one the lowest}.

    keys: those of all that fit, as an array of PostgreSQL; "" where they were not collected.
    is_all: whether the first pass has met all that fit.
    """

    places: dict = field(default_factory=dict)
    keys: str = ""
    is_all: bool = False
    has_more: bool = False

    def __bool__(self):
        return bool(self.places) or self.has_more

    def best(self):
        return sorted(self.places, key=self.places.get)[:MOST]

    def place(self):
        """How well the kind fits: as its best candidate does."""
        return min(self.places.values(), default=LAST)[:2]


@dataclass
class Hit:
    """One record. facts: what else it is known by, as far as `user` is shown it."""

    obj: object
    title: str
    url: str
    facts: list
    state: str = ""
    badge: str = ""

    @property
    def kind(self):
        return capfirst(self.obj._meta.verbose_name)


@dataclass
class Group:
    """The hits of one kind, best first. has_more: whether there are others."""

    pages: object
    hits: list
    has_more: bool = False
    kind: str = field(init=False)
    label: str = field(init=False)

    def __post_init__(self):
        self.kind = self.pages.model._meta.label_lower
        self.label = capfirst(self.pages.plural())


def kinds_of(user):
    """{model: Pages} of the kinds this person may search, in the order of the process."""
    return {
        model: pages
        for model, pages in Pages.registry.items()
        if model in index.kinds() and pages.may(user, "view")
    }


def search(user, text, *, recent=(), apps=None, kind="", limit=5, most=None):
    """Groups of hits for what somebody typed, the best kind first.

    recent: (app.model, pk) of records this person opened lately, which come first among equals.
    apps: labels of the only apps to look in. kind: "app.model" of the only kind to look for.
    limit: hits of a group. most: groups; None for all.
    """
    asked = query(text)
    searched = {
        model: pages
        for model, pages in kinds_of(user).items()
        if kind in ("", model._meta.label_lower) and (apps is None or model._meta.app_label in apps)
    }
    groups: list = []
    if not asked or not searched:
        return groups
    for model, candidates in _candidates(asked, list(searched), user, recent):
        if len(groups) == most:
            break
        pages = searched[model]
        keys = _seen(pages.queryset(user), candidates, asked, limit + 1)
        if hits := [hit(row, user) for row in shown(model, keys[:limit])]:
            groups.append(Group(pages, hits, len(keys) > limit))
    return groups


def shown(model, keys):
    """The records of a kind with these keys, in their order, with what a hit says of them."""
    rows = model.objects.select_related(*index.relations(model)).in_bulk(keys) if keys else {}
    return [rows[key] for key in keys if key in rows]


def _candidates(asked, kinds, user, recent):
    """[(model, Candidates)] from the index, the best kind first."""
    types = {ContentType.objects.get_for_model(kind).pk: kind for kind in kinds}
    names = {kind._meta.label_lower: pk for pk, kind in types.items()}
    lately = {(names[name], int(pk)) for name, pk in recent if name in names}
    ranks = [asked.whole(), asked.whole(begins=True)]
    reaches = _reaches(user, types)
    # What is called just so must not be lost among the many that contain the words.
    parts = [
        reach.select(part, ranks, text)
        for reach in reaches
        for part, text in ((CUT, asked.tsquery), (NAMED, ranks[0]))
    ]
    if lately:
        parts.append((OPENED, [*ranks, asked.tsquery, tuple(lately)]))
    rows = _read(parts)
    counts = _counts(rows)
    found, rest, crowded = {}, [], []
    for reach in reaches:
        is_all = _fits(reach.types, counts)
        found |= {type_id: Candidates(is_all=is_all) for type_id in reach.types}
        if not is_all:
            # A full pass says nothing of the kinds that had no room in it.
            crowded.append([pk for pk in reach.types if counts.get(pk, 0) < MOST])
            rest += reach.rest(ranks, asked.tsquery, crowded[-1])
    later = _read(rest)
    counts |= _counts(later)
    for type_ids in crowded:
        for type_id in () if _fits(type_ids, counts) else type_ids:
            found[type_id].has_more = True
    rows += later
    for type_id, pk, updated_at, rank, keys in rows:
        of_kind = found[type_id]
        if pk is not None:
            of_kind.places[pk] = (rank, (type_id, pk) not in lately, -updated_at.timestamp())
        elif keys and of_kind.is_all:
            of_kind.keys = keys
        elif not keys:
            of_kind.has_more = True
    for type_id, of_kind in found.items():
        most = MOST + 1 if of_kind.is_all else MOST
        of_kind.has_more |= max(counts.get(type_id, 0), len(of_kind.places)) >= most
    best = sorted(found.items(), key=lambda pair: pair[1].place())
    return [(types[type_id], candidates) for type_id, candidates in best if candidates]


def _counts(rows):
    """{type: entries met} of the rows of a pass."""
    return {row[0]: row[4].count(",") + 1 for row in rows if row[4]}


def _fits(type_ids, counts):
    """Whether a pass has met all entries of these kinds."""
    return sum(counts.get(type_id, 0) for type_id in type_ids) < PASS


def _reaches(user, types):
    """[Reach] of kinds given as {key of the type: model}."""
    found: dict = {}
    for type_id, kind in types.items():
        people = kind.objects.owners_seen(user)
        few = people if people is None or len(people) <= FEW else None
        found.setdefault(few, []).append(type_id)
    return [Reach(people, type_ids) for people, type_ids in found.items()]


def _read(parts):
    """The rows of several statements, [(SQL, parameters)], in one."""
    if not parts:
        return []
    with connection.cursor() as cursor:
        params = [value for _part, values in parts for value in values]
        cursor.execute(" UNION ALL ".join(part for part, _values in parts), params)
        return cursor.fetchall()


def _seen(rows, candidates, asked, count):
    """The first `count` keys of those among `rows`, which a person sees, that fit.

    The best candidates first; then others, where those went to records out of sight.
    """
    rows, best = rows.order_by().values_list("pk", flat=True), candidates.best()
    reached = set(rows.filter(pk__in=best)) if best else set()
    found = [pk for pk in best if pk in reached][:count]
    if len(found) < count and candidates.has_more:
        known = candidates.keys and EachOf(Value(candidates.keys))
        others = rows.filter(pk__in=known or index.found_by(rows.model, asked))
        found += others.exclude(pk__in=found)[: count - len(found)]
    return found


class EachOf(Func):
    """The elements of an array of keys, which came as text and never were Python's."""

    template = "SELECT unnest(%(expressions)s::bigint[])"
    output_field = models.BigIntegerField()


def visible(user, recent, limit=8):
    """Hits of the (app.model, pk) given, in their order, as far as the person sees them (still)."""
    by_kind: dict = {}
    for name, pk in recent:
        by_kind.setdefault(name, []).append(int(pk))
    found = {}
    for model, pages in kinds_of(user).items():
        if ids := by_kind.get(name := model._meta.label_lower):
            reached = pages.queryset(user).filter(pk__in=ids).values_list("pk", flat=True)
            found |= {(name, row.pk): row for row in shown(model, list(reached))}
    rows = [found[name, int(pk)] for name, pk in recent if (name, int(pk)) in found]
    return [hit(row, user) for row in rows[:limit]]


def hit(obj, user):
    """A record as a search shows it; what is hidden from the person is not among the facts."""
    title, facts = str(obj), []
    said = normal(title)
    for path in obj.search_fields:
        text = index.value_of(obj, path, lambda record: record.hidden_from(user))
        if text and normal(text) not in said:
            facts.append(Truncator(text).chars(60))
            said += normal(text)
    is_stateful = isinstance(obj, StatefulModel)
    return Hit(
        obj=obj,
        title=title,
        url=obj.get_absolute_url(),
        facts=facts[:FACTS],
        state=lifecycle.state_label(obj) if is_stateful else "",
        badge=obj.badge if is_stateful else "",
    )
