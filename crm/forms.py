"""The look of every form control in one place, and the base classes of every form.

`Renderer` dresses whatever Django renders (also the log-in form and filters); `CrmForm` and
`CrmModelForm` choose the input kinds and narrow every choice to rows the person may see.
"""

from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import TemplatesSetting
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import BooleanWidget, DateRangeWidget, RangeWidget

from crm.custom import fields as custom

# A longer list of choices gets a search box.
LONG_LIST = 12
# Options of a remote select that are there without JavaScript.
FIRST_OPTIONS = 50
# A year outside is a slip of the hand, as "26" or "20226" are.
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)
# What a choice that is not made looks like.
BLANK = "–"


class Renderer(TemplatesSetting):
    """Tabler's markup and classes for every form, widget and field group."""

    form_template_name = "crm/forms/form.html"
    formset_template_name = "crm/forms/formset.html"
    field_template_name = "crm/forms/field.html"

    def render(self, template_name, context, request=None):
        if "widget" in context:
            _dress(context["widget"])
        return super().render(template_name, context, request)


def _dress(widget):
    """Add the classes of one rendered widget (Django's template context), with its parts."""
    if "subwidgets" in widget:
        for part in widget["subwidgets"]:
            _dress(part)
        return
    options = [option for group in widget.get("optgroups", ()) for option in group[1]]
    # Checkboxes and radio buttons are choices, too, but only their options know what they are.
    kind = widget.get("type") or (options and options[0].get("type"))
    if kind == "hidden":
        return
    if kind in ("checkbox", "radio"):
        for option in options:
            _add_class(option["attrs"], "form-check-input")
        _add_class(widget["attrs"], "form-checks" if options else "form-check-input")
    elif "optgroups" in widget:
        _add_class(widget["attrs"], "form-select")
        for option in options:
            if option["label"] == BLANK_CHOICE_DASH[0][1]:
                option["label"] = BLANK
        if (
            len(options) > LONG_LIST
            or widget["attrs"].get("multiple")
            or "data-remote-url" in widget["attrs"]
        ):
            _add_class(widget["attrs"], "js-select")
    else:
        _add_class(widget["attrs"], "form-control")
    if widget["attrs"].get("aria-invalid") == "true":
        _add_class(widget["attrs"], "is-invalid")


def _add_class(attrs, name):
    if name not in attrs.get("class", "").split():
        attrs["class"] = f"{attrs['class']} {name}" if attrs.get("class") else name


class ShortNumberInput(forms.NumberInput):
    """A number without the superfluous zeros of fields with many decimals: 13, 1000.50."""

    def format_value(self, value):
        text = super().format_value(value)
        whole, point, fraction = (text or "").partition(".")
        if len(fraction) <= 2 or not fraction.isdigit():
            return text
        fraction = fraction.rstrip("0")
        return f"{whole}.{fraction:0<2}" if fraction else whole


class RemoteMixin:
    """Offer the chosen row and a first page of rows; the browser fetches others by search.

    Never the whole table. Without JavaScript the first page is what can be chosen.
    """

    first = None  # rows shared by the forms of one formset, see CrmInlineFormSet

    def optgroups(self, name, value, attrs=None):
        choices = self.choices
        field, rows = choices.field, choices.queryset
        key = field.to_field_name or "pk"
        wanted = [v for v in value if v not in (None, "")]
        if self.first is None:
            self.first = list(rows.order_by("-pk")[:FIRST_OPTIONS])
        shown = list(self.first)
        missing = set(wanted) - {str(choices.choice(row)[0]) for row in shown}
        if missing:
            with suppress(TypeError, ValueError, ValidationError):  # a forged value chooses nothing
                shown = [*rows.filter(**{f"{key}__in": missing}), *shown]
        options = [choices.choice(row) for row in shown]
        if field.empty_label is not None and not self.allow_multiple_selected:
            options.insert(0, ("", field.empty_label))
        return [
            (None, [self.create_option(name, option, label, str(option) in wanted, 0)], 0)
            for option, label in options
        ]

    def get_context(self, name, value, attrs):
        meta = self.choices.queryset.model._meta
        url = reverse("crm:options", args=[meta.app_label, meta.model_name])
        return super().get_context(name, value, {**(attrs or {}), "data-remote-url": url})


class RemoteSelect(RemoteMixin, forms.Select):
    pass


class RemoteSelectMultiple(RemoteMixin, forms.SelectMultiple):
    pass


def in_range(value):
    """Raise ValidationError for a day, or moment, of a year that nobody can mean."""
    day = value.date() if isinstance(value, datetime) else value
    if not EARLIEST <= day <= LATEST:
        raise ValidationError(_("Check the year: it is out of range."))


