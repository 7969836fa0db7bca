"""Long work: progress, a row's refusal, stopping, and going on after a kill."""

import pytest
from django.core.files.base import ContentFile

from crm import work as works
from crm.errors import DomainError
from crm.models import Notification, Work

pytestmark = pytest.mark.django_db


@pytest.fixture
def counting(monkeypatch):
    """A kind of work that touches places 1 to 5, refuses 3, and may be killed at a place."""
    touched, killed = [], []

    def run(work):
        def act(place):
            if place in killed:
                killed.remove(place)
                raise KeyboardInterrupt
            touched.append(place)
            if place == 3:
                raise DomainError("Three is refused.")
            return f"row {place}", "done", ""

        works.each_row(work, range(1, 6), act)

    monkeypatch.setitem(works._kinds, "counting", run)
    return touched, killed


def start(rep, django_capture_on_commit_callbacks, execute=True):
    with django_capture_on_commit_callbacks(execute=execute):
        return works.start("counting", by=rep, label="Count to five")


def test_each_row_has_its_outcome_and_the_person_is_told(
    rep, login, counting, django_capture_on_commit_callbacks
):
    work = start(rep, django_capture_on_commit_callbacks)
    work.refresh_from_db()
    assert (work.status, work.done, work.total) == ("done", 5, 5)
    assert work.result == {"done": 4, "skipped": 0, "refused": 1}
    page = login(rep).get(work.get_absolute_url()).content.decode()
    assert "Three is refused." in page
    works.do(work.pk)
    assert work.rows.count() == 5
    assert "Count to five" in login(rep).get("/work/").content.decode()


def test_the_end_is_told_once(rep, counting, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        work = start(rep, django_capture_on_commit_callbacks)
    note = Notification.objects.get(user=rep)
    assert (note.event.name, note.event.target) == ("work.finished", work)


def test_killed_work_goes_on_after_the_last_row_that_was_done(
    rep, counting, django_capture_on_commit_callbacks
):
    touched, killed = counting
    killed.append(4)
    work = start(rep, django_capture_on_commit_callbacks, execute=False)
    with pytest.raises(KeyboardInterrupt):
        works.do(work.pk)
    assert touched == [1, 2, 3]
    works.do(work.pk)
    assert touched == [1, 2, 3, 4, 5]
    work.refresh_from_db()
    assert (work.status, work.rows.count()) == ("done", 5)


def test_a_failure_is_shown_and_stopped_work_does_nothing_more(
    rep, login, counting, monkeypatch, django_capture_on_commit_callbacks
):
    touched, _killed = counting
    work = start(rep, django_capture_on_commit_callbacks, execute=False)
    assert login(rep).post(f"/work/{work.pk}/stop/").status_code == 302
    works.do(work.pk)
    assert touched == []

    def broken(work):
        raise RuntimeError("The disk is full.")

    monkeypatch.setitem(works._kinds, "counting", broken)
    failed = start(rep, django_capture_on_commit_callbacks)
    failed.refresh_from_db()
    assert failed.status == "failed"
    assert "The disk is full." in login(rep).get(failed.get_absolute_url()).content.decode()


def test_nobody_sees_the_work_or_file_of_somebody_else(rep, manager, login, settings):
    work = Work.objects.create(user=rep, kind="counting", label="x", status="done")
    work.file.save("list.csv", ContentFile(b"a,b"))
    mine, theirs = login(rep), login(manager)
    assert b"".join(mine.get(f"/work/{work.pk}/file/").streaming_content) == b"a,b"
    for url in ("", "file/"):
        assert theirs.get(f"/work/{work.pk}/{url}").status_code == 404
    assert theirs.post(f"/work/{work.pk}/stop/").status_code == 404
    assert "x" not in [row.label for row in theirs.get("/work/").context["works"]]
