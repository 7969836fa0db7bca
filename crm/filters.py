"""One FilterSet per list, used by both doors."""

import django_filters
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