def prepare(field):
    """Give `field` the input kind the browser knows best for it."""
    for part in getattr(field, "fields", ()):
        prepare(part)
    if isinstance(field, forms.DateField | forms.DateTimeField):
        field.validators = [*field.validators, in_range]
    if isinstance(field, forms.DecimalField):
        if type(field.widget) is forms.NumberInput:
            _replace_widget(field, ShortNumberInput)
        field.widget.attrs.setdefault("inputmode", "decimal")
    if isinstance(field.widget, forms.Textarea) and field.widget.attrs.get("rows") == "10":
        field.widget.attrs["rows"] = "4"  # not Django's ten; the browser lets it grow
    if isinstance(field.widget, BooleanWidget | forms.NullBooleanSelect):
        _replace_widget(field, BooleanWidget)
        field.widget.choices = [("", BLANK), *field.widget.choices[1:]]
    if isinstance(field, forms.ModelChoiceField):
        model, widget = field.queryset.model, type(field.widget)
        if getattr(field.queryset, "remote_select", getattr(model, "remote_select", False)):
            if widget is forms.Select:
                _replace_widget(field, RemoteSelect)
            elif widget is forms.SelectMultiple:
                _replace_widget(field, RemoteSelectMultiple)
            field.widget.choices = field.choices
    elif isinstance(field, forms.ChoiceField):
        # Rows keep the names they have; other choices begin as sentences do.
        field.widget.choices = [
            (value, label if isinstance(label, list | tuple) else capfirst(label))
            for value, label in field.choices
        ]
    _prepare_widget(field.widget)


def _replace_widget(field, kind):
    field.widget = kind(field.widget.attrs)
    field.widget.is_required = field.required


def _prepare_widget(widget):
    for part in getattr(widget, "widgets", ()):
        _prepare_widget(part)
    if isinstance(widget, RangeWidget):
        for part, label in zip(widget.widgets, (_("from"), _("to")), strict=True):
            part.attrs.update({"aria-label": label, "placeholder": label})
            if isinstance(widget, DateRangeWidget):
                part.input_type = "date"
    if type(widget) is forms.DateInput:
        widget.input_type, widget.format = "date", "%Y-%m-%d"
        widget.attrs.setdefault("max", LATEST.isoformat())  # else years take six digits
    elif type(widget) is forms.DateTimeInput:
        widget.input_type, widget.format = "datetime-local", "%Y-%m-%dT%H:%M"
        widget.attrs.setdefault("max", f"{LATEST}T23:59")
    elif type(widget) is forms.TimeInput:
        widget.input_type, widget.format = "time", "%H:%M"


