"""Measurements, each run as a module: Django is set up, and all pages are declared, before it."""

import os
from importlib import import_module

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()
import_module(settings.ROOT_URLCONF)
