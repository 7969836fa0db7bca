"""Finding the same company or person again, across everybody's records: the one service that
every door asks, and the scan of what is there already."""

from dataclasses import dataclass, field
from itertools import combinations, groupby

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import DuplicatePair, KeyField
from accounts.querysets import mergeable_kinds
from crm.errors import DomainError
from crm.events import emit
from crm.lifecycle import require
from crm.locks import lock_one
from crm.verbs import Absent, Verb, Verbs

# How sure one shared fact makes us, of 100; each further fact adds MORE.
SCORES = {
    "credit_code": 100,
    "tax_number": 95,
    "name": 90,
    "email": 80,
    "person": 80,
    "phone": 70,
    "core": 54,
    "domain": 50,
}
MORE = 5
REASONS = {
    "credit_code": _("same credit code"),
    "tax_number": _("same tax number"),
    "name": _("same name without legal form"),
    "core": _("same name but for the place"),
    "email": _("same email"),
    "person": _("same person at this customer"),
    "phone": _("same phone"),
    "domain": _("same domain"),
}
# From here on a record is not saved before somebody has looked.
ASK = 60
# From here on the scan writes a pair down.
NOTE = 54
MOST = 10
# Of larger groups every record is paired with the first one only.
ALL_PAIRS = 5
BATCH = 1000


@dataclass
class Duplicate:
    """A record that may be the same. Without `visible` only company and owner may be shown."""

    record: object
    kind: str
    name: str
    owner: str
    reasons: list = field(default_factory=list)
    score: int = 0
    visible: bool = True

    @property
    def url(self):
        return self.record.get_absolute_url() if self.visible else ""

    def as_json(self):
        data = {
            "kind": self.kind,
            "name": self.name,
            "owner": self.owner,
            "reasons": self.reasons,
            "score": self.score,
        }
        return data | ({"id": self.record.pk} if self.visible else {})


class DuplicateFound(DomainError):
    """The record may exist already; whoever saves it has to say that it does not."""

    status = 409
    code = "possible_duplicates"

    def __init__(self, duplicates):
        self.duplicates = duplicates
        super().__init__(
            _("This may exist already. Look at what was found before you save it again."),
            reasons=[f"{row.name} ({row.owner}): {', '.join(row.reasons)}" for row in duplicates],
            extra={"duplicates": [row.as_json() for row in duplicates]},
        )


# --- One record ------------------------------------------------------------------------------


def find_duplicates(kind, data, *, user, exclude=None, among=None):
    """Records that may be the same as a `kind` with these field values: [Duplicate], ten at most,
    surest first.

    Looks at all records; what `user` may not see is masked (None is the system, which sees all).
    exclude: a record that is not its own duplicate, nor are its parts. among: the models to
    look in (default: all that tell something about this kind).
    """
    wanted = facts_of(kind, data)
    found = []
    for model in among or among_of(kind):
        shared = {fact: wanted[fact] for fact in model.duplicate_facts if fact in wanted}
        found += _matches(model, shared, user, exclude)
    return sorted(found, key=lambda row: -row.score)[:MOST]


def ask_about_duplicates(kind, data, *, user, exclude=None):
    """Raise DuplicateFound when a `kind` with these values, or `exclude` changed into them, may
    exist already."""
    if exclude is not None:
        before = facts_of(kind, {name: getattr(exclude, name) for name in sources(kind)})
        data = {name: getattr(exclude, name) for name in sources(kind)} | data
        if facts_of(kind, data) == before:
            return
    found = find_duplicates(kind, data, user=user, exclude=exclude)
    if sure := [row for row in found if row.score >= ASK]:
        raise DuplicateFound(sure)


def find_alike(record, *, user):
    """Records of the same kind that `user` sees and that may be the same as `record`."""
    kind = type(record)
    data = {name: getattr(record, name) for name in sources(kind)}
    found = find_duplicates(kind, data, user=user, exclude=record, among=(kind,))
    return [row.record for row in found if row.visible]


def sources(kind):
    """Names of the fields that duplicates of a kind are found by."""
    columns = {name for columns in kind.duplicate_facts.values() for name in columns}
    fields = [kind._meta.get_field(name) for name in columns]
    return sorted({getattr(column, "source", column.name) for column in fields})


def facts_of(kind, data):
    """{fact: values of its columns} of field values, without facts that are not known."""
    found = {}
    for fact, columns in kind.duplicate_facts.items():
        values = []
        for name in columns:
            column = kind._meta.get_field(name)
            given = data.get(getattr(column, "source", name))
            values.append(column.key(given or "") if isinstance(column, KeyField) else given)
        if all(values):
            found[fact] = values
    return found


def among_of(kind):
    """A person is looked for among people; a company, or a lead, everywhere."""
    people = "person" in kind.duplicate_facts
    return [m for m in mergeable_kinds() if not people or "email" in m.duplicate_facts]


