"""Cases 3 and 15: snapshots that are being made when the server is killed, and snapshots that are damaged."""

import functools
import random
import shutil
import signal
import time

import pytest

import damage
from harness import Server
from ledger import Ledger
from load import start_load
from oracle import MANUAL, REFUSED, SERVED, check_served, judge
from scope import bounded, rounds
from stores import fill, make_snapshots, take_snapshot
from trials import Stored, Trial, on

ENDS = {"after kill -9": Server.kill, "after a clean stop": Server.terminate}


def lacking(path, **options):
    """The judge of a directory of which a snapshot is damaged."""
    return functools.partial(judge, finding=path.name, **options)


def snapshots(data):
    return sorted(data.glob("snapshot-*.snap"))


@bounded(150, 3600)
def test_case_03_kill9_in_snapshot(tmp_path, chance):
    """Under load, at random points of making a snapshot: what was not finished never counts, and does not stay."""
    ledger, data = Ledger(), tmp_path / "data"
    server = Server(data, *MANUAL).start()
    fill(server, ledger, rounds(4000, 20_000), connections=2, depth=256)
    began = time.monotonic()
    take_snapshot(server)
    lasts = time.monotonic() - began
    interrupted = 0
    for _ in range(rounds(10, 100)):
        loaders = start_load(server, connections=2, depth=16)
        time.sleep(chance.uniform(0.02, 0.1))
        server.signal(signal.SIGUSR1)
        time.sleep(chance.uniform(0, 2 * lasts))
        server.kill()
        ledger.take(*loaders)
        interrupted += any(data.glob("*.tmp"))
        assert snapshots(data), "the snapshot from before is gone"
        server.start()
        check_served(server, ledger, chance)
        assert not list(data.glob("*.tmp")), "what was not finished stays"
    print(f"a snapshot took {lasts:.3f} s; {interrupted} kills left an unfinished file")
    # A kill between the naming of a file and its listing leaves it behind, until two newer ones count.
    for _ in range(2):
        fill(server, ledger, 10)
        take_snapshot(server)
    assert len(snapshots(data)) == 2
    server.restart()
    check_served(server, ledger, chance)
    assert f"snapshot={len(ledger.events)} " in server.errors.decode() or snapshots(data)
    server.kill()


@pytest.fixture(params=ENDS)
def with_snapshots(request, scratch):
    """A store with two snapshots, all of whose log is kept."""
    data, ledger = scratch / "snapshots", Ledger()
    shutil.rmtree(data, ignore_errors=True)
    make_snapshots(data, ledger, ENDS[request.param])
    stored = Stored(data, ledger, scratch)
    with Server(stored.copy(), *MANUAL) as server:
        check_served(server, ledger, random.Random(0))
    return stored


def damages(path, chance, flips):
    """Everything that may happen to a file, as (label, deed)."""
    size = path.stat().st_size
    for _ in range(flips):
        offset, bit = chance.randrange(size), chance.randrange(8)
        yield f"bit {bit} of byte {offset}", on(path, damage.flip, offset, bit)
    for shorter in (0, 1, size // 2, size - 1):
        yield f"{shorter} of {size} bytes", on(path, damage.truncate, shorter)
    yield "bytes appended", on(path, damage.append, b"more")
    yield "a page of zeros", on(path, damage.zero, size // 3, min(512, size - size // 3))
    yield "deleted", on(path, damage.delete)


@bounded(120, 1200)
def test_case_15_damage_to_a_snapshot(with_snapshots, chance):
    """Served whole, from the snapshot before it or from the log, with a warning; or refused. Never less."""
    older, newest = snapshots(with_snapshots.data)
    trials = []
    for path in (newest, older):
        for what, deed in damages(path, chance, rounds(8, 100)):
            expected = (SERVED, REFUSED) if path == newest else (SERVED,)
            # A start has no need of the older one; that it is damaged is for the scrubber and `log verify` to find.
            judging = lacking(path, needs_warning=path == newest)
            trials.append(Trial(f"{path.name}: {what}", deed, expected, path.name, judging))
    assert SERVED in with_snapshots.run(trials, chance)


@bounded(120, 600)
def test_case_15_damage_to_both_snapshots(with_snapshots, chance):
    """The log is there from the first revision on: it is enough."""
    older, newest = snapshots(with_snapshots.data)
    both = [
        ("deleted", lambda path: path.unlink()),
        ("flipped", lambda path: damage.flip(path, path.stat().st_size // 2, 3)),
        ("emptied", lambda path: damage.truncate(path, 0)),
    ]
    trials = [
        Trial(
            f"both {what}",
            lambda data, deed=deed: [deed(data / each.name) for each in (older, newest)],
            (SERVED, REFUSED),
            newest.name,
            lacking(newest),
        )
        for what, deed in both
    ]
    trials.append(
        Trial(
            "swapped",
            lambda data: damage.swap_files(data / older.name, data / newest.name),
            (SERVED, REFUSED),
            "snapshot-",
            lacking(newest),
        )
    )
    trials.append(
        Trial(
            "the older under the newer's name",
            lambda data: damage.duplicate(data / older.name, data / newest.name),
            (SERVED, REFUSED),
            newest.name,
            lacking(newest),
        )
    )
    with_snapshots.run(trials, chance)


@bounded(120, 600)
def test_case_15_no_manifest(with_snapshots, chance):
    """A directory that has snapshots and no manifest is refused, and never a place for a new store."""
    everything = [path.name for path in with_snapshots.data.iterdir() if path.is_file()]
    kept = [name for name in everything if name.startswith("snapshot-")]
    with_snapshots.run(
        [
            Trial("no manifest", lambda data: damage.delete(data / "MANIFEST"), names="MANIFEST"),
            Trial(
                "snapshots alone",
                lambda data: [damage.delete(data / name) for name in everything if name not in kept],
                names="MANIFEST",
            ),
        ],
        chance,
    )


@bounded(120, 600)
def test_case_14_stale_snapshots(with_snapshots, scratch, chance):
    """What was listed and has since been replaced, put back beside the manifest of today, and the other way round."""
    stored = with_snapshots
    earlier = scratch / "earlier"
    shutil.rmtree(earlier, ignore_errors=True)
    shutil.copytree(stored.data, earlier)
    ledger, data = stored.ledger.copy(), stored.copy()
    server = Server(data, *MANUAL).start()
    fill(server, ledger, 100)
    take_snapshot(server)
    fill(server, ledger, 20, depth=1)
    server.kill()
    again = Stored(data, ledger, scratch)
    gone = [path for path in snapshots(earlier) if not (data / path.name).exists()]
    assert gone, "two snapshots are kept, not three"
    again.run(
        [
            Trial(
                "a snapshot that is no longer listed",
                lambda copy: damage.duplicate(earlier / gone[0].name, copy / gone[0].name),
                (SERVED,),
            ),
            Trial(
                "the manifest from before the snapshot",
                lambda copy: damage.duplicate(earlier / "MANIFEST", copy / "MANIFEST"),
                (SERVED, REFUSED),
            ),
        ],
        chance,
    )
