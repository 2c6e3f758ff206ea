"""Case 16: a full disk. Writes are refused, reads and watches go on, and all resumes by itself."""

import time

import pytest

from gatehouse_client import Refusal
from harness import Server, await_state, list_all, present_revision, random_wallet_text, unique, watch_all
from ledger import Ledger
from load import CREATE, start_load
from mounts import occupy, tmpfs
from oracle import MANUAL, check_served
from scope import bounded, rounds
from stores import fill

DISK = rounds(24, 64) << 20
# A write may find the disk full for so long after there is room again, in seconds.
RESUMES_WITHIN = 5
# How long writes are tried on a full disk, in seconds.
FULL_SECONDS = rounds(4, 60)


@pytest.fixture
def small_disk(tmp_path):
    with tmpfs(tmp_path / "disk", DISK) as folder:
        yield folder


def fill_disk(server, ledger, others):
    """An outside file takes the room, and load takes the rest; the loads, whose last calls may still wait."""
    occupy(others, leave=1 << 20)
    loaders = start_load(server, connections=2, depth=64)
    deadline = time.monotonic() + 60
    while not all(loader.told.failures for loader in loaders):
        assert time.monotonic() < deadline, "the disk does not become full"
        assert server.process.poll() is None, server.errors.decode()
        time.sleep(0.01)
    for loader in loaders:
        loader.stopping.set()
    return loaders


def write_while_full(server, ledger, seconds):
    """Each write is refused with the one code, at once; nothing else is affected."""
    refused = 0
    deadline = time.monotonic() + seconds
    with server.connect() as writer, server.connect() as reader:
        while time.monotonic() < deadline:
            with pytest.raises(Refusal) as caught:
                ledger.call(writer, CREATE, wallet=random_wallet_text(), external_id=unique())
            assert (caught.value.code, caught.value.reason) == ("RESOURCE_EXHAUSTED", "DISK_FULL"), caught.value
            refused += 1
            assert len(list_all(reader, page_size=1000)) > 0
            revision = present_revision(reader)
            assert watch_all(reader, max(0, revision - 50), until=revision)[-1].revision == revision
            customer = ledger.answers[refused % len(ledger.answers)].customer
            assert reader.customers.get_customer(customer_id=customer.id).customer.id == customer.id
            time.sleep(0.02)
    assert refused >= 5
    return refused


def resume(server, ledger):
    """Writes until one is taken; the seconds that it took."""
    began = time.monotonic()
    with server.connect() as connection:
        while True:
            try:
                ledger.call(connection, CREATE, wallet=random_wallet_text(), external_id=unique())
                return time.monotonic() - began
            except Refusal as refusal:
                assert refusal.reason == "DISK_FULL", refusal
            assert time.monotonic() - began < RESUMES_WITHIN, "writes do not resume"
            time.sleep(0.02)


@bounded(120, 600)
def test_case_16_disk_full(small_disk, chance):
    ledger, others = Ledger(), small_disk / "others"
    server = Server(small_disk / "data", *MANUAL).start()
    fill(server, ledger, 500)
    with server.connect() as watcher:
        stream = watcher.customers.watch(after_revision=0, credit=2**31)
        loaders = fill_disk(server, ledger, others)
        refused = write_while_full(server, ledger, FULL_SECONDS)
        others.unlink()
        seconds = resume(server, ledger)
        ledger.take(*loaders)
        print(f"{refused} calls refused while full; writes went on {seconds:.2f} s after there was room")
        last = ledger.acknowledged_revision
        while not ledger.shown or ledger.shown[-1].revision < last:
            message = stream.next()
            assert message is not None, "a watch does not go on"
            ledger.shown += message.events
    assert not ledger.unanswered
    fill(server, ledger, 500)
    check_served(server, ledger, chance)
    server.restart()
    check_served(server, ledger, chance)
    server.kill()


@bounded(120, 600)
def test_case_16_restart_on_a_full_disk(small_disk, chance):
    """Killed while the disk is full and started again before there is room: what was acknowledged is served."""
    ledger, others = Ledger(), small_disk / "others"
    server = Server(small_disk / "data", *MANUAL).start()
    fill(server, ledger, 500)
    loaders = fill_disk(server, ledger, others)
    server.kill()
    ledger.take(*loaders)
    for _ in range(3):
        occupy(others)
        server.start()
        with server.connect() as connection:
            for answer in ledger.answers[-20:]:
                await_state(connection, answer.customer.id, answer.customer.state)
            revision = present_revision(connection)
            assert revision >= ledger.acknowledged_revision
            assert len(watch_all(connection, 0, until=revision)) == revision
        server.kill()
    occupy(others)
    server.start()
    others.unlink()
    resume(server, ledger)
    check_served(server, ledger, chance)
    server.restart()
    check_served(server, ledger, chance)
    server.kill()
