"""Case 19, and a kill at every call: what fails is never acknowledged, and what was acknowledged is never lost."""

import signal
import subprocess

import pytest

from gatehouse_client import Closed
from harness import NotStarted, Server
from injection import CALLS, calls_of_a_thread, seconds_to_the_end, strace, was_injected
from ledger import Ledger
from oracle import MANUAL, REFUSED, SERVED, check_served, judge
from preload import SHORT_WRITES, compiled
from scope import FULL, bounded, rounds, some
from stores import fill, make_store

DISK_FAILURE = 5
# A server whose disk fails ends within this, in seconds.
ENDS_WITHIN = 2
# Enough for the first segment, of 2 MiB, to be full.
CALLS_TO_ROTATE = 7000


def live_through(server, ledger, rotates):
    """One by one, many at a time, a snapshot in between, and more than a segment holds; false if it broke off."""
    try:
        server.start()
        fill(server, ledger, 15, depth=1)
        server.signal(signal.SIGUSR1)
        fill(server, ledger, 200, depth=32)
        if rotates:
            fill(server, ledger, CALLS_TO_ROTATE, connections=2, depth=256)
    except (NotStarted, Closed, OSError):
        return False
    return not ledger.unanswered


class Round:
    """A server that runs under an injection, on a new directory or on one that was killed before."""

    def __init__(self, folder, call, injection="", when="", ledger=None, rotates=False):
        self.label = f"{call}:{injection}:when={when}"
        self.data, self.log = folder / "data", folder / "strace.log"
        self.ledger = ledger or Ledger()
        self.server = Server(self.data, *MANUAL, wrapper=strace(self.log, call, injection, when))
        self.lived = live_through(self.server, self.ledger, rotates)

    def end(self):
        """The exit code; None if the server had to be killed."""
        try:
            return self.server.wait_for_end(ENDS_WITHIN + 1 if not self.lived else 0.2)
        except subprocess.TimeoutExpired:
            self.server.kill()
            return None

    def check_next_start(self, chance):
        with Server(self.data, *MANUAL) as server:
            check_served(server, self.ledger, chance)


def new_folder(tmp_path, number):
    folder = tmp_path / str(number)
    folder.mkdir()
    return folder


@pytest.fixture(params=["of a new store", "of one that was killed"])
def begin(request, tmp_path):
    """Makes a folder for a round, with a store that was killed or without one; the folder and its ledger."""

    def make(name):
        folder, ledger = new_folder(tmp_path, name), Ledger()
        if request.param == "of one that was killed":
            make_store(folder / "data", ledger, Server.kill, segments=2, calls=40)
        return folder, ledger

    return make


@pytest.mark.parametrize("call", CALLS)
@bounded(120, 3600)
def test_a_kill_at_every_call(begin, chance, call):
    """Each call is the last one, once, in turn: of a start, of a rotation, of a snapshot."""
    folder, ledger = begin("counted")
    counted = Round(folder, call, ledger=ledger, rotates=FULL)
    counted.server.kill()
    calls = calls_of_a_thread(counted.log)
    kills = 0
    # How many calls a round comes to depends on how many changes share a flush: to the first it always comes.
    for when in sorted({min(1, calls), *some(chance, range(1, calls + 1), 5, 200)} - {0}):
        folder, ledger = begin(when)
        this = Round(folder, call, "signal=KILL", when, ledger, rotates=FULL)
        killed = this.end() is not None
        print(this.label, "killed" if killed else "came to no such call")
        kills += killed
        this.check_next_start(chance)
    print(f"{kills} kills at one of {calls} calls")
    assert kills > 0 or calls == 0


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("call", ["fdatasync", "pwrite64"])
@bounded(120, 3600)
def test_case_19_failing_flushes_and_writes(tmp_path, chance, call, error):
    """A write or flush of the log fails, once or from then on: no further answer, and the end of the process."""
    failures = 0
    for when in some(chance, range(3, 60), 4):
        for forever in ("", "+"):
            this = Round(new_folder(tmp_path, f"{when}{forever}"), call, f"error={error}", f"{when}{forever}")
            code = this.end()
            print(this.label, code)
            if code == DISK_FAILURE:
                failures += 1
                assert seconds_to_the_end(this.log) < ENDS_WITHIN
                assert error in this.server.errors.decode(), this.server.errors.decode()
            else:
                # Only lack of room while a file is made passes; it is then the next attempt's.
                assert code is None and (not was_injected(this.log) or error == "ENOSPC"), (this.label, code)
            this.check_next_start(chance)
    assert failures > 0


@pytest.mark.parametrize("call", ["fdatasync", "pwrite64", "fsync", "ftruncate", "fallocate"])
@bounded(120, 1200)
def test_case_19_interrupted_calls(tmp_path, chance, call):
    """A call that was interrupted by a signal is made again, and nobody notices."""
    this = Round(new_folder(tmp_path, 1), call, "error=EINTR", "1+2", rotates=FULL)
    assert this.lived and this.server.process.poll() is None, this.server.errors.decode()
    assert not this.ledger.failures
    check_served(this.server, this.ledger, chance)
    this.server.kill()
    assert was_injected(this.log)
    this.check_next_start(chance)


@bounded(120, 600)
def test_case_19_short_writes(tmp_path, chance):
    ledger, data = Ledger(), tmp_path / "data"
    server = Server(data, *MANUAL, environment={"LD_PRELOAD": str(compiled(SHORT_WRITES, tmp_path))}).start()
    for _ in range(2):
        fill(server, ledger, 200, depth=1)
        fill(server, ledger, CALLS_TO_ROTATE, connections=2, depth=256)
        assert not ledger.unanswered and not ledger.failures
        check_served(server, ledger, chance)
        server.restart()
    server.kill()
    with Server(data, *MANUAL) as server:
        check_served(server, ledger, chance)


@bounded(120, 1200)
def test_case_19_lost_writes(tmp_path, chance):
    """A write that the disk confirms and never makes: the next start refuses, or has everything nevertheless."""
    verdicts, enough = [], rounds(3, 40)
    for when in chance.sample(range(5, 65), 60):
        this = Round(new_folder(tmp_path, when), "pwrite64", "retval=4096", when)
        this.server.kill()
        # Only a write of just so many bytes is lost whole; what it did to the others no disk does.
        injected = [line for line in this.log.read_text().splitlines() if "(INJECTED)" in line]
        if injected and all(", 4096, " in line for line in injected):
            verdict, _ = judge(this.data, this.ledger, chance)
            print(this.label, verdict, injected)
            verdicts.append(verdict)
        if len(verdicts) == enough:
            break
    assert set(verdicts) <= {SERVED, REFUSED} and REFUSED in verdicts, verdicts
