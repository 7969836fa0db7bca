from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


class ContractsConfig(AppBase):
    name = "contracts"
    verbose_name = _("Contracts")
