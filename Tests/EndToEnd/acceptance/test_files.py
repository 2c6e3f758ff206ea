"""Cases 11 to 14: files that are deleted, copied, swapped, of another store, or older than the rest."""

import shutil

import pytest

import damage
from directory import PAGE, number, segment_name
from harness import Server, fingerprint
from ledger import Ledger
from oracle import MANUAL, REFUSED, SERVED
from scope import bounded, rounds, some
from stores import fill, make_store
from trials import Stored, Trial, on


@bounded(120, 300)
def test_case_11_delete_newest(stored, chance):
    newest, spare = stored.layout.newest, stored.layout.spares[0]
    stored.run(
        [
            Trial("the newest segment", on(newest, damage.delete), names=newest.name),
            Trial("the segment made ahead", on(spare, damage.delete), (SERVED,)),
            Trial(
                "both", lambda data: [damage.delete(data / each.name) for each in (newest, spare)], names=newest.name
            ),
        ],
        chance,
    )


@bounded(120, 300)
def test_case_12_delete_oldest_or_middle(stored, chance):
    oldest, middle = stored.layout.used[0], stored.layout.used[1]
    stored.run(
        [
            Trial("the oldest segment", on(oldest, damage.delete), names=oldest.name),
            Trial("a middle segment", on(middle, damage.delete), names=middle.name),
        ],
        chance,
    )


@bounded(120, 300)
def test_case_12_delete_what_says_where_the_log_ends(stored, chance):
    """Without MANIFEST, or without WATERMARK, nobody can tell what is missing; never is it a new store."""
    both = ("MANIFEST", "WATERMARK")
    names = [path.name for path in stored.layout.segments]
    trials = [Trial(name, lambda data, name=name: damage.delete(data / name), names=name) for name in both]
    trials.append(Trial("both", lambda data: [damage.delete(data / name) for name in both], names="MANIFEST"))
    trials.append(Trial("all segments", lambda data: [damage.delete(data / name) for name in names], names=names[0]))
    trials.append(
        Trial(
            "all but the segments",
            lambda data: [damage.delete(data / name) for name in (*both, "LOCK")],
            names="MANIFEST",
        )
    )
    stored.run(trials, chance)


@pytest.fixture
def other(scratch, stored):
    """A store of another id, with as many segments."""
    data = scratch / "another store"
    shutil.rmtree(data, ignore_errors=True)
    make_store(data, Ledger(), Server.kill)
    return data


@bounded(120, 300)
def test_case_13_duplicate_and_swap(stored, other, chance):
    layout, trials = stored.layout, []
    following = segment_name(number(layout.spares[-1]) + 1)
    for segment in layout.segments:
        for target in (segment_name(number(layout.newest) + 1), following):
            if target != segment.name:
                label = f"{segment.name} copied to {target}"
                copying = lambda data, segment=segment, target=target: damage.duplicate(
                    data / segment.name, data / target
                )
                trials.append(Trial(label, copying, names=target))
        label = f"{segment.name} of another store"
        trials.append(
            Trial(label, on(segment, lambda path: shutil.copyfile(other / path.name, path)), names=segment.name)
        )
    for one in layout.used:
        for two in layout.used:
            if one < two:
                swapping = lambda data, one=one, two=two: damage.swap_files(data / one.name, data / two.name)
                trials.append(Trial(f"{one.name} and {two.name} swapped", swapping, names="segment-"))
    for name in ("MANIFEST", "WATERMARK"):
        trials.append(
            Trial(f"{name} of another store", lambda data, name=name: shutil.copyfile(other / name, data / name))
        )
    stored.run(trials, chance)


@bounded(120, 600)
def test_case_13_swap_pages(stored, chance):
    layout, trials = stored.layout, []
    for _ in range(rounds(10, 300)):
        segment = chance.choice(layout.used)
        first, second = sorted(chance.sample(range(layout.written(segment) // PAGE), 2))
        label = f"{segment.name}: pages {first} and {second} swapped"
        trials.append(
            Trial(label, on(segment, damage.swap_ranges, first * PAGE, second * PAGE, PAGE), names=segment.name)
        )
    for segment in layout.used:
        blocks = layout.blocks[segment.name]
        pairs = [
            (one, two)
            for one in blocks
            for two in blocks
            if one.start < two.start and one.end - one.start == two.end - two.start
        ]
        for one, two in some(chance, pairs, 3, 100):
            label = f"{segment.name}: the whole blocks {one.sequence} and {two.sequence} swapped"
            swapping = on(segment, damage.swap_ranges, one.start, two.start, one.end - one.start)
            trials.append(Trial(label, swapping, names=segment.name))
    stored.run(trials, chance)


@pytest.fixture(params=["in one segment", "over a rotation", "over a restart"])
def grown(request, scratch, chance):
    """A store that was killed, and its directory as it was some time earlier, when the server was idle."""
    ledger, data, earlier = Ledger(), scratch / "grown", scratch / "earlier"
    for path in (data, earlier):
        shutil.rmtree(path, ignore_errors=True)
    server = Server(data, *MANUAL).start()
    fill(server, ledger, 300)
    shutil.copytree(data, earlier)
    if request.param == "over a restart":
        server.kill()
        server.start()
    if request.param == "over a rotation":
        fill(server, ledger, 8000, depth=256)
    fill(server, ledger, 200, depth=8)
    server.kill()
    stored = Stored(data, ledger, scratch)
    assert (len(stored.layout.used) > 1) == (request.param != "in one segment")
    return stored, earlier


@bounded(120, 900)
def test_case_14_stale_restore(grown, chance):
    """A single file, or a page of one, of an earlier moment: never a silent step back in time."""
    stored, earlier = grown
    trials = []
    then, now = fingerprint(earlier), fingerprint(stored.data)
    for name in sorted(now):
        if name in then and then[name] != now[name]:
            # An older watermark is a lower bound still, and the name of an older process says nothing. A segment may
            # have changed only by being cut to its end.
            same = (earlier / name).read_bytes().startswith((stored.data / name).read_bytes())
            expected = SERVED if same or name in ("WATERMARK", "LOCK") else REFUSED
            trials.append(
                Trial(
                    f"{name} as it was",
                    lambda data, name=name: shutil.copyfile(earlier / name, data / name),
                    (expected,),
                )
            )
    for segment in stored.layout.segments:
        if (earlier / segment.name).exists():
            old, new = (earlier / segment.name).read_bytes(), segment.read_bytes()
            changed = [page for page in range(0, len(new), PAGE) if old[page : page + PAGE] != new[page : page + PAGE]]
            for page in some(chance, changed, 6, 200):
                label = f"{segment.name}: the page at {page} as it was"
                trials.append(Trial(label, on(segment, damage.overwrite, page, old[page : page + PAGE])))
    assert any(trial.label.startswith("segment") for trial in trials)
    stored.run(trials, chance)
