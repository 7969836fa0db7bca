"""Roles and their default grants."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils.translation import gettext_noop

from users.models import Role, Scope

DEFAULT_ROLES = {
    "rep": (gettext_noop("Sales rep"), Scope.OWN),
    "manager": (gettext_noop("Sales manager"), Scope.BELOW),
    "finance": (gettext_noop("Finance"), Scope.ALL),
    "legal": (gettext_noop("Legal"), Scope.ALL),
    "warehouse": (gettext_noop("Warehouse"), Scope.ALL),
    "service": (gettext_noop("After-sales service"), Scope.ALL),
    "marketing": (gettext_noop("Marketing"), Scope.ALL),
    "administrator": (gettext_noop("Administrator"), Scope.ALL),
    "integrator": (gettext_noop("Integrator"), Scope.ALL),
}


def default_grants():
    """{"app.verb_model": set of role codes} from the grants.py of every app; the administrator
    holds everything."""
    found = {}
    for app in settings.LINE:
        if find_spec(f"{app}.grants"):
            for codename, roles in import_module(f"{app}.grants").GRANTS.items():
                found[f"{app}.{codename}"] = {*roles.split(), "administrator"}
    return found


@transaction.atomic
def sync_roles():
    """Make the default roles and give them default grants they never had before."""
    grants = default_grants()
    permissions = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in Permission.objects.select_related("content_type").filter(
            content_type__app_label__in=settings.LINE
        )
    }
    for code, (name, scope) in DEFAULT_ROLES.items():
        role, _created = Role.objects.get_or_create(
            code=code, defaults={"name": name, "scope": scope}
        )
        if code == "administrator":
            wanted = set(permissions)
        else:
            wanted = {key for key, roles in grants.items() if code in roles}
        new = wanted - set(role.granted)
        if missing := new - set(permissions):
            raise LookupError(f"grants.py names permissions that do not exist: {sorted(missing)}")
        if new:
            role.permissions.add(*(permissions[key] for key in new))
            role.granted = sorted(wanted | set(role.granted))
            role.save(update_fields=["granted"])
