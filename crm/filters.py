"""One FilterSet per list, used by both doors."""

from functools import cached_property

import django_filters
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.forms import CrmForm
from crm.lists import conditions
from crm.lists.attributes import attributes, retired_label
from crm.pages import Pages


class CrmFilter(django_filters.FilterSet):
    """Search by `q`, sync by `updated_after`, choices narrowed to what the person may see, and
    whatever conditions a person has built (crm.lists.conditions)."""

    q = django_filters.CharFilter(method="filter_q", label=gettext_lazy("Search"))
    updated_after = django_filters.IsoDateTimeFilter(
        "updated_at", lookup_expr="gt", widget=forms.HiddenInput
    )

    @classmethod
    def get_filters(cls):
        found, model = super().get_filters(), cls._meta.model
        if model and all(field.name != "updated_at" for field in model._meta.concrete_fields):
            del found["updated_after"]  # what never changes after it was written
        return found

    def filter_q(self, queryset, name, value):
        return queryset.search(value)

    @cached_property
    def attributes(self):
        pages = Pages.registry.get(self._meta.model)
        user = getattr(self.request, "user", None)
        return attributes(pages, user) if pages and user else {}

    @cached_property
    def conditions(self):
        return conditions.parse(self.data) if self.is_bound else []

    @cached_property
    def wrong(self):
        """The sentence about a condition that cannot be understood, or ""."""
        try:
            self.by_conditions(self.queryset)
        except conditions.Unknown as error:
            path = str(error)
            label = retired_label(self._meta.model, path)
            if label != path:
                return _(
                    "“%(field)s” is in use no more. Remove its condition to see the records."
                ) % {"field": label}
            return _("This condition cannot be understood: %(what)s") % {"what": path}
        except conditions.Wrong as error:
            return _("This condition cannot be understood: %(what)s") % {"what": error}
        return ""

    def filter_queryset(self, queryset):
        """The rows that fit; none when anything that is asked for cannot be understood."""
        if not self.is_valid():
            return queryset.none()
        return self.by_conditions(super().filter_queryset(queryset))

    def by_conditions(self, rows):
        if not self.conditions:
            return rows
        return conditions.apply(rows, self.conditions, self.attributes)

    def is_valid(self):
        if self.wrong and not self.form.non_field_errors():
            self.form.add_error(None, self.wrong)
        return super().is_valid()

    @cached_property
    def form(self):
        """What is asked for, and the search. Every field costs its choices, and few are filled in:
        whoever draws them all takes `whole_form`."""
        return self._form_of(name for name in self.filters if name == "q" or self._says(name))

    @cached_property
    def whole_form(self):
        return self._form_of(self.filters)

    def _says(self, name):
        """Whether the data have a filter, by its name or by that of one end of a range."""
        return any(key == name or key.startswith(f"{name}_") for key in self.data or ())

    def _form_of(self, names):
        fields = {name: self.filters[name].field for name in names}
        made = type(f"{type(self).__name__}Form", (CrmForm,), fields)
        user = getattr(self.request, "user", None)
        return made(self.data if self.is_bound else None, prefix=self.form_prefix, user=user)


def flag(question, label, *moments):
    """A tick that keeps the rows answering `question`, a method of the queryset.

    moments: functions such as timezone.now that give its arguments when the list is read.
    """

    def keep(queryset, name, value):
        return getattr(queryset, question)(*(at() for at in moments)) if value else queryset

    return django_filters.BooleanFilter(method=keep, label=label, widget=forms.CheckboxInput)


class Mine(django_filters.BooleanFilter):
    """Rows of the person who asks, or (false) those of everybody else."""

    def __init__(self, field_name="owner", label=None, **kwargs):
        super().__init__(field_name, label=label or gettext_lazy("Mine"), **kwargs)

    def filter(self, qs, value):
        if value is None:
            return qs
        mine = {self.field_name: self.parent.request.user.pk}
        return qs.filter(**mine) if value else qs.exclude(**mine)
