"""Document numbers such as SO-2026-000123: given once, without gaps from committed work."""

import re

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from crm.models import NumberSequence

OURS = re.compile(r"([A-Z]+-\d{4})-(\d{6})")


def next_number(prefix, *, year=None):
    """The next number of `prefix` in `year` (default: this year, local time).

    Must run in the transaction that uses the number: its row stays locked until that
    commits, so a rolled-back document gives its number back.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("next_number() belongs in the transaction that uses the number")
    key = f"{prefix}-{year or timezone.localdate().year}"
    sequence = NumberSequence.objects.filter(pk=key)
    while not sequence.update(last=F("last") + 1):
        NumberSequence.objects.bulk_create([NumberSequence(key=key)], ignore_conflicts=True)
    return str(sequence.get())


def keep_ahead(number):
    """Never give a number that a record has brought along, if it is like ours."""
    if match := OURS.fullmatch(number):
        key, last = match[1], int(match[2])
        NumberSequence.objects.bulk_create([NumberSequence(key=key)], ignore_conflicts=True)
        NumberSequence.objects.filter(pk=key, last__lt=last).update(last=last)
