"""A file as a sheet of texts, and back: CSV in the usual encodings, and XLSX."""

import csv
import io
import re
import string
import zipfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from crm.imports.decoding import decode

MOST_ROWS = 100_000
MOST_COLUMNS = 200
# All of them are held in memory, by the page that takes the file, too.
MOST_CELLS = 4_000_000
# What an XLSX file may grow to: a small archive can hold an endless sheet.
MOST_UNPACKED = 400 * 1024 * 1024
# A spreadsheet takes a text that begins so for a formula, but for a negative number, and drops the
# plus of a phone number. A mark in front is no part of the text, unless it was there before.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
NEGATIVE = re.compile(r"-[\d.,]+%?$")

# How XLSX writes the code that XML drops: Excel ends lines with it.
RETURN = "_x000D_"
# What comes along at the ends of a text copied from a chat or a page, and nobody sees.
UNSEEN = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
AROUND = f"{string.whitespace}\xa0\u3000{UNSEEN}"
# Older systems export a web page or XML and call it .xls.
MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|meta|table|\?xml|\?mso)", re.IGNORECASE)
# The line with which Excel is told how the columns are separated.
SEPARATOR = re.compile(r"(?i)sep=(.)\r?\n")
# Titles and notes above the headers are looked for in so many rows.
LOOKED_AT = 12
# A float has so many digits that can be trusted.
EXACT = 10**15


@dataclass
class Sheet:
    """headers: texts of the first row below titles, no two alike. rows: [(number of the row as a
    spreadsheet shows it, texts)], each as long as the headers or longer; without empty rows.
    name: of the sheet. others: names of the sheets of the same file that were not read."""

    headers: list
    rows: list
    name: str = ""
    others: tuple = ()


def read(file, name, *, likes=None, most=None):
    """The Sheet in an open binary file; ValidationError with a sentence when it cannot be read.

    likes: `(headers) -> number`: of several sheets the one with most of it is meant, the first
    among equals. most: so many of the first rows will do.
    """
    if file.size > settings.IMPORT_MAX_BYTES:
        allowed = filesizeformat(settings.IMPORT_MAX_BYTES)
        raise ValidationError(_("The file is too large: %(most)s at most.") % {"most": allowed})
    data = file.read()
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise ValidationError(_("This is an old Excel file: save it as XLSX or CSV."))
    if MARKUP.match(data):
        raise ValidationError(
            _(
                "This is a web page or XML under the name of a table: open it in Excel or WPS and "
                "save it as XLSX or CSV."
            )
        )
    if data[:4] != b"PK\x03\x04":
        return _sheet([_begin("", _csv(data))], likes, most)
    broken = ValidationError(_("The file is damaged, or no XLSX: it cannot be read."))
    try:
        return _sheet(list(_xlsx(data, broken)), likes, most)
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError, SyntaxError) as error:
        raise broken from error


def read_again(found, *, most=None):
    """The Sheet of an Import, as it was read when the file came in."""
    with found.file.open("rb") as file:
        return read(file, found.name, likes=lambda headers: headers == found.headers, most=most)


def _sheet(begun, likes, most):
    """The Sheet of the table that is meant. begun: [what _begin returns]."""
    tables = [table for table in begun if table]
    if not tables:
        raise ValidationError(_("The file has no rows below its headers."))
    name, headers, lines = max(tables, key=lambda table: likes(table[1]) if likes else 0)
    rows, cells_seen = [], 0
    for number, cells in islice(lines, most):
        if len(rows) == MOST_ROWS:
            raise ValidationError(
                _("The file has too many rows: %(most)s at most.") % {"most": f"{MOST_ROWS:,}"}
            )
        while len(cells) > len(headers) and not cells[-1]:
            cells.pop()
        rows.append((number, cells + [""] * (len(headers) - len(cells))))
        cells_seen += len(rows[-1][1])
        if cells_seen > MOST_CELLS:
            raise ValidationError(
                _("The file has too many cells: %(most)s at most.") % {"most": f"{MOST_CELLS:,}"}
            )
    others = tuple(other for other, _headers, _lines in tables if other != name)
    return Sheet(headers, rows, name, others)


