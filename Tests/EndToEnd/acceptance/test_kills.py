"""Cases 1 and 2: `kill -9` at any moment loses nothing that was acknowledged, and shows nothing that it takes back."""

import time

import pytest

from harness import Server
from ledger import Ledger
from load import start_load
from oracle import MANUAL, check_served
from scope import bounded, rounds
from stores import make_store

CLIENTS = 64
# Rounds with one store: its whole history is read after each.
ROUNDS_A_STORE = 15
# A start is to take no longer on so short a history, whatever the end before was; in seconds, on a machine that is
# shared and a disk that stalls.
RECOVERY_SECONDS = 10
# A directory may grow by what was written and the segments that were made ahead; in bytes, for a load of a few MiB.
ROOM = 64 << 20


def watch_until(stream, moment, ledger):
    """Takes down what a watcher is shown until the moment."""
    while (left := moment - time.monotonic()) > 0:
        message = stream.next(wait=left)
        if message is not None:
            ledger.shown += message.events


def room(data):
    return sum(path.stat().st_size for path in data.rglob("*") if path.is_file())


@bounded(150, 6000)
def test_case_01_kill9_loop(tmp_path, chance):
    killed = lost = told = 0
    while killed < rounds(ROUNDS_A_STORE, 1000):
        data, ledger = tmp_path / f"store-{killed}", Ledger()
        server = Server(data, *MANUAL).start()
        for _ in range(ROUNDS_A_STORE):
            loaders = start_load(server, connections=CLIENTS, depth=chance.choice([1, 2, 8]))
            with server.connect() as watcher:
                stream = watcher.customers.watch(after_revision=len(ledger.events), credit=2**31)
                watch_until(stream, time.monotonic() + chance.uniform(0.005, 0.5), ledger)
                server.kill()
            ledger.take(*loaders)
            killed, lost = killed + 1, lost + len(ledger.unanswered)
            server.start()
            assert server.startup < RECOVERY_SECONDS
            check_served(server, ledger, chance)
        assert not ledger.failures, ledger.failures[0]
        told += len(ledger.answers)
        server.kill()
    print(f"{killed} kills: 0 of {told} acknowledged changes lost; {lost} calls had no answer and were made once")
    assert told > 20 * killed


@bounded(120, 1200)
def test_case_02_kill9_in_recovery(tmp_path, chance):
    """Ten kills in a row within starts that may have a torn tail to deal with, and then a start that is let be."""
    for number in range(rounds(3, 50)):
        ledger, data = Ledger(), tmp_path / f"store-{number}"
        server = make_store(data, ledger, Server.kill, segments=2, calls=300)
        server.start()
        loaders = start_load(server, connections=4, depth=16)
        time.sleep(chance.uniform(0.01, 0.2))
        server.kill()
        ledger.take(*loaders)
        before = room(data)
        for _ in range(10):
            kill_in_start(data, chance.uniform(0.001, 0.2) if chance.random() < 0.3 else chance.uniform(0.001, 0.05))
        assert room(data) - before < ROOM, "files grow without bound"
        server.start()
        check_served(server, ledger, chance)
        assert not list(data.glob("*.tmp")), "what was not finished is removed"
        server.kill()


def kill_in_start(data, seconds):
    """Starts a server and kills it so many seconds later, wherever it is then."""
    server = Server(data, *MANUAL, wait=seconds)
    try:
        server.start()
    except TimeoutError:  # killed before it listened
        return
    server.kill()


@pytest.mark.timeout(120)
def test_kills_of_an_idle_server(tmp_path, chance):
    ledger = Ledger()
    server = make_store(tmp_path / "data", ledger, Server.kill, segments=1, calls=200)
    for _ in range(3):
        server.start()
        check_served(server, ledger, chance, samples=200)
        server.kill()
