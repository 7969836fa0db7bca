"""Write the index of the global search anew."""

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from crm.search import index


class Command(BaseCommand):
    help = "Write the index of the global search anew: all kinds of records, or those named."

    def add_arguments(self, parser):
        parser.add_argument("kinds", nargs="*", metavar="app.model")

    def handle(self, *args, kinds, **options):
        try:
            models = [apps.get_model(name) for name in kinds] or index.kinds()
        except (LookupError, ValueError) as error:
            raise CommandError(error) from error
        for model in models:
            if model not in index.kinds():
                raise CommandError(f"{model._meta.label_lower} is not searched.")
            count = index.rebuild(model)
            self.stdout.write(f"{model._meta.verbose_name_plural}: {count:,}")
