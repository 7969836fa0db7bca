"""The WSGI entry point."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
application = get_wsgi_application()

# What is loaded now stays. Looking through it for garbage cost one request in some dozens 90 ms.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
