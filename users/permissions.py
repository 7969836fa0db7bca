"""Permissions in words, for the people who hand them out."""

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.utils.text import capfirst
from django.utils.translation import gettext as _


def permission_key(permission):
    """The name used in code, such as "orders.confirm_order"."""
    return f"{permission.content_type.app_label}.{permission.codename}"


def permission_label(permission):
    """A permission as a person would say it: "Order: Confirm"."""
    kind = permission.content_type
    try:
        model = apps.get_model(kind.app_label, kind.model)
    except LookupError:
        return permission.name
    verb = permission.codename.removesuffix(f"_{kind.model}")
    words = {
        "view": _("View"),
        "add": _("Create"),
        "change": _("Edit"),
        "delete": _("Delete"),
    }.get(verb) or _verb_label(model, verb)
    return f"{capfirst(model._meta.verbose_name)}: {words}"


def _verb_label(model, verb):
    from crm.pages import Pages

    pages = Pages.registry.get(model)
    if pages and pages.verbs and verb in pages.verbs:
        return str(pages.verbs[verb].label)
    transition = getattr(getattr(model, verb, None), "_django_fsm", None)
    if transition:
        return str(next(iter(transition.transitions.values())).custom["label"])
    return capfirst(verb.replace("_", " "))


def grantable():
    """All permissions that mean something in Closeloop: those of the apps of the line."""
    return (
        Permission.objects.filter(content_type__app_label__in=settings.LINE)
        .exclude(codename__startswith="delete_")
        .select_related("content_type")
        .order_by("content_type__app_label", "content_type__model", "pk")
    )


def by_app(permissions):
    """[(app label in words, [(pk, label)])] in the order of the line."""
    groups = {}
    for permission in permissions:
        groups.setdefault(permission.content_type.app_label, []).append(
            (permission.pk, permission_label(permission))
        )
    return [
        (str(apps.get_app_config(app).verbose_name), groups[app])
        for app in settings.LINE
        if app in groups
    ]
