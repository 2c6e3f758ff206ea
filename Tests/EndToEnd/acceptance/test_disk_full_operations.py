"""A full disk as whoever runs the server sees it: the status says so, a backup goes on all the same."""

import json
import subprocess
import time

import pytest

from gatehouse_client import Refusal, WriteRefusal
from harness import BINARY, Server, create, list_all, present_revision
from ledger import Ledger
from mounts import occupy, tmpfs
from oracle import MANUAL
from scope import bounded
from stores import fill
from test_disk_full import fill_disk, resume

DISK = 24 << 20


def backup(server, place, *flags):
    return subprocess.run(
        [str(BINARY), "log", "backup", "--to", str(place), "--json", "--server", server.listen, *flags],
        capture_output=True, text=True, timeout=60, check=False)  # fmt: skip


@bounded(120, 120)
def test_the_status_says_why_and_since_when(tmp_path):
    with tmpfs(tmp_path / "disk", DISK) as disk, Server(disk / "data", *MANUAL) as server:
        ledger, others = Ledger(), disk / "others"
        fill(server, ledger, 200)
        began = time.time()
        loaders = fill_disk(server, ledger, others)
        with server.connect() as connection:
            status = connection.admin.get_status()
            assert status.write_refusal == WriteRefusal.DISK_FULL
            since = status.write_refusal_since.seconds + status.write_refusal_since.nanos / 1e9
            assert began - 1 <= since <= time.time()
            assert status.log.decided_revision >= status.log.durable_revision
            # It was not forgotten by the next attempt to go on.
            time.sleep(1)
            assert connection.admin.get_status().write_refusal_since == status.write_refusal_since
            occupy(others)
            with pytest.raises(Refusal) as refusal:
                connection.admin.take_snapshot()
            assert refusal.value.reason == "DISK_FULL"
            page = subprocess.run(
                [str(BINARY), "log", "status", "--server", server.listen],
                capture_output=True, text=True, timeout=60, check=True).stdout  # fmt: skip
            assert "refused, DISK_FULL since 20" in page

            done = backup(server, tmp_path / "backup")
            assert done.returncode == 0, done.stderr
            assert json.loads(done.stdout)["revision"] == connection.admin.get_status().log.durable_revision

            others.unlink()
            resume(server, ledger)
            ledger.take(*loaders)
            status = connection.admin.get_status()
            assert status.write_refusal == WriteRefusal.UNSPECIFIED and not status.HasField("write_refusal_since")


@bounded(120, 120)
def test_a_backup_onto_a_full_disk(tmp_path):
    ledger = Ledger()
    with Server(tmp_path / "data", *MANUAL) as server, tmpfs(tmp_path / "disk", DISK) as disk:
        fill(server, ledger, 3000)
        for name in ("backup", "backup.tar"):
            occupy(disk / "others", leave=600_000)
            done = backup(server, disk / name)
            assert done.returncode == 5 and "ENOSPC" in done.stderr and str(disk / name) in done.stderr
            with server.connect() as connection:
                create(connection)
            (disk / "others").unlink()
            done = backup(server, disk / name, "--resume")
            assert done.returncode == 0, done.stderr
        revision = json.loads(done.stdout)["revision"]
        with Server(disk / "backup", *MANUAL) as copy, copy.connect() as connection:
            assert present_revision(connection) < revision
            assert len(list_all(connection, page_size=1000)) > 0
