from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AppBase(AppConfig):
    """An app of the line: once it is ready, its handlers are heard and its documents printed."""

    # Django takes the one config of a module that is a default; this base never is.
    default = False

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.default = True

    def ready(self):
        for room in ("handlers", "papers"):
            if find_spec(f"{self.name}.{room}"):
                import_module(f"{self.name}.{room}")


CURRENCIES = [
    ("CNY", "人民币", 2),
    ("USD", "US dollar", 2),
    ("EUR", "Euro", 2),
    ("GBP", "Pound sterling", 2),
    ("HKD", "港元", 2),
    ("TWD", "新臺幣", 2),
    ("JPY", "日本円", 0),
]


def add_currencies(using, **kwargs):
    from crm.models import Currency

    rows = [Currency(code=code, name=name, digits=digits) for code, name, digits in CURRENCIES]
    Currency.objects.using(using).bulk_create(rows, ignore_conflicts=True)


def fill_search(using, **kwargs):
    """Let what was written before there was an index be found."""
    from crm.models import SearchEntry
    from crm.search import index

    executor = MigrationExecutor(connections[using])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return  # migrated in part: the tables are not yet, or no more, what the models say
    if not SearchEntry.objects.using(using).exists():
        for kind in index.kinds():
            index.refresh(kind.objects.all())


class CrmConfig(AppBase):
    name = "crm"
    verbose_name = _("System")

    def ready(self):
        super().ready()
        post_migrate.connect(add_currencies, sender=self)
        post_migrate.connect(fill_search, sender=self)
