from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


def add_defaults(using, **kwargs):
    """The statutory terms for returns and the two questionnaires, until the company has its own."""
    from aftersales.models import ReturnPolicy
    from aftersales.services import add_default_templates

    if using != "default":
        return
    if not ReturnPolicy.objects.exists():
        ReturnPolicy.objects.create(
            name="默认退换货政策",
            is_default=True,
            conditions="自签收之日起 7 日内可退货，15 日内可换货，一年内免费维修。",
        )
    add_default_templates()


class AftersalesConfig(AppBase):
    name = "aftersales"
    verbose_name = _("After-sales")

    def ready(self):
        super().ready()
        post_migrate.connect(add_defaults, sender=self)