def _matches(model, wanted, user, exclude):
    rows = model.comparable().order_by()
    if isinstance(exclude, model):
        rows = rows.exclude(pk=exclude.pk)
    elif exclude is not None:
        for column in model._meta.concrete_fields:
            if column.related_model is type(exclude):
                rows = rows.exclude(**{column.name: exclude})
    # One statement, each part of it a look into one index: an OR could walk the whole table.
    parts = [
        rows.filter(**dict(zip(model.duplicate_facts[fact], values, strict=True)))
        .values("pk")
        .order_by()[:MOST]
        for fact, values in wanted.items()
    ]
    if not parts:
        return []
    pks = {row["pk"] for row in parts[0].union(*parts[1:])}
    if not pks:
        return []
    holder = "owner" if hasattr(model, "owner") else "account__owner"
    hits = model.objects.filter(pk__in=pks).select_related(holder)
    visible = pks
    if user is not None:
        shown = model.objects.visible_to(user).filter(pk__in=pks)
        visible = set(shown.values_list("pk", flat=True))
    return [_duplicate(row, wanted, row.pk in visible) for row in hits]


def _duplicate(row, wanted, visible):
    shared = telling([fact for fact, values in wanted.items() if _values(row, fact) == values])
    account = getattr(row, "account", None)
    owner = getattr(row, "owner", None) or getattr(account, "owner", None)
    company = getattr(row, "company", "") or account or row
    return Duplicate(
        record=row,
        kind=str(row._meta.verbose_name),
        name=str(row if visible else company),
        owner=str(owner or _("nobody")),
        reasons=[str(REASONS[fact]) for fact in shared],
        score=score_of(shared),
        visible=visible,
    )


def _values(row, fact):
    return [getattr(row, column) for column in row.duplicate_facts[fact]]


def telling(facts):
    """The facts that add something: who shares the name shares it without the place, too."""
    return [fact for fact in facts if fact != "core" or "name" not in facts]


def score_of(facts):
    """How sure the shared facts make us, of 100."""
    return min(100, max(SCORES[fact] for fact in facts) + MORE * (len(facts) - 1))


# --- What is there already --------------------------------------------------------------------


def scan_duplicates():
    """Write down all pairs of standing records that share a telling fact; return how many.

    Pairs that have nothing in common any more go, unless somebody has dismissed them.
    """
    return sum(_scan(model, timezone.now()) for model in mergeable_kinds())


def _scan(model, now):
    shared = {}
    for fact, columns in model.duplicate_facts.items():
        if SCORES[fact] < NOTE:
            continue
        for pair in _pairs(model, columns):
            shared.setdefault(pair, []).append(fact)
    kind = ContentType.objects.get_for_model(model)
    rows = (
        DuplicatePair(
            content_type=kind,
            first_id=first,
            second_id=second,
            facts=telling(facts),
            score=score_of(telling(facts)),
            found_at=now,
        )
        for (first, second), facts in shared.items()
    )
    DuplicatePair.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["content_type", "first_id", "second_id"],
        update_fields=["facts", "score", "found_at"],
    )
    open_pairs = DuplicatePair.objects.filter(content_type=kind, dismissed_at=None)
    open_pairs.filter(found_at__lt=now).delete()
    return len(shared)


def _pairs(model, columns):
    """Pairs (lower pk, higher pk) of rows whose columns are equal and not empty."""
    rows = model.comparable().order_by()
    for name in columns:
        empty = "" if isinstance(model._meta.get_field(name), KeyField) else None
        rows = rows.exclude(**{name: empty})
    first, *_others = columns
    groups = rows.values(*columns).annotate(n=Count("pk")).filter(n__gt=1)
    suspects = rows.filter(**{f"{first}__in": groups.values(first)})
    ordered = suspects.order_by(*columns, "pk").values_list(*columns, "pk")
    for _key, group in groupby(ordered.iterator(), key=lambda row: row[:-1]):
        pks = [row[-1] for row in group]
        yield from combinations(pks, 2) if len(pks) <= ALL_PAIRS else ((pks[0], p) for p in pks[1:])


@transaction.atomic
def dismiss_pair(pair, *, by):
    """Say that two records are not the same: they are not shown as a pair again."""
    pair = lock_one(pair)
    require(by, "accounts.dismiss_duplicatepair", pair)
    if pair.dismissed_at is None:
        pair.dismissed_at, pair.dismissed_by = timezone.now(), by
        pair.version += 1
        pair.save()
        emit("duplicatepair.dismissed", pair, by=by)
    return pair


PAIR_VERBS = Verbs(
    DuplicatePair,
    dismiss=Verb(
        run=dismiss_pair,
        label=_("Not the same"),
        permission="accounts.dismiss_duplicatepair",
        refusal=lambda pair: Absent(_("It has been said already.")) if pair.dismissed_at else None,
    ),
)


def rebuild_keys():
    """Compute every key anew, for when the rules have changed; return how many rows changed."""
    changed = 0
    for model in mergeable_kinds():
        keys = [f for f in model._meta.concrete_fields if isinstance(f, KeyField)]
        batch = []
        for row in model._base_manager.order_by("pk").iterator(chunk_size=BATCH):
            before = [getattr(row, f.attname) for f in keys]
            if [f.pre_save(row, add=False) for f in keys] != before:
                batch.append(row)
            if len(batch) == BATCH:
                changed += _store(model, batch, keys)
                batch = []
        changed += _store(model, batch, keys)
    return changed


def _store(model, batch, keys):
    return model._base_manager.bulk_update(batch, [f.name for f in keys]) if batch else 0
