from rest_framework import serializers

from crm.api.serializers import CrmSerializer, VisibleRelatedField
from products.models import Category, Product


class CategorySerializer(CrmSerializer):
    class Meta:
        model = Category
        fields = ["id", "name", "parent", "description", "version", "created_at", "updated_at"]
        read_only_fields = ["version"]


class ProductSerializer(CrmSerializer):
    """`cost` is there only for those who may see it."""

    class Meta:
        model = Product
        fields = [
            "id",
            "code",
            "name",
            "state",
            "category",
            "unit",
            "currency",
            "price",
            "cost",
            "tax_rate",
            "is_stocked",
            "description",
            "external_key",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["version", "external_key"]

    def get_fields(self):
        fields = super().get_fields()
        request = self.context.get("request")
        if request is None or not request.user.has_perm("products.view_cost"):
            fields.pop("cost")
        return fields


LINE_FIELDS = [
    "id",
    "product",
    "description",
    "quantity",
    "unit_price",
    "discount",
    "tax_rate",
    "amount",
    "tax",
]


class LineSerializer(serializers.ModelSerializer):
    """A line of a document; subclass with Meta.model and Meta.fields = LINE_FIELDS."""

    serializer_related_field = VisibleRelatedField

    def get_extra_kwargs(self):
        optional = {name: {"required": False} for name in ("unit_price", "discount", "tax_rate")}
        return {**super().get_extra_kwargs(), **optional}

    def get_fields(self):
        fields = super().get_fields()
        for name in ("amount", "tax"):
            fields[name].read_only = True
        return fields
