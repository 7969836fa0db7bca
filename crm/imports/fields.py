"""What a column can be, and texts as people write them turned into values."""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.forms import HiddenInput
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cells import listed
from crm.custom import fields as custom
from crm.fields import MoneyField, PriceField
from crm.imports.importer import HISTORY, model_field
from crm.imports.texts import (
    CHINESE_UNITS,
    check_formula,
    day,
    line,
    narrow,
    number,
    says_nothing,
    yes_or_no,
)
from crm.models import CustomField
from crm.pages import Pages

LINE = "lines."
# What a record is about: a field for each kind it may be.
ABOUT = "about."
# What the rows of one record share that no field keeps.
DOCUMENT = "document"
# By which of its fields a record is named in a file, the surest first.
NAMES = ("external_key", "code", "number", "username", "credit_code", "name", "email")
CLOCK = re.compile(
    r"[ T]*(?P<before>上午|下午)? *(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)? *(?P<after>[ap]\.?m\.?)?$",
    re.IGNORECASE,
)
AFTERNOON = ("下午", "pm")
# When a day begins on which something is to be done.
MORNING = time(9)
SEVERAL = re.compile(r"[,，;；、]")
CACHED = 20_000
MOST_ALIKE = 20
CHUNK = 2_000
# What amounts are counted in, as headers say it: the power of ten.
UNITS = (
    CHINESE_UNITS | dict.fromkeys(("k", "thousand", "thousands"), 3) | {"billion": 9, "billions": 9}
)
UNITS |= dict.fromkeys(("m", "mn", "mio", "million", "millions"), 6)
BRACKETS = re.compile(r"\s*[(\[【]([^)\]】]*)[)\]】]\s*$")
CHINESE_UNIT = re.compile(
    r"(百万|百萬|千万|千萬|千|万|萬|亿|億)(?:人民币|人民幣|美|日|欧|歐|港)?(?:元|圆|圓)?$"
)


@dataclass(eq=False)
class Target:
    """A field that a column may fill. field: the form's; None: it only tells the record.

    only_new: taken at the creation of a record only. is_money: an amount or a price. beside: the
    Beside whose field it is. words: what its columns are called elsewhere.
    """

    name: str
    label: Any
    field: Any = None
    required: bool = False
    only_new: bool = False
    is_money: bool = False
    beside: Any = None
    words: tuple = ()

    @property
    def is_line(self):
        return self.name.startswith(LINE)

    @property
    def own_name(self):
        """The name of the field itself, without the line or the other record it is part of."""
        return self.name.partition(".")[2] or self.name

    @property
    def is_about(self):
        return self.name.startswith(ABOUT)

    @property
    def rows(self):
        return getattr(self.field, "queryset", None)

    @property
    def through(self):
        """The field of the same row that narrows the choice, such as the customer of a contact."""
        name = getattr(self.rows, "through", None)
        return f"{ABOUT}{name}" if name and self.is_about else name


def targets_of(pages, user):
    """{name: Target} of everything this person may fill in for a record, lines last."""
    found = {}
    form = pages.form(user=user)
    for name, field in form.fields.items():
        if name != "version" and not field.disabled and not isinstance(field.widget, HiddenInput):
            needed = name not in pages.importer.optional and _needed(pages.model, name, field)
            money = _is_money(model_field(pages, name))
            found[name] = Target(name, field.label, field, needed, is_money=money)
    # Fields of one scope, such as a sales process: which it is, only the row says.
    for own in custom.fields_of(pages.model):
        field = custom.form_field(own)
        found.setdefault(own.name, Target(own.name, field.label, field))
        found[own.name].is_money = own.kind == CustomField.Kind.MONEY
    importer = pages.importer
    for name, field in _further(pages, user).items():
        only_new = name not in ("owner", *importer.guarded)
        money = _is_money(model_field(pages, name))
        further = Target(name, field.label, field, only_new=only_new, is_money=money)
        # As it stands elsewhere may be more than the form offers.
        found[name] = further if name in importer.history else found.get(name, further)
    if importer.about:
        found |= _abouts(user)
    for name in importer.keys:
        if name not in found:
            found[name] = Target(name, pages.model._meta.get_field(name).verbose_name)
    if pages.lines:
        found[DOCUMENT] = Target(DOCUMENT, gettext_lazy("rows of one document"))
        line = pages.lines.form(user=user)
        for name, field in line.fields.items():
            if hasattr(field, "queryset"):  # a file may tell of what is offered no more
                field.queryset = field.queryset.model.objects.visible_to(user)
            label = _part_of(gettext_lazy("line"), field.label)
            money = _is_money(pages.lines.model._meta.get_field(name))
            needed = _needed(None, name, field)
            found[LINE + name] = Target(LINE + name, label, field, needed, is_money=money)
    for beside in pages.importer.beside:
        if user.has_perms(beside.needs) and pages.may(user, "add"):
            for target in _fields_beside(beside, user):
                found[target.name] = target
    for target in found.values():
        name = target.name if target.beside else target.own_name
        target.words = pages.importer.words.get(name, ())
    return found


