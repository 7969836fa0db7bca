from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


class ActivitiesConfig(AppBase):
    name = "activities"
    verbose_name = _("Activities")
