from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


class AftersalesConfig(AppBase):
    name = "aftersales"
    verbose_name = _("After-sales")
