from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


class PlanningConfig(AppBase):
    name = "planning"
    verbose_name = _("Planning")
