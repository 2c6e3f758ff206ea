"""Cases 4 and 12: segments that no start needs are deleted, also while the server is killed."""

import shutil
import signal
import time

import pytest

import damage
from clock import ShiftedClock
from directory import segments
from gatehouse_client import Refusal
from harness import NotStarted, Server, history, watch_all
from injection import strace
from ledger import Ledger
from load import start_load
from oracle import MANUAL, REFUSED, SERVED, check_served
from scope import bounded, rounds
from stores import fill, make_snapshots, take_snapshot
from trials import Stored, Trial, on

DAY = 86400


@pytest.fixture
def kept(tmp_path, scratch, chance):
    """A store with segments that may be let go once the keys in them have lapsed: a clock that is set two days on."""
    ledger, data, clock = Ledger(), scratch / "kept", ShiftedClock(tmp_path)
    shutil.rmtree(data, ignore_errors=True)
    server = make_snapshots(data, ledger, Server.kill, environment=clock.environment)
    server.start()
    with server.connect():
        check_served(server, ledger, chance)
    server.kill()
    ledger.lapsed = len(ledger.events)
    clock.set(2 * DAY)
    return Stored(data, ledger, scratch), clock


def retaining(data, clock, *flags):
    return Server(data, *MANUAL, "--retain", "10", *flags, environment=clock.environment)


def keeping(data, clock):
    """What is judged lets go of nothing more: the history would change under the judge's eyes."""
    return Server(data, *MANUAL, environment=clock.environment)


@bounded(120, 600)
def test_case_12_segments_that_were_let_go(kept, tmp_path, chance):
    """They are handed over, deleted and no longer read; the rest is as complete as before."""
    stored, clock = kept
    archive = tmp_path / "archive"
    archive.mkdir()
    data, ledger = stored.copy(), stored.ledger.copy()
    server = retaining(data, clock, "--archive", str(archive)).start()
    fill(server, ledger, 40)
    take_snapshot(server)
    fill(server, ledger, 40)
    take_snapshot(server)
    server.await_log("let go")
    check_served(server, ledger, chance)
    assert ledger.oldest > 1
    with server.connect() as connection:
        for ask in (
            lambda: watch_all(connection, 0, until=1),
            lambda: watch_all(connection, ledger.oldest - 2, until=ledger.oldest),
            lambda: history(connection, ledger.events[0].customer.id),
        ):
            with pytest.raises(Refusal) as caught:
                ask()
            assert (caught.value.code, caught.value.reason) == ("OUT_OF_RANGE", "REVISION_COMPACTED")
            assert int(caught.value.metadata["oldest"]) == ledger.oldest
    server.restart()
    check_served(server, ledger, chance)
    server.kill()
    gone = [path.name for path in segments(stored.data) if not (data / path.name).exists()]
    assert gone and all((archive / name).read_bytes().startswith(b"GATESEGM") for name in gone)
    again = Stored(data, ledger, stored.scratch)
    back = [
        Trial(
            f"{name} is there again",
            lambda copy, name=name: damage.duplicate(stored.data / name, copy / name),
            (SERVED,),
        )
        for name in gone
    ]
    needed = [
        Trial(f"{path.name} is gone", on(path, damage.delete), (REFUSED,), path.name)
        for path in (again.layout.used[0], again.layout.newest)
    ]
    both = Trial(
        "both snapshots are gone",
        lambda copy: [path.unlink() for path in copy.glob("snapshot-*")],
        (REFUSED,),
        "snapshot-",
    )
    again.run([*back, *needed, both], chance)


@bounded(120, 3600)
def test_case_04_kill9_in_compaction(kept, chance):
    """While old segments are being deleted: there is a snapshot, and the log behind it, at every moment."""
    stored, clock = kept
    interrupted = 0
    for _ in range(rounds(8, 100)):
        data, ledger = stored.copy(), stored.ledger.copy()
        server = retaining(data, clock).start()
        loaders = start_load(server, connections=2, depth=8)
        before = len(segments(data))
        server.signal(signal.SIGUSR1)
        until_gone = time.monotonic() + chance.uniform(0.01, 0.08)
        while time.monotonic() < until_gone and len(segments(data)) >= before:
            time.sleep(0.0002)
        time.sleep(chance.uniform(0, 0.003))
        server.kill()
        ledger.take(*loaders)
        interrupted += 0 < sum(1 for path in segments(stored.data) if not (data / path.name).exists())
        assert list(data.glob("snapshot-*.snap"))
        server = keeping(data, clock).start()
        check_served(server, ledger, chance)
        server.restart()
        check_served(server, ledger, chance)
        server.kill()
        shutil.rmtree(data)
    print(f"{interrupted} kills came after the first deletion")


@pytest.mark.parametrize("call", ["/^unlink(at)?$", "/^rename(at2?)?$", "fsync", "fdatasync", "pwrite64"])
@bounded(120, 3600)
def test_case_04_a_kill_at_every_call(kept, tmp_path, chance, call):
    stored, clock = kept
    log, killed, when, last = tmp_path / "strace.log", 0, 0, rounds(6, 80)
    while when < last:
        when += 1
        data, ledger = stored.copy(), stored.ledger.copy()
        server = retaining(data, clock)
        server.wrapper = strace(log, call, "signal=KILL", when)
        try:
            server.start()
            take_snapshot(server)
            server.await_log("let go")
        except (NotStarted, TimeoutError):
            killed += 1
        else:
            last = when
        server.kill()
        server = keeping(data, clock).start()
        check_served(server, ledger, chance)
        server.kill()
        shutil.rmtree(data)
    print(f"{killed} kills")
    assert killed > 0


@bounded(120, 600)
def test_case_04_everything_is_kept_by_default(stored, chance):
    """Without --retain nothing is deleted, whatever snapshots there are."""
    data, ledger = stored.copy(), stored.ledger.copy()
    server = Server(data, *MANUAL).start()
    for _ in range(3):
        fill(server, ledger, 30)
        take_snapshot(server)
        server.restart()
    check_served(server, ledger, chance)
    assert ledger.oldest == 1
    assert {path.name for path in stored.layout.used} <= {path.name for path in segments(data)}
    server.kill()
