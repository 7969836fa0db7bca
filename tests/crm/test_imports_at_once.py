"""Two imports at once, each in a thread with a connection of its own, as two workers have."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import Account
from crm import work as works
from crm.imports import matching, running
from crm.imports.importer import pages_of

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 30
TEXT = "Name,Phone\n" + "".join(f"Twice {n},021-5555 {n:04}\n" for n in range(COUNT))


@pytest.mark.parametrize("key", ["name", ""])
def test_one_file_that_two_import_at_once_makes_every_record_once(manager, monkeypatch, key):
    monkeypatch.setattr(works, "TOGETHER", 5)  # they take turns often
    runs = []
    for _n in range(2):
        upload = SimpleUploadedFile("list.csv", TEXT.encode())
        found = matching.receive(pages_of("accounts.account"), upload, by=manager)
        found.key = key
        found.save()
        runs.append(works._create("import", manager, "Import", COUNT, {"import": found.pk}))
    start = threading.Barrier(2)

    def work(pk):
        start.wait()
        try:
            works.do(pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(run.pk,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = [running.counts(run) for run in runs]
    assert sum(count["created"] for count in counts) == COUNT
    assert sum(count["duplicate"] for count in counts) == COUNT
    assert Account.objects.count() == COUNT
