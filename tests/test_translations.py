"""Chinese, simplified and traditional, is complete: every text of the sources has both."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

from crm.management.commands.collect_messages import collect

CATALOGUES = sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po"))
CALLS = {"_", "gettext", "pgettext"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


def test_both_chinese_catalogues_exist():
    assert {path.parts[-3] for path in CATALOGUES} == {"zh_Hans", "zh_Hant"}


@pytest.fixture(scope="module")
def texts():
    return collect()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_text_is_translated(path, texts):
    file = polib.pofile(str(path))
    known = {(e.msgctxt or "", e.msgid, e.msgid_plural) for e in file if not e.obsolete}
    missing = sorted(key[1] for key in set(texts) - known)
    assert not missing, f"run `make messages` and translate: {missing[:20]}"
    assert not [e.msgid for e in file.fuzzy_entries()]
    assert not [e.msgid for e in file.untranslated_entries()]
    assert not sorted(key[1] for key in known - set(texts)), "texts that are gone: `make messages`"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_translations_keep_the_placeholders(path):
    for entry in polib.pofile(str(path)):
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                wanted = set(PLACEHOLDER.findall(entry.msgid))
                assert set(PLACEHOLDER.findall(text)) == wanted, entry.msgid


def test_the_traditional_catalogue_is_not_the_simplified_one():
    simplified, traditional = (
        {e.msgid: e.msgstr for e in polib.pofile(str(path))} for path in CATALOGUES
    )
    same = [text for text in simplified if simplified[text] == traditional.get(text)]
    assert len(same) < len(simplified) / 2


def test_texts_inside_of_f_strings_are_collected_as_well(texts):
    """Python reads an f-string as one text, so that the collector passes over what it calls."""
    known, missed = {text for _context, text, _plural in texts}, []
    for app in settings.LINE:
        for path in Path(settings.ROOT, app).rglob("*.py"):
            for whole in ast.walk(ast.parse(path.read_text())):
                for node in ast.walk(whole) if isinstance(whole, ast.JoinedStr) else ():
                    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS:
                        said = [a.value for a in node.args if isinstance(a, ast.Constant)]
                        missed += [(path.name, text) for text in said[-1:] if text not in known]
    assert not missed


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_work_that_failed_is_not_called_like_a_check_that_was_not_passed(path):
    said = {e.msgctxt: e.msgstr for e in polib.pofile(str(path)) if e.msgid == "failed"}
    assert said["background work"] != said[None]
