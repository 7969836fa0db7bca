"""Writes about people: teams, colleagues, roles, absences and API keys."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from crm import lifecycle
from crm.cells import listed
from crm.errors import DomainError, WrongMoment
from crm.events import emit
from crm.locks import lock, lock_one
from crm.models import Company, OwnedModel, StatefulModel
from crm.verbs import ABSENT, Verb, Verbs
from users.models import ApiKey, Delegation, Role, Scope, Team, User
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


# --- Teams ----------------------------------------------------------------------------------


def _lock_tree():
    """Lock all teams: moves in different parts of the tree could close a circle together."""
    return {team.pk: team for team in lock(Team.objects.all())}


@transaction.atomic
def create_team(*, by, name, parent=None, manager=None, external_key=None):
    _lock_tree()
    team = Team(name=name, parent=parent, manager=manager, external_key=external_key)
    lifecycle.create(team, by=by)
    above = Team.objects.get(pk=parent.pk).path if parent else "/"
    team.path = f"{above}{team.pk}/"
    team.save(update_fields=["path"])
    return team


@transaction.atomic
def edit_team(team, *, by, version=None, **changes):
    """Change a team; a new parent moves it with everything below.

    Locks all teams. Raises ValidationError when the new parent lies below the team itself.
    """
    tree = _lock_tree()
    team = lifecycle.edit(team, by=by, version=version, **changes)
    above = tree[team.parent_id].path if team.parent_id else "/"
    if above.startswith(tree[team.pk].path):
        raise ValidationError(
            {"parent": _("%(team)s cannot lie below itself.") % {"team": team.name}}
        )
    old, new = tree[team.pk].path, f"{above}{team.pk}/"
    if new != old:
        moved = Team.objects.filter(path__startswith=old)
        moved.update(path=Concat(Value(new), Substr("path", len(old) + 1)))
        team.path = new
    return team


# --- Colleagues -----------------------------------------------------------------------------


@transaction.atomic
def create_user(*, by, password=None, roles=(), **fields):
    """Add a colleague, who can log in at once when there is a password.

    Raises ValidationError for a weak password.
    """
    user = User(**fields)
    try:
        if password is not None:
            validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    user.set_password(password)
    lifecycle.create(user, by=by, roles=list(roles))
    user.roles.set(roles)
    return user


@transaction.atomic
def add_colleague(*, by, password="", **fields):
    """Add a colleague with a password, or invite them by mail to choose one."""
    user = create_user(by=by, password=password or None, **fields)
    return user if password else invite_user(user, by=by)


@transaction.atomic
def invite_user(user, *, by):
    """Mail somebody who has no password yet a link under which they choose one.

    Raises WrongMoment when they have one, or have left; ValidationError without an address.
    """
    lifecycle.require(by, "users.invite_user", user)
    user = lock_one(user)
    if not is_invited(user):
        raise WrongMoment(_("%(person)s can log in already.") % {"person": user})
    if not user.email:
        raise ValidationError({"email": _("The invitation needs a mail address.")})
    emit("user.invited", user, by=by)
    from users.tasks import send_invitation

    send_invitation.delay_on_commit(user.pk, by.pk if by else None)
    return user


def is_invited(user):
    """Whether this person has not chosen a password yet."""
    return user.is_active and not user.has_usable_password()


def send_invitation(user, inviter):
    """Mail the link, in the person's language. It works once, and as long as one for a new
    password."""
    if not is_invited(user):
        return
    path = reverse(
        "password_reset_confirm",
        args=[
            urlsafe_base64_encode(force_bytes(user.pk)),
            default_token_generator.make_token(user),
        ],
    )
    with translation.override(Company.language_for(user)):
        context = {
            "user": user,
            "inviter": inviter,
            "company": Company.current(),
            "url": settings.BASE_URL + path,
            "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
        }
        subject = gettext("%(company)s invites you to Closeloop") % {"company": context["company"]}
        body = render_to_string("users/mail/invitation.txt", context)
        reply_to = [inviter.email] if inviter and inviter.email else None
        EmailMessage(" ".join(subject.split()), body, None, [user.email], reply_to=reply_to).send()


@transaction.atomic
def edit_user(user, *, by, version=None, roles=None, **changes):
    """Change what administrators keep about a colleague. `roles` replace the old ones."""
    _lock_roles()
    user = lifecycle.edit(user, by=by, version=version, **changes)
    if roles is not None:
        _set_many(user, "roles", roles, by=by)
        _keep_an_administrator()
    return user


@transaction.atomic
def edit_profile(user, *, by, **changes):
    """Change one's own name, mail address, phone, language, zone or appearance."""
    if by != user:
        raise DomainError(_("This is somebody else's profile."), code="not_yours")
    return lifecycle.write(lock_one(user), by=by, **changes)


