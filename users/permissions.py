"""Permissions in words, for the people who hand them out."""

from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.utils.text import capfirst
from django.utils.translation import gettext as _

STANDARD = ["view", "add", "change"]


def permission_key(permission):
    """The name used in code, such as "orders.confirm_order"."""
    return f"{permission.content_type.app_label}.{permission.codename}"


@dataclass(frozen=True)
class Kind:
    """A record kind and the app it belongs to, in words."""

    app: str
    label: str


def _view_first(permission):
    verb = permission.codename.partition("_")[0]
    return STANDARD.index(verb) if verb in STANDARD else len(STANDARD), permission.pk


def verb_label(permission):
    """What a permission allows, in words: "Confirm"."""
    kind = permission.content_type
    verb = permission.codename.removesuffix(f"_{kind.model}")
    standard = {"view": _("View"), "add": _("Create"), "change": _("Edit")}
    return standard.get(verb) or _verb_label(kind.model_class(), verb, permission.name)


def _verb_label(model, verb, name):
    from crm.pages import Pages

    pages = Pages.registry.get(model)
    if pages and pages.verbs and verb in pages.verbs:
        return str(pages.verbs[verb].label)
    transition = getattr(getattr(model, verb, None), "_django_fsm", None)
    if transition:
        return str(next(iter(transition.transitions.values())).custom["label"])
    words = _(name)
    return words if words != name else capfirst(verb.replace("_", " "))


def grantable():
    """Permissions that mean something to a person: those on records, and on the system's data.

    Lines and other parts follow their document; nothing is deleted.
    """
    parts = [
        model._meta.model_name
        for app in settings.LINE[1:]
        for model in apps.get_app_config(app).get_models()
        if not hasattr(model, "permission") and model._meta.label_lower != "users.apikey"
    ]
    return (
        Permission.objects.filter(content_type__app_label__in=settings.LINE)
        .exclude(codename__startswith="delete_")
        .exclude(content_type__model__in=parts)
        .select_related("content_type")
    )


def by_kind(permissions):
    """[(Kind, [(pk, verb in words)])] in the order of the line."""
    groups = {}
    for permission in sorted(permissions, key=_view_first):
        groups.setdefault(permission.content_type, []).append(
            (permission.pk, verb_label(permission))
        )
    found = sorted(groups, key=lambda kind: (settings.LINE.index(kind.app_label), kind.pk))
    return [(_kind(kind), groups[kind]) for kind in found if kind.model_class()]


def _kind(content_type):
    app = apps.get_app_config(content_type.app_label).verbose_name
    label = content_type.model_class()._meta.verbose_name
    return Kind(capfirst(str(app)), capfirst(str(label)))