class CrmFormMixin:
    """`user`: whose form it is; every choice of rows is narrowed to what they may see (a foreign
    key is also a read). `obj`: the record a verb's form is about.

    groups: [(label, [field names])] in the order shown; fields named nowhere come last.
    own_fields: the company's own fields that it asks for, see `ask_own_fields`.
    asks: fields that are no part of the record, but answer what the service asks before it saves;
    found_template shows what it asks about.
    """

    groups: Any = ()
    own_fields: Any = ()
    own_scope: Any = None
    asks: tuple = ()
    found_template = ""

    def __init__(self, *args, user=None, obj=None, **kwargs):
        self.user, self.obj = user, obj
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            prepare(field)
        if user:
            self.narrow(user)

    def asks_about(self, error):
        """Whether what a service has refused is a question that the form now asks."""
        return False

    def add_error(self, field, error):
        """Put what a ValidationError says beside the fields it names, or above the form where that
        does not have them: it may ask for one field of a record only."""
        if field is not None or not hasattr(error, "error_dict"):
            super().add_error(field, error)
            return
        for name, errors in error.error_dict.items():
            super().add_error(name if name in self.fields else None, errors)

    def narrow(self, user):
        """Let every choice of rows offer what `user` may see, and what is stored already."""
        for name, field in self.fields.items():
            rows = getattr(field, "queryset", None)
            if hasattr(rows, "visible_to"):
                visible = Q(pk__in=rows.visible_to(user).values("pk"))
                # Without the stored rows, saving would silently empty the field.
                field.queryset = rows.filter(visible | Q(pk__in=self.stored(name)))

    def stored(self, name):
        """Keys of the rows which field `name` of the edited record holds now."""
        return []

    # --- The company's own fields ------------------------------------------------------------

    def ask_own_fields(self, record):
        """Ask for the company's own fields of `record`, too, also those of the scope (such as its
        sales process) that is chosen in the form; what was entered is cleaned_data["custom"]."""
        self.record = record
        if record.custom_scope in self.fields:
            self.own_scope = self[record.custom_scope]
            column = f"{record.custom_scope}_id"
            value = getattr(record, column)
            # What is chosen already needs no look whether it may be.
            is_same = value is not None and str(self.own_scope.value()) == str(value)
            if not is_same and (chosen := self.chosen_scope()) is not None:
                setattr(record, column, chosen)
        self.own_fields = custom.fields_for(record)
        due = custom.due_now(record) if self.own_fields else []
        for field in self.own_fields:
            kept = record.custom.get(field.code)
            self.fields[field.name] = custom.form_field(field, due=field in due, kept=kept)
            prepare(self.fields[field.name])
            value = custom.initial(field, kept)
            self.initial.setdefault(field.name, value)

    def chosen_scope(self):
        """The key of what is chosen, or would be by leaving it empty; None where that is unknown."""
        try:
            found = self.own_scope.field.clean(self.own_scope.value())
        except ValidationError:
            return None
        return self.record.implied_scope() if found is None else found.pk

    def _post_clean(self):
        super()._post_clean()
        if self.own_fields:
            known = self.record.custom
            self.cleaned_data["custom"] = custom.collect(self.own_fields, self.cleaned_data, known)

    @property
    def scope_fields(self):
        """Bound fields that only records of the chosen scope have."""
        return [self[field.name] for field in self.own_fields if self.own_scope and field.scope_id]

    @property
    def scope_left(self):
        """[(name, value)] of what was entered for other scopes, should they be chosen again."""
        entered = custom.entered(self.data if self.is_bound else self.initial)
        left = {name: entered[name] for name in entered.keys() - self.fields.keys()}
        return [
            (name, value)
            for name, found in left.items()
            for value in (found if isinstance(found, list) else [found])
        ]

    # --- What is shown ---------------------------------------------------------------------------

    @property
    def fieldsets(self):
        """[(label, [bound fields])] of the visible fields, for the templates; without those of
        the scope."""
        apart = {field.name for field in self.scope_fields}
        left = {f.name: f for f in self.visible_fields() if f.name not in apart}
        found = []
        for label, names in self.groups:
            fields = [left.pop(name) for name in names if name in left]
            if fields:
                found.append((label, fields))
        if left:
            found.append((_("More") if found else "", list(left.values())))
        return found


class CrmForm(CrmFormMixin, forms.Form):
    """Base of every plain form: verbs, filters, wizards.

    bulk: whether a verb's form asks the same of every record, so that it can be filled in once
    for many of them.
    """

    bulk = False


class CrmModelForm(CrmFormMixin, forms.ModelForm):
    """Base of every form that edits a record.

    An existing record with a `version` carries it hidden; `cleaned_data["version"]` is the one
    the person started from (None when absent).
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if custom.is_customised(type(self.instance)):
            self.ask_own_fields(self.instance)
        version = getattr(self.instance, "version", None)
        if self.instance.pk and version is not None and "version" not in self.fields:
            self.fields["version"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput, initial=version
            )

    def stored(self, name):
        relations = {f.name: f for f in self.instance._meta.get_fields() if f.is_relation}
        if not self.instance.pk or name not in relations or not hasattr(self.instance, name):
            return []
        value = relations[name].value_from_object(self.instance)
        return [row.pk for row in value] if isinstance(value, list) else [value]

    def rebase(self, version):
        """Let the next submission overwrite `version`, after its conflict has been shown."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(version)


class CrmInlineFormSet(forms.BaseInlineFormSet):
    """Lines of a document in its form; `form_kwargs={"user": user}` reaches every line.

    The rows a remote select offers are read once for all lines.
    """

    def add_fields(self, form, index):
        super().add_fields(form, index)
        first = self.__dict__.setdefault("_first", {})
        for name, field in form.fields.items():
            if isinstance(field.widget, RemoteMixin):
                if name not in first:
                    first[name] = list(field.queryset.order_by("-pk")[:FIRST_OPTIONS])
                field.widget.first = first[name]


def line_formset(parent, model, form, **options):
    """Build the formset class for the lines `model` of a `parent` document.

    Three empty rows serve people without JavaScript; with it rows are added one by one.
    """
    options = {"formset": CrmInlineFormSet, "extra": 3, "can_delete": True, **options}
    return forms.inlineformset_factory(parent, model, form=form, **options)


class CommentForm(CrmForm):
    bulk = True
    comment = forms.CharField(label=_("Comment"), widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(CrmForm):
    bulk = True
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
