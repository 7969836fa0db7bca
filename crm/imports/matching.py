"""Which column is which field: by what the person chose the last time, else by the headers."""

import hashlib
import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy

from crm.imports.fields import (
    bare,
    in_all_languages,
    no_right,
    targets_of,
    unit_of,
    withheld,
)
from crm.imports.headers import COMMON, PERSONAL
from crm.imports.importer import modes
from crm.imports.reading import read
from crm.models import Import, ImportMapping

REASON = gettext_lazy("Reason of refusal")
SETTINGS = ("mode", "key", "dates", "amounts", "clears", "allows_duplicates")
NUMERIC_DATE = re.compile(r"\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})\b")


@transaction.atomic
def receive(pages, upload, *, by):
    """Keep an uploaded file with the mapping that suggests itself; return the Import.

    Raises ValidationError when it cannot be read, or has columns that are not for this person.
    """
    targets = targets_of(pages, by)
    kept_back = {target.name: target for target in withheld(pages, by, targets)}
    known = targets | kept_back
    sheet = read(upload, upload.name, likes=lambda headers: len(guess(known, headers)))
    upload.seek(0)
    found = guess(known, sheet.headers)
    if refused := [sheet.headers[column] for name, column in found.items() if name in kept_back]:
        raise ValidationError(no_right(refused))
    found = Import(
        user=by,
        kind=pages.model._meta.label_lower,
        name=upload.name[:200],
        headers=sheet.headers,
        total=len(sheet.rows),
        file=upload,
    )
    last = ImportMapping.objects.filter(
        user=by, kind=found.kind, headers=digest(sheet.headers)
    ).first()
    if last is not None:
        places = {header: n for n, header in enumerate(sheet.headers)}
        found.mapping = {
            name: places[header]
            for name, header in last.fields.items()
            if name in targets and header in places
        }
        for name in SETTINGS:
            setattr(found, name, last.settings.get(name, getattr(found, name)))
    else:
        found.mapping = guess(targets, sheet.headers)
        mapped = (key for key in pages.importer.keys if key in found.mapping)
        found.key = next(mapped, "")
        found.dates = order_of_dates(targets, found.mapping, sheet)
    offered = modes(pages, by)
    if found.mode not in offered:
        found.mode = offered[0]
    found.save()
    return found


def guess(targets, headers):
    """{field: column} by name or label in any language; a column is taken once.

    A header may say what its amounts are counted in. What is made beside a record is meant where
    no field of its own has the word. What is left is known by what others call it.
    """
    spelt = {}
    for target in targets.values():
        spelt.setdefault(bare(target.name), target.name)
    own = [target for target in targets.values() if not target.beside]
    for target in own:
        for word in (target.own_name, *in_all_languages(target.label)):
            spelt.setdefault(bare(word), target.name)
        if target.is_line or target.is_about:
            for word in in_all_languages(target.field.label):
                spelt.setdefault(bare(word), target.name)
    for target in targets.values():
        if target.beside:
            for word in _words_beside(target):
                spelt.setdefault(bare(word), target.name)
    found = {}
    for column, header in enumerate(headers):
        plain, unit = unit_of(header)
        name = spelt.get(bare(header)) or (unit and spelt.get(bare(plain)))
        if name and name not in found:
            found[name] = column
    for target, words in _called(targets, found):
        if target.name not in found:
            words = {bare(word) for word in words}
            free = [n for n in range(len(headers)) if n not in found.values()]
            column = next((n for n in free if _is_called(headers[n], words)), None)
            if column is not None:
                found[target.name] = column
    return found


def _is_called(header, words):
    plain, unit = unit_of(header)
    return bare(header) in words or bool(unit) and bare(plain) in words


def _called(targets, found):
    """(target, words) that may tell it, the surest first. A mobile number is the person's, where
    the rows have persons; what is made beside a record needs the name of that."""
    own = [target for target in targets.values() if not target.beside]
    beside = [target for target in targets.values() if target.beside]
    first = [target for target in beside if target.own_name == target.beside.fields[0]]
    for target in (*own, *first):
        yield target, target.words

    def known(target):
        return f"{target.beside.name}.{target.beside.fields[0]}" in found

    for target in filter(known, beside):
        yield target, PERSONAL.get(target.own_name, ())
    for target in own:
        yield target, (*COMMON.get(target.own_name, ()), *PERSONAL.get(target.own_name, ()))
    for target in first:
        yield target, COMMON.get(target.own_name, ())
    for target in filter(known, beside):
        yield target, (*target.words, *COMMON.get(target.own_name, ()))


def _words_beside(target):
    """ "Contact: job title", "title", "job title"; the first field is also just a "contact"."""
    labels = [target.label, target.field.label]
    if target.own_name == target.beside.fields[0]:
        labels.append(target.beside.label)
    return [target.own_name, *(word for label in labels for word in in_all_languages(label))]


def order_of_dates(targets, mapping, sheet):
    """What the dates of the file say themselves: "dmy", "mdy", or "" when they leave it open."""
    columns = [
        column
        for name, column in mapping.items()
        if targets[name].field is not None and hasattr(targets[name].field, "input_formats")
    ]
    first = second = 0
    for _place, cells in sheet.rows:
        for column in columns:
            if match := NUMERIC_DATE.match(cells[column]):
                first, second = max(first, int(match[1])), max(second, int(match[2]))
    if first > 12 >= second:
        return Import.Dates.DAY
    if second > 12 >= first:
        return Import.Dates.MONTH
    return Import.Dates.SAFE


def digest(headers):
    """The same for a file and for its refused rows with the column of reasons."""
    reasons = {bare(word) for word in in_all_languages(REASON)}
    words = sorted(bare(header) for header in headers if bare(header) not in reasons)
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


@transaction.atomic
def remember(found, mapping, **settings):
    """Set how an import is mapped, and keep it for the next file with the same headers."""
    locked = Import.objects.select_for_update().get(pk=found.pk)
    if locked.run_id:
        raise ValidationError(gettext_lazy("This file has been imported already."))
    locked.mapping = mapping
    for name, value in settings.items():
        setattr(locked, name, value)
    locked.save()
    ImportMapping.objects.update_or_create(
        user=locked.user,
        kind=locked.kind,
        headers=digest(locked.headers),
        defaults={
            "fields": {name: locked.headers[column] for name, column in mapping.items()},
            "settings": settings,
        },
    )
    return locked
