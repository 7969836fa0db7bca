from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


class ReceivablesConfig(AppBase):
    name = "receivables"
    verbose_name = _("Receivables")
