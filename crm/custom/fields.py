"""The company's own fields: how they are asked for, checked, shown and compared."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.functional import lazystr
from django.utils.translation import gettext as _

from crm.cells import Cell, listed, money, words
from crm.models import Company, CustomField, CustomisedModel

Kind = CustomField.Kind
_learnt: ContextVar[dict | None] = ContextVar("learnt", default=None)


def is_customised(model):
    return isinstance(model, type) and issubclass(model, CustomisedModel)


@contextmanager
def learnt():
    """Ask for the fields of each kind only once inside: for thousands of records."""
    token = _learnt.set({})
    try:
        yield
    finally:
        _learnt.reset(token)


def fields_of(model):
    """The active fields of a kind in their order; one query."""
    known = _learnt.get()
    if known is None:
        return fields_of_each([model])[model]
    if model not in known:
        known |= fields_of_each([model])
    return list(known[model])


def fields_ever_of(model):
    """The fields of a kind, also those that are in use no more: for what is told of the past."""
    if not is_customised(model):
        return []
    rows = CustomField.objects.filter(content_type=ContentType.objects.get_for_model(model))
    return list(_once((model, "ever"), lambda: rows.order_by("position", "pk")))


def home_currency():
    """The code of the company's currency, of amounts in records that have none of their own."""
    return _once("currency", lambda: Company.current().currency_id)


def _once(key, ask):
    known = _learnt.get()
    if known is None:
        return ask()
    if key not in known:
        known[key] = ask()
    return known[key]


def fields_of_each(models):
    """{model: [its active fields in their order]}; one query, none where no kind has any."""
    found = {model: [] for model in models}
    kinds = {
        kind.pk: model
        for model, kind in ContentType.objects.get_for_models(*filter(is_customised, found)).items()
    }
    if kinds:
        rows = CustomField.objects.filter(content_type__in=kinds, is_active=True)
        for field in rows.order_by("position", "pk"):
            found[kinds[field.content_type_id]].append(field)
    return found


def fields_for(obj):
    """The fields of one record: those of its kind, and those of its scope (such as its sales
    process); asked once for each copy of it."""
    if not is_customised(type(obj)):
        return []
    if "_custom_fields" not in obj.__dict__:
        obj._custom_fields = fields_of(type(obj))
    scope = getattr(obj, f"{obj.custom_scope}_id") if obj.custom_scope else None
    return [field for field in obj._custom_fields if field.scope_id in (None, scope)]


def is_filled(value):
    return value not in (None, "", [])


# --- Forms ------------------------------------------------------------------------------------------


def form_field(field, *, due=False, kept=None):
    """The form field that asks for it. due: whether the record's state requires it. kept: what is
    stored, which stays a choice though it is offered no more: a person who has left, a word."""
    # Asked anew in every language: a file may have the words of another one.
    options = {"label": lazystr(field), "required": field.is_required or due}
    if field.kind == Kind.TEXT:
        return forms.CharField(max_length=2000, **options)
    if field.kind in (Kind.NUMBER, Kind.MONEY):
        places = 2 if field.kind == Kind.MONEY else 6
        return forms.DecimalField(max_digits=18, decimal_places=places, **options)
    if field.kind == Kind.DATE:
        return forms.DateField(**options)
    if field.kind == Kind.CHOICE:
        blank = [] if options["required"] else [("", "---------")]
        words = dict.fromkeys([*field.options, *([kept] if kept else [])])
        return forms.ChoiceField(choices=[*blank, *((o, o) for o in words)], **options)
    if field.kind == Kind.CHOICES:
        words = dict.fromkeys([*field.options, *(kept or [])])
        return forms.MultipleChoiceField(choices=[(o, o) for o in words], **options)
    if field.kind == Kind.USER:
        people = get_user_model().objects
        offered = people.active()
        if kept:
            offered = people.filter(Q(pk__in=offered.values("pk")) | Q(pk=kept["id"]))
        return forms.ModelChoiceField(offered, **options)
    if field.kind == Kind.BOOL:
        return forms.BooleanField(label=options["label"], required=False)
    return forms.URLField(assume_scheme="https", **options)


def is_shaped(field, value):
    """Whether a value of JSON may be one of the field: a list where there are several choices, and
    {id} of a person."""
    if isinstance(value, list):
        return field.kind == Kind.CHOICES
    return not isinstance(value, dict) or (field.kind == Kind.USER and "id" in value)


