"""A real Celery worker beside the test, on the test's database and the real broker."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from crm.celery import app
from tests.requirements import require

NAME = "closeloop-test@localhost"


def wait_until(come_true, what, seconds=60):
    """Return what `come_true` gives as soon as that is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := come_true():
            return result
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what}")


class Worker:
    """`celery worker` with one process for the jobs, which a test may kill."""

    def __init__(self, log: Path, mails: Path):
        self.log, self.mails = log, mails

    def start(self):
        url = urlsplit(os.environ["DATABASE_URL"])
        environment = {
            **os.environ,
            "DATABASE_URL": url._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
            # The first slash of the path is the address's own.
            "EMAIL_URL": f"filemail:///{self.mails}",
        }
        command = "celery -A crm worker --pool prefork --concurrency 1 --loglevel INFO"
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command.split(), "-n", NAME],
                env=environment,
                cwd=settings.ROOT,
                stdout=log,
                stderr=log,
            )
        wait_until(self.is_ready, "the worker starts: " + str(self.log))

    def is_ready(self):
        assert self.process.poll() is None, self.log.read_text()
        return " ready." in self.log.read_text()

    def sent(self):
        """The text of all mails that went out."""
        return "".join(mail.read_text() for mail in self.mails.glob("*.log"))

    def child(self):
        """The process that runs the jobs, by number; None while there is none."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(children[0]) if children else None

    def kill_child(self):
        child = self.child()
        os.kill(child, signal.SIGKILL)
        wait_until(lambda: self.child() not in (None, child), "another process takes over")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def worker(transactional_db, tmp_path):
    require("services")
    app.control.purge()
    worker = Worker(tmp_path / "worker.log", tmp_path / "mails")
    try:
        worker.start()
        yield worker
    finally:
        worker.stop()
