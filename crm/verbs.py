"""One table of verbs per record kind, shared by both doors.

Every transition of a model is a verb; an app names the service that runs it where it does
more than the transition, and adds verbs that are no transition (claim, allocate).
"""

from dataclasses import dataclass
from functools import partial

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from crm.lifecycle import advance, refusal, transition_of


@dataclass(frozen=True)
class Verb:
    """run: `(obj, *, by, **form data) -> obj`. refusal: `(obj) -> sentence or None`.

    form: a class or its dotted name; it gets `user` and `obj`. permission: "app.verb_model".
    """

    run: object
    label: object = ""
    permission: str = ""
    form: object = None
    style: str = "default"
    refusal: object = None

    def form_class(self):
        return import_string(self.form) if isinstance(self.form, str) else self.form


@dataclass(frozen=True)
class BoundVerb:
    """A verb on one record for one person, as the record page and the API show it."""

    name: str
    label: str
    has_form: bool
    allowed: bool
    reason: str
    style: str


class Verbs(dict):
    """Verbs of one model by name."""

    def __init__(self, model, **named):
        super().__init__()
        self.model = model
        for name, transitions in _transitions(model).items():
            custom = transitions[0].custom
            if "label" not in custom:
                raise ImproperlyConfigured(f"{model.__name__}.{name} has no label")
            given = named.pop(name, None)
            if isinstance(given, Verb):
                self[name] = given
                continue
            if custom.get("automatic") and given is None:
                continue  # done by the system when its time has come, never by a button
            self[name] = Verb(
                run=given or partial(_advance, verb=name),
                label=custom["label"],
                permission=transitions[0].permission or "",
                form=custom.get("form"),
                style=custom.get("style", "default"),
            )
        self.update(named)

    def refusal(self, obj, name):
        """Why verb `name` is impossible now: a sentence, or None. (None too when it is possible.)"""
        if verb_refusal := self[name].refusal:
            return verb_refusal(obj)
        return refusal(obj, name) if name in _transitions(self.model) else None

    def begins(self, obj, name):
        """Whether verb `name` starts in the present state of `obj`; costs no query."""
        if name not in _transitions(self.model) or self[name].refusal:
            return True
        meta = getattr(self.model, name)._django_fsm
        return bool(meta.get_transition(getattr(obj, self.model.state_field().name)))

    def bound(self, obj, user):
        """What `user` could do with `obj` now, each with the sentence that says what is missing.

        Verbs that do not start in this state, or that no role of the person grants, are absent.
        """
        found = []
        for name, verb in self.items():
            if verb.permission and not user.has_perm(verb.permission):
                continue
            if not self.begins(obj, name):
                continue
            # Last of the three, for it may take a query.
            if verb.permission and not user.may(verb.permission, obj):
                continue
            reason = self.refusal(obj, name)
            if isinstance(reason, Absent):
                continue
            found.append(
                BoundVerb(
                    name,
                    str(verb.label),
                    bool(verb.form),
                    not reason,
                    str(reason or ""),
                    verb.style,
                )
            )
        return sorted(found, key=lambda verb: verb.style != "primary")


class Absent:
    """What a Verb.refusal answers when the verb has no meaning for the record and is not shown;
    whoever asks for it all the same reads the sentence."""

    def __init__(self, sentence):
        self.sentence = sentence

    def __str__(self):
        return str(self.sentence)


ABSENT = Absent(gettext_lazy("This is not possible now."))


def _advance(obj, *, by, verb, **data):
    return advance(obj, verb, by=by, **data)


def _transitions(model):
    found = {}
    if hasattr(model, "state_field"):
        for transition in model.state_field().get_all_transitions(model):
            found.setdefault(transition.name, []).append(transition)
    return found


__all__ = ["ABSENT", "Absent", "BoundVerb", "Verb", "Verbs", "transition_of"]