def _begin(name, lines):
    """(name, headers, the lines below them) of the lines of a sheet; None without any below."""
    lines = _filled(lines)
    first = list(islice(lines, LOOKED_AT))
    if len(first) < 2:
        return None
    start = _start([cells for _number, cells in first])
    return name, _headers(first[start][1]), chain(first[start + 1 :], lines)


def _filled(lines):
    for number, cells in enumerate(lines, start=1):
        cells = [unescape(_plain(cell)) for cell in cells]
        if any(cells):
            yield number, cells


def _plain(text):
    text = text.strip()
    seen = text and (text[0] in UNSEEN or text[-1] in UNSEEN)
    return text.strip(AROUND) if seen else text


def _start(rows):
    """Which of the first rows has the headers: titles and notes, such as "Customers of 2026" in a
    merged cell, stand above it alone in their rows."""
    filled = [sum(map(bool, cells)) for cells in rows]
    start = next((n for n, count in enumerate(filled) if count > 1), 0)
    # A single header above a row that is too long is no title.
    if start == len(rows) - 1 or filled[start] == 2 and not all(len(c) > 1 for c in rows[:start]):
        return 0
    return start


def _headers(cells):
    while not cells[-1]:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise ValidationError(
            _("The file has too many columns: %(most)d at most.") % {"most": MOST_COLUMNS}
        )
    texts = [" ".join(text.split())[:190] or f"({n})" for n, text in enumerate(cells, start=1)]
    seen, found = Counter(), []
    for text in texts:
        seen[text] += 1
        again = f"{text} ({seen[text]})" if seen[text] > 1 else text
        found.append(again if again not in found else f"({len(found) + 1}) {text}")
    return found


def _csv(data):
    text = decode(data)
    told = SEPARATOR.match(text)
    text = text[told.end() :] if told else text
    first = [line for line in text[:20_000].splitlines() if line.strip()][:5]
    delimiter = told[1] if told else max(",;\t|", key=lambda mark: _columns(first, mark))
    # Not splitlines: texts within quotes may have lines.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    row = int(bool(told))
    if told:
        yield []  # so that rows are numbered as in the file
    ends = [0, 0]
    try:
        for cells in reader:
            row += 1
            ends = [ends[1], reader.line_num]
            yield cells
    except csv.Error as error:
        raise ValidationError(
            _("Row %(row)d has a text that is too long: perhaps a quotation mark is not closed.")
            % {"row": row + 1}
        ) from error
    # Such a mark takes all that follows into the last row.
    if text.count('"') % 2 and ends[1] - ends[0] > 1:
        raise ValidationError(
            _("Row %(row)d has a quotation mark that is not closed.") % {"row": row}
        )


def _columns(lines, delimiter):
    """Into how many columns a delimiter cuts the first rows at most."""
    try:
        return max((len(cells) for cells in csv.reader(lines, delimiter=delimiter)), default=0)
    except csv.Error:
        return 0


def _xlsx(data, broken):
    """What _begin makes of each sheet that is not hidden."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
        raise broken
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            sheet.reset_dimensions()  # what some programs write there is wrong
            yield _begin(sheet.title, _cells(sheet))


def _cells(sheet):
    for row in sheet.iter_rows():
        yield [_text(cell) for cell in row]


def _text(cell):
    """A cell as it would stand in a CSV file: whole numbers without a point, dates ISO 8601."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if "%" in (cell.number_format or ""):
            return f"{round(value * 100, 10):.10g}%"
        if isinstance(value, float) and abs(value) >= EXACT:
            return f"{value:.14E}"
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).replace(RETURN, "\r")


def escape(text):
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if FORMULA.match(text) and not NEGATIVE.match(text) else text


def unescape(text):
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text


def write_csv(headers, rows):
    """A CSV file with BOM, as bytes; harmless in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    for cells in [headers, *rows]:
        writer.writerow([escape(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")
