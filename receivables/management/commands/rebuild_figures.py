from django.core.management.base import BaseCommand, CommandError

from receivables.services import differences, rebuild_figures


class Command(BaseCommand):
    """Print what the nightly check would report, then write every stored figure anew."""

    help = "Compute paid, outstanding and credit in use anew from their rows."

    def handle(self, **options):
        found = differences()
        for sentence in found:
            self.stdout.write(sentence)
        rebuild_figures()
        if left := differences():
            raise CommandError("\n".join(left))
        self.stdout.write(f"{len(found)} figures differed and were written anew.")
