from django.apps import apps
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from crm.apps import AppBase


def add_rule(using, **kwargs):
    """Let a manager approve write-offs, unless the company has a rule of its own already."""
    from approvals.models import ApprovalRule, Approver
    from users.models import Role

    if using != "default" or ApprovalRule.objects.filter(kind="write_off").exists():
        return
    # The command migrate itself speaks no language.
    with override(settings.LANGUAGE_CODE):
        name = gettext("Every write-off")
    rule = ApprovalRule.objects.create(kind="write_off", name=name)
    manager = Role.objects.get(code="manager")
    rule.levels.create(approver=Approver.ROLE, role=manager, position=1)


class ReceivablesConfig(AppBase):
    name = "receivables"
    verbose_name = _("Receivables")

    def ready(self):
        super().ready()
        # After the roles: they are made when auth, the last app of all, has migrated.
        post_migrate.connect(add_rule, sender=apps.get_app_config("auth"))
