"""Run several processes as one: they start together, are restarted, and stop together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

# A child that died this often within this time will not recover by itself.
DEATHS, WITHIN = 3, 60.0
# Time to finish what is running; a task that is cut off runs again at the next start.
GRACE = 15.0
PR_SET_PDEATHSIG = 1


class Failed(Exception):
    """A child cannot be kept alive."""


@dataclass
class Child:
    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))

    def start(self, env: dict[str, str]) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.command,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches the supervisor only, which then stops the children in order.
                process_group=0,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    def signal(self, number: int) -> None:
        if self.process and self.process.poll() is None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def ending(self, lines: int = 20) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Keep `children` running until Ctrl-C, SIGTERM or SIGHUP.

    `say` is told what happens. `ready` is asked after the start until it answers True, then
    `announce` is called once.
    """

    def __init__(
        self,
        children: list[Child],
        *,
        env: dict[str, str],
        say: Callable[[str], object],
        ready: Callable[[], bool] = lambda: True,
        announce: Callable[[], object] = lambda: None,
    ):
        self.children, self.env, self.say = children, env, say
        self.ready, self.announce = ready, announce
        self.asked_to_stop = False

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            for child in self.children:
                child.log.write_text("")
                child.start(self.env)
            waiting = True
            while not self.asked_to_stop:
                for child in self.children:
                    self._revive(child)
                if waiting and self.ready():
                    waiting = False
                    self.announce()
                time.sleep(0.3)
        finally:
            self._end()

    def _stop(self, number, frame) -> None:
        self.asked_to_stop = True

    def _revive(self, child: Child) -> None:
        assert child.process is not None
        code = child.process.poll()
        if code is None:
            return
        now = time.monotonic()
        child.deaths.append(now)
        if len(child.deaths) == DEATHS and now - child.deaths[0] < WITHIN:
            raise Failed(
                f"{child.name} ended {DEATHS} times in a row (exit code {code}). "
                f"Its last words, from {child.log}:\n{child.ending()}"
            )
        self.say(f"{child.name} ended with exit code {code}; starting it again.")
        child.start(self.env)

    def _end(self) -> None:
        for child in reversed(self.children):
            child.signal(signal.SIGTERM)
        end = time.monotonic() + GRACE
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{child.name} does not end by itself; stopping it at once.")
                child.signal(signal.SIGKILL)
                child.process.wait()
