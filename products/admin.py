from django.contrib import admin

from crm.admin import CrmAdmin
from products.models import Category, Product


@admin.register(Product)
class ProductAdmin(CrmAdmin):
    list_display = ["code", "name", "category", "state", "price"]
    search_fields = ["code", "name"]


@admin.register(Category)
class CategoryAdmin(CrmAdmin):
    list_display = ["name", "parent"]
