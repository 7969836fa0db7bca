"""The settings page of the company's own fields."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.cells import Column
from crm.custom import services
from crm.filters import CrmFilter
from crm.forms import CrmModelForm
from crm.models import CustomField
from crm.pages import Pages


class CustomFieldFilter(CrmFilter):
    class Meta:
        model = CustomField
        fields = {"content_type": ["exact"], "is_active": ["exact"]}


class CustomFieldForm(CrmModelForm):
    scope_id = forms.TypedChoiceField(
        label=_("only for"), required=False, coerce=int, empty_value=None
    )

    class Meta:
        model = CustomField
        fields = [
            "content_type",
            "code",
            "kind",
            "label",
            "label_en",
            "label_hant",
            "choices",
            "is_required",
            "required_from",
            "scope_id",
            "position",
            "is_active",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = services.kinds()
        self.fields["content_type"].queryset = kinds
        self.fields["content_type"].label_from_instance = lambda kind: str(kind.name).capitalize()
        self.fields["scope_id"].choices = [("", _("all of them")), *services.scopes()]
        self.initial["scope_id"] = self.instance.scope_id
        if self.instance.pk:
            for name in ("content_type", "code", "kind"):
                self.fields[name].disabled = True


class CustomFieldPages(Pages):
    model = CustomField
    has_contacts = False
    columns = (
        Column("label", value=str, label=_("label")),
        Column("document", value=lambda field: field.content_type.name, label=_("document")),
        "code",
        "kind",
        "is_required",
        "required_from",
        "position",
        "is_active",
    )
    order = "position"
    filterset = CustomFieldFilter
    form = CustomFieldForm
    create = services.create_field
    edit = services.edit_field
    menu = ("settings", 70)
    empty = _("No own fields yet. Add what your company needs to know of its documents.")
    groups = (
        (
            _("Own field"),
            (
                Column(
                    "document", value=lambda field: field.content_type.name, label=_("document")
                ),
                "code",
                "kind",
                "label",
                "label_en",
                "label_hant",
                "choices",
                "is_required",
                "required_from",
                "position",
                "is_active",
            ),
        ),
    )

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).select_related("content_type")
