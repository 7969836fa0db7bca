"""What a person finds: the best records of every kind, as far as they may see them.

The index proposes, the rows decide: candidates come from the entries in one statement, and every
kind with candidates is asked once, with visible_to(), which of them this person sees. A kind with
more matches than were proposed is asked a second time from the side of the rows one may see.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import F, Func, Value
from django.utils.text import Truncator, capfirst

from crm import lifecycle
from crm.models import StatefulModel
from crm.pages import Pages
from crm.search import index
from crm.search.words import normal, query

# Candidates of a kind; more are asked for only where they do not suffice.
MOST = 60
# Entries taken from the index of words, whatever their kind: all there are of a word that says
# something. Of a word that is in many more, the latest entries of each kind are looked through.
PASS = 1200
LATEST = 1000
FACTS = 3

CANDIDATES = """
    SELECT content_type_id, object_id, updated_at,
        CASE WHEN tokens @@ %s::tsquery THEN 0 WHEN tokens @@ %s::tsquery THEN 1 ELSE 2 END
    FROM crm_searchentry WHERE tokens @@ %s::tsquery
"""
OF_KINDS = f"{CANDIDATES} AND content_type_id = ANY(%s)"
CUT = f"({OF_KINDS} LIMIT {PASS})"
NAMED = f"({OF_KINDS} LIMIT {MOST})"
OPENED = f"({CANDIDATES} AND (content_type_id, object_id) IN %s)"
OF_KIND = "FROM crm_searchentry WHERE content_type_id = %s ORDER BY updated_at DESC"
WITHIN = CANDIDATES.replace(
    "FROM crm_searchentry", f"FROM (SELECT * {OF_KIND} LIMIT {LATEST}) AS latest"
)
# The latest of one kind that fit, and a row without a record if there are yet earlier ones.
WALK = (
    f"({WITHIN} LIMIT {MOST}) UNION ALL"
    f" (SELECT content_type_id, NULL, NULL, NULL {OF_KIND} OFFSET {LATEST} LIMIT 1)"
)


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
    for model, ids, is_cut in _candidates(asked, list(searched), recent):
        if len(groups) == most:
            break
        rows = shown(searched[model], user)
        found = list(_in_order(rows, ids)[: limit + 1])
        if is_cut and len(found) <= limit:
            found += _others(rows, asked, found, limit + 1 - len(found))
        if found:
            hits = [hit(row, user) for row in found[:limit]]
            groups.append(Group(searched[model], hits, len(found) > limit))
    return groups


def shown(pages, user):
    """The rows of a kind that the person sees, with what a hit says of them."""
    return pages.queryset(user).select_related(None).select_related(*index.relations(pages.model))


def _candidates(asked, kinds, recent):
    """[(model, pks best first, whether there may be more)] from the index, the best kind first."""
    types = {ContentType.objects.get_for_model(kind).pk: kind for kind in kinds}
    names = {kind._meta.label_lower: pk for pk, kind in types.items()}
    lately = {(names[name], int(pk)) for name, pk in recent if name in names}
    ranks = [asked.whole(), asked.whole(begins=True)]
    # What is called just so must not be lost among the many that contain the words.
    wanted = asked.tsquery, ranks[0]
    parts, params = [CUT, NAMED], [part for text in wanted for part in (*ranks, text, [*types])]
    if lately:
        parts.append(OPENED)
        params += [*ranks, asked.tsquery, tuple(lately)]
    rows = _read(parts, params)
    found: dict = {type_id: {} for type_id in types}
    unread = set()
    if len(rows) >= PASS:
        # Says nothing of the kinds that had no room in it.
        full = Counter(row[0] for row in rows)
        short = [type_id for type_id in types if full[type_id] < MOST]
        unread = types.keys() - set(short)
        if short:
            params = [part for pk in short for part in (*ranks, pk, asked.tsquery, pk)]
            rows += _read([WALK] * len(short), params)
    for type_id, pk, updated_at, rank in rows:
        if pk is None:
            unread.add(type_id)
        else:
            place = (rank, (type_id, pk) not in lately, -updated_at.timestamp())
            found[type_id][pk] = place
    last = (len(ranks), True)
    best = sorted(found, key=lambda type_id: min(found[type_id].values(), default=last)[:2])
    return [
        (
            types[type_id],
            sorted(found[type_id], key=found[type_id].get)[:MOST],
            type_id in unread or len(found[type_id]) > MOST,
        )
        for type_id in best
        if found[type_id] or type_id in unread
    ]


def _read(parts, params):
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return cursor.fetchall()


def _in_order(rows, ids):
    """Those of `rows` that `ids` names, in its order."""
    place = Func(
        Value(ids, output_field=ArrayField(models.BigIntegerField())),
        F("pk"),
        function="array_position",
        output_field=models.IntegerField(),
    )
    return rows.filter(pk__in=ids).order_by(place)


def _others(rows, asked, known, count):
    """Up to `count` rows beyond the candidates, where those went to records out of sight."""
    rows = rows.filter(pk__in=index.found_by(rows.model, asked))
    rows = rows.exclude(pk__in=[row.pk for row in known])
    return list(rows.order_by()[:count])


def visible(user, recent, limit=8):
    """Hits of the (app.model, pk) given, in their order, as far as the person sees them (still)."""
    by_kind: dict = {}
    for name, pk in recent:
        by_kind.setdefault(name, []).append(int(pk))
    found = {}
    for model, pages in kinds_of(user).items():
        if ids := by_kind.get(name := model._meta.label_lower):
            found |= {(name, row.pk): row for row in shown(pages, user).filter(pk__in=ids)}
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
