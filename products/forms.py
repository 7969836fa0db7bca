from crm.forms import CrmModelForm
from products.models import Category, Product


class ProductForm(CrmModelForm):
    class Meta:
        model = Product
        fields = [
            "code",
            "name",
            "category",
            "unit",
            "currency",
            "price",
            "cost",
            "tax_rate",
            "is_stocked",
            "description",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.user and not self.user.has_perm("products.view_cost"):
            del self.fields["cost"]


class CategoryForm(CrmModelForm):
    class Meta:
        model = Category
        fields = ["name", "parent", "description"]


class LineForm(CrmModelForm):
    """A line of a document: price and tax are the product's when left empty.

    Subclass with the line model; only products on sale are offered, and what stands there.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("unit_price", "discount", "tax_rate"):
            self.fields[name].required = False
            if not self.instance.pk:
                self.fields[name].initial = None

    def narrow(self, user):
        super().narrow(user)
        field = self.fields["product"]
        field.queryset = (
            Product.objects.on_sale() | Product.objects.filter(pk=self.instance.product_id)
        ).distinct()


LINE_FIELDS = ["product", "description", "quantity", "unit_price", "discount", "tax_rate"]


def line_form(line_model):
    """The LineForm of a line model, for crm.forms.line_formset."""
    meta = type("Meta", (), {"model": line_model, "fields": LINE_FIELDS})
    return type(f"{line_model.__name__}Form", (LineForm,), {"Meta": meta})
