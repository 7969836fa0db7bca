from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


class InventoryConfig(AppBase):
    name = "inventory"
    verbose_name = _("Inventory")
