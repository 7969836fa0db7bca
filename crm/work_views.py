"""The pages of background work: each person sees their own."""

from django.http import FileResponse, Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from crm import work as works
from crm.lists import bulk
from crm.models import Work, WorkRow

LATEST = 50
ROWS = 200


def work_list(request):
    return render(request, "crm/works.html", {"works": request.user.works.all()[:LATEST]})


def work(request, pk):
    """How far it is; asked again every second until it is finished."""
    found = get_object_or_404(request.user.works, pk=pk)
    context = {"work": found, "counts": works.counts(found) if found.total else {}}
    if found.is_finished:
        bad = found.rows.exclude(outcome=WorkRow.Outcome.DONE)
        context |= {"rows": bad[:ROWS], "bad_count": bad.count()}
        if found.kind == "bulk":
            context["list_label"], context["list_url"] = bulk.list_of(found)
            for row in context["rows"]:
                row.url = bulk.record_url(found, row)
    template = "crm/_work.html" if request.htmx else "crm/work.html"
    return render(request, template, context)


@require_POST
def stop(request, pk):
    found = works.stop(get_object_or_404(request.user.works, pk=pk))
    return HttpResponseRedirect(found.get_absolute_url())


def file(request, pk):
    found = get_object_or_404(request.user.works, pk=pk, status=Work.Status.DONE)
    if not found.file:
        raise Http404
    return FileResponse(found.file.open("rb"), as_attachment=True)
