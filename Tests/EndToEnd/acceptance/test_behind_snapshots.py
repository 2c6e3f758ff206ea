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
    return [
        block
        for segment in stored.layout.used[:2]
        for block in stored.layout.blocks[segment.name]
        if block.last_revision >= block.first_revision
    ]


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
    trials.append(
        Trial("two swapped", lambda data: damage.swap_files(data / one.name, data / two.name), (REFUSED,), "segment-")
    )
    snapshotted.run(trials, chance)


@bounded(150, 1800)
def test_case_19_the_scrubber_finds_what_was_lost(scratch, chance):
    """Damage below a server that runs is reported within a minute, in log and health, and nothing is done about it."""
    data, ledger = scratch / "scrubbed", Ledger()
    shutil.rmtree(data, ignore_errors=True)
    make_snapshots(data, ledger, Server.kill)
    stored = Stored(data, ledger, scratch)
    for _ in range(rounds(1, 20)):
        data, block = stored.copy(), chance.choice(unread_blocks(stored))
        snapshot = chance.choice(sorted(data.glob("snapshot-*.snap")))
        with Server(data, *MANUAL, *SCRUB) as server:
            check_served(server, ledger, chance)
            with server.connect() as connection:
                assert journal_health(connection) == SERVING
            damage.zero(data / block.path.name, block.start, PAGE)
            damage.flip(snapshot, chance.randrange(snapshot.stat().st_size), chance.randrange(8))
            before = fingerprint(data)
            for name in (block.path.name, snapshot.name):
                await_finding(server, name)
            with server.connect() as connection:
                check_state(connection, ledger)
                check_reading(connection, ledger, block, chance)
            assert {name: fingerprint(data).get(name) for name in before} == before, "a finding was acted on"
        shutil.rmtree(data)
