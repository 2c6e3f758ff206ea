"""`gatehouse log repair`: the deliberate way on behind damage, with nothing of it deleted."""

import json
import pathlib
import shutil

import pytest

from harness import NotStarted, create, fingerprint, list_all, refused, watch_all
from log_tools import Lived, keep_going, run, sealed, verified


@pytest.fixture
def lived(new_server, tmp_path):
    return Lived(new_server, tmp_path)


def change(path, offset, length=1):
    content = bytearray(path.read_bytes())
    for at in range(offset, offset + length):
        content[at] ^= 0x20
    path.write_bytes(content)


def swap(first, second):
    contents = first.read_bytes(), second.read_bytes()
    first.write_bytes(contents[1])
    second.write_bytes(contents[0])


# What is damaged, and which sealed segment the log is cut in; None when nothing is lost.
DAMAGE = {
    "no manifest": (lambda data: (data / "MANIFEST").unlink(), None),
    "both slots": (lambda data: (data / "MANIFEST").write_bytes(bytes(32768)), None),
    "no watermark": (lambda data: (data / "WATERMARK").unlink(), None),
    "neither": (lambda data: [(data / name).unlink() for name in ("MANIFEST", "WATERMARK")], None),
    "a header": (lambda data: change(sealed(data)[1], 10), None),
    "swapped": (lambda data: swap(*sealed(data)[:2]), None),
    "a block": (lambda data: change(sealed(data)[1], 4096 + 200), 1),
    "a page": (lambda data: change(sealed(data)[2], 8192, 4096), 2),
    "missing": (lambda data: sealed(data)[1].unlink(), 1),
    "cut": (lambda data: sealed(data)[2].write_bytes(sealed(data)[2].read_bytes()[:8192]), 2),
    "foreign": (lambda data: shutil.copy(sealed(data)[0], sealed(data)[1]), 1),
    "manifest and a block": (
        lambda data: [(data / "MANIFEST").unlink(), change(sealed(data)[2], 4096 + 200)], 2),
}


def ends(data):
    """The revision before each sealed segment."""
    blocks = [json.loads(line) for line in run("dump", "--raw", data).splitlines()]
    numbers = sorted({block["segment"] for block in blocks})
    return [min(b["first_revision"] for b in blocks if b["segment"] == number) - 1 for number in numbers]


@pytest.mark.timeout(300)
def test_every_kind_of_damage(lived, new_server, tmp_path):
    before_segment, last = ends(lived.server.data), len(lived.events)
    old_id = bytes.fromhex(verified(lived.server.data)["store_id"])
    for number, (name, (damage, cut)) in enumerate(DAMAGE.items()):
        data = tmp_path / f"repaired-{number}"
        shutil.copytree(lived.server.data, data)
        damage(data)
        before = fingerprint(data)
        with pytest.raises(NotStarted) as caught:
            new_server(data=data)
        assert caught.value.code == 4, name
        errors = run("repair", data, code=1)
        assert "nothing was changed" in errors and "--yes" in errors
        assert fingerprint(data) == before, name
        told = run("repair", data, "--yes")
        assert told.startswith("damaged: ")
        kept = list(tmp_path.glob(f"{data.name}.damaged-*"))
        assert len(kept) == 1 and fingerprint(kept[0]) == before, name
        assert str(kept[0]) in told
        found = verified(data)
        saved = int(found["revision"])
        assert found["verdict"] == "sound" and bytes.fromhex(found["store_id"]) != old_id
        if cut is None:
            assert saved == last, (name, told)
            assert "ACKNOWLEDGED" not in told
        else:
            assert before_segment[cut] <= saved < last, (name, told)
            assert "ACKNOWLEDGED CHANGES WILL BE LOST" in told and f"up to revision {last}" in told, told
        with pytest.raises(Exception) as changed:
            with new_server(data=data).connect() as connection:
                assert list_all(connection, page_size=1000) == lived.state(saved), name
                assert watch_all(connection, 0, until=saved) == lived.events[:saved]
                watch_all(connection, 0, until=1, store_id=old_id)
        assert "STORE_CHANGED" in str(changed.value), changed.value


def test_a_torn_end_needs_no_repair(lived, tmp_path):
    """A start cuts it by itself."""
    torn = tmp_path / "torn"
    shutil.copytree(lived.server.data, torn)
    segments = sorted(torn.glob("segment-*.log"))
    active = next(path for path in segments if path.name > sealed(torn)[-1].name)
    content = bytearray(active.read_bytes())
    content[4096:4608] = bytes(range(256)) * 2
    active.write_bytes(content)
    assert active.name in run("verify", torn, code=1)
    before = fingerprint(torn)
    assert "sound" in run("repair", torn, "--yes") and fingerprint(torn) == before


def test_what_is_sound_or_held_is_left_alone(lived, new_server, tmp_path):
    data = lived.server.data
    before = fingerprint(data)
    assert "sound" in run("repair", data, "--yes")
    assert fingerprint(data) == before and not list(tmp_path.glob("*.damaged-*"))
    server = new_server(data=data)
    assert str(data) in run("repair", data, "--yes", code=3)
    with server.connect() as connection:
        assert list_all(connection, page_size=1000) == lived.customers
        create(connection)


def test_what_cannot_be_saved_is_left_alone(lived, tmp_path):
    data = lived.server.data
    sealed(data)[0].unlink()
    before = fingerprint(data)
    errors = run("repair", data, "--yes", code=4)
    assert "nothing of the log can be saved" in errors and fingerprint(data) == before
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("mine")
    run("repair", tmp_path / "other", "--yes", code=4)
    run("repair", tmp_path / "missing", "--yes", code=5)
    assert (tmp_path / "other" / "thesis.txt").read_text() == "mine" and not list(tmp_path.glob("*.damaged-*"))


@pytest.mark.timeout(180)
def test_a_snapshot_saves_what_the_log_lost(new_server, tmp_path):
    """Damage before the newest snapshot costs history, and no customer."""
    server = new_server("--retain", "1", "--idempotency-window", "1s", data=tmp_path / "origin")
    keep_going(server)
    with server.connect() as connection:
        customers = list_all(connection, page_size=1000)
    assert server.terminate() == 0
    data = server.data
    last = max(customer.revision for customer in customers)
    # The segment that the newest snapshot ends in is verified by a start, from its beginning on.
    blocks = [json.loads(line) for line in run("dump", "--raw", data).splitlines()]
    snapshot = max(int(path.stem.split("-")[1]) for path in data.glob("snapshot-*.snap"))
    block = next(block for block in blocks if block["sequence"] == snapshot)
    change(pathlib.Path(block["file"]), block["offset"] + 130)
    before = fingerprint(data)
    told = run("repair", data, "--yes")
    assert "outcome only" in told, told
    kept = next(iter(tmp_path.glob("origin.damaged-*")))
    assert fingerprint(kept) == before
    with new_server(data=data).connect() as connection:
        assert list_all(connection, page_size=1000) == customers
        created = create(connection).customer
        assert created.revision == last + 1
        with refused("OUT_OF_RANGE", "REVISION_COMPACTED", oldest=...):
            watch_all(connection, 0, until=last)
