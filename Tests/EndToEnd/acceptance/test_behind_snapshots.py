"""Cases 5, 7 and 10 in segments that a start behind a snapshot does not read, and the scrubber of case 19."""

import functools
import shutil

import pytest

import damage
from behind import SCRUB, SERVING, await_finding, check_reading, check_state, journal_health, judge_behind
from directory import PAGE
from harness import Server, fingerprint
from ledger import Ledger
from oracle import MANUAL, REFUSED, SERVED, check_served
from scope import bounded, rounds, some
from stores import make_snapshots
from trials import Stored, Trial, on

ENDS = {"after kill -9": Server.kill, "after a clean stop": Server.terminate}


@pytest.fixture(params=ENDS)
def snapshotted(request, scratch, chance):
    """A store whose first segments a start does not read, its history as a client saw it."""
    data, ledger = scratch / "snapshotted", Ledger()
    shutil.rmtree(data, ignore_errors=True)
    make_snapshots(data, ledger, ENDS[request.param])
    stored = Stored(data, ledger, scratch)
    with Server(stored.copy(), *MANUAL) as server:
        check_served(server, ledger, chance)
    return stored


def unread_blocks(stored):
    """Blocks with events in segments that lie behind no snapshot."""
    return [block for segment in stored.layout.used[:2] for block in stored.layout.blocks[segment.name]
            if block.last_revision >= block.first_revision]


def behind(block, label, deed):
    """A trial for a block that a start does not read."""
    return Trial(label, deed, (SERVED,), block.path.name, judge=functools.partial(judge_behind, damaged=block))


@bounded(150, 3600)
def test_case_05_flips_behind_a_snapshot(snapshotted, chance):
    trials = []
    for block in some(chance, unread_blocks(snapshotted), 4, 40):
        for offset in some(chance, range(block.start, block.body_end), 1, 10):
            bit = chance.randrange(8)
            label = f"{block.path.name}: bit {bit} of byte {offset}, in the block from {block.start}"
            trials.append(behind(block, label, on(block.path, damage.flip, offset, bit)))
    snapshotted.run(trials, chance)


@bounded(150, 3600)
def test_case_10_zeros_behind_a_snapshot(snapshotted, chance):
    trials = []
    for block in some(chance, unread_blocks(snapshotted), 3, 40):
        label = f"{block.path.name}: the whole block from {block.start} to {block.end} zeroed"
        trials.append(behind(block, label, on(block.path, damage.zero, block.start, block.end - block.start)))
        page = chance.randrange(block.start, block.body_end, PAGE)
        trials.append(behind(block, f"{label}: the page at {page}", on(block.path, damage.zero, page, PAGE)))
    snapshotted.run(trials, chance)


@bounded(120, 600)
def test_case_12_files_behind_a_snapshot(snapshotted, chance):
    """What is listed is needed, by those who read the history if not by a start."""
    trials = []
    for segment in snapshotted.layout.used[:2]:
        size = segment.stat().st_size
        trials.append(Trial(f"{segment.name} deleted", on(segment, damage.delete), names=segment.name))
        for shorter in (0, 1, PAGE, size - PAGE, size - 1):
            label = f"{segment.name}: {shorter} of {size} bytes"
            trials.append(Trial(label, on(segment, damage.truncate, shorter), names=segment.name))
        trials.append(Trial(f"{segment.name}: its header", on(segment, damage.flip, 33, 2), names=segment.name))
    one, two = snapshotted.layout.used[:2]
    trials.append(Trial("two swapped", lambda data: damage.swap_files(data / one.name, data / two.name),
                        (REFUSED,), "segment-"))
    snapshotted.run(trials, chance)


@bounded(150, 900)
def test_case_19_the_scrubber_finds_what_was_lost(snapshotted, chance):
    """Damage below a server that runs is reported, in log and health, and nothing is done about it."""
    stored = snapshotted
    for block in some(chance, unread_blocks(stored), rounds(2, 20), 20):
        data = stored.copy()
        with Server(data, *MANUAL, *SCRUB) as server:
            with server.connect() as connection:
                assert journal_health(connection) == SERVING
            damage.zero(data / block.path.name, block.start, PAGE)
            before = fingerprint(data)[block.path.name]
            await_finding(server, block.path.name)
            with server.connect() as connection:
                check_state(connection, stored.ledger)
                check_reading(connection, stored.ledger, block, chance)
            assert fingerprint(data)[block.path.name] == before
        shutil.rmtree(data)


@bounded(120, 600)
def test_case_19_the_scrubber_finds_a_damaged_snapshot(snapshotted, chance):
    stored = snapshotted
    for path in sorted(stored.data.glob("snapshot-*.snap")):
        data = stored.copy()
        with Server(data, *MANUAL, *SCRUB) as server:
            damage.flip(data / path.name, chance.randrange(path.stat().st_size), chance.randrange(8))
            await_finding(server, path.name)
            check_served(server, stored.ledger.copy(), chance)
        assert (data / path.name).exists()
        shutil.rmtree(data)
