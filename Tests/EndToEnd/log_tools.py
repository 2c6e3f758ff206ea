"""Data directories with a history behind them, and the tools of `gatehouse log` on them."""

import json
import pathlib
import shutil
import signal
import subprocess
import time

from harness import BINARY, create, list_all, watch_all
from load import start_load


def run(*words, code=0):
    done = subprocess.run(
        [str(BINARY), "log", *map(str, words)], capture_output=True, text=True, timeout=120, check=False,
        stdin=subprocess.DEVNULL)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


class Lived:
    """A directory with several lives behind it, each of which left a sealed segment, and what was seen of it."""

    def __init__(self, new_server, tmp_path):
        self.server = new_server(data=tmp_path / "origin")
        self.backups = []
        for life in range(3):
            for loader in start_load(self.server, connections=2, total=150):
                assert not loader.finish().failures
            with self.server.connect() as connection:
                # What changed nothing is recorded too, and answers a repeated call alike for ever.
                create(connection, external_id=f"taken-{life}", idempotency_key=f"first-{life}")
            assert self.server.terminate() == 0
            copy = tmp_path / f"backup-{life}"
            shutil.copytree(self.server.data, copy)
            self.backups.append(copy)
            self.server.start()
        with self.server.connect() as connection:
            self.customers = list_all(connection, page_size=1000)
            last = max(customer.revision for customer in self.customers)
            self.events = watch_all(connection, 0, until=last)
        assert [event.revision for event in self.events] == list(range(1, last + 1))
        assert self.server.terminate() == 0

    def state(self, revision):
        """Every customer as of a revision, in the order of creation."""
        customers = {}
        for event in self.events[:revision]:
            customers[event.customer.id] = event.customer
        return list(customers.values())

    def expect(self, new_server, data, revision):
        """A server on the directory says what was true at that revision, and goes on from there."""
        server = new_server(data=data)
        with server.connect() as connection:
            assert list_all(connection, page_size=1000) == self.state(revision)
            assert watch_all(connection, 0, until=revision) == self.events[:revision]
            assert create(connection).customer.revision == revision + 1
        assert server.terminate() == 0


def verified(data):
    return json.loads(run("verify", "--json", data))


def sealed(data):
    """The segments that hold anything and are not the last."""
    segments = sorted(pathlib.Path(data).glob("segment-*.log"))
    return [path for path in segments if path.read_bytes()[4096:].strip(b"\0")]


def keep_going(server, lives=4):
    """Restarts, load and snapshots, until the log's beginning has been let go."""
    for _ in range(lives):
        for loader in start_load(server, connections=2, total=150):
            assert not loader.finish().failures
        taken = len(list(server.data.glob("snapshot-*.snap")))
        names = {path.name for path in server.data.glob("snapshot-*.snap")}
        server.process.send_signal(signal.SIGUSR1)
        await_that(lambda: {path.name for path in server.data.glob("snapshot-*.snap")} - names, f"{taken} snapshots")
        server.restart()

    def is_let_go():
        server.process.send_signal(signal.SIGUSR1)
        return not (server.data / f"segment-{1:020}.log").exists()

    await_that(is_let_go, "the first segment is let go")


def await_that(holds, what, wait=20):
    deadline = time.monotonic() + wait
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
