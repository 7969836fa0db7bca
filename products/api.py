from crm.api.viewsets import CrmViewSet
from products import services
from products.filters import CategoryFilter, ProductFilter
from products.models import Category, Product
from products.serializers import CategorySerializer, ProductSerializer


class ProductViewSet(CrmViewSet):
    model = Product
    serializer_class = ProductSerializer
    filterset_class = ProductFilter
    verbs = services.PRODUCT_VERBS
    create_service = services.create_product
    edit_service = services.edit_product
    ordering = "code"


class CategoryViewSet(CrmViewSet):
    model = Category
    serializer_class = CategorySerializer
    filterset_class = CategoryFilter
    create_service = services.create_category
    edit_service = services.edit_category
    ordering = "name"


ROUTES = {"products": ProductViewSet, "product-categories": CategoryViewSet}