def _fields_beside(beside, user):
    form = beside.form(user=user)
    for name in beside.fields:
        field, full = form.fields[name], f"{beside.name}.{name}"
        label = _part_of(beside.label, field.label)
        yield Target(full, label, field, _needed(None, name, field), True, beside=beside)


def _part_of(whole, field):
    return format_lazy("{whole}: {field}", whole=whole, field=field)


def _is_money(field):
    return isinstance(field, MoneyField | PriceField)


def withheld(pages, user, targets):
    """Fields that this person has no right to fill in: [Target]. targets: those they have."""
    rights = pages.importer.rights.items()
    names = [name for name, right in rights if name not in targets and not user.has_perm(right)]
    return [Target(name, model_field(pages, name).verbose_name) for name in names]


def no_right(headers):
    """The sentence for a file that has columns of `withheld` fields."""
    sentence = _(
        "You do not have the right to take over what these columns say. "
        "Remove these columns: %(columns)s."
    )
    return sentence % {"columns": listed(headers)}


def _needed(model, name, field):
    """Whether a new record cannot be without it: no default takes its place."""
    if not field.required or isinstance(field, forms.BooleanField):
        return False
    try:
        return model is None or not model._meta.get_field(name).has_default()
    except FieldDoesNotExist:
        return True


def _further(pages, user):
    """{name: form field} beyond the form: the key of another system, the owner, the state."""
    model, importer = pages.model, pages.importer
    names = [name for name, right in importer.rights.items() if user.has_perm(right)]
    if importer.walks:
        names.append(model.state_field().name)
    found = {}
    for name in ("external_key", *names):
        found[name] = field = model_field(pages, name).formfield(required=False)
        if hasattr(field, "queryset"):
            field.queryset = field.queryset.visible_to(user)
    as_elsewhere = importer.history and user.has_perm(HISTORY)
    if pages.verbs and "assign" in pages.verbs and not as_elsewhere:
        found["owner"] = pages.verbs["assign"].form_class()(user=user).fields["owner"]
        found["owner"].label = model._meta.get_field("owner").verbose_name
        if not user.has_perm(pages.verbs["assign"].permission):
            found["owner"].queryset = get_user_model().objects.filter(pk=user.pk)
    elif any(field.name == "owner" for field in model._meta.concrete_fields):
        people = get_user_model().objects.visible_to(user)
        label = model._meta.get_field("owner").verbose_name
        found["owner"] = forms.ModelChoiceField(people, label=label, required=False)
    return found


def _abouts(user):
    """{name: Target} of what calls, visits and follow-ups may be about, customers first: of several
    in a row the last is the most particular."""
    found = {}
    for pages in Pages.registry.values():
        if pages.importer and pages.has_contacts and pages.may(user, "view"):
            name, label = f"{ABOUT}{pages.model._meta.model_name}", pages.label()
            rows = pages.model.objects.visible_to(user)
            field = forms.ModelChoiceField(rows, label=label, required=False)
            words = format_lazy("{about}: {kind}", about=gettext_lazy("about"), kind=label)
            found[name] = Target(name, words, field, only_new=True)
    return found


