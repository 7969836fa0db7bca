"""The kinds of documents that can need approval; the app that owns a document registers it."""

from dataclasses import dataclass, field
from decimal import Decimal

from crm.cells import decimal, money

KINDS = {}


@dataclass(frozen=True)
class Kind:
    """facts: {name: (label, fn(document) -> Decimal or None)}; rules compare them.

    secret: {name: permission} of facts that not everybody who sees a request may see.
    amounts: names of the facts that are money in the company's currency.
    """

    name: str
    model: type
    label: object
    facts: dict
    secret: dict = field(default_factory=dict)
    amounts: tuple = ()

    def values(self, obj):
        """The facts of one document: {name: Decimal or None}."""
        return {name: value(obj) for name, (_label, value) in self.facts.items()}


def register(kind, model, label, facts, secret=None, amounts=()):
    KINDS[kind] = Kind(kind, model, label, facts, secret or {}, amounts)


def hidden(kind, user):
    """Names of the facts of `kind` that `user` may not see."""
    secret = KINDS[kind].secret if kind in KINDS else {}
    return {name for name, permission in secret.items() if not user.has_perm(permission)}


def facts_for(request, user):
    """The facts of a request that `user` may see: {name: decimal as text}."""
    secret = hidden(request.kind, user)
    return {name: value for name, value in request.facts.items() if name not in secret}


def reasons_for(request, user):
    """The reasons of a request; of a hidden fact only the rule is named."""
    secret = hidden(request.kind, user)
    return [
        {"rule": reason["rule"], "name": reason["name"], "fact": ""}
        if reason["fact"] in secret
        else reason
        for reason in request.reasons
    ]


def label(kind):
    return str(KINDS[kind].label) if kind in KINDS else kind


def fact_label(kind, fact):
    facts = KINDS[kind].facts if kind in KINDS else {}
    return str(facts[fact][0]) if fact in facts else fact


def fact_words(kind, fact, value, currency=""):
    """A stored fact (a decimal as text, or None) as a person reads it: 12.5, or ¥12,000.00.

    currency: code of the company's currency.
    """
    if value in (None, ""):
        return "–"
    is_amount = kind in KINDS and fact in KINDS[kind].amounts
    return money(Decimal(value), currency) if is_amount else decimal(Decimal(value))


def choices():
    return [(kind.name, kind.label) for kind in KINDS.values()]


def fact_choices():
    """Every fact of every kind once, by its label."""
    found = {}
    for kind in KINDS.values():
        for name, (label, _value) in kind.facts.items():
            found.setdefault(name, label)
    return list(found.items())
