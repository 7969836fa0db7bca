from crm.filters import CrmFilter
from products.models import Category, Product


class ProductFilter(CrmFilter):
    class Meta:
        model = Product
        fields = {"state": ["exact"], "category": ["exact"], "is_stocked": ["exact"]}


class CategoryFilter(CrmFilter):
    class Meta:
        model = Category
        fields = {"parent": ["exact"]}
