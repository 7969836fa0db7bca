import fcntl
import http.client
import os
import socket
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

from crm.embedded.supervisor import Child, Failed, Supervisor

HOST = "127.0.0.1"


class Command(BaseCommand):
    """Run the whole product in the foreground: web, worker and clock, with sample data or for a
    company of one's own.

    Stops everything on Ctrl-C. Keeps the data for the next start.
    """

    help = "Prepare the database, then run web, worker and beat until Ctrl-C."
    requires_system_checks = []
    seeded = True

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))
        parser.add_argument(
            "--no-seed",
            action="store_true",
            help="No sample data: ask for the first administrator instead.",
        )

    def handle(self, **options):
        try:
            self.run_demo(**options)
        except KeyboardInterrupt:
            self.say("Stopped before everything was up. Start again to go on.")

    def run_demo(self, *, port, no_seed, **options):
        settings.VAR.mkdir(parents=True, exist_ok=True)
        with (settings.VAR / "demo.lock").open("w") as lock:
            self.claim(lock, port)
            if not connection.introspection.table_names():
                self.say("Preparing the database; only this first time it takes a minute or two …")
            call_command("migrate", verbosity=0, interactive=False)
            if not no_seed and "seed_demo" in get_commands():
                call_command("seed_demo", verbosity=options["verbosity"])
            self.seeded = not no_seed
            if no_seed and not get_user_model().objects.active().exists():
                self.say("Who shall be the first administrator? Answer here, then log in there.")
                call_command("createsuperuser")
            connections.close_all()
            self.supervise(port)

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def claim(self, lock, port: int) -> None:
        """Refuse early what would fail late and unclearly."""
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"Closeloop already runs from {settings.ROOT}.") from None
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise CommandError(
                    f"Port {port} cannot be used ({error.strerror}). "
                    f"Choose another one: make demo PORT={port + 1}"
                ) from None

    def supervise(self, port: int) -> None:
        address = f"http://{HOST}:{port}"
        logs = settings.VAR / "log"
        logs.mkdir(exist_ok=True)
        supervisor = Supervisor(
            [
                Child(name, [sys.executable, "-m", *command], logs / f"{name}.log")
                for name, command in self.processes(port).items()
            ],
            env=self.environment(address),
            say=self.say,
            ready=lambda: self.answers(port),
            announce=lambda: self.announce(address, logs),
        )
        try:
            supervisor.run()
        except Failed as failure:
            raise CommandError(str(failure)) from None
        self.say("Stopped. The data is kept for the next start.")

    def processes(self, port: int) -> dict[str, list[str]]:
        web = "gunicorn crm.wsgi --worker-class gthread --workers 2 --threads 8 --no-control-socket"
        worker = (
            "celery -A crm worker --pool threads --concurrency 4 --without-gossip --without-mingle"
        )
        return {
            "web": [*web.split(), "--bind", f"{HOST}:{port}"],
            "worker": [*worker.split(), "--loglevel", "INFO"],
            "beat": [*["celery", "-A", "crm", "beat", "--loglevel", "INFO", "--pidfile"], ""],
        }

    def environment(self, address: str) -> dict[str, str]:
        env = {"BASE_URL": address, **os.environ, "PYTHONUNBUFFERED": "1"}
        if not env.get("DATABASE_URL"):
            from crm.embedded.postgres import database_url

            # This process holds the server, so the children need not.
            env["DATABASE_URL"] = database_url(settings.VAR)
        return env

    def answers(self, port: int) -> bool:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def announce(self, address: str, logs: Path) -> None:
        lines = ["", f"Closeloop runs on {address}", *self.log_ins(), ""]
        lines += [f"Logs: {logs}", "Stop with Ctrl-C.", ""]
        self.say("\n".join(lines))

    def log_ins(self) -> list[str]:
        if not self.seeded or "seed_demo" not in get_commands():
            return []
        log_ins = getattr(
            load_command_class(get_commands()["seed_demo"], "seed_demo"), "LOGINS", []
        )
        return ["", "Log in as", *(f"  {' / '.join(map(str, log_in))}" for log_in in log_ins)]
