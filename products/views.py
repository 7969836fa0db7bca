from django.utils.translation import gettext_lazy as _

from crm.cells import Column, table
from crm.imports import Importer
from crm.pages import Pages
from products import services
from products.filters import CategoryFilter, ProductFilter
from products.forms import CategoryForm, ProductForm
from products.models import Category, Product


class ProductPages(Pages):
    model = Product
    has_contacts = False
    columns = ("code", "name", "category", "state", "unit", "price", "tax_rate")
    order = "code"
    filterset = ProductFilter
    form = ProductForm
    create = services.create_product
    edit = services.edit_product
    verbs = services.PRODUCT_VERBS
    importer = Importer(
        keys=("code", "external_key", "name"),
        optional=("code",),
        walks={"off_sale": ("take_off_sale",)},
    )
    menu = ("stock", 10)
    empty = _(
        "No products yet. Quotations and orders are made of them: import your price "
        "list, or add the first one you sell."
    )
    groups = (
        (_("Product"), ("code", "name", "category", "unit", "is_stocked", "description")),
        (_("Price"), ("currency", "price", "tax_rate")),
    )

    @classmethod
    def extra_groups(cls, obj, user):
        if not user.has_perm("products.view_cost"):
            return []
        return [(_("Cost"), [(_("cost"), Column("cost").bind(cls.model).cell(obj))])]


class CategoryPages(Pages):
    model = Category
    has_contacts = False
    columns = ("name", "parent", "description")
    order = "name"
    filterset = CategoryFilter
    form = CategoryForm
    create = services.create_category
    edit = services.edit_category
    menu = ("stock", 20)
    empty = _("No categories yet. They put products in order: add the first one.")
    groups = ((_("Category"), ("name", "parent", "description")),)

    @classmethod
    def tables(cls, obj, user):
        products = obj.products.visible_to(user)[:50]
        return [table(_("Products"), Product, ("code", "name", "state", "price"), products, user)]
