"""An event in words, in the reader's language: used by timeline, notifications and mails."""

from decimal import Decimal

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm import cells
from crm.custom import fields
from crm.events import LABELS
from crm.fields import MoneyField


def describe(event):
    """What happened to what: "Confirm: SO-2026-000123"."""
    return cells.labelled(action(event), event.label)


def action(event):
    """What happened, such as "Confirmed" or "Changed"."""
    if event.name in LABELS:
        label = LABELS[event.name]
        return str(label(event) if callable(label) else label)
    model = _model(event)
    happened = event.name.partition(".")[2]
    if happened == "created":
        return _("%(kind)s created") % {"kind": model._meta.verbose_name if model else ""}
    if happened == "imported":
        return _("Taken over from elsewhere")
    if happened == "edited":
        return _("%(kind)s changed") % {"kind": model._meta.verbose_name if model else ""}
    if happened == "removed":
        return _("%(kind)s removed") % {"kind": model._meta.verbose_name if model else ""}
    verb = event.data.get("verb")
    transition = getattr(getattr(model, verb or "", None), "_django_fsm", None)
    if transition:
        return str(next(iter(transition.transitions.values())).custom["label"])
    return event.name


def sentences(event, hidden=(), currency=""):
    """The changes of an event, each as a sentence."""
    found = []
    for change in details(event, hidden, currency):
        words_of = {"field": capfirst(change["label"]), "old": change["old"], "new": change["new"]}
        if not change["old"]:
            found.append(_("%(field)s set to %(new)s") % words_of)
        elif not change["new"]:
            found.append(_("%(field)s emptied, it was %(old)s") % words_of)
        else:
            found.append(_("%(field)s changed from %(old)s to %(new)s") % words_of)
    return found


def field_of(model, name):
    return next((field for field in model._meta.get_fields() if field.name == name), None)


def field_label(model, name):
    return str(getattr(field_of(model, name), "verbose_name", name))


def details(event, hidden=(), currency=""):
    """The change in rows: [{name, label, old, new}] with field labels and values in words.

    hidden: names of fields left out, see RecordModel.hidden_from. currency: code of amounts.
    """
    model = _model(event)
    rows = []
    for name, (old, new) in event.data.get("changes", {}).items():
        if name in hidden:
            continue
        if name == "custom":
            rows += own_changes(model, old, new, currency)
            continue
        field = model and field_of(model, name)
        rows.append(
            {
                "name": name,
                "label": field_label(model, name) if model else name,
                "old": words(field, old, currency),
                "new": words(field, new, currency),
            }
        )
    if "from" in event.data and "to" in event.data and model:
        state = model.state_field()
        rows.append(
            {
                "name": state.name,
                "label": str(state.verbose_name),
                "old": words(state, event.data["from"]),
                "new": words(state, event.data["to"]),
            }
        )
    return rows


def origin(event):
    """Where a change came from, when it was no person at the page: "import #12, row 88"."""
    found = event.data.get("origin") or {}
    if "import" not in found:
        return ""
    words = {"number": found["import"], "row": found.get("row")}
    if "row" not in found:  # of many rows that were taken back at once
        return _("import #%(number)s undone") % words
    if found.get("undo"):
        return _("import #%(number)s undone, row %(row)s") % words
    return _("from import #%(number)s, row %(row)s") % words


def own_changes(model, old, new, currency):
    """The rows of what has changed in the company's own fields, in the order of the fields."""
    known = {field.code: field for field in fields.fields_ever_of(model)}
    rows = []
    for code in dict.fromkeys([*known, *old, *new]):
        field, before, after = known.get(code), old.get(code), new.get(code)
        if before != after:
            if field and field.kind == field.Kind.MONEY and not currency:
                currency = fields.home_currency()
            rows.append(
                {
                    "name": f"custom__{code}",
                    "label": str(field or code),
                    "old": fields.text(field, before, currency) if field else str(before or ""),
                    "new": fields.text(field, after, currency) if field else str(after or ""),
                }
            )
    return rows


def remark(event):
    """What the person who acted wrote about it."""
    for key in ("comment", "reason", "body", "subject", "summary"):
        if event.data.get(key):
            return str(event.data[key])
    return ""


def words(field, value, currency=""):
    """A stored JSON value as a person would read it; "" when there is none."""
    if value in (None, "", []):
        return ""
    if isinstance(value, dict):
        if "amount" in value:
            return _line(value, currency)
        rest = cells.listed(words(None, item) for item in value.values() if item not in (None, ""))
        return str(value.get("label", rest))
    if isinstance(value, list):
        return cells.listed(words(field, item, currency) for item in value)
    choices = dict(getattr(field, "flatchoices", None) or ())
    if value in choices:
        return str(choices[value])
    if not isinstance(field, models.DecimalField | models.DateField):
        return cells.words(value)
    try:
        python = field.to_python(value)
    except ValidationError:  # the field was of another kind once
        return str(value)
    return cells.money(python, currency) if isinstance(field, MoneyField) else cells.words(python)


def _line(line, currency):
    """A line of a document: what, how much, for how much."""
    quantity, amount = Decimal(line.get("quantity") or 0), Decimal(line["amount"] or 0)
    return f"{line.get('label', '')} × {cells.decimal(quantity)} = {cells.money(amount, currency)}"


def _model(event):
    try:
        return apps.get_model(event.content_type.app_label, event.content_type.model)
    except LookupError:
        return None
