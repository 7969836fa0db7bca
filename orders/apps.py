from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


class OrdersConfig(AppBase):
    name = "orders"
    verbose_name = _("Orders")
