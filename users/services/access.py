"""Who acts for somebody else: substitutes in an absence, programs with an API key."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import lifecycle
from crm.events import emit
from crm.locks import lock_one
from crm.verbs import ABSENT, Verb, Verbs
from users.models import ApiKey, Delegation

# --- Absences -------------------------------------------------------------------------------


@transaction.atomic
def create_delegation(*, by, substitute, starts_on, ends_on, user=None):
    """Let `substitute` decide approvals during an absence; only administrators do so for others."""
    user = user or by
    if by is not None and user != by:
        lifecycle.require(by, "users.change_user", user)
    _check_delegation(substitute, ends_on)
    delegation = Delegation(user=user, substitute=substitute, starts_on=starts_on, ends_on=ends_on)
    return lifecycle.create(delegation, by=by)


@transaction.atomic
def edit_delegation(delegation, *, by, version=None, **changes):
    _check_delegation(
        changes.get("substitute", delegation.substitute),
        changes.get("ends_on", delegation.ends_on),
    )
    return lifecycle.edit(delegation, by=by, version=version, **changes)


def _check_delegation(substitute, ends_on):
    if not substitute.is_active:
        raise ValidationError({"substitute": _("This person has left.")})
    if ends_on < timezone.localdate():
        raise ValidationError({"ends_on": _("This day is past.")})


@transaction.atomic
def revoke_delegation(delegation, *, by):
    """End a delegation at once."""
    lifecycle.require(by, "users.revoke_delegation", delegation)
    return lifecycle.write(lock_one(delegation), by=by, is_active=False)


# --- API keys -------------------------------------------------------------------------------


@transaction.atomic
def create_api_key(*, by, name, scopes=(), expires_on=None):
    """Make a key of one's own; return (ApiKey, key). The key itself is never stored.

    It works until the end of the local date `expires_on`.
    """
    lifecycle.require(by, "users.add_apikey")
    expiry = None
    if expires_on is not None:
        days = expires_on - timezone.localdate()
        midnight = timezone.localtime().replace(hour=23, minute=59, second=59)
        expiry = midnight + days - timezone.now()
    found, key = ApiKey.objects.create(by, expiry=expiry, name=name, scopes=list(scopes))
    emit("user.key_created", by, by=by, subject=name, scopes=list(scopes))
    return found, key


@transaction.atomic
def revoke_api_key(key, *, by):
    """Make a key useless at once."""
    lifecycle.require(by, "users.revoke_apikey")
    emit("user.key_revoked", key.user, by=by, subject=str(key))
    key.delete()


DELEGATION_VERBS = Verbs(
    Delegation,
    revoke=Verb(
        run=revoke_delegation,
        label=_("Revoke"),
        permission="users.revoke_delegation",
        style="danger",
        refusal=lambda delegation: None if delegation.is_active else ABSENT,
    ),
)