def initial(field, value):
    return value.get("id") if isinstance(value, dict) else value


def entered(data):
    """{name: value, or list of values} of what the data of a form say of own fields."""
    names = [name for name in data if name.startswith(CustomField.PREFIX)]
    if not hasattr(data, "getlist"):
        return {name: data[name] for name in names}
    found = {name: data.getlist(name) for name in names}
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def value_of(field, stored):
    """What is kept as Python has it: a Decimal, a date, a list; a colleague as {id, label}."""
    if not is_filled(stored):
        return None
    if field.kind in (Kind.NUMBER, Kind.MONEY):
        return Decimal(stored)
    return date.fromisoformat(stored) if field.kind == Kind.DATE else stored


def stored(field, value):
    """What is kept of a cleaned form value."""
    if field.kind == Kind.USER:
        return None if value is None else {"id": value.pk, "label": str(value)}
    if isinstance(value, Decimal):
        return f"{value:f}"
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def collect(fields, cleaned, known):
    """The new `custom` of a record: `known` with what a form's cleaned data say, which they lose."""
    found = dict(known)
    for field in fields:
        if field.name in cleaned:
            value = stored(field, cleaned.pop(field.name))
            if is_filled(value) and value is not False:
                found[field.code] = value
            else:
                found.pop(field.code, None)
    return found


# --- Rules ------------------------------------------------------------------------------------------


def gap(obj, state):
    """The sentence about fields that have to be filled in before `state`, or None.

    States that stop a record (lost, cancelled) ask for nothing.
    """
    names = [str(field) for field in missing(obj, state)]
    return _("Fill in first: %(fields)s.") % {"fields": listed(names)} if names else None


def missing(obj, state):
    """The fields that `state` requires of a record and that are empty."""
    return [field for field in due(obj, state) if not is_filled(obj.custom.get(field.code))]


def due(obj, state):
    """The fields that a record has to have in `state`, besides those that are always required."""
    if not hasattr(type(obj), "state_field") or type(obj).BADGES.get(state) == "red":
        return []
    order = [value for value, _label in type(obj).state_field().flatchoices]
    return [
        field
        for field in fields_for(obj)
        if field.required_from in order and field.kind != Kind.BOOL  # no tick is an answer, too
        if order.index(field.required_from) <= order.index(state)
    ]


def due_now(obj):
    """The fields that a record has to have in the state it is in."""
    return due(obj, state_of(obj))


def missing_now(obj):
    return missing(obj, state_of(obj))


def state_of(obj):
    return getattr(obj, type(obj).state_field().name) if hasattr(type(obj), "state_field") else ""


# --- What is shown ------------------------------------------------------------------------------------


def text(field, value, currency=""):
    if not is_filled(value):
        return ""
    if field.kind == Kind.MONEY:
        return money(Decimal(value), currency)
    if field.kind == Kind.NUMBER:
        return words(Decimal(value))
    if field.kind == Kind.BOOL:
        return words(value)
    if isinstance(value, list):
        return listed(value)
    return value["label"] if isinstance(value, dict) else str(value)


def raw(field, obj):
    """The value for a file: numbers and dates as such, everything else as it is shown."""
    value = obj.custom.get(field.code)
    if is_filled(value) and field.kind in (Kind.NUMBER, Kind.MONEY):
        return Decimal(value)
    if is_filled(value) and field.kind == Kind.DATE:
        return date.fromisoformat(value)
    return text(field, value)


def currency_of(field, obj):
    """The code of the currency that an amount of `obj` is in: its own, else the company's."""
    if field.kind != Kind.MONEY:
        return ""
    return obj.currency_id if hasattr(obj, "currency_id") else home_currency()


def cell(field, obj, currency=None):
    value = obj.custom.get(field.code)
    shown = text(field, value, currency_of(field, obj) if currency is None else currency)
    url = value if field.kind == Kind.LINK and is_filled(value) else ""
    return Cell(shown, url, "", field.kind in (Kind.NUMBER, Kind.MONEY))


def facts(obj):
    """[(label, Cell)] for the record page."""
    return [(str(field), cell(field, obj)) for field in fields_for(obj)]
