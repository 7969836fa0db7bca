"""How people want to be told: which kinds of event by which channel, and when not at all."""

from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm import describe, events, lifecycle
from crm.locks import lock_one
from crm.models import Channel, NotificationChoice, StatefulModel

# --- Kinds and choices ------------------------------------------------------------------------


def default_channel(kind):
    """By mail where one of the audiences is told by mail, else in Closeloop."""
    by_mail = any(audience.by_mail for audience in events.audiences(kind))
    return Channel.MAIL if by_mail else Channel.IN_APP


def channels(kind, users):
    """{user pk: Channel} of everybody in `users` for one kind of event."""
    chosen = NotificationChoice.objects.filter(kind=kind, user__in=users)
    standard = default_channel(kind)
    return {user.pk: standard for user in users} | dict(chosen.values_list("user", "channel"))


def model_of(kind):
    """The model whose records the events `kind` ("order.shipped") are about, or None."""
    name = kind.partition(".")[0]
    for app in settings.LINE:
        if name in apps.all_models[app]:
            return apps.get_model(app, name)
    return None


def words(kind):
    """What happens, such as "Accepted"."""
    label = events.LABELS.get(kind)
    if label is not None:
        return str(label(None) if callable(label) else label)
    model, happened = model_of(kind), kind.partition(".")[2]
    if happened == "created":
        return _("New")
    if model is not None and issubclass(model, StatefulModel):
        states = dict(model.state_field().flatchoices)
        return capfirst(str(states.get(happened, kind)))
    return kind


def kinds(user):
    """[(name of the record kind, [(kind, words, default)])] of what can concern `user`."""
    groups = {}
    for kind in events.told():
        model = model_of(kind)
        seen = getattr(model, "permission", None)
        if model is not None and (seen is None or user.has_perm(seen("view"))):
            row = (kind, words(kind), default_channel(kind))
            groups.setdefault(model, []).append(row)
    order = sorted(groups, key=lambda model: settings.LINE.index(model._meta.app_label))
    return [(capfirst(str(model._meta.verbose_name_plural)), groups[model]) for model in order]


@transaction.atomic
def save_choices(user, *, chosen, **times):
    """Keep one's own choices, {kind: channel}, and the times quiet_from, quiet_until, digest_at.

    A choice that is the default needs no row.
    """
    user = lifecycle.write(lock_one(user), by=user, **times)
    known = {kind for _label, rows in kinds(user) for kind, _words, _default in rows}
    for kind in known & chosen.keys():
        rows = NotificationChoice.objects.filter(user=user, kind=kind)
        if chosen[kind] == default_channel(kind):
            rows.delete()
        else:
            NotificationChoice.objects.update_or_create(
                user=user, kind=kind, defaults={"channel": chosen[kind]}
            )
    return user


# --- Quiet hours ------------------------------------------------------------------------------


def tell_at(user, at):
    """`at`, or the end of the quiet hours of `user` in which it lies."""
    start, end = user.quiet_from, user.quiet_until
    if start is None or end is None or start == end:
        return at
    local = at.astimezone(user.zone)
    clock, day = local.time(), local.date()
    if start < end:
        if not start <= clock < end:
            return at
    elif clock >= start:
        day += timedelta(days=1)
    elif clock >= end:
        return at
    return datetime.combine(day, end, tzinfo=user.zone)


# --- In words ---------------------------------------------------------------------------------


def sees(user, obj):
    """Whether a record is there for `user`; None, a record that is gone, is for nobody."""
    rows = type(obj).objects if obj is not None else None
    return hasattr(rows, "visible_to") and rows.visible_to(user).filter(pk=obj.pk).exists()


def readable(rows, user):
    """[(notification, text, whether its record is there for `user`)]; one query per record kind.

    What somebody may no longer see has no name for them either.
    """
    keys = {}
    for row in rows:
        keys.setdefault(row.event.content_type_id, set()).add(row.event.object_id)
    seen = set()
    kinds_of = {row.event.content_type_id: row.event.content_type for row in rows}
    for pk, wanted in keys.items():
        model = kinds_of[pk].model_class()
        if model is not None and hasattr(model.objects, "visible_to"):
            shown = model.objects.visible_to(user).filter(pk__in=wanted)
            seen |= {(pk, found) for found in shown.values_list("pk", flat=True)}
    found = []
    for row in rows:
        is_seen = (row.event.content_type_id, row.event.object_id) in seen
        text = describe.describe(row.event) if is_seen else describe.action(row.event)
        found.append((row, text, is_seen))
    return found


def now_for(user):
    return timezone.now().astimezone(user.zone)
