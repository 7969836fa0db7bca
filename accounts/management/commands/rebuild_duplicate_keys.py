from django.core.management.base import BaseCommand

from accounts.services import rebuild_keys


class Command(BaseCommand):
    help = "Compute the keys by which duplicates are found anew, after their rules have changed."

    def handle(self, **options):
        self.stdout.write(f"{rebuild_keys()} records changed")
