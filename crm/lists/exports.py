"""A list as CSV or XLSX: exactly what it shows, or all that can be imported again of its records.

Every export leaves a trace.
"""

import csv
import io
import tempfile
from datetime import date, datetime
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
from openpyxl.utils import get_column_letter

from crm import work as works
from crm.events import emit
from crm.imports.reading import RETURN, escape
from crm.imports.writing import Records
from crm.lists import groups
from crm.lists.reader import Reader
from crm.lists.sums import totals_of, totals_over
from crm.models import Work
from crm.pages import Pages
from crm.views import Page

FORMATS = ("csv", "xlsx")
AT_ONCE = 1000
CHUNK = 1000


class ExportView(Page):
    """<plural>/export/: POST {format, query, layout}; a short list is there at once."""

    def post(self, request):
        require(request.user)
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


def require(user):
    if not user.has_perm("crm.export_records"):
        raise PermissionDenied(_("You do not have the right to export lists."))


def layouts(pages):
    """What a list can be written as, beside what it shows."""
    return ("records",) if pages.importer else ()


@works.kind("export")
def run(work):
    """Write the file anew from the first row: half a file is of no use."""
    from crm.lists.pages import State

    facts = work.data
    pages = Pages.of(facts["model"])
    require(work.user)  # a right may be lost while the work waits
    if not pages.may(work.user, "view"):
        raise PermissionDenied
    state = State(pages, Reader(work.user, facts["query"]))
    if facts.get("layout") == "records":
        table = Records(pages, work.user)
        state.rows = state.rows.select_related(*table.relations)
        source = plain_parts(table, state)
    else:
        table = Shown(state)
        source = table.parts(state)
    with tempfile.TemporaryFile() as file:
        writer = {"csv": CsvWriter, "xlsx": XlsxWriter}[facts["format"]](file)
        writer.begin(table.heads)
        done = 0
        for records, rows, sums in source:
            for cells in rows:
                writer.row(cells)
            for cells in sums:
                writer.total(cells)
            done += len(records)
            works.progress(work, done)
        writer.close()
        file.seek(0)
        name = f"{pages.model._meta.model_name}-{work.created_at:%Y%m%d-%H%M%S}.{facts['format']}"
        work.file.save(name, File(file), save=False)
    work.done = work.total = done
    asked = {name: facts.get(name, "") for name in ("model", "query", "layout")}
    emit("work.exported", work, by=work.user, rows=done, **asked)


def plain_parts(table, state):
    """(records, their rows, no sums) a page at a time."""
    for records in chunks(state):
        yield records, table.rows(records), ()


class Shown:
    """What a list shows: its columns, the groups, the sums, and the currency of its amounts."""

    def __init__(self, state):
        self.columns, self.user, self.group = state.columns, state.user, state.group()
        shown = {column.name for column in state.columns}
        self.totals = [total for total in totals_of(state) if total.name in shown]
        self.heads = [capfirst(str(column.label)) for column in state.columns]
        # A column of its own says the group, so that rows can be sorted and still tell it.
        if self.group is not None:
            self.heads.insert(0, capfirst(self.group.label))
        has_currency = hasattr(state.pages.model, "currency_id")
        self.has_money = has_currency and any(column.is_money for column in state.columns)
        if self.has_money:
            self.heads.append(capfirst(_("currency")))

    def parts(self, state):
        """(records, their rows, rows of sums) a page at a time: by group, all sums at the end."""
        for group in groups.found(state, self.totals)[0] if self.group else ():
            for records in chunks(groups.part(state, group)):
                yield records, self.rows(records, [group.label]), ()
            yield (), (), self.sums(f"{group.label or '–'} ({group.count:,})", group.rows)
        if self.group is None:
            for records in chunks(state):
                yield records, self.rows(records), ()
        if self.totals:
            yield (), (), self.sums(capfirst(_("total")), totals_over(state, self.totals))

    def rows(self, records, first=()):
        for row in records:
            cells = [*first, *(column.raw(row, self.user) for column in self.columns)]
            yield [*cells, row.currency_id] if self.has_money else cells

    def sums(self, label, rows):
        """Rows of sums below their columns, one for each currency."""
        names = [""] * bool(self.group) + [column.name for column in self.columns]
        by_name = {total.name: total for total in self.totals}
        for row in rows:
            cells = [by_name[name].amount([row]) if name in by_name else None for name in names]
            if cells[0] is None:
                cells[0] = label
            yield [*cells, row.get("currency")] if self.has_money else cells


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
    """UTF-8 with a mark at the start, by which spreadsheets know it. For programs: no sums."""

    def __init__(self, file):
        self.text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        self.csv = csv.writer(self.text)

    def begin(self, heads):
        self.row(heads)

    def row(self, values):
        self.csv.writerow([harmless(value) for value in values])

    def total(self, values):
        pass

    def close(self):
        self.text.flush()
        self.text.detach()


class XlsxWriter:
    """For people: numbers and dates as such, looking as on the page, and the sums."""

    def __init__(self, file):
        self.file, self.book = file, Workbook(write_only=True)
        self.sheet = self.book.create_sheet()
        self.sheet.freeze_panes = "A2"

    def begin(self, heads):
        for number, head in enumerate(heads, start=1):
            wide = sum(2 if ord(letter) > 0x2E80 else 1 for letter in head)
            width = max(28 if number == 1 else 14, min(wide + 3, 40))
            self.sheet.column_dimensions[get_column_letter(number)].width = width
        self.total(heads)

    def row(self, values):
        self.sheet.append([self.cell(value) for value in values])

    def total(self, values):
        cells = [self.cell(value) for value in values]
        for cell in cells:
            cell.font = Font(bold=True)
        self.sheet.append(cells)

    def cell(self, value):
        cell = WriteOnlyCell(self.sheet, value=exact(harmless(value)))
        if isinstance(cell.value, Decimal):
            is_amount = value.as_tuple().exponent == -2
            cell.number_format = "#,##0.00" if is_amount else "#,##0.######"
        elif isinstance(value, datetime):
            cell.number_format = "yyyy-mm-dd hh:mm"
        elif isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
        return cell

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
