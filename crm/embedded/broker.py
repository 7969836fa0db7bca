"""A Celery broker made of files, for a machine without Redis.

A message is one file. It is published by rename, so nobody reads half of it; named by the
wall clock, so the oldest comes first; and claimed by renaming it into the folder of the
consuming process. That folder stays locked as long as the process lives: when it dies, even
by `kill -9`, the next consumer to start puts its unacknowledged messages back. So a task may
run twice, but none is lost.

Queues are bound in memory, as every process declares the ones it uses. There is no fan-out,
hence no remote control.
"""

import fcntl
import logging
import os
import threading
import time
from collections import defaultdict, deque
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from urllib.parse import quote
from uuid import uuid4

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

# A name ending in this is a message; anything else in a queue is still being written.
SUFFIX = ".msg"


class Claims:
    """The messages this process has taken and not yet acknowledged.

    Layout of the folder: `queues/<queue>/<message>`, `claims/<process>/<queue>/<message>`,
    `claims/<process>.lock`.
    """

    _open: dict[tuple[Path, int], "Claims"] = {}
    _opening = threading.Lock()

    def __init__(self, folder: Path):
        self.queues, self.root = folder / "queues", folder / "claims"
        self.root.mkdir(parents=True, exist_ok=True)
        self.paths: dict[str, Path] = {}
        self.own = self.root / f"{os.getpid()}-{uuid4().hex[:8]}"
        with self._gate():
            self._put_back_the_dead()
            self._lock = self.own.with_suffix(".lock").open("w")
            # Not flock: a forked child would go on holding it after the death of its parent.
            fcntl.lockf(self._lock, fcntl.LOCK_EX)
            self.own.mkdir()

    @classmethod
    def of(cls, folder: Path) -> "Claims":
        """Return the claims of the running process; a forked child gets its own."""
        key = (folder, os.getpid())
        with cls._opening:
            if key not in cls._open:
                cls._open[key] = cls(folder)
            return cls._open[key]

    def take(self, path: Path) -> dict | None:
        """Claim one message and return its content, or None when somebody else was faster."""
        claimed = self.own / path.parent.name / path.name
        claimed.parent.mkdir(exist_ok=True)
        try:
            path.rename(claimed)
        except FileNotFoundError:
            return None
        try:
            message = loads(claimed.read_bytes().decode())
        except ValueError:
            logger.error("Dropping %s: a power cut left it incomplete.", path)
            claimed.unlink()
            return None
        self.paths[message["properties"]["delivery_tag"]] = claimed
        return message

    def drop(self, tag: str) -> None:
        if path := self.paths.pop(tag, None):
            path.unlink(missing_ok=True)

    def put_back(self, tag: str) -> None:
        """Return one message to its old place in the queue."""
        if path := self.paths.pop(tag, None):
            self._return(path)

    def _return(self, path: Path) -> None:
        queue = self.queues / path.parent.name
        queue.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            path.rename(queue / path.name)

    @contextmanager
    def _gate(self):
        """Let one process at a time make or clear a folder of claims."""
        with (self.root / "gate").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    def _put_back_the_dead(self) -> None:
        for lock_path in self.root.glob("*.lock"):
            with lock_path.open("r+") as lock:
                try:
                    fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    continue
                folder = lock_path.with_suffix("")
                if folder.is_dir():
                    for path in folder.glob(f"*/*{SUFFIX}"):
                        self._return(path)
                    for queue in folder.iterdir():
                        queue.rmdir()
                    folder.rmdir()
                lock_path.unlink()


class QoS(virtual.QoS):
    def ack(self, delivery_tag):
        super().ack(delivery_tag)
        self.channel.claims.drop(delivery_tag)

    def reject(self, delivery_tag, requeue=False):
        super().reject(delivery_tag, requeue=requeue)
        self.channel.claims.drop(delivery_tag)


class Channel(virtual.Channel):
    QoS = QoS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.folder = Path(self.connection.client.transport_options["folder"])
        self._seen = defaultdict[str, deque[str]](deque)

    @property
    def claims(self) -> Claims:
        return Claims.of(self.folder)

    def _queue(self, queue: str) -> Path:
        path = self.folder / "queues" / quote(queue, safe="")
        path.mkdir(parents=True, exist_ok=True)
        return path

    def _waiting(self, queue: str) -> list[str]:
        return sorted(name for name in os.listdir(self._queue(queue)) if name.endswith(SUFFIX))

    def _put(self, queue, message, **kwargs):
        folder = self._queue(queue)
        name = f"{time.time_ns():020d}-{uuid4().hex}"
        (folder / name).write_bytes(dumps(message).encode())
        (folder / name).rename(folder / f"{name}{SUFFIX}")

    def _get(self, queue, timeout=None):
        # First of all, as it brings back what a dead process held.
        claims = self.claims
        names = self._seen[queue]
        if not names:
            names.extend(self._waiting(queue))
        while names:
            if message := claims.take(self._queue(queue) / names.popleft()):
                return message
        raise Empty

    def _restore(self, message):
        self.claims.put_back(message.delivery_tag)

    def _size(self, queue):
        return len(self._waiting(queue))

    def _purge(self, queue):
        names = self._waiting(queue)
        for name in names:
            (self._queue(queue) / name).unlink(missing_ok=True)
        return len(names)


class Transport(virtual.Transport):
    """Set as CELERY_BROKER_TRANSPORT, with the option `folder`."""

    Channel = Channel
    global_state = virtual.BrokerState()
    driver_type = "filesystem"
    driver_name = "filesystem"

    def __init__(self, client, **kwargs):
        super().__init__(client, **kwargs)
        self.state = self.global_state

    def driver_version(self):
        return "1"
