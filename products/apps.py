from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


class ProductsConfig(AppBase):
    name = "products"
    verbose_name = _("Products")
