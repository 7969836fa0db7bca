from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


class OpportunitiesConfig(AppBase):
    name = "opportunities"
    verbose_name = _("Opportunities")
