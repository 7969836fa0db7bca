from datetime import timedelta

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.kinds import Span
from activities.models import Activity, Mailing, MailTemplate, Meeting, Task
from crm.filters import CrmFilter, Mine

DUE = [
    ("overdue", _("overdue")),
    ("today", _("today or overdue")),
    ("week", _("within seven days")),
    ("later", _("later")),
]


class ActivityFilter(CrmFilter):
    mine = Mine()
    happened_at = django_filters.DateFromToRangeFilter(label=_("When"))

    class Meta:
        model = Activity
        fields = {"kind": ["exact"], "owner": ["exact"]}


class TaskFilter(CrmFilter):
    mine = Mine()
    due = django_filters.ChoiceFilter(method="filter_due", label=_("Due"), choices=DUE)
    due_at = django_filters.DateFromToRangeFilter(label=_("Due between"))

    class Meta:
        model = Task
        fields = {"state": ["exact"], "owner": ["exact"], "priority": ["exact"]}

    def filter_due(self, queryset, name, value):
        today = timezone.localdate()
        if value == "overdue":
            return queryset.overdue(timezone.now())
        if value == "today":
            return queryset.due_until(today)
        week = queryset.due_until(today + timedelta(days=7))
        if value == "week":
            return week
        return queryset.open().exclude(pk__in=week.values("pk"))


class MeetingFilter(CrmFilter):
    mine = Mine()
    ahead_today = django_filters.BooleanFilter(
        method="filter_ahead_today", label=_("Mine today, not over yet")
    )

    class Meta:
        model = Meeting
        fields = {"state": ["exact"], "owner": ["exact"]}

    def filter_ahead_today(self, queryset, name, value):
        """What the person has called or is invited to; of other days or people when false."""
        today = timezone.localdate()
        span = Span(today, today, timezone.get_current_timezone())
        planned = Meeting.objects.filter(state=Meeting.State.PLANNED).within(span)
        ahead = planned.exclude(ends_at__lte=timezone.now()).of([self.request.user])
        found = Q(pk__in=ahead.values("pk"))
        return queryset.filter(found if value else ~found)


class MailTemplateFilter(CrmFilter):
    class Meta:
        model = MailTemplate
        fields = {"language": ["exact"], "is_active": ["exact"]}


class MailingFilter(CrmFilter):
    mine = Mine()

    class Meta:
        model = Mailing
        fields = {"state": ["exact"]}
