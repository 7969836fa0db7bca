"""The questions of the wizard: which file, and which column is what."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.cells import listed
from crm.forms import CrmForm
from crm.imports.fields import targets_of
from crm.imports.importer import importable, modes
from crm.imports.matching import SETTINGS
from crm.models import Import


class UploadForm(CrmForm):
    kind = forms.ChoiceField(label=gettext_lazy("What the file holds"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV (UTF-8, GB18030 or Big5) or XLSX, with headers above the rows; 100,000 rows at most."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (pages.model._meta.label_lower, capfirst(str(pages.plural())))
            for pages in importable(self.user)
        ]


class MapForm(CrmForm):
    """A choice of field per column, `column_0` and so on, and how the rows become records."""

    mode = forms.ChoiceField(label=gettext_lazy("What to do"), widget=forms.RadioSelect)
    key = forms.ChoiceField(
        label=gettext_lazy("Records are the same when they share"),
        required=False,
        help_text=gettext_lazy("An existing record with the same value is updated, never doubled."),
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("Dates such as 3/4/2026"), choices=Import.Dates.choices, required=False
    )
    amounts = forms.TypedChoiceField(
        label=gettext_lazy("Amounts are in"),
        choices=Import.Amounts.choices,
        coerce=int,
        help_text=gettext_lazy(
            "A column whose header says it, such as “Revenue (million)”, is read by its header."
        ),
    )
    clears = forms.BooleanField(
        label=gettext_lazy("Empty cells clear the field of an existing record"), required=False
    )
    allows_duplicates = forms.BooleanField(
        label=gettext_lazy("Create a record even if it looks like one that exists"), required=False
    )

    def __init__(self, *args, imported, pages, **kwargs):
        self.imported, self.pages = imported, pages
        initial = {name: getattr(imported, name) for name in SETTINGS}
        super().__init__(*args, initial=initial, **kwargs)
        self.targets = targets_of(pages, imported.user)
        offered = modes(pages, imported.user)
        self.fields["mode"].choices = [c for c in Import.Mode.choices if c[0] in offered]
        keys = [self.targets[name] for name in pages.importer.keys]
        self.fields["key"].choices = [
            ("", _("nothing: every row is new")),
            *((target.name, target.label) for target in keys),
        ]
        if not pages.importer.facts:
            del self.fields["allows_duplicates"]
        if not any(target.is_money for target in self.targets.values()):
            del self.fields["amounts"]
        if pages.edit is None:
            del self.fields["clears"]
        names = {column: name for name, column in imported.mapping.items()}
        choices = [("", _("not imported")), *((t.name, self.words(t)) for t in self.sorted())]
        for column, header in enumerate(imported.headers):
            self.fields[f"column_{column}"] = forms.ChoiceField(
                label=header, choices=choices, required=False, initial=names.get(column, "")
            )

    def sorted(self):
        def rank(target):
            part = 2 if target.beside else int(target.is_line)
            return part, bool(part == 2) or not target.required

        return sorted(self.targets.values(), key=rank)

    @staticmethod
    def words(target):
        label = capfirst(str(target.label))
        is_needed = target.required and not target.beside
        return _("%(field)s (required)") % {"field": label} if is_needed else label

    def columns(self):
        return [self[name] for name in self.fields if name.startswith("column_")]

    def settings(self):
        return [self[name] for name in self.fields if not name.startswith("column_")]

    def clean(self):
        data = super().clean()
        mapping = {}
        for name in [name for name in self.fields if name.startswith("column_")]:
            target = data.pop(name, "")
            if target in mapping:
                self.add_error(name, _("Another column is this field already."))
            elif target:
                mapping[target] = int(name.removeprefix("column_"))
        mode, key = data.get("mode"), data.get("key")
        if mode and mode != Import.Mode.CREATE and not key:
            self.add_error("key", _("Choose how existing records are found."))
        if key and key not in mapping:
            label = self.targets[key].label
            self.add_error("key", _("No column is mapped to “%(field)s”.") % {"field": label})
        if mode != Import.Mode.UPDATE:
            self.check_required(mapping)
        data["mapping"] = mapping
        return data

    def check_required(self, mapping):
        has_lines = any(self.targets[name].is_line for name in mapping)
        asked = {target.beside for name, target in self.targets.items() if name in mapping}
        missing = [
            str(target.label)
            for name, target in self.targets.items()
            if target.required and name not in mapping
            if has_lines or not target.is_line
            if target.beside in asked or not target.beside
        ]
        if missing:
            message = _("New records need these fields too: %(fields)s.")
            self.add_error(None, message % {"fields": listed(missing)})
