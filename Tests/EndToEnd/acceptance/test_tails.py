"""Cases 6 under load, 8 and 9: the end of the log, where a torn write has to be told from damage."""

import functools
import itertools

import pytest

import damage
from directory import PAGE, SEGMENT_HEADER, Layout
from harness import Server
from ledger import Ledger
from load import start_load
from oracle import MANUAL, CUT, REFUSED, SERVED
from scope import bounded, rounds, some
from trials import Stored, Trial, on


@pytest.fixture
def killed_under_load(scratch, chance):
    """Makes stores whose server was killed while clients were waiting for answers."""
    numbers = itertools.count()

    def make():
        ledger, data = Ledger(), scratch / f"loaded-{next(numbers)}"
        server = Server(data, *MANUAL).start()
        loaders = start_load(server, connections=2, depth=chance.choice([1, 4, 32]))
        with server.connect() as connection:
            stream = connection.customers.watch(after_revision=0, credit=2**31)
            goal = chance.randrange(50, 400)
            while len(ledger.shown) < goal:
                ledger.shown += stream.next().events
            server.kill()
        ledger.take(*loaders)
        return Stored(data, ledger, scratch)

    return make


@bounded(120, 1200)
def test_case_06_flip_tail_under_load(killed_under_load, chance):
    """Damage to the last block that anybody was told of is refused; to a later one, it may be cut."""
    verdicts = []
    for _ in range(rounds(3, 50)):
        stored = killed_under_load()
        told, trials = stored.layout.block_of(stored.ledger.acknowledged_revision), []
        for block in stored.layout.all_blocks:
            if block.start >= told.start:
                expected = (REFUSED,) if block.start == told.start else (REFUSED, CUT)
                for offset in some(chance, range(block.start, block.body_end), 4, 20):
                    bit = chance.randrange(8)
                    label = f"{block.path.name}: bit {bit} of byte {offset}, told up to {told.body_end}"
                    trials.append(Trial(label, on(block.path, damage.flip, offset, bit), expected, block.path.name))
        verdicts += stored.run(trials, chance)
    assert REFUSED in verdicts


@bounded(120, 1200)
def test_case_08_truncate_tail(stored, chance):
    """A segment is never shorter than it was made, and one that was sealed not shorter than its end."""
    layout, trials = stored.layout, []
    for segment in (layout.newest, layout.older[-1], layout.spares[0]):
        size = segment.stat().st_size
        starts = [block.start for block in layout.blocks[segment.name]]
        sizes = [size - 1, size - 511, size - 512, size - PAGE, 0, 1, SEGMENT_HEADER]
        for shorter in sizes + some(chance, starts, 8):
            label = f"{segment.name}: {shorter} bytes of {size}"
            trials.append(Trial(label, on(segment, damage.truncate, shorter), names=segment.name))
    stored.run(trials, chance)


@bounded(120, 1200)
def test_case_09_garbage_tail(stored, chance):
    """Bytes behind the end are none of the log: they are cut and set aside, or refused, and never taken for events."""
    layout, trials = stored.layout, []
    newest, spare = layout.newest, layout.spares[0]
    size, end = newest.stat().st_size, layout.written(layout.newest)
    for count in some(chance, (1 << power for power in range(10, 17)), 3):
        noise = chance.randbytes(count)
        trials.append(Trial(f"{count} bytes appended", on(newest, damage.append, noise), names=newest.name))
        label = f"{count} bytes right behind the end"
        trials.append(Trial(label, on(newest, damage.overwrite, end, noise), (CUT,)))
        label = f"{count} bytes into the segment made ahead"
        trials.append(Trial(label, on(spare, damage.overwrite, SEGMENT_HEADER, noise), names=spare.name))
    # The beginning of the next block may be anything, but nothing reaches further than one block can.
    far = chance.randrange(end + (10 << 20), size) if size > end + (10 << 20) else None
    for _ in range(rounds(3, 40)):
        offset = chance.randrange(end, min(size, end + (1 << 20)))
        label = f"a page of noise at {offset}, the end is {end}"
        trials.append(Trial(label, on(newest, damage.overwrite, offset, chance.randbytes(512)), (CUT, REFUSED)))
    if far is not None:
        trials.append(Trial(f"noise far behind, at {far}", on(newest, damage.overwrite, far, b"x"), names=newest.name))
    stored.run(trials, chance)


@bounded(120, 1200)
def test_case_09_torn_block(stored, chance):
    """The last block again in parts, as the write of the next one would leave it: sectors of it, in any choice.

    It is a block of another place then, and never a block more.
    """
    layout, trials = stored.layout, []
    last, newest = layout.all_blocks[-1], layout.newest
    content, end = damage.read(newest, last.start, last.end - last.start), layout.written(newest)
    sectors = range(0, len(content), 512)
    for _ in range(rounds(6, 60)):
        chosen = [sector for sector in sectors if chance.random() < 0.5]
        label = f"sectors {chosen} of the last block behind the end"
        trials.append(Trial(label, functools.partial(tear, newest.name, content, end, chosen), (CUT, REFUSED, SERVED)))
    trials.append(Trial("all of the last block again", on(newest, damage.overwrite, end, content), names=newest.name))
    stored.run(trials, chance)


def tear(name, content, end, sectors, data):
    for sector in sectors:
        damage.overwrite(data / name, end + sector, content[sector : sector + 512])


@bounded(120, 600)
def test_case_09_a_cut_is_made_once(stored, chance):
    """What was cut does not come back: the next start finds a clean log, and goes on behind it."""
    layout, copy = stored.layout, stored.copy()
    damage.overwrite(copy / layout.newest.name, layout.written(layout.newest), chance.randbytes(600))
    again = Stored(copy, stored.ledger, stored.scratch)
    assert again.run([Trial("noise behind the end", lambda data: None, (CUT,))], chance) == [CUT]
    with Server(copy, *MANUAL):
        pass
    assert Stored(copy, stored.ledger, stored.scratch).run([Trial("none", lambda data: None, (SERVED,))], chance)
    assert len(Layout(copy).used) == len(layout.used)
