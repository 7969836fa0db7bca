from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


class AccountsConfig(AppBase):
    name = "accounts"
    verbose_name = _("Customers")
