"""A list as CSV or XLSX: exactly what it shows, or all that can be imported again of its records.

Every export leaves a trace.
"""

import csv
import io
import tempfile
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.http import Http404, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from crm import work as works
from crm.events import emit
from crm.imports.reading import RETURN, escape
from crm.imports.writing import Records
from crm.lists.reader import Reader
from crm.models import Work
from crm.pages import Pages
from crm.views import Page

FORMATS = ("csv", "xlsx")
AT_ONCE = 1000
CHUNK = 1000


class ExportView(Page):
    """<plural>/export/: POST {format, query, layout}; a short list is there at once."""

    def post(self, request):
        if not request.user.has_perm("crm.export_records"):
            raise PermissionDenied
        form, query = request.POST.get("format", ""), request.POST.get("query", "")
        layout = request.POST.get("layout", "")
        if form not in FORMATS or layout not in ("", *layouts(self.pages)):
            raise Http404
        from crm.lists.pages import State

        total = State(self.pages, request, QueryDict(query)).rows.order_by().count()
        start = works.do_here if total <= AT_ONCE else works.start
        work = start(
            "export",
            by=request.user,
            label=f"{capfirst(self.pages.plural())} · {form.upper()}",
            total=total,
            model=self.pages.model._meta.label_lower,
            format=form,
            query=query,
            layout=layout,
        )
        if work.status == Work.Status.DONE:
            return HttpResponseRedirect(reverse("crm:work_file", args=[work.pk]))
        return HttpResponseRedirect(work.get_absolute_url())


def layouts(pages):
    """What a list can be written as, beside what it shows."""
    return ("records",) if pages.importer else ()


@works.kind("export")
def run(work):
    """Write the file anew from the first row: half a file is of no use."""
    from crm.lists.pages import State

    facts = work.data
    pages = Pages.of(facts["model"])
    state = State(pages, Reader(work.user, facts["query"]))
    if facts.get("layout") == "records":
        table = Records(pages, work.user)
        state.rows = state.rows.select_related(*table.relations)
    else:
        table = _Shown(state)
    with tempfile.TemporaryFile() as file:
        writer = {"csv": CsvWriter, "xlsx": XlsxWriter}[facts["format"]](file)
        writer.row(table.heads, head=True)
        done = 0
        for records in chunks(state):
            for cells in table.rows(records):
                writer.row(cells)
            done += len(records)
            works.progress(work, done)
        writer.close()
        file.seek(0)
        name = f"{pages.model._meta.model_name}-{work.created_at:%Y%m%d-%H%M%S}.{facts['format']}"
        work.file.save(name, File(file), save=False)
    work.done = work.total = done
    asked = {name: facts.get(name, "") for name in ("model", "query", "layout")}
    emit("work.exported", work, by=work.user, rows=done, **asked)


class _Shown:
    """The columns that a list shows, and the currency of its amounts."""

    def __init__(self, state):
        self.columns, self.user = state.columns, state.user
        self.heads = [capfirst(str(column.label)) for column in state.columns]
        has_currency = hasattr(state.pages.model, "currency_id")
        self.has_money = has_currency and any(column.is_money for column in state.columns)
        if self.has_money:
            self.heads.append(capfirst(_("currency")))

    def rows(self, records):
        for row in records:
            cells = [column.raw(row, self.user) for column in self.columns]
            yield [*cells, row.currency_id] if self.has_money else cells


def chunks(state):
    """All rows in the list's order, a page of keys at a time."""
    cursor = ""
    while True:
        page = state.page(cursor, CHUNK)
        yield page.rows
        cursor = page.next
        if not cursor:
            return


class CsvWriter:
    """UTF-8 with a mark at the start, by which spreadsheets know it."""

    def __init__(self, file):
        self.text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        self.csv = csv.writer(self.text)

    def row(self, values, *, head=False):
        self.csv.writerow([harmless(value) for value in values])

    def close(self):
        self.text.flush()
        self.text.detach()


class XlsxWriter:
    def __init__(self, file):
        self.file, self.book = file, Workbook(write_only=True)
        self.sheet = self.book.create_sheet()
        self.sheet.freeze_panes = "A2"

    def row(self, values, *, head=False):
        cells = []
        for value in values:
            cell = WriteOnlyCell(self.sheet, value=exact(harmless(value)))
            if head:
                cell.font = Font(bold=True)
            cells.append(cell)
        self.sheet.append(cells)

    def close(self):
        self.book.save(self.file)


def harmless(value):
    """Text that a spreadsheet does not run."""
    return escape(value) if isinstance(value, str) else value


def exact(value):
    """What a spreadsheet keeps as it is: it has 15 digits for a number, and no control codes."""
    if isinstance(value, Decimal) and Decimal(repr(float(value))) != value:
        return str(value)
    if isinstance(value, str):
        return ILLEGAL_CHARACTERS_RE.sub("", value).replace("\r", RETURN)
    return value
