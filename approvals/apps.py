from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


class ApprovalsConfig(AppBase):
    name = "approvals"
    verbose_name = _("Approvals")
