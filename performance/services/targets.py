"""Targets: set by a superior, seen by the person once they are published."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm import lifecycle
from crm.lifecycle import advance
from crm.verbs import Verbs
from performance.models import Target
from performance.querysets import led_by


def require_superior(user, person):
    """Raise PermissionDenied unless `user` (None: the system) leads `person`; nobody leads oneself."""
    if user is not None and not led_by(user).filter(pk=person.pk).exists():
        raise PermissionDenied(_("Only a superior of %(person)s can do this.") % {"person": person})


@transaction.atomic
def create_target(*, by, person, **fields):
    require_superior(by, person)
    return lifecycle.create(Target(person=person, **fields), by=by)


@transaction.atomic
def edit_target(target, *, by, version=None, **changes):
    for person in {target.person, changes.get("person", target.person)}:
        require_superior(by, person)
    return lifecycle.edit(target, by=by, version=version, **changes)


@transaction.atomic
def publish_target(target, *, by):
    require_superior(by, target.person)
    return advance(target, "publish", by=by)


@transaction.atomic
def close_target(target, *, by):
    require_superior(by, target.person)
    return advance(target, "close", by=by)


TARGET_VERBS = Verbs(Target, publish=publish_target, close=close_target)
