"""Case 20: a clock that jumps, and a process that stands still. Revisions and times only ever go up."""

import signal
import time

import pytest

from clock import ShiftedClock

from harness import Server
from ledger import Ledger
from load import start_load
from oracle import MANUAL, check_served
from scope import bounded, rounds
from stores import fill, live, signed

HOUR, DAY = 3600, 86400
# How long a server stands still, in seconds: less than the 30 that the loaders wait for an answer.
PAUSE = rounds(4, 20)


@pytest.fixture
def clock(tmp_path):
    clock = ShiftedClock(tmp_path)
    clock.set(-5 * DAY)
    assert abs(clock.now() - (time.time() - 5 * DAY)) < 5, "the clock cannot be moved here"
    clock.set(0)
    return clock


@bounded(120, 600)
def test_case_20_clock_jumps(tmp_path, clock, chance):
    ledger, flags = Ledger(), (*MANUAL, "--idempotency-window", f"{30 * 24}h")
    server = Server(tmp_path / "data", *flags, environment=clock.environment).start()
    with server.connect() as connection:
        live(connection, ledger)
    loaders = start_load(server, connections=4, depth=4)
    with server.connect() as watcher:
        stream, shift = watcher.customers.watch(after_revision=0, credit=2**31), 0
        for jump in (-DAY, DAY, DAY, -1, -1, -1, -2 * DAY, chance.randrange(-DAY, DAY), -HOUR) * rounds(1, 5):
            shift += jump
            clock.set(shift)
            goal = len(ledger.shown) + 200
            while len(ledger.shown) < goal:
                message = stream.next()
                assert message is not None, f"nothing happens any more at a shift of {shift} s"
                ledger.shown += message.events
    ledger.take(*loaders)
    assert not ledger.unanswered and not any(loader.told.failures for loader in loaders)
    assert [event.revision for event in ledger.shown] == list(range(1, len(ledger.shown) + 1))
    check_served(server, ledger, chance)
    for shift in (-30 * DAY, 0, -400 * DAY):
        print(f"started again with the clock {shift} s off")
        server.kill()
        clock.set(shift)
        server.start()
        fill(server, ledger, 100)
        check_served(server, ledger, chance, samples=100)
    server.kill()


@bounded(120, 300)
def test_case_20_no_answer_is_forgotten_early(tmp_path, clock, chance):
    """An answer is remembered for its window, here the 24 hours that are its default, as the machine lives through
    them: a clock that is set ahead, or back, or ahead and back again, ends it no sooner."""
    ledger = Ledger()
    server = Server(tmp_path / "data", *MANUAL, environment=clock.environment).start()
    with server.connect() as connection:
        fill(server, ledger, 100)
        signed(connection, ledger)
    for shift in (-HOUR, -2 * DAY, 0, 23 * HOUR, DAY + 60, 0):
        print(f"the clock is {shift} s off")
        clock.set(shift)
        check_served(server, ledger, chance, samples=200)
    server.kill()
    for shift in (0, -DAY):
        clock.set(shift)
        server.start()
        check_served(server, ledger, chance, samples=200)
        server.kill()


@bounded(120, 300)
def test_case_20_a_process_that_stands_still(tmp_path, chance):
    ledger = Ledger()
    server = Server(tmp_path / "data", *MANUAL).start()
    loaders = start_load(server, connections=8, depth=4)
    with server.connect() as watcher:
        stream = watcher.customers.watch(after_revision=0, credit=2**31)
        for _ in range(rounds(1, 3)):
            while len(ledger.shown) < 200:
                ledger.shown += stream.next().events
            server.signal(signal.SIGSTOP)
            time.sleep(PAUSE)
            server.signal(signal.SIGCONT)
            goal = len(ledger.shown) + 500
            while len(ledger.shown) < goal:
                ledger.shown += stream.next().events
    ledger.take(*loaders)
    assert not ledger.failures and not ledger.unanswered
    check_served(server, ledger, chance)
    server.signal(signal.SIGSTOP)
    time.sleep(PAUSE)
    server.kill()
    server.start()
    check_served(server, ledger, chance)
    server.kill()
