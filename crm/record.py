"""One record: who may see it, and what its page shows: head, facts, next step, related records, history."""

from django.apps import apps
from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import resolve, reverse
from django.utils.translation import gettext as _

from crm import lifecycle
from crm.cells import Cell, columns_of
from crm.custom import fields as own
from crm.journey import has_journey
from crm.models import RecordModel, StatefulModel
from crm.pages import Pages
from crm.papers import paper_of
from crm.querysets import count_each


def visible_record(request, app_label, model):
    """The model class of a record kind this person may view, else 404."""
    try:
        found = apps.get_model(app_label, model)
    except LookupError:
        raise Http404 from None
    if not hasattr(found, "permission") or not hasattr(found.objects, "visible_to"):
        raise Http404
    return found


def get_record(request, app_label, model, pk):
    """The record this person may see, else 404."""
    found = visible_record(request, app_label, model)
    return get_object_or_404(found.objects.visible_to(request.user), pk=pk)


def record_context(pages, obj, request):
    """The context of crm/detail.html and of the fragment a verb answers with."""
    user, kind = request.user, kind_of(obj)
    tables = pages.tables(obj, user)
    return {
        **facts_context(pages, obj, user),
        "page": pages,
        # Its lines are part of a document; records with a page of their own are related to it.
        "tables": [table for table in tables if table.get("model") not in Pages.registry],
        "tabs": tabs_of(pages, obj, request, tables),
        "journey_url": reverse("crm:journey", args=kind) if has_journey(obj) else "",
        "timeline_url": reverse("crm:timeline", args=kind) if pages.has_timeline else "",
        "contacts": contact_doors(pages, obj, user),
    }


def facts_context(pages, obj, user):
    """Head and facts, the context of crm/_record_head.html and crm/_facts.html."""
    may_change = may_edit(pages, obj, user)
    changeable = editable_fields(pages, obj, user) if may_change else set()
    stateful = isinstance(obj, StatefulModel)
    return {
        "object": obj,
        "title": str(obj),
        "subtitle": pages.subtitle(obj),
        "list_url": reverse(pages.route("list")),
        "list_label": pages.plural(),
        "state": {"label": lifecycle.state_label(obj), "badge": obj.badge} if stateful else None,
        "next_step": pages.next_step(obj, user) if pages.has_contacts else None,
        "verbs": [
            {
                "name": verb.name,
                "label": verb.label,
                "url": reverse(pages.route("verb"), args=[obj.pk, verb.name]),
                "has_form": verb.has_form,
                "allowed": verb.allowed,
                "reason": verb.reason,
                "style": verb.style,
            }
            for verb in (pages.verbs.bound(obj, user) if pages.verbs else [])
        ],
        "edit_url": reverse(pages.route("edit"), args=[obj.pk]) if may_change else "",
        "papers": paper_doors(pages, obj, user),
        "groups": fact_groups(pages, obj, user, changeable),
    }


def paper_doors(pages, obj, user):
    """The record as PDF in each language: [{label, language, url}]."""
    paper = paper_of(pages.model)
    if paper is None or not paper.may(user):
        return []
    url = reverse(pages.route("pdf"), args=[obj.pk])
    return [
        {"label": name, "language": code, "url": f"{url}?lang={code}"}
        for code, name in settings.LANGUAGES
    ]


def kind_of(obj):
    """The arguments of an address about any record."""
    return [obj._meta.app_label, obj._meta.model_name, obj.pk]


def may_edit(pages, obj, user):
    return bool(
        pages.form
        and pages.edit
        and user.may(obj.permission("change"), obj)
        and lifecycle.editable(obj)
    )


# --- Facts ------------------------------------------------------------------------------------


def editable_fields(pages, obj, user):
    """Names of the fields in the form of `obj` that this person is shown."""
    form = pages.form(instance=obj, user=user)
    fields = {field.name for field in form.visible_fields() if not field.field.disabled}
    return fields - hidden_from(obj, user)


def hidden_from(obj, user):
    return obj.hidden_from(user) if isinstance(obj, RecordModel) else set()


