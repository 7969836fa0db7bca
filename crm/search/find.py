"""What a person finds: the best records of every kind, as far as they may see them.

The index proposes, the rows decide: candidates come from the entries in one statement, and every
kind with candidates is asked once, with visible_to(), which of them this person sees. A kind with
more matches than were proposed is asked a second time from the side of the rows one may see.
"""

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
from crm.search.words import normal, query, quoted

# Candidates of a kind; more are asked for only where they do not suffice. A pass over the index
# takes so many that one kind at least has its share, however many kinds there are.
MOST = 60
PASS = 1200
FACTS = 3

CANDIDATES = """
    SELECT content_type_id, object_id, updated_at,
        CASE WHEN tokens @@ %s::tsquery THEN 0 WHEN tokens @@ %s::tsquery THEN 1 ELSE 2 END
    FROM crm_searchentry WHERE tokens @@ %s::tsquery
"""
CUT = f"({CANDIDATES} LIMIT {PASS})"
NAMED = f"({CANDIDATES} LIMIT {MOST})"
OPENED = f"({CANDIDATES} AND (content_type_id, object_id) IN %s)"


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
    """[(model, pks best first, whether there are more)] from the index, the best kind first."""
    types = {ContentType.objects.get_for_model(kind).pk: kind for kind in kinds}
    names = {kind._meta.label_lower: pk for pk, kind in types.items()}
    lately = {(names[name], int(pk)) for name, pk in recent if name in names}
    ranks = [asked.whole(), asked.whole(begins=True)]
    found: dict = {kind: {} for kind in kinds}
    waiting = set(kinds)
    while waiting:
        words = " | ".join(sorted(quoted(index.kind_word(kind)) for kind in waiting))
        # What is called just so must not be lost among the many that contain the words.
        wanted = f"({words}) & {asked.tsquery}", f"({words}) & {ranks[0]}"
        parts, params = [CUT, NAMED], [part for text in wanted for part in (*ranks, text)]
        if lately:
            parts.append(OPENED)
            params += [*ranks, asked.tsquery, tuple(lately)]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            rows = cursor.fetchall()
        for type_id, pk, updated_at, rank in rows:
            place = (rank, (type_id, pk) not in lately, -updated_at.timestamp())
            found[types[type_id]][pk] = place
        # A pass that was cut short says nothing of the kinds that had no room in it.
        is_cut = len(rows) >= PASS
        waiting = {kind for kind in waiting if is_cut and len(found[kind]) < MOST}
    ranked = [(min(places.values())[:2], kind) for kind, places in found.items() if places]
    return [
        (kind, sorted(found[kind], key=found[kind].get), len(found[kind]) >= MOST)
        for _best, kind in sorted(ranked, key=lambda pair: pair[0])
    ]


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
