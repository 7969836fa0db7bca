"""The only writer of business records: create(), edit(), advance().

Each runs in a transaction, validates, saves and emits. Services compose them; the doors
call services.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms import Field
from django.utils.translation import gettext_lazy as _

from crm.custom import fields
from crm.errors import StaleVersion, WrongMoment
from crm.events import emit, emit_each, jsonable
from crm.locks import lock, lock_one
from crm.models import StatefulModel
from crm.search import index

# To say how a record stands elsewhere, past the guards on the way there.
HISTORY = "crm.take_over_history"


def condition(sentence):
    """Make a transition's condition able to say why it refuses."""

    def mark(function):
        function.sentence = sentence
        return function

    return mark


def require(user, permission, obj=None):
    """Raise PermissionDenied unless `user` holds `permission`, in scope of `obj` when given.

    `user` None is the system, which may do everything.
    """
    if user is not None and not user.may(permission, obj):
        raise PermissionDenied(_("You do not have the right to do this."))


@transaction.atomic
def create(obj, *, by, check=True, **data):
    """Validate and save a new record, emit `<model>.created`; return it.

    `check` False skips the permission: for documents that follow from another one.
    """
    if check:
        require(by, obj.permission("add"))
    obj.created_by = by
    obj.full_clean()
    obj.save(force_insert=True)
    emit(f"{obj._meta.model_name}.created", obj, by=by, **data)
    return obj


@transaction.atomic
def take_over(obj, *, by, **data):
    """Validate and save a record as it stands elsewhere, in whatever state; return it.

    No guard of its lifecycle is asked and nothing follows from it: the one event is
    `<model>.imported`. Raises WrongMoment where a person leaves out own fields its state requires.
    """
    require(by, obj.permission("add"))
    require(by, HISTORY)
    obj.created_by = by
    obj.full_clean()
    state = getattr(obj, obj.state_field().name)
    if by is not None and (reason := fields.gap(obj, state)):
        raise WrongMoment(reason)
    obj.save(force_insert=True)
    emit(f"{obj._meta.model_name}.imported", obj, by=by, state=state, **data)
    return obj


def editable(obj):
    """Whether the fields of `obj` may be edited in its present state."""
    return (
        not isinstance(obj, StatefulModel)
        or obj.EDITABLE is None
        or getattr(obj, obj.state_field().name) in obj.EDITABLE
    )


@transaction.atomic
def edit(obj, *, by, version=None, **changes):
    """Set fields of a freshly locked copy of `obj`, emit `<model>.edited`; return the copy.

    Nothing is written when nothing differs. Raises StaleVersion if `version` is given and
    older than the record, WrongMoment if the state no longer allows edits, ValidationError, also
    where a person changes own fields and leaves out one that the state requires.
    """
    fresh = lock_one(obj)
    require(by, fresh.permission("change"), fresh)
    if version is not None and int(version) != fresh.version:
        raise StaleVersion(fresh)
    if not editable(fresh):
        raise WrongMoment(
            _("%(record)s can no longer be edited: it is %(state)s.")
            % {"record": fresh, "state": state_label(fresh)}
        )
    if by is None or "custom" not in changes or changes["custom"] == fresh.custom:
        return write(fresh, by=by, **changes)
    known = fields.missing_now(fresh)
    written = write(fresh, by=by, **changes)
    if emptied := [field for field in fields.missing_now(written) if field not in known]:
        required = Field.default_error_messages["required"]
        raise ValidationError({field.name: required for field in emptied})
    return written


def write(locked, *, by, **changes):
    """Set fields of a record the caller has locked, whatever its state, and emit the difference."""
    differences = {}
    for name, value in changes.items():
        old = getattr(locked, name)
        if old != value:
            differences[name] = [jsonable(old), jsonable(value)]
            setattr(locked, name, value)
    if not differences:
        return locked
    locked.version += 1
    locked.full_clean()
    locked.save()
    emit(f"{locked._meta.model_name}.edited", locked, by=by, changes=differences)
    return locked


def remove(obj, *, by):
    """Delete a record that should never have been, see `remove_all`."""
    remove_all(type(obj)._base_manager.filter(pk=obj.pk), by=by)


@transaction.atomic
def remove_all(rows, *, by):
    """Delete the records of a queryset, all or none; emit `<model>.removed` for each once they are
    gone.

    Only for undoing what made them. Raises ProtectedError where other records refer to one.
    """
    model = rows.model
    found = lock(rows)
    if by is not None:
        require(by, model.permission("add"))
        reached = model.objects.permitted(by, model.permission("add"))
        if reached.filter(pk__in=[obj.pk for obj in found]).count() < len(found):
            raise PermissionDenied(_("You do not have the right to do this."))
    with index.in_one_go():
        model._base_manager.filter(pk__in=[obj.pk for obj in found]).delete()
        emit_each(f"{model._meta.model_name}.removed", found, by=by)


@transaction.atomic
def advance(obj, verb, *, by, **data):
    """Run transition `verb` on a freshly locked copy of `obj`; return the copy (`obj` is stale).

    Emits `<model>.<new state>`. Raises WrongMoment with the sentence that says what is
    missing, or PermissionDenied. `by` None: the system acts.
    """
    fresh = lock_one(obj)
    transition = transition_of(fresh, verb)
    if reason := refusal(fresh, verb, by_system=by is None):
        raise WrongMoment(reason)
    # django-fsm never enforces `permission=`; a wrong moment outranks a missing right.
    if transition.permission:
        require(by, transition.permission, fresh)
    field = type(fresh).state_field().name
    source = getattr(fresh, field)
    getattr(fresh, verb)(**data)
    fresh.version += 1
    try:
        fresh.full_clean()
    except ValidationError as error:
        raise WrongMoment(" ".join(error.messages)) from error
    fresh.save()
    state = getattr(fresh, field)
    if by is not None and (reason := fields.gap(fresh, state)):
        raise WrongMoment(reason)
    facts = {"verb": verb, "from": source, "to": state, **data}
    emit(f"{fresh._meta.model_name}.{state}", fresh, by=by, **facts)
    return fresh


def transition_of(obj, verb):
    """The Transition of `verb` from the present state, else from any state it starts in."""
    meta = getattr(type(obj), verb)._django_fsm
    state = getattr(obj, type(obj).state_field().name)
    return meta.get_transition(state) or next(iter(meta.transitions.values()))


def refusal(obj, verb, *, by_system=False):
    """The sentence that says why transition `verb` is impossible now, or None.

    The company's own fields are for people to fill in; the system does not wait for them.
    """
    meta = getattr(type(obj), verb)._django_fsm
    state = getattr(obj, type(obj).state_field().name)
    transition = meta.get_transition(state)
    if transition is None:
        return _("%(verb)s is not possible: %(record)s is %(state)s.") % {
            "verb": transition_of(obj, verb).custom["label"],
            "record": obj,
            "state": state_label(obj),
        }
    for check in transition.conditions or ():
        if not check(obj):
            return check.sentence
    if by_system or not isinstance(transition.target, str):
        return None
    return fields.gap(obj, transition.target)


def state_label(obj):
    return getattr(obj, f"get_{type(obj).state_field().name}_display")()
