"""The runs of scheduled jobs as records: administrators find in them what has failed."""

import django_filters
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from crm import home
from crm.api.serializers import CrmSerializer
from crm.api.viewsets import CrmViewSet
from crm.cells import Cell, Column, words
from crm.filters import CrmFilter, flag
from crm.models import JobRun
from crm.pages import Pages


class JobRunFilter(CrmFilter):
    failing = flag("failing", _("Failed, and not done again since"))
    started_at = django_filters.DateFromToRangeFilter(label=_("Started"))

    class Meta:
        model = JobRun
        fields = {"task": ["exact"]}


def outcome(run):
    if run.error:
        return Cell(pgettext("background work", "failed"), badge="red")
    return Cell(run.result or gettext("done"), badge="green") if run.finished_at else Cell("")


class JobRunPages(Pages):
    model = JobRun
    columns = ("task", "started_at", "finished_at", Column("outcome", _("Result"), value=outcome))
    order = "-started_at"
    filterset = JobRunFilter
    has_timeline = has_contacts = False
    empty = _("No job has run yet. The clock starts them by itself, and what they did stands here.")
    groups = (
        (_("Job"), ("task", "started_at", "finished_at", "result")),
        (_("Error"), ("error",)),
    )


class JobRunSerializer(CrmSerializer):
    class Meta:
        model = JobRun
        fields = ["id", "task", "started_at", "finished_at", "result", "error"]


class JobRunViewSet(CrmViewSet):
    model = JobRun
    serializer_class = JobRunSerializer
    filterset_class = JobRunFilter
    ordering = "-started_at"


home.add(
    "failed-jobs",
    _("Failed jobs"),
    JobRunPages,
    {"failing": "true"},
    order="-started_at",
    position=5,
    text=lambda run: run.task,
    meta=lambda run: words(run.started_at),
    badge=lambda run: "red",
    colour="red",
    empty=_("Every job has run well."),
)
