"""What was done and what is to be done, about which record and when."""

from datetime import datetime, time, timedelta

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db.models import Max, Q
from django.utils import timezone

from crm.models import RecordModel
from crm.querysets import RecordQuerySet


def day_end(on):
    """The first moment after the local date `on`, as aware datetime."""
    return timezone.make_aware(datetime.combine(on + timedelta(days=1), time.min))


def _visible_of_every_kind(user):
    """What the person sees of every kind, put together once per request: half the work of a page."""
    if not hasattr(user, "_visible"):
        kinds = (model for model in apps.get_models() if issubclass(model, RecordModel))
        user._visible = [model.objects.visible_to(user) for model in kinds]
    return user._visible


class AboutQuerySet(RecordQuerySet):
    def about(self, obj):
        """Rows about one record; whoever may see the record may see them on its page."""
        kind = ContentType.objects.get_for_model(obj)
        return self.filter(content_type=kind, object_id=obj.pk)

    def with_targets(self, user):
        """Fetch `target` along, None where `user` may not see it: one query per kind of record."""
        return self.prefetch_related(GenericPrefetch("target", _visible_of_every_kind(user)))


class ActivityQuerySet(AboutQuerySet):
    def latest_contact(self):
        """When the last of them was that reached somebody, or None: a note to oneself does not."""
        past = self.exclude(kind="note").filter(happened_at__lte=timezone.now())
        return past.aggregate(latest=Max("happened_at"))["latest"]


class TaskQuerySet(AboutQuerySet):
    def permitted(self, user, permission):
        """By owner and scope; whoever gave a task to somebody else keeps seeing it."""
        rows = super().permitted(user, permission)
        if not user.has_perm(permission):
            return rows
        return self.filter(user.scope_q(permission, self.owner_field) | Q(created_by=user))

    def open(self):
        return self.filter(state="open")

    def overdue(self, at):
        return self.open().filter(due_at__lt=at)

    def due_until(self, on):
        """Open and due on the local date `on` or before."""
        return self.open().filter(due_at__lt=day_end(on))

    def to_remind(self, at):
        """Open, with a reminder that has come and was not given yet."""
        return self.open().filter(reminded_at=None, remind_at__lte=at)


class MeetingQuerySet(AboutQuerySet):
    def permitted(self, user, permission):
        """By owner and scope; whoever is invited sees the meeting."""
        rows = super().permitted(user, permission)
        if permission != "activities.view_meeting" or not user.has_perm(permission):
            return rows
        return self.filter(
            user.scope_q(permission, self.owner_field) | Q(pk__in=self.attended_by([user]))
        )

    def attended_by(self, users):
        """Keys of the meetings to which one of `users` is invited."""
        invitations = self.model._meta.get_field("invitations").related_model.objects
        return invitations.filter(user__in=users, is_removed=False).values("meeting")

    def of(self, users):
        return self.filter(Q(owner__in=users) | Q(pk__in=self.attended_by(users)))

    def within(self, span):
        timed = Q(starts_at__lt=span.end, ends_at__gt=span.start)
        return self.filter(timed | Q(starts_on__lte=span.last, ends_on__gte=span.first))
