"""The pages of the import wizard: file, columns, preview, report. Each person sees their own."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.errors import WrongMoment
from crm.imports import matching, running
from crm.imports import undo as undoing
from crm.imports.forms import MapForm, UploadForm
from crm.imports.importer import PERMISSION, importable, pages_of
from crm.imports.reading import read_again, write_csv
from crm.imports.template import write_template
from crm.models import Import, WorkRow

LATEST = 100
ROWS = 200
SAMPLES = 3
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def import_list(request):
    _require(request)
    rows = Import.objects.visible_to(request.user).select_related("user", "run", "undo_run")
    found = [{"import": row, "kind": _kind(row), "stage": _stage(row)} for row in rows[:LATEST]]
    return render(request, "crm/imports.html", {"imports": found})


def import_new(request):
    _require(request)
    kinds = {pages.model._meta.label_lower: pages for pages in importable(request.user)}
    form = UploadForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        user=request.user,
        initial={"kind": request.GET.get("kind", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            found = matching.receive(kinds[data["kind"]], data["file"], by=request.user)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return HttpResponseRedirect(reverse("crm:import_map", args=[found.pk]))
    status = 422 if form.is_bound else 200
    context = {"title": _("Import"), "form": form, "submit_label": _("Continue"), "step": 1}
    context["cancel_url"] = reverse("crm:imports")
    context["kinds"] = [(kind, pages.plural()) for kind, pages in kinds.items()]
    return render(request, "crm/import_new.html", context, status=status)


def import_template(request, kind):
    """An empty table for records of one kind."""
    _require(request)
    pages = {pages.model._meta.label_lower: pages for pages in importable(request.user)}.get(kind)
    if pages is None:
        raise Http404
    answer = HttpResponse(write_template(pages, request.user), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return answer


def import_map(request, pk):
    found = _own(request, pk)
    if found.run_id:
        return HttpResponseRedirect(found.get_absolute_url())
    pages = pages_of(found.kind)
    form = MapForm(request.POST or None, imported=found, pages=pages, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            data = dict(form.cleaned_data)
            found = matching.remember(found, data.pop("mapping"), **data)
            running.start_check(found)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return HttpResponseRedirect(found.get_absolute_url())
    sheet = read_again(found, most=SAMPLES)
    samples = [[cells[n] for _place, cells in sheet.rows] for n in range(len(found.headers))]
    context = {
        "import": found,
        "kind": _kind(found),
        "form": form,
        "sheet": sheet,
        "columns": list(zip(form.columns(), samples, strict=True)),
        "step": 2,
    }
    status = 422 if form.is_bound else 200
    return render(request, "crm/import_map.html", context, status=status)


def import_page(request, pk):
    """Preview before, progress during and report after the import."""
    found = _visible(request, pk)
    work = found.undo_run or found.run or found.check_run
    if work is None:
        return HttpResponseRedirect(reverse("crm:import_map", args=[found.pk]))
    context = {
        "import": found,
        "kind": _kind(found),
        "work": work,
        "is_own": found.user_id == request.user.pk,
        "step": 4 if found.run_id else 3,
        "keyed": found.key and _label_of_key(found),
    }
    if work.is_finished:
        context |= _report(request, found) if found.run_id else _preview(found)
    template = "crm/_import.html" if request.htmx else "crm/import.html"
    return render(request, template, context)


def _preview(found):
    result = found.check_run.result
    counts = result.get("counts", {})
    shown = {row["place"] for row in result.get("rows", [])}
    later = [row for row in result.get("problems", []) if row["place"] not in shown]
    return {
        "tiles": _tiles(counts),
        "rows": [_row(found, row) for row in [*result.get("rows", []), *later]],
        "willing": counts.get("created", 0) + counts.get("updated", 0),
    }


def _report(request, found):
    counts = running.counts(found.run)
    rows = found.run.rows.order_by("place")
    if (verdict := request.GET.get("verdict")) in running.VERDICTS:
        rows = rows.filter(data__verdict=verdict)
    else:
        verdict = ""
        rows = rows.filter(outcome=WorkRow.Outcome.REFUSED)
    kept = found.undo_run.rows.exclude(message="") if found.undo_run else WorkRow.objects.none()
    return {
        "tiles": _tiles(counts, past=True),
        "verdict": verdict,
        "rows": [_row(found, _as_dict(row), past=True) for row in rows[:ROWS]],
        "row_count": rows.count(),
        "refused": counts["refused"] + counts["duplicate"],
        "kept": [_row(found, _as_dict(row)) for row in kept[:ROWS]],
        "undo_refusal": undoing.refusal(found, request.user),
        "left": undoing.left(found).count(),
    }


def _as_dict(row):
    return {
        "place": row.place,
        "label": row.label,
        "message": row.message,
        "verdict": row.data.get("verdict", ""),
        "id": row.data.get("id"),
        "undone": row.data.get("undone", False),
    }


BADGES = {
    "created": "green",
    "updated": "blue",
    "unchanged": "grey",
    "duplicate": "amber",
    "refused": "red",
}


def _tiles(counts, past=False):
    words = running.DONE if past else running.VERDICTS
    return [
        {"verdict": name, "label": words[name], "count": counts.get(name, 0), "badge": BADGES[name]}
        for name in running.VERDICTS
    ]


def _row(found, row, past=False):
    pages = pages_of(found.kind)
    words = running.DONE if past else running.VERDICTS
    url = reverse(pages.route("detail"), args=[row["id"]]) if row["id"] else ""
    badge = BADGES.get(row["verdict"], "grey")
    words = words.get(row["verdict"], "")
    if row.get("undone"):
        words, badge = _("undone"), "grey"
        # What the row had made is there no more.
        url = "" if row["verdict"] == "created" else url
    return row | {"url": url, "words": words, "badge": badge}


@require_POST
def import_run(request, pk):
    found = _own(request, pk)
    if found.check_run is None or found.check_run.status != "done":
        raise WrongMoment(_("The file has not been checked yet."))
    running.start_run(found)
    return HttpResponseRedirect(found.get_absolute_url())


@require_POST
def import_undo(request, pk):
    found = _visible(request, pk)
    undoing.start_undo(found, by=request.user)
    return HttpResponseRedirect(found.get_absolute_url())


def import_refused(request, pk):
    """The refused rows as a file with the columns of the original and a column of reasons."""
    found = _own(request, pk)
    if found.run is None:
        raise Http404
    answer = HttpResponse(write_csv(*running.refused_rows(found)), content_type="text/csv")
    answer["Content-Disposition"] = f'attachment; filename="refused-{found.pk}.csv"'
    return answer


# --- Who may be here --------------------------------------------------------------------------------


def _require(request):
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


def _visible(request, pk):
    _require(request)
    rows = Import.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("user", "check_run", "run", "undo_run"), pk=pk)


def _own(request, pk):
    """One's own import: the file of somebody else is nobody's business."""
    found = _visible(request, pk)
    if found.user_id != request.user.pk:
        raise Http404
    if pages_of(found.kind) not in importable(request.user):
        raise PermissionDenied
    return found


def _kind(found):
    return pages_of(found.kind).plural()


def _label_of_key(found):
    return pages_of(found.kind).model._meta.get_field(found.key).verbose_name


def _stage(found):
    """(words, colour) of how far an import is."""
    if found.undo_run:
        if not found.undo_run.is_finished:
            return _("being undone"), "blue"
        if found.undo_run.status == "cancelled":
            return _("undo stopped"), "amber"
        return _("undone"), "grey"
    if found.run:
        return found.run.get_status_display(), found.run.badge
    return _("not imported yet"), "amber"