@transaction.atomic
def set_password(user, *, by, password):
    """Give a colleague a new password; their open sessions end."""
    lifecycle.require(by, "users.set_password_user", user)
    user = lock_one(user)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    user.set_password(password)
    user.version += 1
    user.save()
    emit("user.password_set", user, by=by)
    return user


def open_records(user):
    """Querysets of what `user` owns and has not brought to an end, one per kind.

    A record is at its end when nothing can be done with it but to reopen it.
    """
    found = []
    for model in apps.get_models():
        if not issubclass(model, OwnedModel):
            continue
        rows = model._base_manager.filter(owner=user)
        if issubclass(model, StatefulModel):
            field = model.state_field()
            live = {
                source
                for t in field.get_all_transitions(model)
                if t.name != "reopen"
                for source in (
                    [t.source] if t.source not in ("*", "+") else dict(field.flatchoices)
                )
            }
            rows = rows.filter(**{f"{field.name}__in": live})
        found.append(rows)
    return found


def count_open(user):
    """What `user` still has in hand, in words: "Leads: 3, Tasks: 12"; "" for nothing."""
    counts = [(rows.model._meta.verbose_name_plural, rows.count()) for rows in open_records(user)]
    counts.append((Team._meta.verbose_name_plural, user.managed_teams.count()))
    return listed(f"{capfirst(label)}: {count}" for label, count in counts if count)


@transaction.atomic
def deactivate_user(user, *, by, successor=None):
    """Close the account of somebody who leaves; what they have in hand goes to `successor`.

    Raises DomainError when something is left and nobody is named. Keys stop working, sessions
    end with their next request. Emits `user.deactivated` with the successor.
    """
    lifecycle.require(by, "users.deactivate_user", user)
    _lock_roles()
    user = lock_one(user)
    if not user.is_active:
        raise WrongMoment(_("%(person)s is not active.") % {"person": user})
    if by is not None and by.pk == user.pk:
        raise DomainError(_("You cannot deactivate yourself."), code="yourself")
    if successor is not None and (successor.pk == user.pk or not successor.is_active):
        raise DomainError(
            _("%(person)s cannot take over.") % {"person": successor}, code="bad_successor"
        )
    left = count_open(user)
    if left and successor is None:
        raise DomainError(
            _("%(person)s still has open work (%(work)s). Say who takes it over.")
            % {"person": user, "work": left},
            code="open_work",
        )
    if left:
        for rows in open_records(user):
            for record in lock(rows):
                lifecycle.write(record, by=by, owner=successor)
        for team in lock(Team.objects.filter(manager=user)):
            lifecycle.write(team, by=by, manager=successor)
    user.is_active = False
    user.version += 1
    user.save()
    _keep_an_administrator()
    emit("user.deactivated", user, by=by, successor=successor, summary=left)
    return user


@transaction.atomic
def activate_user(user, *, by):
    """Let a colleague who has come back log in again."""
    lifecycle.require(by, "users.activate_user", user)
    user = lock_one(user)
    if user.is_active:
        raise WrongMoment(_("%(person)s is active already.") % {"person": user})
    user.is_active = True
    user.version += 1
    user.save()
    emit("user.activated", user, by=by)
    return user


# --- Roles ----------------------------------------------------------------------------------


def _lock_roles():
    """Queue up whoever changes who may administer, so that the last one cannot be lost twice."""
    return lock(Role.objects.filter(permissions__codename="change_role"))


def _keep_an_administrator():
    """Somebody has to be left who can set all this right again."""
    if not User.objects.holding("users.change_role").exists():
        raise DomainError(
            _("Then nobody could administer roles any more."), code="last_administrator"
        )


def _set_many(obj, name, rows, *, by):
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
    _lock_roles()
    role = lifecycle.edit(role, by=by, version=version, **changes)
    if permissions is not None:
        _set_many(role, "permissions", permissions, by=by)
        _keep_an_administrator()
    return role


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


# --- Verbs ----------------------------------------------------------------------------------


def _active(user):
    return None if user.is_active else ABSENT


def _inactive(user):
    return ABSENT if user.is_active else None


def _invited(user):
    return None if is_invited(user) and user.email else ABSENT


USER_VERBS = Verbs(
    User,
    invite=Verb(
        run=invite_user,
        label=_("Invite again"),
        permission="users.invite_user",
        refusal=_invited,
    ),
    set_password=Verb(
        run=set_password,
        label=_("Set a password"),
        permission="users.set_password_user",
        form="users.forms.SetPasswordForm",
        refusal=_active,
    ),
    deactivate=Verb(
        run=deactivate_user,
        label=_("Deactivate"),
        permission="users.deactivate_user",
        form="users.forms.DeactivateForm",
        style="danger",
        refusal=_active,
    ),
    activate=Verb(
        run=activate_user,
        label=_("Activate"),
        permission="users.activate_user",
        style="primary",
        refusal=_inactive,
    ),
)
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
