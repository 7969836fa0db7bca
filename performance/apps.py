from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


class PerformanceConfig(AppBase):
    name = "performance"
    verbose_name = _("Performance")
