from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class AppBase(AppConfig):
    """An app of the line: its handlers are heard as soon as it is ready."""

    def ready(self):
        if find_spec(f"{self.name}.handlers"):
            import_module(f"{self.name}.handlers")


class CrmConfig(AppBase):
    name = "crm"
