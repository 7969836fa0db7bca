from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


def add_defaults(using, **kwargs):
    """The statutory terms for returns and the two questionnaires, until the company has its own."""
    from aftersales.models import ReturnPolicy
    from aftersales.services import add_default_templates

    if using != "default":
        return
    # The command migrate itself speaks no language.
    with override(settings.LANGUAGE_CODE):
        if not ReturnPolicy.objects.exists():
            ReturnPolicy.objects.create(
                name=gettext("Default return policy"),
                is_default=True,
                conditions=gettext(
                    "Goods may be returned within 7 days of receipt and exchanged within 15; "
                    "repairs are free for one year."
                ),
            )
        add_default_templates()


class AftersalesConfig(AppBase):
    name = "aftersales"
    verbose_name = _("After-sales")

    def ready(self):
        super().ready()
        post_migrate.connect(add_defaults, sender=self)
