from io import BytesIO
from pathlib import Path

import polib
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.template import templatize

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


class Command(BaseCommand):
    """Bring locale/ up to date with the texts in the sources; no GNU gettext needed.

    Translations are kept; texts that are gone from the sources go.
    """

    help = "Collect the texts to translate from the sources into locale/."
    requires_system_checks = []

    def handle(self, **options):
        texts = collect()
        for source in sorted(Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po")):
            file = merge(source, texts)
            file.save(str(source))
            missing = len(file.untranslated_entries()) + len(file.fuzzy_entries())
            self.stdout.write(f"{source}: {len(file)} texts, {missing} to translate")


def collect():
    """{(context, text, plural): {files}} of every text marked for translation."""
    found = {}
    root = Path(settings.ROOT)
    sources = [p for app in settings.LINE for p in (root / app).rglob("*.py")]
    sources += [p for p in (root / "templates").rglob("*") if p.suffix in (".html", ".txt")]
    for path in sorted(sources):
        if "migrations" in path.parts:
            continue
        for message in messages(path):
            found.setdefault(message, set()).add(str(path.relative_to(root)))
    return found


def messages(path):
    """(context, text, plural) of one Python module or template."""
    from babel.messages.extract import extract

    text = path.read_text()
    if path.suffix != ".py":
        text = templatize(text, origin=str(path))
    for _line, found, _comments, context in extract(
        "python", BytesIO(text.encode()), KEYWORDS, (), {"encoding": "utf-8"}
    ):
        singular, plural = found if isinstance(found, tuple) else (found, "")
        if singular:
            yield context or "", singular, plural


def merge(source, texts):
    """The .po file of `source` with exactly the texts given, its translations kept."""
    old = {(e.msgctxt or "", e.msgid, e.msgid_plural): e for e in polib.pofile(str(source))}
    file = polib.POFile(wrapwidth=100)
    file.metadata = polib.pofile(str(source)).metadata
    for key in sorted(texts, key=lambda key: (sorted(texts[key])[0], key[1])):
        context, text, plural = key
        known = old.get(key)
        entry = polib.POEntry(msgctxt=context or None, msgid=text, msgid_plural=plural)
        entry.occurrences = [(name, "") for name in sorted(texts[key])]
        if "%(" in text:
            entry.flags.append("python-format")
        if plural:
            entry.msgstr_plural = known.msgstr_plural if known else {0: ""}
        else:
            entry.msgstr = known.msgstr if known else ""
        if known is not None and known.fuzzy:
            entry.flags.append("fuzzy")
        file.append(entry)
    return file
