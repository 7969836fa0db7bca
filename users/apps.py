from django.apps import apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


def sync_roles(using, **kwargs):
    from users.models import User
    from users.services import sync_roles

    if using == "default":
        User.objects.ensure_system()
        sync_roles()


class UsersConfig(AppBase):
    name = "users"
    verbose_name = _("People and roles")

    def ready(self):
        super().ready()
        # auth comes after the whole line: by then every permission exists.
        post_migrate.connect(sync_roles, sender=apps.get_app_config("auth"))
