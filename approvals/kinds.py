"""The kinds of documents that can need approval; the app that owns a document registers it."""

from dataclasses import dataclass
from decimal import Decimal

from crm.cells import decimal

KINDS = {}


@dataclass(frozen=True)
class Kind:
    """facts: {name: (label, fn(document) -> Decimal or None)}; rules compare them."""

    name: str
    model: type
    label: object
    facts: dict

    def values(self, obj):
        """The facts of one document: {name: Decimal or None}."""
        return {name: value(obj) for name, (_label, value) in self.facts.items()}


def register(kind, model, label, facts):
    KINDS[kind] = Kind(kind, model, label, facts)


def label(kind):
    return str(KINDS[kind].label) if kind in KINDS else kind


def fact_label(kind, fact):
    facts = KINDS[kind].facts if kind in KINDS else {}
    return str(facts[fact][0]) if fact in facts else fact


def fact_words(value):
    """A stored fact (a decimal as text, or None) as a person reads it: 12,000.5."""
    return "–" if value in (None, "") else decimal(Decimal(value))


def choices():
    return [(kind.name, kind.label) for kind in KINDS.values()]


def fact_choices():
    """Every fact of every kind once, by its label."""
    found = {}
    for kind in KINDS.values():
        for name, (label, _value) in kind.facts.items():
            found.setdefault(name, label)
    return list(found.items())
