from django.core.management.base import BaseCommand

from accounts.services import scan_duplicates


class Command(BaseCommand):
    help = "Look for possible duplicates among all customers, contacts and leads."

    def handle(self, **options):
        self.stdout.write(f"{scan_duplicates()} pairs")
