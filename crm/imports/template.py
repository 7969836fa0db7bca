"""An empty table to fill in and import: the fields as headers, and what may stand in them."""

import io

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from crm.cells import listed
from crm.imports.fields import DOCUMENT, targets_of
from crm.imports.writing import heads_of

NEEDED = PatternFill("solid", fgColor="FFF1D6")
WIDTH = 18
# A sheet has no name with these.
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def write_template(pages, user):
    """The XLSX file, as bytes, for the records of one kind, as far as this person may fill it."""
    targets = [
        target
        for target in targets_of(pages, user).values()
        if target.name not in pages.importer.history
    ]
    targets.sort(key=lambda target: (bool(target.beside), target.is_line, not target.required))
    book = Workbook(write_only=True)
    table = book.create_sheet(_name(pages.plural()))
    table.freeze_panes = "A2"
    notes = book.create_sheet(_name(_("Fields")))
    for sheet, count in ((table, len(targets)), (notes, 2)):
        for n in range(1, count + 1):
            sheet.column_dimensions[get_column_letter(n)].width = WIDTH * (
                1 if sheet is table else 2
            )
    heads = heads_of(targets)
    table.append([_head(table, text, target) for text, target in zip(heads, targets, strict=True)])
    notes.append([_head(notes, _("Field")), _head(notes, _("What may stand there"))])
    for text, target in zip(heads, targets, strict=True):
        notes.append([text, _explained(target)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _name(text):
    return capfirst(str(text)).translate(FORBIDDEN)[:31]


def _head(sheet, text, target=None):
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    if target and target.required and not target.beside:
        cell.fill = NEEDED
    return cell


def _explained(target):
    if target.name == DOCUMENT:
        return _("the same in every row of one document")
    needed = [_("required")] if target.required and not target.beside else []
    return listed([*needed, *filter(None, [_kind_of(target.field, target.rows)])])


def _kind_of(field, rows):
    if rows is not None:
        return _("name or code of an existing %(kind)s") % {"kind": rows.model._meta.verbose_name}
    if isinstance(field, forms.BooleanField):
        return _("yes or no")
    if choices := getattr(field, "choices", None):
        return " / ".join(str(label) for value, label in choices if value not in (None, ""))
    if isinstance(field, forms.DateField | forms.DateTimeField):
        return _("date, such as %(date)s") % {"date": "2026-03-05"}
    if isinstance(field, forms.IntegerField):
        return _("a number")
    return ""
