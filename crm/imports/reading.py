"""A file as a sheet of texts, and back: CSV in the usual encodings, and XLSX."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from openpyxl import load_workbook

MOST_ROWS = 100_000
MOST_COLUMNS = 200
# What an XLSX file may grow to: a small archive can hold an endless sheet.
MOST_UNPACKED = 400 * 1024 * 1024
# A spreadsheet takes a text that begins so for a formula, but for a negative number, and drops the
# plus of a phone number. A mark in front is no part of the text, unless it was there before.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
NEGATIVE = re.compile(r"-[\d.,]+%?$")

# How XLSX writes the code that XML drops: Excel ends lines with it.
RETURN = "_x000D_"


@dataclass
class Sheet:
    """headers: texts of the first row. rows: [(number of the row as a spreadsheet shows it,
    texts)], each as long as the headers or longer; without empty rows."""

    headers: list
    rows: list


def read(file, name):
    """The Sheet in an open binary file; ValidationError with a sentence when it cannot be read."""
    if file.size > settings.IMPORT_MAX_BYTES:
        most = filesizeformat(settings.IMPORT_MAX_BYTES)
        raise ValidationError(_("The file is too large: %(most)s at most.") % {"most": most})
    data = file.read()
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise ValidationError(_("This is an old Excel file: save it as XLSX or CSV."))
    lines = _xlsx(data) if data[:4] == b"PK\x03\x04" else _csv(data)
    headers, rows = None, []
    for number, cells in enumerate(lines, start=1):
        cells = [unescape(cell.strip()) for cell in cells]
        if not any(cells):
            continue
        if headers is None:
            headers = _headers(cells)
            continue
        if len(rows) == MOST_ROWS:
            raise ValidationError(
                _("The file has too many rows: %(most)s at most.") % {"most": f"{MOST_ROWS:,}"}
            )
        while len(cells) > len(headers) and not cells[-1]:
            cells.pop()
        rows.append((number, cells + [""] * (len(headers) - len(cells))))
    if not rows:
        raise ValidationError(_("The file has no rows below its headers."))
    return Sheet(headers, rows)


def _headers(cells):
    while not cells[-1]:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise ValidationError(
            _("The file has too many columns: %(most)d at most.") % {"most": MOST_COLUMNS}
        )
    return [text[:200] or f"({n})" for n, text in enumerate(cells, start=1)]


def _csv(data):
    text = _decode(data)
    first = [line for line in text[:20_000].splitlines() if line.strip()][:5]
    delimiter = max(",;\t|", key=lambda mark: _columns(first, mark))
    # Not splitlines: texts within quotes may have lines.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as error:
        raise ValidationError(
            _("Row %(row)d cannot be read: %(error)s") % {"row": reader.line_num, "error": error}
        ) from error


def _columns(lines, delimiter):
    """Into how many columns a delimiter cuts the header."""
    try:
        return len(next(csv.reader(lines, delimiter=delimiter), []))
    except csv.Error:
        return 0


def _decode(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValidationError(_("This is no text: save the table as CSV (UTF-8) or XLSX."))


def _xlsx(data):
    broken = ValidationError(_("The file is damaged, or no XLSX: it cannot be read."))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise broken
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what some programs write there is wrong
        for row in sheet.iter_rows():
            yield [_text(cell) for cell in row]
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError, SyntaxError) as error:
        raise broken from error


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
