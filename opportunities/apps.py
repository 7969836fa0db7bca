from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from crm.apps import AppBase


def add_default_process(using, **kwargs):
    from opportunities.services.processes import default_process

    if using == "default":
        # The command migrate itself speaks no language.
        with override(settings.LANGUAGE_CODE):
            default_process()


class OpportunitiesConfig(AppBase):
    name = "opportunities"
    verbose_name = _("Opportunities")

    def ready(self):
        super().ready()
        post_migrate.connect(add_default_process, sender=self)
