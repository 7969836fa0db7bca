"""An event in words, in the reader's language: used by timeline, notifications and mails."""

from django.apps import apps
from django.utils.translation import gettext as _

from crm.custom import fields
from crm.events import LABELS


def describe(event):
    """What happened to what: "Confirm: SO-2026-000123"."""
    return f"{action(event)}: {event.label}"


def action(event):
    """What happened, such as "Confirmed" or "Changed"."""
    if event.name in LABELS:
        label = LABELS[event.name]
        return str(label(event) if callable(label) else label)
    model = _model(event)
    happened = event.name.partition(".")[2]
    if happened == "created":
        return _("%(kind)s created") % {"kind": model._meta.verbose_name if model else ""}
    if happened == "edited":
        return _("%(kind)s changed") % {"kind": model._meta.verbose_name if model else ""}
    if happened == "removed":
        return _("%(kind)s removed") % {"kind": model._meta.verbose_name if model else ""}
    verb = event.data.get("verb")
    transition = getattr(getattr(model, verb or "", None), "_django_fsm", None)
    if transition:
        return str(next(iter(transition.transitions.values())).custom["label"])
    return event.name


def details(event, hidden=()):
    """The change in rows: [{label, old, new}] with field labels and values in words.

    hidden: names of fields left out, see RecordModel.hidden_from.
    """
    model = _model(event)
    rows = []
    for name, (old, new) in event.data.get("changes", {}).items():
        if name in hidden:
            continue
        if name == "custom":
            rows += own_changes(model, old, new)
            continue
        field = model and next((f for f in model._meta.get_fields() if f.name == name), None)
        label = getattr(field, "verbose_name", name)
        rows.append({"label": str(label), "old": words(field, old), "new": words(field, new)})
    if "from" in event.data and "to" in event.data and model:
        state = model.state_field()
        rows.append(
            {
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
    words = {"number": found["import"], "row": found["row"]}
    if found.get("undo"):
        return _("import #%(number)s undone, row %(row)s") % words
    return _("from import #%(number)s, row %(row)s") % words


def own_changes(model, old, new):
    """The rows of what has changed in the company's own fields."""
    labels = {field.code: field for field in fields.fields_of(model)}
    rows = []
    for code in {**old, **new}:
        field, before, after = labels.get(code), old.get(code), new.get(code)
        if before != after:
            shown = [fields.text(field, v) if field else str(v or "") for v in (before, after)]
            rows.append(
                {"label": str(field or code), "old": shown[0] or "—", "new": shown[1] or "—"}
            )
    return rows


def remark(event):
    """What the person who acted wrote about it."""
    for key in ("comment", "reason", "body", "subject", "summary"):
        if event.data.get(key):
            return str(event.data[key])
    return ""


def words(field, value):
    """A stored JSON value as a person would read it."""
    if value in (None, ""):
        return "—"
    if isinstance(value, dict):
        return str(value.get("label", value))
    if isinstance(value, list):
        return ", ".join(words(field, item) for item in value)
    choices = dict(getattr(field, "flatchoices", None) or ())
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(choices.get(value, value))


def _model(event):
    try:
        return apps.get_model(event.content_type.app_label, event.content_type.model)
    except LookupError:
        return None
