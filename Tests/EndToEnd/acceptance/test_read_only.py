"""Case 17: a directory that may not be written, before a start and under load."""

import os
import shutil
import time

import pytest

from gatehouse_client import Closed
from harness import NotStarted, Server, fingerprint
from ledger import Ledger
from load import start_load
from mounts import abort, ext4, mount_or_skip, run, tmpfs, unmount
from oracle import MANUAL, REFUSAL_SECONDS, check_served
from scope import bounded, rounds
from stores import make_store

DISK_FAILURE = 5
NOBODY = 65534


def check_refused_start(data, reason, **options):
    """A start that cannot write says so, names what it could not do it to, and has changed nothing."""
    before = fingerprint(data)
    began = time.monotonic()
    with pytest.raises(NotStarted) as caught:
        Server(data, *MANUAL, **options).start()
    assert time.monotonic() - began < REFUSAL_SECONDS
    assert caught.value.code == DISK_FAILURE, caught.value
    assert str(data) in caught.value.errors and reason in caught.value.errors, caught.value
    assert fingerprint(data) == before


@bounded(120, 120)
def test_case_17_read_only_before_the_start(tmp_path, chance):
    ledger, folder = Ledger(), tmp_path / "disk"
    with tmpfs(folder, 64 << 20):
        server = make_store(folder / "data", ledger, Server.kill)
        run("mount", "-o", "remount,ro", folder)
        for _ in range(3):
            check_refused_start(folder / "data", "EROFS")
        run("mount", "-o", "remount,rw", folder)
        server.start()
        check_served(server, ledger, chance)
        server.kill()


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can start a server as somebody else")
@bounded(120, 120)
def test_case_17_another_user(scratch, chance):
    """A user who may read the directory and not write it, and one who may not even read it."""
    ledger, data = Ledger(), scratch / "of another user"
    make_store(data, ledger, Server.kill)
    nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    for directory_mode, file_mode in ((0o755, 0o644), (0o755, 0o600), (0o555, 0o444), (0o700, 0o600)):
        scratch.chmod(0o755)
        data.chmod(directory_mode)
        for file in data.iterdir():
            file.chmod(file_mode)
        check_refused_start(data, "EACCES", wrapper=nobody)
    server = Server(data, *MANUAL).start()
    check_served(server, ledger, chance)
    server.kill()
    shutil.rmtree(data)


@bounded(120, 600)
def test_case_17_read_only_under_load(tmp_path, chance):
    """The file system turns read-only: nothing is acknowledged from then on, the server ends, and nothing is lost."""
    ledger, folder, image = Ledger(), tmp_path / "disk", tmp_path / "image"
    data = folder / "data"
    with ext4(folder, image, 256 << 20):
        server = Server(data, *MANUAL)
        for _ in range(rounds(3, 30)):
            server.start()
            if ledger.events:
                check_served(server, ledger, chance)
            loaders = start_load(server, connections=8, depth=8)
            with server.connect() as watcher:
                stream = watcher.customers.watch(after_revision=len(ledger.events), credit=2**31)
                deadline = time.monotonic() + chance.uniform(0.02, 0.5)
                while (left := deadline - time.monotonic()) > 0:
                    message = stream.next(wait=left)
                    ledger.shown += message.events if message is not None else []
                abort(folder)
                began = time.monotonic()
                assert server.wait_for_end(10) == DISK_FAILURE, server.errors.decode()
                assert time.monotonic() - began < 2
                with pytest.raises(Closed):
                    while True:
                        ledger.shown += stream.next().events
            ledger.take(*loaders)
            assert "EROFS" in server.errors.decode() or "EIO" in server.errors.decode(), server.errors.decode()
            check_refused_start(data, "EROFS")
            unmount(folder)
            mount_or_skip("-o", "loop", image, folder)
        server.start()
        check_served(server, ledger, chance)
        server.kill()
    assert len(ledger.answers) > 100
