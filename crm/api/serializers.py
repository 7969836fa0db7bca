"""Bases of every serializer: shape only; services write."""

from django import forms
from rest_framework import serializers
from rest_framework.relations import PrimaryKeyRelatedField


class VisibleRelatedField(PrimaryKeyRelatedField):
    """A foreign key may only name a record its writer can see: a key is also a read."""

    def get_queryset(self):
        rows = super().get_queryset()
        request = self.context.get("request")
        if request is not None and hasattr(rows, "visible_to"):
            return rows.visible_to(request.user)
        return rows


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
    return type(name, (serializers.Serializer,), fields)
