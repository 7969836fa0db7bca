"""The embedded profile, tried with real processes: they are started, raced and killed."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

JOIN = """
import sys
from pathlib import Path
import environ, psycopg2
from crm.embedded.postgres import database_url

found = environ.Env.db_url_config(database_url(Path(sys.argv[1])))
connection = psycopg2.connect(host=found["HOST"], dbname=found["NAME"], user=found["USER"])
connection.autocommit = True
cursor = connection.cursor()
cursor.execute("SELECT pg_advisory_lock(1)")
cursor.execute("CREATE TABLE IF NOT EXISTS note (body text)")
cursor.execute("SELECT pg_advisory_unlock(1)")
cursor.execute("INSERT INTO note VALUES ('闭环')")
cursor.execute("SELECT count(*) FROM note WHERE body = '闭环'")
print(cursor.fetchone()[0], flush=True)
sys.stdin.readline()
"""

TASKS = """
import os, sys, time
from pathlib import Path
from celery import Celery

folder = Path(os.environ["BROKER_FOLDER"])
app = Celery("tried")
app.conf.update(
    broker_url="filesystem://localhost/",
    broker_transport="crm.embedded.broker.Transport",
    broker_transport_options={"folder": str(folder), "polling_interval": 0.02},
    task_acks_late=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=4,
    worker_enable_remote_control=False,
)

@app.task
def mark(name, seconds=0):
    (folder / "started" / name).touch()
    time.sleep(seconds)
    (folder / "done" / name).touch()
    with (folder / "order").open("a") as order:
        order.write(name + "\\n")
"""

SUPERVISE = """
import os, sys
from pathlib import Path
from crm.embedded.supervisor import Child, Failed, Supervisor

children = [
    Child(f"child{n}", [sys.executable, "-c", code], Path(f"child{n}.log"))
    for n, code in enumerate(sys.argv[1:])
]
supervisor = Supervisor(
    children,
    env=dict(os.environ),
    say=lambda text: print(text, flush=True),
    announce=lambda: print("up", *(child.process.pid for child in children), flush=True),
)
try:
    supervisor.run()
except Failed as failure:
    sys.exit(str(failure))
