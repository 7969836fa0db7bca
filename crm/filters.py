"""One FilterSet per list, used by both doors."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms import CrmForm


class CrmFilter(django_filters.FilterSet):
    """Search by `q`, sync by `updated_after`, and choices narrowed to what the person may see."""

    q = django_filters.CharFilter(method="filter_q", label=_("Search"))

    def filter_q(self, queryset, name, value):
        return queryset.search(value)

    def get_form_class(self):
        fields = {name: filter_.field for name, filter_ in self.filters.items()}
        return type(f"{type(self).__name__}Form", (CrmForm,), fields)

    @property
    def form(self):
        if not hasattr(self, "_form"):
            user = getattr(self.request, "user", None)
            self._form = self.get_form_class()(
                self.data if self.is_bound else None, prefix=self.form_prefix, user=user
            )
        return self._form


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
        super().__init__(field_name, label=label or _("Mine"), **kwargs)

    def filter(self, qs, value):
        if value is None:
            return qs
        mine = {self.field_name: self.parent.request.user.pk}
        return qs.filter(**mine) if value else qs.exclude(**mine)
