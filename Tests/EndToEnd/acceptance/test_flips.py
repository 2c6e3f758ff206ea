"""Cases 5, 6, 7 and 10: bits flipped, lengths overwritten and pages zeroed in what was acknowledged."""

import damage
from directory import PAGE, SEGMENT_HEADER, records
from oracle import REFUSED, SERVED
from scope import bounded, rounds, some
from trials import Trial, on


@bounded(120, 3000)
def test_case_05_flip_middle(stored, chance):
    layout, trials = stored.layout, []
    assert len(layout.older) >= 2
    for segment in layout.used:
        for _ in range(rounds(12, 200)):
            offset, bit = chance.randrange(layout.written(segment) * 9 // 10), chance.randrange(8)
            # The fill of a page is the only thing that nothing depends on; the judge sees to it that what is served
            # is served whole.
            expected = (REFUSED,) if layout.depends_on(segment, offset) else (REFUSED, SERVED)
            label = f"{segment.name}: bit {bit} of byte {offset}"
            trials.append(Trial(label, on(segment, damage.flip, offset, bit), expected, segment.name))
    stored.run(trials, chance)


@bounded(120, 1200)
def test_case_06_flip_tail_when_idle(stored, chance):
    """The last acknowledged block, with nothing under way when the server ended."""
    block = stored.layout.block_of(stored.ledger.acknowledged_revision)
    assert block.end == stored.layout.written(stored.layout.newest)
    trials = []
    for offset in some(chance, range(block.start, block.body_end), 12):
        bit = chance.randrange(8)
        label = f"{block.path.name}: bit {bit} of byte {offset}"
        trials.append(Trial(label, on(block.path, damage.flip, offset, bit), names=block.path.name))
    stored.run(trials, chance)


@bounded(120, 3000)
def test_case_07_flip_length(stored, chance):
    """Eight bytes at the start of blocks and records, where lengths are."""
    blocks, trials = stored.layout.all_blocks, []
    places = [(block.path, start) for block in blocks for start in (block.start, block.start + 72, *records(block))]
    for segment, start in some(chance, places, 10, 400):
        there = damage.read(segment, start, 8)
        counted = (int.from_bytes(there, "little") + 1) % 2**64
        for pattern in (bytes(8), b"\xff" * 8, b"\x7f" * 8, counted.to_bytes(8, "little")):
            if pattern != there:
                label = f"{segment.name}: {pattern.hex()} at {start}"
                trials.append(Trial(label, on(segment, damage.overwrite, start, pattern), names=segment.name))
    stored.run(trials, chance, wrapper=stored.within_memory())


@bounded(120, 1200)
def test_case_10_zero_page(stored, chance):
    layout, trials = stored.layout, []
    for _ in range(rounds(20, 100)):
        segment, size = chance.choice(layout.used), chance.choice([512, PAGE])
        offset = chance.randrange(layout.written(segment) // size) * size
        expected = REFUSED if any(damage.read(segment, offset, size)) else SERVED
        label = f"{segment.name}: {size} zeros at {offset}"
        trials.append(Trial(label, on(segment, damage.zero, offset, size), (expected,), segment.name))
    ends = [layout.all_blocks[0], layout.blocks[layout.newest.name][0], layout.all_blocks[-1]]
    for block in ends + some(chance, layout.all_blocks, 5):
        label = f"{block.path.name}: the whole block from {block.start} to {block.end} zeroed"
        wipe = on(block.path, damage.zero, block.start, block.end - block.start)
        trials.append(Trial(label, wipe, names=block.path.name))
    for segment in layout.used:
        wipe = on(segment, damage.zero, SEGMENT_HEADER, layout.written(segment) - SEGMENT_HEADER)
        trials.append(Trial(f"{segment.name}: all blocks zeroed", wipe, names=segment.name))
    stored.run(trials, chance)