print("stopped")
"""
STAY = "import time; time.sleep(600)"


def wait_until(what, timeout=30):
    end = time.monotonic() + timeout
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


class Processes:
    """Python processes of a test, none of which outlives it."""

    def __init__(self, folder: Path, env: dict[str, str]):
        self.folder, self.env, self.running = folder, env, []

    def start(self, *arguments, **kwargs) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **kwargs,
        )
        self.running.append(process)
        return process

    def stop(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.communicate()


def environment(**more) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    return {**kept, "PYTHONPATH": str(ROOT), "CLOSELOOP_THROWAWAY": "1", **more}


# --- PostgreSQL ---------------------------------------------------------------------------


@pytest.fixture
def folder():
    # Not tmp_path: pytest closes its own folders to the stand-in of root again and again.
    with tempfile.TemporaryDirectory(prefix="closeloop-test-") as path:
        yield Path(path)


@pytest.fixture
def postgres(folder):
    # The locale of the machine must not matter, even one that is not generated.
    processes = Processes(folder, environment(LANG="zh_CN.UTF-8", LC_ALL="zh_CN.UTF-8"))
    (folder / "join.py").write_text(textwrap.dedent(JOIN), encoding="utf-8")
    yield processes
    processes.stop()


def leave(process) -> str:
    """Let a process end by itself and return what it printed."""
    output, _ = process.communicate("\n", timeout=60)
    assert process.returncode == 0, output
    return output.strip()


def number(process) -> int:
    """Read the one number it prints; it goes on running."""
    line = process.stdout.readline()
    assert line.strip().isdigit(), line + process.stdout.read()
    return int(line)


def running(var: Path) -> bool:
    return (var / "postgres" / "postmaster.pid").exists()


def test_many_processes_start_one_server_together_and_the_last_one_stops_it(postgres, folder):
    var = folder / "var"
    holders = [postgres.start("join.py", var) for _ in range(4)]
    counts = [number(holder) for holder in holders]
    assert max(counts) == 4
    for holder in holders[:-1]:
        leave(holder)
    assert running(var)
    leave(holders[-1])
    assert not running(var)


def test_the_data_survives_the_killing_of_the_process_that_held_the_server(postgres, folder):
    var = folder / "var"
    holder = postgres.start("join.py", var)
    assert number(holder) == 1
    holder.kill()
    holder.wait()
    assert running(var)
    assert leave(postgres.start("join.py", var)) == "2"
    assert not running(var)


def test_a_deep_folder_with_spaces_and_chinese_letters_is_no_obstacle(postgres, folder):
    var = folder / "闭环 folder" / ("deep" * 30) / "var"
    assert leave(postgres.start("join.py", var)) == "1"
    assert leave(postgres.start("join.py", var)) == "2"


# --- Broker -------------------------------------------------------------------------------


@pytest.fixture
def broker(tmp_path):
    for name in ("started", "done"):
        (tmp_path / name).mkdir()
    (tmp_path / "tried.py").write_text(textwrap.dedent(TASKS), encoding="utf-8")
    processes = Processes(tmp_path, environment(BROKER_FOLDER=str(tmp_path)))
    processes.env["PYTHONPATH"] += os.pathsep + str(tmp_path)
    yield processes
    processes.stop()


def worker(broker, threads=2):
    options = ["-P", "threads", "-c", str(threads), "--without-gossip", "--without-mingle"]
    return broker.start("-m", "celery", "-A", "tried", "worker", *options)


def publish(broker, code: str):
    process = broker.start("-c", f"from tried import mark\n{code}")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output


def names(tmp_path, folder: str) -> set[str]:
    return {path.name for path in (tmp_path / folder).iterdir()}


def waiting(tmp_path) -> list[Path]:
    return list((tmp_path / "queues").glob("*/*")) + list((tmp_path / "claims").glob("*/*/*"))


def test_nothing_is_lost_when_a_worker_is_killed_in_the_middle(broker, tmp_path):
    publish(
        broker,
        "[mark.delay(f'slow{i}', 60 if i < 2 else 0) for i in range(6)]\n"
        "[mark.apply_async([f'later{i}'], countdown=2) for i in range(4)]",
    )
    expected = {f"slow{i}" for i in range(6)} | {f"later{i}" for i in range(4)}
    first = worker(broker)
    wait_until(lambda: names(tmp_path, "started") >= {"slow0", "slow1"})
    wait_until(lambda: list((tmp_path / "claims").glob("*/*/*")))
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert names(tmp_path, "done") == set()
    # The two long ones would hold both threads again, so more threads this time.
    worker(broker, threads=4)
    wait_until(lambda: names(tmp_path, "started") == expected)
    wait_until(lambda: names(tmp_path, "done") == expected - {"slow0", "slow1"})


def test_an_acknowledged_task_leaves_no_file_behind_and_is_not_run_again(broker, tmp_path):
    publish(broker, "[mark.delay(str(i)) for i in range(20)]")
    first = worker(broker)
    wait_until(lambda: len(names(tmp_path, "done")) == 20)
    wait_until(lambda: not waiting(tmp_path))
    first.terminate()
    first.communicate(timeout=30)
    publish(broker, "mark.delay('last')")
    worker(broker)
    wait_until(lambda: "last" in names(tmp_path, "done"))
    assert len((tmp_path / "order").read_text().split()) == 21


def test_tasks_are_taken_in_the_order_they_were_sent(broker, tmp_path):
    publish(broker, "[mark.delay(f'{i:02}') for i in range(30)]")
    worker(broker, threads=1)
    wait_until(lambda: len(names(tmp_path, "done")) == 30)
    order = (tmp_path / "order").read_text().split()
    assert order == sorted(order)


def test_two_workers_share_what_several_processes_send_and_nothing_is_lost(broker, tmp_path):
    workers = [worker(broker), worker(broker)]
    code = "[mark.delay(f'{sender}-{i}') for i in range(100)]"
    senders = [
        broker.start("-c", f"from tried import mark\nsender = {n}\n{code}") for n in range(3)
    ]
    for sender in senders:
        output, _ = sender.communicate(timeout=60)
        assert sender.returncode == 0, output
    wait_until(lambda: len(names(tmp_path, "done")) == 300)
    wait_until(lambda: not waiting(tmp_path))
    assert len((tmp_path / "order").read_text().split()) == 300
    assert all(process.poll() is None for process in workers)


# --- Supervisor ---------------------------------------------------------------------------


@pytest.fixture
def supervise(tmp_path):
    processes = Processes(tmp_path, environment())
    (tmp_path / "supervise.py").write_text(textwrap.dedent(SUPERVISE), encoding="utf-8")
    yield lambda *codes: processes.start("supervise.py", *codes, start_new_session=True)
    processes.stop()


def alive(pid: int) -> bool:
    # A zombie that nobody has collected yet is dead as well.
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def pids(supervisor) -> list[int]:
    return [int(word) for word in supervisor.stdout.readline().split()[1:]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_stops_the_supervisor_and_every_child(supervise, number):
    supervisor = supervise(STAY, STAY)
    children = pids(supervisor)
    assert all(map(alive, children))
    supervisor.send_signal(number)
    output, _ = supervisor.communicate(timeout=30)
    assert (supervisor.returncode, output) == (0, "stopped\n")
    assert not any(map(alive, children))


def test_a_child_that_dies_is_started_again(supervise):
    supervisor = supervise(STAY, "open('child1.pid','a').write('x'); " + STAY)
    _, child = pids(supervisor)
    os.kill(child, signal.SIGKILL)
    assert supervisor.stdout.readline() == ("child1 ended with exit code -9; starting it again.\n")
    assert supervisor.poll() is None


def test_a_child_that_keeps_dying_brings_all_down_with_its_last_words(supervise):
    supervisor = supervise(STAY, "raise SystemExit('no such table')")
    output, _ = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 1
    assert "child1 ended 3 times" in output
    assert "no such table" in output


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that way")
def test_no_child_outlives_a_killed_supervisor(supervise):
    supervisor = supervise(STAY)
    children = pids(supervisor)
    supervisor.kill()
    wait_until(lambda: not any(map(alive, children)))
