"""Colleagues from their invitation to the day they leave."""

from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm import lifecycle
from crm.cells import labelled, listed
from crm.errors import DomainError, WrongMoment
from crm.events import emit
from crm.locks import lock, lock_one
from crm.models import Company, Event, OwnedModel, StatefulModel
from crm.verbs import ABSENT, Verb, Verbs
from users.models import Team, User
from users.services.roles import keep_an_administrator, lock_roles, set_many


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


@transaction.atomic
def withdraw_invitation(user, *, by):
    """Close the account of somebody who has not followed the invitation; its links stop working.

    Raises WrongMoment when they have, DomainError when they own open records already.
    """
    lifecycle.require(by, "users.invite_user", user)
    lock_roles()
    user = lock_one(user)
    if not is_invited(user):
        raise WrongMoment(_("%(person)s can log in already.") % {"person": user})
    if left := count_open(user):
        raise DomainError(
            _("%(person)s owns open work already (%(work)s). Deactivate the account instead.")
            % {"person": user, "work": left},
            code="open_work",
        )
    user.set_unusable_password()  # another one: the links that are out there no longer fit
    user.is_active = False
    user.version += 1
    user.save()
    keep_an_administrator()
    emit("user.invitation_withdrawn", user, by=by)
    return user


def invitation(user):
    """{at, by, until}: the last invitation of somebody who has not followed it; None without one."""
    if not is_invited(user):
        return None
    sent = Event.objects.about(user).filter(name="user.invited").select_related("actor").last()
    if sent is None:
        return None
    until = sent.at + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return {"at": sent.at, "by": sent.actor, "until": until}


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
    lock_roles()
    user = lifecycle.edit(user, by=by, version=version, **changes)
    if roles is not None:
        set_many(user, "roles", roles, by=by)
        keep_an_administrator()
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
    return listed(labelled(capfirst(label), count) for label, count in counts if count)


@transaction.atomic
def deactivate_user(user, *, by, successor=None):
    """Close the account of somebody who leaves; what they have in hand goes to `successor`.

    Raises DomainError when something is left and nobody is named. Keys stop working, sessions
    end with their next request. Emits `user.deactivated` with the successor.
    """
    lifecycle.require(by, "users.deactivate_user", user)
    lock_roles()
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
    keep_an_administrator()
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
    withdraw_invitation=Verb(
        run=withdraw_invitation,
        label=_("Withdraw the invitation"),
        permission="users.invite_user",
        style="danger",
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
