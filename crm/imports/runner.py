"""One row of a file into a record, through the services of its pages."""

import logging
from dataclasses import dataclass, field
from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InterfaceError, OperationalError
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm import events
from crm.cells import labelled, listed
from crm.custom import fields as custom
from crm.errors import DomainError
from crm.imports.fields import (
    ABOUT,
    DOCUMENT,
    SEVERAL,
    Values,
    bare,
    names_of,
    no_right,
    pick,
    targets_of,
    unit_of,
    withheld,
)
from crm.imports.importer import pages_of, takes_over
from crm.imports.known import Known
from crm.imports.loading import without_savepoints
from crm.imports.reading import read_again
from crm.models import Import
from crm.models.base import left_to_the_database, violation

logger = logging.getLogger(__name__)
OUTCOMES = {"created": "done", "updated": "done", "unchanged": "skipped"}


@dataclass
class Record:
    """The row of a record, and rows that are its lines: [(number of the row, texts)]."""

    place: int
    cells: list
    lines: list = field(default_factory=list)
    longest: int = 0


class Duplicate(DomainError):
    """The record of the row exists already."""

    code = "duplicate"


class Runner:
    """One import, read and ready: `save(record)` in a transaction makes or changes its record."""

    def __init__(self, found):
        self.imported, self.user = found, found.user
        self.pages = pages_of(found.kind)
        self.importer, self.model = self.pages.importer, self.pages.model
        targets = targets_of(self.pages, self.user)
        self.columns = {name: column for name, column in found.mapping.items() if name in targets}
        self.targets = {name: target for name, target in targets.items() if name in self.columns}
        self.missing = [
            target
            for name, target in targets.items()
            if target.required and name not in self.columns
            if not target.is_line or any(t.is_line for t in self.targets.values())
            if not target.beside or any(t.beside is target.beside for t in self.targets.values())
        ]
        kept_back = withheld(self.pages, self.user, targets)
        columns = [found.mapping[t.name] for t in kept_back if t.name in found.mapping]
        self.kept_back = [found.headers[column] for column in columns]
        beside = [part.name for part in self.importer.beside]
        self.lost = [
            name for name in found.mapping if name not in targets and name.split(".")[0] in beside
        ]
        takes_state = takes_over(self.pages, self.user, "state")
        self.walks = {} if takes_state else self.importer.walks
        self.values = Values(found.dates, self.model, self.units())
        self.sheet = read_again(found)
        self.known = Known(self)

    def units(self):
        """{field: power of ten} of the amounts: what its header says, else what was chosen."""
        said = {
            name: unit_of(self.imported.headers[self.columns[name]])[1]
            for name, target in self.targets.items()
            if target.is_money
        }
        return {name: said[name] or self.imported.amounts for name in said}

    # --- The rows ------------------------------------------------------------------------------

    @cached_property
    def records(self):
        """{row number: Record}. When lines are mapped, the rows of a document, or those with the
        same key, are one record."""
        found, by_key = {}, {}
        for place, cells in self.sheet.rows:
            names = (DOCUMENT, self.imported.key) if self.lines_mapped else ()
            texts = ((name, self.text(cells, name)) for name in names)
            key = next((pair for pair in texts if pair[1]), None)
            record = by_key.get(key) if key else None
            if record is None:
                record = found[place] = Record(place, cells)
                if key:
                    by_key[key] = record
            record.lines.append((place, cells))
            record.longest = max(record.longest, len(cells))
        return found

    def places(self):
        """The rows in the order they are done: a row that names another one comes after it."""
        names = [
            name
            for name, target in self.targets.items()
            if target.rows is not None and target.rows.model is self.model
        ]
        if not names:
            return list(self.records)
        by_name = {}
        for record in self.records.values():
            for text in self.names_of(record):
                by_name.setdefault(text, record)

        def depth(record, left=20):
            above = [by_name.get(self.text(record.cells, name)) for name in names]
            found = [depth(row, left - 1) for row in above if row and row is not record and left]
            return 1 + max(found, default=-1)

        return sorted(self.records, key=lambda place: depth(self.records[place]))

    def text(self, cells, name):
        """What a row says of a field, see Values.told."""
        column = self.columns.get(name)
        if column is None or not cells[column]:
            return ""
        return self.values.told(self.targets[name], cells[column])

    def look_up(self, records):
        """Find the records that these rows name with a query for each field."""
        for name, target in self.targets.items():
            if target.rows is not None and not target.through:
                lines = (cells for record in records for _place, cells in record.lines)
                self.values.look(target, {self.text(cells, name) for cells in lines} - {""})

    def names_of(self, record):
        texts = (self.text(record.cells, name) for name in ("external_key", "code", "name"))
        return [text for text in texts if text]

    def label(self, record):
        names = ("name", self.imported.key, "code", "account", *self.columns)
        return next(filter(None, (self.text(record.cells, name) for name in names if name)), "")

    # --- One record ----------------------------------------------------------------------------

    def act(self, place):
        """What works.each_row asks for: (label, outcome, message, data), or a refusal raised."""
        record = self.records[place]
        origin = {"import": self.imported.pk, "row": place}
        try:
            with (
                without_savepoints(),
                left_to_the_database(),
                events.silently(),
                events.coming_from(**origin) as happened,
            ):
                verdict, obj = self.save(record, happened)
        except (OperationalError, InterfaceError):
            raise  # not the row's fault: the work goes on later
        except Exception as error:
            raise self.refusal(record, error) from error
        data = {"verdict": verdict, "id": obj.pk, "events": happened}
        return str(obj)[:200], OUTCOMES[verdict], "", data

    def refusal(self, record, error):
        """The error as one with sentences for people, and what the report keeps of the row."""
        duplicate = getattr(error, "code", "") in ("duplicate", "possible_duplicates")
        if isinstance(error, ValidationError):
            found = ValidationError(self.sentences(error))
        elif isinstance(error, IntegrityError):
            found = ValidationError(violation(self.model, error))
        elif isinstance(error, DomainError | PermissionDenied):
            found = DomainError(str(error) or _("You do not have the right to do this."))
        else:
            logger.exception("import %s, row %s", self.imported.pk, record.place)
            kind = type(error).__name__
            found = DomainError(_("The row cannot be saved (%(error)s).") % {"error": kind})
        found.row_label = self.label(record)
        found.row_data = {"verdict": "duplicate" if duplicate else "refused"}
        return found

    def sentences(self, error):
        """["Phone: Too long."]: the errors with the names of the columns they are about."""
        if not hasattr(error, "error_dict"):
            return error.messages
        found = []
        for name, messages in error.message_dict.items():
            label = self.targets[name].label if name in self.targets else ""
            found += [labelled(capfirst(str(label)), text) if label else text for text in messages]
        return found

    def save(self, record, happened):
        """Make or change the record of a row; return its verdict and the record."""
        if self.kept_back:  # the right was taken away since the columns were chosen
            raise PermissionDenied(no_right(self.kept_back))
        if self.lost:
            raise PermissionDenied
        if record.longest > len(self.sheet.headers):
            raise ValidationError(_("The row has more cells than there are headers."))
        mode, obj = self.imported.mode, self.find(record)
        if obj is None:
            if mode == Import.Mode.UPDATE:
                raise ValidationError(_("There is no record with this key."))
            verdict, obj = "created", self.create(record)
        elif mode == Import.Mode.CREATE:
            raise Duplicate(_("%(record)s exists already.") % {"record": obj})
        else:
            obj = self.update(obj, record)
            verdict = "updated" if happened else "unchanged"
        self.check_scopes(record, obj)
        return verdict, obj

    def find(self, record):
        """The record that the key of the row tells, as far as the person may see it."""
        key = self.imported.key
        text = self.text(record.cells, key)
        if not text:
            if self.imported.mode == Import.Mode.UPDATE:
                raise ValidationError(_("The key is empty."))
            return None
        if self.known.key_of(record) not in self.known.keys:
            return None
        return pick(self.model.objects.visible_to(self.user), text, [key])

    def create(self, record):
        if self.missing:
            labels = listed(str(target.label) for target in self.missing)
            raise ValidationError(_("No column is mapped to: %(fields)s.") % {"fields": labels})
        told, lines, *beside = self.told(record)
        data = self.defaults | told
        state = data.pop("state", None) if self.walks else None
        self.check_state(state)
        if self.lines_mapped:
            data["lines"] = lines
        if self.importer.facts:
            unique = record.place not in self.known.suspects
            data["allow_duplicate"] = self.imported.allows_duplicates or unique
        create = self.importer.create or self.pages.create
        obj = create(by=self.user, **data)
        self.known.keys.add(self.known.key_of(record))
        for part, fields in zip(self.importer.beside, beside, strict=True):
            if fields:
                part.create(obj, by=self.user, **fields)
        for verb in self.walks.get(state, ()):
            obj = self.pages.verbs[verb].run(obj, by=self.user)
        return obj

    def told(self, record):
        """[{field: value}, [{field: value} of its lines], {field: value} of each record beside] of
        a new record; ValidationError with everything that is wrong, to be put right at once."""
        found, errors = [], []
        for part in (
            lambda: self.data(record.cells),
            lambda: self.lines(record) if self.lines_mapped else [],
            *(partial(self.fields_of, record, beside) for beside in self.importer.beside),
        ):
            try:
                found.append(part())
            except ValidationError as error:
                errors += self.sentences(error)
        if errors:
            raise ValidationError(errors)
        return found

    def check_state(self, state):
        """What comes later follows from other documents, which the file does not hold."""
        if not state or state in self.walks:
            return
        field = self.model.state_field()
        if state != field.default:
            words = dict(field.flatchoices)[state]
            sentence = _("A file cannot bring a record as far as “%(state)s”.") % {"state": words}
            raise ValidationError({field.name: sentence})

    def update(self, obj, record):
        hidden = obj.hidden_from(self.user)
        changes = self.data(record.cells, obj)
        state = changes.pop("state", None)
        if state and state != obj.state:
            sentence = _("The state of a record changes on its page, not by a file.")
            raise ValidationError({"state": sentence})
        changes = {name: value for name, value in changes.items() if name not in hidden}
        owner = changes.pop("owner", None)
        if self.lines_mapped:
            changes["lines"] = self.lines(record)
        obj = self.pages.edit(obj, by=self.user, **changes)
        if owner is not None and owner != obj.owner:
            if self.pages.verbs and "assign" in self.pages.verbs:
                return self.pages.verbs["assign"].run(obj, owner=owner, by=self.user)
            return self.pages.edit(obj, by=self.user, owner=owner)
        return obj

    def check_scopes(self, record, obj):
        """Refuse a value for an own field that records such as `obj` do not have, and a record
        without one that it has to have, where that depends on such as its sales process."""
        errors = {}
        for own in self.scoped_fields:
            has = own.scope_id == getattr(obj, f"{obj.custom_scope}_id")
            if not has and self.text(record.cells, own.name):
                errors[own.name] = _("No such field.")
            elif has and own.is_required and not custom.is_filled(obj.custom.get(own.code)):
                errors[own.name] = _("This field is required.")
        if errors:
            raise ValidationError(errors)

    # --- Its values ----------------------------------------------------------------------------

    @cached_property
    def lines_mapped(self):
        return any(target.is_line for target in self.targets.values())

    @cached_property
    def heads(self):
        """The targets of the record itself; those chosen within another one's rows come last."""
        found = [t for t in self.targets.values() if t.field and not t.is_line and not t.beside]
        return sorted(found, key=lambda target: bool(target.through))

    @cached_property
    def own_fields(self):
        """The company's own fields that columns are mapped to."""
        return [field for field in custom.fields_of(self.model) if field.name in self.columns]

    @cached_property
    def scoped_fields(self):
        """Those of the company's own fields that only some records of the kind have."""
        return [field for field in custom.fields_of(self.model) if field.scope_id]

    @cached_property
    def defaults(self):
        return self.importer.defaults()

    @cached_property
    def form(self):
        return self.pages.form(user=self.user)

    def data(self, cells, obj=None):
        """{field: value} of a row. Empty texts leave a record as it is, a new one its defaults."""
        data, errors = {}, {}
        for target in self.heads:
            text = self.text(cells, target.name)
            if obj is not None and target.only_new and target.name not in ("external_key", "state"):
                continue
            try:
                if text:
                    current = getattr(obj, target.name, None) if target.rows is not None else None
                    within = data.get(target.through) or getattr(obj, target.through or "", None)
                    data[target.name] = self.values.value(
                        target, text, within=within, current=current
                    )
                elif obj is not None and self.imported.clears and not target.only_new:
                    data[target.name] = target.field.clean("")
                elif obj is None and target.required:
                    target.field.clean("")
            except ValidationError as error:
                if not (obj is not None and self.says_what_is_kept(obj, target, text)):
                    errors[target.name] = error
                continue
            if target.name in data and hasattr(self.form, f"clean_{target.name}"):
                self.form.cleaned_data = data
                data[target.name] = getattr(self.form, f"clean_{target.name}")()
        if errors:
            raise ValidationError(errors)
        about = [data.pop(name) for name in self.targets if name in data and name.startswith(ABOUT)]
        if about:
            data["target"] = about[-1]
        if own := [field for field in self.own_fields if field.name in data]:
            data["custom"] = custom.collect(own, data, obj.custom if obj else {})
        return data

    def says_what_is_kept(self, obj, target, text):
        """Whether a text is what an own field of `obj` holds though it is offered no more: a word
        that is no choice now, a colleague who has left."""
        own = next((field for field in self.own_fields if field.name == target.name), None)
        kept = own and obj.custom.get(own.code)
        if isinstance(kept, dict):
            person = target.rows.model._default_manager.filter(pk=kept["id"]).first()
            return text in (kept["label"], *(names_of(person) if person else ()))
        if isinstance(kept, list):
            return {bare(part) for part in SEVERAL.split(text)} == {bare(part) for part in kept}
        return own is not None and own.has_choices and kept is not None and bare(text) == bare(kept)

    def lines(self, record):
        """[{field: value}] of the rows of a document; a row without any of it is no line."""
        targets = [target for target in self.targets.values() if target.is_line]
        found, errors = [], []
        for place, cells in record.lines:
            line, wrong = self.part(targets, cells)
            for target, error in wrong.items():
                where = _("row %(row)d, %(field)s: ") % {"row": place, "field": target.label}
                errors += [where + message for message in error.messages]
            if line or wrong:
                found.append(line)
        if errors:
            raise ValidationError(errors)
        return found

    def fields_of(self, record, beside):
        """{field: value} of what a row makes beside its record; {} when it says nothing of it."""
        targets = [target for target in self.targets.values() if target.beside is beside]
        found, wrong = self.part(targets, record.cells)
        if wrong:
            raise ValidationError({target.name: error for target, error in wrong.items()})
        return found

    def part(self, targets, cells):
        """({field: value}, {target: error}) of a line or another part; both empty without texts."""
        texts = {target: self.text(cells, target.name) for target in targets}
        found, wrong = {}, {}
        for target, text in texts.items() if any(texts.values()) else ():
            try:
                if text:
                    found[target.own_name] = self.values.value(target, text)
                elif target.required:
                    target.field.clean("")
            except ValidationError as error:
                wrong[target] = error
        return found, wrong
