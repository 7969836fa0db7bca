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
        words={
            "code": (
                *(
                    "产品编号",
                    "产品编码",
                    "产品型号",
                    "型号",
                    "货号",
                    "物料编码",
                    "商品编码",
                    "料號",
                ),
                *("產品編號", "商品編號", "sku", "item no", "part number", "product code"),
            ),
            "name": (
                "产品名称",
                "商品名称",
                "品名",
                "產品名稱",
                "商品名稱",
                "product",
                "product name",
            ),
            "price": (
                "单价",
                "价格",
                "售价",
                "销售价",
                "單價",
                "售價",
                "unit price",
                "sales price",
            ),
            "cost": ("成本价", "进价", "采购价", "進價", "purchase price", "unit cost"),
            "category": ("产品分类", "产品类别", "类别", "分類", "類別", "product category"),
            "unit": ("计量单位", "單位", "unit of measure", "uom"),
        },
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
