"""The fonts that documents are drawn with."""

from functools import cache

import typst
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@cache
def fonts():
    """The fonts of documents, looked up once per process."""
    found = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[settings.FONTS]
    )
    if not found.fonts():
        raise ImproperlyConfigured(f"There is no font in {settings.FONTS}: run `make assets`.")
    return found
