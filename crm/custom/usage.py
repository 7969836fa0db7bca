"""Where the company's own fields are used: in records and in saved views."""

import json

from django.db.models import Count, F, Func, JSONField, Q, Value
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.cells import listed
from crm.lists.conditions import NAME
from crm.models import CustomField, SavedView

Kind = CustomField.Kind
CHUNK = 1000


def records_with(field):
    """All records that have the field filled in, whoever may see them."""
    model = field.content_type.model_class()
    return model._base_manager.filter(custom__has_key=field.code)


def views_with(field):
    """Saved views that show, order, group or filter by the field, also by way of another record."""
    rows = SavedView.objects.filter(query__contains=field.name).select_related("content_type")
    return [view for view in rows if any(_names(view, field))]


def _names(view, field):
    """The paths by which a view speaks of the field."""
    query = QueryDict(view.query)
    words = {word.lstrip("-") for values in query.lists() for word in values[1]}
    return [word for word in words if _leads_to(view.content_type.model_class(), word, field)]


def _leads_to(model, path, field):
    """Whether a path in the lists of `model` is the field, "custom__x" or "account__custom__x"."""
    kind = field.content_type.model_class()
    if path == field.name:
        return model is kind
    if not path.endswith(f"__{field.name}"):
        return False
    name = path.removesuffix(f"__{field.name}")
    links = {link.name: link.related_model for link in model._meta.concrete_fields}
    return links.get(name) is kind


# --- In words ---------------------------------------------------------------------------------------


def sentence(field):
    """The sentence that says what uses the field, "" where nothing does."""
    records, views = records_with(field).count(), len(views_with(field))
    parts = []
    if records:
        words = ngettext("%(count)s record", "%(count)s records", records)
        parts.append(words % {"count": f"{records:,}"})
    if views:
        words = ngettext("%(count)s saved view", "%(count)s saved views", views)
        parts.append(words % {"count": f"{views:,}"})
    return _("In use by %(users)s.") % {"users": listed(parts)} if parts else ""


def refusal(field):
    """Why the field cannot be deleted, or None."""
    used = sentence(field)
    advice = _("Retire it instead: what it holds is kept.")
    return f"{used} {advice}" if used else None


def counts(field):
    """{choice: number of records}, those that are offered no more last."""
    rows = records_with(field)
    if field.kind == Kind.CHOICE:
        found = rows.order_by().values_list(f"custom__{field.code}").annotate(n=Count("pk"))
        known = dict(found)
    else:
        offered = {
            f"n{number}": Count("pk", filter=_has(field, option))
            for number, option in enumerate(field.options)
        }
        known = dict(zip(field.options, rows.aggregate(**offered).values(), strict=True))
        for row in rows.exclude(_contained(field)).values_list(f"custom__{field.code}", flat=True):
            for option in set(row) - set(field.options):
                known[option] = known.get(option, 0) + 1
    return {option: known.get(option, 0) for option in dict.fromkeys([*field.options, *known])}


def _has(field, option):
    if field.kind == Kind.CHOICE:
        return Q(**{f"custom__{field.code}": option})
    return Q(**{f"custom__{field.code}__contains": [option]})


def _contained(field):
    """Rows whose choices are all offered."""
    return Q(**{f"custom__{field.code}__contained_by": field.options})


def facts(field):
    """[(label, words)] for the page of the field."""
    views = views_with(field)
    found = [(_("Records"), f"{records_with(field).count():,}")]
    if field.has_choices:
        for option, count in counts(field).items():
            known = option in field.options
            label = option if known else _("%(choice)s (offered no more)") % {"choice": option}
            found.append((label, f"{count:,}"))
    if views:
        named = [
            f"{capfirst(view.content_type.model_class()._meta.verbose_name_plural)}: {view}"
            for view in views
            if view.is_shared
        ]
        private = len(views) - len(named)
        if private:
            words = ngettext("%(count)s private", "%(count)s private", private)
            named.append(words % {"count": private})
        found.append((_("Saved views"), listed(named)))
    return found


# --- Another word for a choice ------------------------------------------------------------------------


def replace_choice(field, old, new):
    """Write `new` for the choice `old` in all records; return how many had it."""
    rows, now = records_with(field).filter(_has(field, old)), timezone.now()
    if field.kind == Kind.CHOICE:
        return rows.update(custom=_set(field, new), updated_at=now)
    done = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        batch = list(rows.filter(pk__in=keys).select_for_update(of=("self",)))
        for row in batch:
            chosen = [new if option == old else option for option in row.custom[field.code]]
            row.custom = {**row.custom, field.code: list(dict.fromkeys(chosen))}
            row.updated_at = now
        rows.model._base_manager.bulk_update(batch, ["custom", "updated_at"])
        done += len(batch)
    return done


def _set(field, value):
    return Func(
        F("custom"),
        Value([field.code]),
        Value(json.dumps(value)),
        function="jsonb_set",
        template="jsonb_set(%(expressions)s::jsonb)",
        output_field=JSONField(),
    )


def replace_in_views(field, old, new):
    """Let the conditions of saved views ask for `new` where they ask for `old`."""
    for view in views_with(field):
        query = QueryDict(view.query, mutable=True)
        for name in list(query):
            if NAME.fullmatch(name) and query[name] in _names(view, field):
                values = [new if v == old else v for v in query.getlist(f"{name}v")]
                query.setlist(f"{name}v", dict.fromkeys(values))
        if query.urlencode() != QueryDict(view.query).urlencode():
            SavedView.objects.filter(pk=view.pk).update(query=query.urlencode())
