"""Django admin for administrators: configuration is edited, documents are only looked at.

Saving goes through the lifecycle, so that the change is an event like any other; nothing is
deleted here.
"""

from django.contrib import admin

from crm import lifecycle
from crm.models import Currency, Event, ExchangeRate, JobRun, NumberSequence, StatefulModel

admin.site.site_header = "Closeloop"
admin.site.site_title = "Closeloop"


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class CrmAdmin(admin.ModelAdmin):
    """A record with a lifecycle is shown, not edited: its pages and verbs do that."""

    def has_add_permission(self, request):
        return not issubclass(self.model, StatefulModel) and super().has_add_permission(request)

    def has_change_permission(self, request, obj=None):
        return not issubclass(self.model, StatefulModel) and super().has_change_permission(
            request, obj
        )

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        if not change:
            lifecycle.create(obj, by=request.user)
            return
        fields = [
            name
            for name in form.changed_data
            if name in {f.name for f in obj._meta.concrete_fields}
        ]
        saved = lifecycle.edit(
            obj, by=request.user, **{name: getattr(obj, name) for name in fields}
        )
        obj.version = saved.version


class InlineAdmin(admin.TabularInline):
    """Parts of a configuration record, such as the levels of a rule."""

    extra = 0


admin.site.register([Event, JobRun, NumberSequence], ReadOnlyAdmin)
admin.site.register([Currency, ExchangeRate])
