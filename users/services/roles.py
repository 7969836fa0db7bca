"""Roles and what they may do; those that every installation begins with."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crm import lifecycle
from crm.errors import DomainError
from crm.events import emit
from crm.locks import lock
from users.models import Role, Scope, User
from users.permissions import permission_key

# --- Default roles ------------------------------------------------------------------------

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


# --- Roles ----------------------------------------------------------------------------------


def lock_roles():
    """Queue up whoever changes who may administer, so that the last one cannot be lost twice."""
    return lock(Role.objects.filter(permissions__codename="change_role"))


def keep_an_administrator():
    """Somebody has to be left who can set all this right again."""
    if not User.objects.holding("users.change_role").exists():
        raise DomainError(
            _("Then nobody could administer roles any more."), code="last_administrator"
        )


def set_many(obj, name, rows, *, by):
    """Set a many-to-many field and emit the difference."""
    field = getattr(obj, name)
    old, new = list(field.all()), list(rows)
    if {row.pk for row in old} == {row.pk for row in new}:
        return
    field.set(new)
    obj.version += 1
    obj.save()
    emit(
        f"{obj._meta.model_name}.edited",
        obj,
        by=by,
        changes={name: [_names(old), _names(new)]},
    )


def _names(rows):
    return sorted(permission_key(row) if hasattr(row, "codename") else str(row) for row in rows)


@transaction.atomic
def create_role(*, by, permissions=(), **fields):
    role = lifecycle.create(Role(**fields), by=by)
    role.permissions.set(permissions)
    return role


@transaction.atomic
def edit_role(role, *, by, version=None, permissions=None, **changes):
    """Change a role; `permissions` replace the old ones. Each difference is an event."""
    lock_roles()
    role = lifecycle.edit(role, by=by, version=version, **changes)
    if permissions is not None:
        set_many(role, "permissions", permissions, by=by)
        keep_an_administrator()
    return role
