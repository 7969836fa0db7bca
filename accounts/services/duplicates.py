"""Finding the same company or person again, across everybody's records."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, name_key, phone_key
from crm.errors import DomainError

# How sure one shared fact makes us, of 100.
SCORES = {"credit_code": 100, "name": 90, "email": 80, "phone": 70}
REASONS = {
    "credit_code": _("same credit code"),
    "name": _("same name"),
    "email": _("same email"),
    "phone": _("same phone"),
}
MOST = 10


@dataclass
class Duplicate:
    """A record that may be the same. Without `visible` only name and owner may be shown."""

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
    """The record may exist already; whoever creates it has to say that it does not."""

    status = 409
    code = "duplicate"

    def __init__(self, duplicates):
        self.duplicates = duplicates
        super().__init__(
            _("This may exist already. Look at what was found before you create it again."),
            reasons=[f"{row.name} ({row.owner}): {', '.join(row.reasons)}" for row in duplicates],
        )


def find_duplicates(*, name="", phone="", email="", credit_code="", exclude=None, by=None):
    """Accounts and contacts that may be the same, surest first: [Duplicate], ten at most.

    Looks at all records; what `by` may not see is masked (`by` None is the system, which
    sees all). `exclude` is an account that is not its own duplicate.
    """
    facts = {"name": name_key(name), "phone": phone_key(phone), "credit_code": credit_code.strip()}
    fields = {"name": "name_key", "phone": "phone_key", "credit_code": "credit_code"}
    accounts = Account.objects.select_related("owner")
    contacts = Contact.objects.select_related("account__owner")
    if exclude is not None:
        accounts, contacts = accounts.exclude(pk=exclude.pk), contacts.exclude(account=exclude)
    found = matches(accounts, {fields[k]: (k, v) for k, v in facts.items()}, by)
    people = {"phone_key": ("phone", facts["phone"]), "email__iexact": ("email", email.strip())}
    found += matches(contacts, people, by)
    return sorted(found, key=lambda row: -row.score)[:MOST]


def matches(rows, lookups, by):
    """[Duplicate] of the rows sharing a fact. lookups: {lookup: (fact, value)}; empty: unknown."""
    lookups = {lookup: given for lookup, given in lookups.items() if given[1]}
    either = Q()
    for lookup, (_fact, value) in lookups.items():
        either |= Q(**{lookup: value})
    if not either:
        return []
    hits = list(rows.filter(either).order_by("pk")[:MOST])
    visible = {row.pk for row in hits}
    if by is not None:
        visible = set(rows.model.objects.visible_to(by).filter(pk__in=visible).values_list("pk"))
        visible = {pk for (pk,) in visible}
    return [_duplicate(row, lookups, row.pk in visible) for row in hits]


def _duplicate(row, lookups, visible):
    shared = [
        fact
        for lookup, (fact, value) in lookups.items()
        if str(getattr(row, lookup.removesuffix("__iexact"))).casefold() == value.casefold()
    ]
    owner = getattr(row, "owner", None) or getattr(getattr(row, "account", None), "owner", None)
    return Duplicate(
        record=row,
        kind=str(row._meta.verbose_name),
        name=str(row),
        owner=str(owner or _("nobody")),
        reasons=[str(REASONS[fact]) for fact in shared],
        score=max(SCORES[fact] for fact in shared),
        visible=visible,
    )
