"""Bases of every serializer: shape only; services write."""

import copy
from collections.abc import Mapping

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.relations import PrimaryKeyRelatedField

from crm.custom import fields as custom


class VisibleRelatedField(PrimaryKeyRelatedField):
    """A foreign key may only name a record its writer can see: a key is also a read."""

    def get_queryset(self):
        rows = super().get_queryset()
        request = self.context.get("request")
        if request is not None and hasattr(rows, "visible_to"):
            return rows.visible_to(request.user)
        return rows


class OwnFields(serializers.JSONField):
    """The company's own fields by their code; those that are not named keep their value."""

    def to_internal_value(self, data):
        data = super().to_internal_value(data)
        if not isinstance(data, dict):
            raise serializers.ValidationError(_("Give the fields by their codes."))
        record = self.record()
        fields, known = custom.fields_for(record), record.custom
        if unknown := data.keys() - {field.code for field in fields}:
            raise serializers.ValidationError({code: [_("No such field.")] for code in unknown})
        given = {field.name: data.get(field.code, known.get(field.code)) for field in fields}
        if misshapen := [f.code for f in fields if not custom.is_shaped(f, data.get(f.code))]:
            words = RegexValidator.message  # "Enter a valid value."
            raise serializers.ValidationError({code: [words] for code in misshapen})
        form = forms.Form(
            {
                name: custom.initial(None, value)
                for name, value in given.items()
                if value is not None
            }
        )
        due = custom.due_now(record)
        form.fields = {
            field.name: custom.form_field(field, due=field in due, kept=known.get(field.code))
            for field in fields
        }
        if not form.is_valid():
            raise serializers.ValidationError(
                {
                    name.removeprefix(custom.CustomField.PREFIX): texts
                    for name, texts in form.errors.items()
                }
            )
        return custom.collect(fields, form.cleaned_data, known)

    def record(self):
        """The record as it is about to be, as far as that says which fields it has."""
        model, given = self.parent.Meta.model, self.parent.instance
        record = copy.copy(given) if isinstance(given, Model) else model()
        if not model.custom_scope:
            return record
        scope = self.parent.initial_data.get(model.custom_scope)
        if scope is None and record.pk is None:
            scope = model.implied_scope()
        if str(scope).isdecimal():
            setattr(record, f"{model.custom_scope}_id", int(scope))
        return record


class CrmSerializer(serializers.ModelSerializer):
    """`version` belongs to every record; `lines`, where there are any, replace the old ones."""

    serializer_related_field = VisibleRelatedField

    def build_standard_field(self, field_name, model_field):
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        if getattr(model_field, "protected", False):
            kwargs["read_only"] = True
            kwargs.pop("choices", None)
            field_class = serializers.CharField
            kwargs = {"read_only": True}
        # Uniqueness and constraints are the model's to check, in the service's transaction.
        kwargs.pop("validators", None)
        return field_class, kwargs

    def get_validators(self):
        return []

    def get_fields(self):
        found = super().get_fields()
        if custom.is_customised(self.Meta.model):
            found["custom"] = OwnFields(required=False)
        return found

    def to_internal_value(self, data):
        # What a new record requires is required, too, when nothing is said of own fields.
        is_new = custom.is_customised(self.Meta.model) and not self.instance
        if is_new and isinstance(data, Mapping) and "custom" not in data:
            data = data.copy()
            data["custom"] = "{}" if isinstance(data, QueryDict) else {}
        return super().to_internal_value(data)


FIELDS = {
    forms.BooleanField: serializers.BooleanField,
    forms.DecimalField: lambda **kw: serializers.DecimalField(
        max_digits=None, decimal_places=None, **kw
    ),
    forms.IntegerField: serializers.IntegerField,
    forms.DateTimeField: serializers.DateTimeField,
    forms.DateField: serializers.DateField,
    forms.ModelMultipleChoiceField: lambda **kw: serializers.ListField(
        child=serializers.IntegerField(), **kw
    ),
    forms.ModelChoiceField: serializers.IntegerField,
    forms.JSONField: serializers.JSONField,
}


def form_serializer(form_class, name):
    """A serializer class that documents the fields of a verb's form (the form itself checks)."""
    fields = {}
    for key, field in getattr(form_class, "base_fields", {}).items():
        maker = next(
            (make for kind, make in FIELDS.items() if isinstance(field, kind)),
            serializers.CharField,
        )
        fields[key] = maker(required=field.required, label=str(field.label or key))
    if getattr(form_class, "asks_own_fields", False):
        help_text = "The company's own fields by their codes"
        fields["custom"] = serializers.DictField(required=False, help_text=help_text)
    return type(name, (serializers.Serializer,), fields)
