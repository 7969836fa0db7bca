"""The icons that pages ask for are the icons that the sprite holds."""

import re

from django.conf import settings

from crm.embedded.assets import ICONS
from crm.menu import SECTIONS

OFFERED = set(ICONS.split())


def test_every_icon_named_in_a_template_is_in_the_sprite():
    asked = {
        name
        for template in (settings.ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([\w-]+)"', template.read_text(encoding="utf-8"))
    }
    assert "home" in asked
    assert asked <= OFFERED


def test_every_icon_of_the_menu_is_in_the_sprite():
    assert {icon for _key, _label, icon in SECTIONS} <= OFFERED
