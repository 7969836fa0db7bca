from pathlib import Path

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Compile .po into .mo without GNU gettext."""

    help = "Compile the translations; no gettext tools needed."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="*", type=Path, help="Default: all under LOCALE_PATHS.")

    def handle(self, *, files, **options):
        for source in files or self.all_sources():
            target = source.with_suffix(".mo")
            unfinished = source.with_suffix(".mo.part")
            polib.pofile(str(source)).save_as_mofile(str(unfinished))
            # In one step, as a running server may be reading it.
            unfinished.replace(target)
            if options["verbosity"]:
                self.stdout.write(f"{source} compiled")

    def all_sources(self):
        return [path for folder in settings.LOCALE_PATHS for path in Path(folder).rglob("*.po")]
