from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


class LeadsConfig(AppBase):
    name = "leads"
    verbose_name = _("Leads")
