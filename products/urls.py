from products.views import CategoryPages, ProductPages

app_name = "products"
urlpatterns = [*ProductPages.urls(""), *CategoryPages.urls("categories/")]