def fact_groups(pages, obj, user, changeable):
    """[{label, rows, empty}]: rows with a value, and those which are empty but may be filled in.

    changeable: names of the fields that are edited in place.
    """
    groups = []
    for label, names in pages.groups:
        rows = [
            {
                "label": column.label,
                "name": column.name,
                "cell": column.cell(obj, user),
                "edit_url": reverse(pages.route("field"), args=[obj.pk, column.name])
                if column.name in changeable
                else "",
            }
            for column in columns_of(pages.model, names)
        ]
        groups.append(
            {
                "label": label,
                "rows": [row for row in rows if row["cell"].text],
                "empty": [row for row in rows if not row["cell"].text and row["edit_url"]],
            }
        )
    groups.append(own_group(pages, obj, changeable))
    for label, facts in pages.extra_groups(obj, user):
        rows = [
            {"label": name, "cell": cell if isinstance(cell, Cell) else Cell(str(cell))}
            for name, cell in facts
        ]
        groups.append({"label": label, "rows": rows, "empty": []})
    return [group for group in groups if group["rows"] or group["empty"]]


def own_group(pages, obj, changeable):
    """The group of the company's own fields."""
    rows = [
        {
            "label": str(field),
            "name": field.name,
            "cell": own.cell(field, obj),
            "edit_url": reverse(pages.route("field"), args=[obj.pk, field.name])
            if field.name in changeable
            else "",
        }
        for field in own.fields_for(obj)
    ]
    return {
        "label": _("Own fields"),
        "rows": [row for row in rows if row["cell"].text],
        "empty": [row for row in rows if not row["cell"].text and row["edit_url"]],
    }


# --- Related records ----------------------------------------------------------------------------


def related(model, path):
    """The `rows` of a panel: the visible `model` records that lead to the record by `path`."""
    return lambda obj, user: [model.objects.visible_to(user).filter(**{path: obj})]


def tabs_of(pages, obj, request, tables):
    """Records that belong to `obj`: [{key, label, count, table or url, active, content}].

    The tab that is shown is part of the page; the others are fetched when they are opened.
    """
    tabs = [
        {
            "key": f"{table['model']._meta.model_name}-{number}",
            "label": table["label"],
            "count": table["count"],
            "table": table,
        }
        for number, table in enumerate(tables)
        if table.get("model") in Pages.registry
    ]
    panels = panels_of(pages, obj, request.user)
    for panel, count in zip(panels, count_rows(panels, obj, request.user), strict=True):
        tabs.append({**panel, "count": count})
    wanted = request.GET.get("tab", "")
    shown = next((tab for tab in tabs if tab["key"] == wanted), tabs[0] if tabs else None)
    for tab in tabs:
        tab["active"] = tab is shown
    if shown and "url" in shown and request.method == "GET":
        view = resolve(shown["url"])
        shown["content"] = view.func(request, *view.args, **view.kwargs).content.decode()
    return tabs


def panels_of(pages, obj, user):
    """What other apps show on the page of `obj`: [{key, label, url, rows}]."""
    own = [(*panel, [obj.pk]) for panel in pages.panels]
    shared = [
        (label, name, permission, rows, kind_of(obj))
        for label, name, permission, rows, applies in pages.record_panels
        if applies(obj)
    ]
    return [
        {
            "key": name.replace(":", "-"),
            "label": label,
            "url": reverse(name, args=args),
            "rows": rows,
        }
        for label, name, permission, rows, args in own + shared
        if user.has_perm(permission)
    ]


def count_rows(panels, obj, user):
    """The number of rows in each of `panels`, in one query; None where nothing is counted."""
    rows = [panel["rows"](obj, user) if panel["rows"] else None for panel in panels]
    counts = iter(count_each([part for parts in rows for part in parts or ()], on=obj))
    return [None if parts is None else sum(next(counts) for _part in parts) for parts in rows]


# --- Contacts -----------------------------------------------------------------------------------

CONTACTS = (("call", "phone"), ("visit", "map-pin"), ("chat", "message"), ("mail", "mail"))


def contact_doors(pages, obj, user):
    """The dialogs that log a contact or plan a follow-up: [{label, icon, url}]."""
    if not pages.has_contacts:
        return []
    labels = {"call": _("Call"), "visit": _("Visit"), "chat": _("WeChat"), "mail": _("Mail")}
    doors = []
    if user.has_perm("activities.add_activity"):
        url = reverse("activities:log", args=kind_of(obj))
        doors = [
            {"label": labels[kind], "icon": icon, "url": f"{url}?kind={kind}"}
            for kind, icon in CONTACTS
        ]
    if user.has_perm("activities.add_task"):
        url = reverse("activities:task_for", args=kind_of(obj))
        doors.append({"label": _("Follow-up"), "icon": "checklist", "url": url})
    return doors
