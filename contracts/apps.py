from django.apps import apps
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from crm.apps import AppBase


def add_defaults(using, **kwargs):
    from contracts.services.templates import default_template, ensure_legal_review

    if using == "default":
        # The command migrate itself speaks no language.
        with override(settings.LANGUAGE_CODE):
            default_template()
            for kind in ("contract", "amendment"):
                ensure_legal_review(kind)


class ContractsConfig(AppBase):
    name = "contracts"
    verbose_name = _("Contracts")

    def ready(self):
        super().ready()
        # After users' own receiver on the same sender: by then the role legal exists.
        post_migrate.connect(add_defaults, sender=apps.get_app_config("auth"))