def in_all_languages(text):
    """A text as every language of the program has it."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(str(text))
    return found


def bare(text):
    """A text without width, case, spaces and marks: what two spellings of a header share."""
    text = unicodedata.normalize("NFKC", str(text)).casefold()
    return re.sub(r"[\W_]+", "", text)


def unit_of(header):
    """(header without it, the power of ten) of the unit that a header says its amounts are in, as
    "年营业额（万元）" and "Revenue (million USD)" do; None for one that says none."""
    text = unicodedata.normalize("NFKC", header).strip()
    bracket = BRACKETS.search(text)
    words = bracket[1].strip().casefold() if bracket else text
    if match := CHINESE_UNIT.search(words):
        return (text[: bracket.start()] if bracket else words[: match.start()]), UNITS[match[1]]
    found = [UNITS[word] for word in re.findall(r"[a-z]+", words) if word in UNITS]
    if bracket and found:
        return text[: bracket.start()], found[0]
    return text, None


class Values:
    """Texts of one import as values. dates: "dmy", "mdy" or "" (year first only).

    Rows that columns name are read once. model, promised: names of records of this kind that the
    import is about to make, for looking ahead without writing. units: {name of a target: the power
    of ten that its amounts are counted in}.
    """

    def __init__(self, dates="", model=None, units=None):
        self.dates, self.model, self.promised = dates, model, set()
        self.units = units or {}
        self._rows, self._choices = {}, {}

    def told(self, target, text):
        """What a cell says: "" for a dash and the like, and one line for a field of one line."""
        field = target.field
        if isinstance(field, forms.EmailField):
            return "" if says_nothing(text) else narrow(text)
        if isinstance(field, forms.CharField):
            with suppress(ValidationError):  # which `value` raises
                return text if isinstance(field.widget, forms.Textarea) else line(text)
            return text
        if field is None or isinstance(field, forms.BooleanField) or not says_nothing(text):
            return text
        is_word = target.rows is None and getattr(field, "choices", None)
        return text if is_word and bare(text) in self.words(target) else ""

    def value(self, target, text, *, within=None, current=None):
        """The value of a text that is not empty; ValidationError with a sentence."""
        field = target.field
        check_formula(text)
        if target.rows is not None:
            return self.row(target, text, within, current)
        if isinstance(field, forms.MultipleChoiceField):
            return field.clean([self.choice(target, part) for part in self.parts(target, text)])
        if getattr(field, "choices", None):
            return field.clean(self.choice(target, text))
        if isinstance(field, forms.DateField):
            return field.clean(day(text, self.dates))
        if isinstance(field, forms.DateTimeField):
            return field.clean(self.moment(text))
        if isinstance(field, forms.IntegerField):  # and decimals, which are one to Django
            return field.clean(number(text, self.units.get(target.name, 0)))
        if isinstance(field, forms.BooleanField):
            return yes_or_no(text, self.answers[True], self.answers[False])
        return field.clean(text if isinstance(field.widget, forms.Textarea) else line(text))

    @cached_property
    def answers(self):
        """The words for yes and no in all languages of the program."""
        words = {True: gettext_lazy("Yes"), False: gettext_lazy("No")}
        return {answer: {bare(w) for w in in_all_languages(word)} for answer, word in words.items()}

    def words(self, target):
        """{bare word: value} of the choices of a field, in all languages."""
        if target.name not in self._choices:
            words = {}
            for value, label in target.field.choices:
                for word in {str(value), *in_all_languages(label)}:
                    words.setdefault(bare(word), value)
            self._choices[target.name] = words
        return self._choices[target.name]

    def parts(self, target, text):
        """The words of several choices: one per line, or between commas; see `joined`."""
        if "\n" in text:
            return text.splitlines()
        return [text] if bare(text) in self.words(target) else SEVERAL.split(text)

    def choice(self, target, text):
        found = self.words(target).get(bare(text))
        if found in (None, ""):
            offered = listed(str(label) for value, label in target.field.choices if value)
            raise ValidationError(
                _("“%(text)s” is none of: %(choices)s.") % {"text": text, "choices": offered}
            )
        return found

    def moment(self, text):
        """An aware datetime: in the zone of the person where the text names none, and at nine
        where it names no time of the day."""
        text = unicodedata.normalize("NFKC", text).strip()
        clock = CLOCK.search(text)
        try:
            found = parse_datetime(text) if ":" in text else None
            if found is None:
                on = day(text[: clock.start()] if clock else text, self.dates)
                found = datetime.combine(on, _time_of_day(clock) if clock else MORNING)
        except ValueError:
            raise ValidationError(_("“%(text)s” is no date.") % {"text": text}) from None
        return timezone.make_aware(found) if timezone.is_naive(found) else found

    def look(self, target, texts):
        """Find the records that many rows name at once; what is not found, or not surely, is left
        to `row`."""
        # What no database takes shall cost its own row only.
        texts = [
            text
            for text in texts
            if text.isprintable() and (target.name, text, None) not in self._rows
        ]
        if not texts:
            return
        if len(self._rows) > CACHED:
            self._rows.clear()
        for text, hits in alike(target.rows, texts).items():
            with suppress(ValidationError):
                if found := _surest(hits, text):
                    self._rows[target.name, text, None] = found

    def row(self, target, text, within, current):
        """The one record that a text names among the rows the form offers."""
        key = (target.name, text, within and within.pk)
        if key in self._rows:
            return self._rows[key]
        if current is not None and text in (str(current), *names_of(current)):
            return current
        rows = target.rows
        if within is not None:
            rows = rows.filter(**{rows.through: within})
        found = pick(rows, text) or self._by_words(rows, text)
        if found is None:
            if text in self.promised and rows.model is self.model:
                return None
            kind = rows.model._meta.verbose_name
            raise ValidationError(
                _("There is no %(kind)s “%(text)s”.") % {"kind": kind, "text": text}
            )
        if len(self._rows) > CACHED:
            self._rows.clear()
        self._rows[key] = found
        return found

    def _by_words(self, rows, text):
        """The record that is shown as `text`: a code or name and more, or another case."""
        names = [name for name in NAMES if _has(rows.model, name)]
        if any(hasattr(rows.model, f"{name}_key") for name in names):
            return None
        spelt = Q()
        for name in names:
            spelt |= Q(**{f"{name}__iexact": text}) | Q(**{f"{name}__iexact": text.split()[0]})
        hits = [
            row
            for row in rows.filter(spelt)[:20]
            if bare(text) in {bare(str(row)), *map(bare, names_of(row))}
        ]
        return hits[0] if len(hits) == 1 else None


def joined(values, choices):
    """Several choices as one text, which Values.parts takes apart again."""
    return ("\n" if any(SEVERAL.search(choice) for choice in choices) else ", ").join(values)


def _has(model, name):
    return any(field.name == name for field in model._meta.concrete_fields)


def names_of(row):
    values = (getattr(row, name, None) for name in NAMES)
    return [value for value in values if isinstance(value, str) and value]


def pick(rows, text, names=NAMES):
    """The one row that has `text` as one of its names, the surest name first; None without one.

    Where the model keeps a key of a name (see accounts.models.KeyField), what is the same but
    for the legal form, brackets and case is found too. ValidationError when there are several.
    """
    return _surest(alike(rows, [text], names)[text], text, names)


def alike(rows, texts, names=NAMES):
    """{text: rows that have it as one of their names, see `made`}, in one query; {} where they are
    too many to be read at once."""
    model, wanted = rows.model, {}
    for name in (name for name in names if _has(model, name)):
        key = _key_of(model, name)
        for text in texts:
            value = made(model, name, text)
            column = key.name if key and value else name
            wanted.setdefault(column, {}).setdefault(value or text, set()).add(text)
    mails = {c for c in wanted if isinstance(model._meta.get_field(c), models.EmailField)}
    rows = rows.alias(**{f"{column}_made": Upper(column) for column in mails})
    spelt = Q()
    for column, values in wanted.items():
        lookup = f"{column}_made" if column in mails else column
        spelt |= Q(**{f"{lookup}__in": list(values)})
    most = MOST_ALIKE * len(texts)
    hits = list(rows.filter(spelt)[:most]) if spelt else []
    if len(hits) == most and len(texts) > 1:
        return {}
    found = {text: [] for text in texts}
    for row in hits:
        said = {column: getattr(row, column) for column in wanted}
        said |= {column: said[column].upper() for column in mails}
        of = set().union(*(values.get(said[column], ()) for column, values in wanted.items()))
        for text in of:
            found[text].append(row)
    return found


def _surest(hits, text, names=NAMES):
    for name in names:
        if exact := [row for row in hits if getattr(row, name, None) == text]:
            return _only(exact, text)
    return _only(hits, text) if hits else None


def present(rows, name, texts):
    """Those of the texts that some of the rows have in the field `name`, see `made`."""
    key = _key_of(rows.model, name)
    column = key.name if key else name
    if not key and isinstance(rows.model._meta.get_field(name), models.EmailField):
        rows, column = rows.annotate(as_made=Upper(name)), "as_made"
    alike = {text: made(rows.model, name, text) for text in texts}
    wanted, found = list({value for value in alike.values() if value}), set()
    for start in range(0, len(wanted), CHUNK):
        lookup = {f"{column}__in": wanted[start : start + CHUNK]}
        found |= set(rows.filter(**lookup).values_list(column, flat=True))
    return {text for text, value in alike.items() if value in found}


def made(model, name, text):
    """What two spellings of a text in the field `name` share; "" when it says too little."""
    if key := _key_of(model, name):
        return key.make(text)[: key.max_length]
    return text.upper() if isinstance(model._meta.get_field(name), models.EmailField) else text


def _key_of(model, name):
    """The field that keeps what two spellings of the field `name` share, if there is one."""
    return next((f for f in model._meta.concrete_fields if getattr(f, "source", "") == name), None)


def _only(rows, text):
    if len(rows) > 1:
        raise ValidationError(
            _("“%(text)s” may be more than one: %(rows)s.")
            % {"text": text, "rows": listed(f"{row} (#{row.pk})" for row in rows[:3])}
        )
    return rows[0]


def _time_of_day(clock):
    """The time in a match of CLOCK; ValueError for one that no clock shows."""
    hour, minute, second = (int(clock[n] or 0) for n in (2, 3, 4))
    half = (clock["before"] or clock["after"] or "").lower().replace(".", "")
    if half:
        hour = hour % 12 + (12 if half in AFTERNOON else 0)
    return time(hour, minute, second)
