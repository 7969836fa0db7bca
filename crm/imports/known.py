"""What of a file is there already, looked up for many rows at once."""

from collections import Counter
from contextlib import contextmanager

from django.db import connection
from django.utils.functional import cached_property

from crm.imports.fields import made, present

LOCK = 0x434C49  # "CLI": the first half of the advisory lock of all imports


class Known:
    """keys: what `key_of` rows records have. suspects: the rows that share a fact
    with any record, whoever's it is, or with another row; the others need no look of their own.

    Both hold for the rows that `look` was called with last.
    """

    def __init__(self, runner):
        self.runner, self.model = runner, runner.model
        self.keys, self.suspects = set(), set()

    @contextmanager
    def alone(self, places):
        """Look, and keep other imports from adding anything before these rows are done: they
        take turns, batch by batch."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, 0)", [LOCK])
        try:
            self.look(places)
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [LOCK])

    def look(self, places):
        records = [self.runner.records[place] for place in places]
        self.runner.look_up(records)
        if key := self.runner.imported.key:
            texts = {self.runner.text(record.cells, key) for record in records} - {""}
            found = present(self.model.objects.visible_to(self.runner.user), key, texts)
            self.keys = {made(self.model, key, text) for text in found}
        self.suspects = set()
        for name, others in self.runner.importer.facts.items():
            texts = {record.place: self.runner.text(record.cells, name) for record in records}
            texts = {place: text for place, text in texts.items() if text}
            for model, field_name in others:
                known = present(model._base_manager.all(), field_name, set(texts.values()))
                self.suspects |= {place for place, text in texts.items() if text in known}
        self.suspects |= {place for place in places if place in self.twins}

    def key_of(self, record):
        """What the row shares with every row of the same record; "" without a key."""
        key = self.runner.imported.key
        text = self.runner.text(record.cells, key) if key else ""
        return text and (made(self.model, key, text) or text)

    def facts_of(self, record):
        """{what the row shares with rows that may be the same}."""
        return self._facts[record.place]

    @cached_property
    def _facts(self):
        return {place: self._told(record) for place, record in self.runner.records.items()}

    def _told(self, record):
        found = set()
        for name, others in self.runner.importer.facts.items():
            text = self.runner.text(record.cells, name)
            if alike := text and made(*others[0], text):
                within = self.runner.importer.within.get(name)
                found.add((name, alike, within and self.runner.text(record.cells, within)))
        return found

    @cached_property
    def twins(self):
        """The rows that share a fact with another row of the file."""
        often = Counter(fact for found in self._facts.values() for fact in found)
        return {
            place for place, found in self._facts.items() if any(often[fact] > 1 for fact in found)
        }
