"""`gatehouse log restore`: a store as it was at a revision or a moment, from a backup and an archive of sealed segments."""

import datetime
import json
import os
import pathlib
import shutil
import subprocess
import tarfile

import pytest

from harness import create, fingerprint, list_all, refused, unique, watch_all
from log_tools import Lived, keep_going, run, sealed, verified


def restore(source, target, *flags, code=0):
    """What was printed, by name; or, refused, what was complained of."""
    before = fingerprint(source) if pathlib.Path(source).is_dir() else None
    printed = run("restore", source, target, *flags, code=code)
    assert before is None or fingerprint(source) == before, "the backup was changed"
    assert not pathlib.Path(f"{target}.restoring").exists()
    if code:
        return printed
    return dict(line.split(maxsplit=1) for line in printed.splitlines())


@pytest.fixture
def lived(new_server, tmp_path):
    return Lived(new_server, tmp_path)


@pytest.mark.timeout(180)
def test_every_moment_of_a_history(lived, new_server, tmp_path):
    backup, last = lived.backups[-1], len(lived.events)
    before = verified(backup)
    for revision in (1, 2, last // 3, last // 2, last - 1, last):
        target = tmp_path / f"at-{revision}"
        told = restore(backup, target, "--to-revision", revision)
        assert int(told["revision"]) == revision
        assert int(told["customers"]) == len(lived.state(revision))
        found = verified(target)
        assert found["verdict"] == "sound" and found["revision"] == str(revision)
        assert found["store_id"] == told["store"] != before["store_id"]
        lived.expect(new_server, target, revision)
    moment = lived.events[last // 4].at.ToDatetime(datetime.timezone.utc)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    revision = sum(event.at.ToDatetime(datetime.timezone.utc) <= moment for event in lived.events)
    assert int(restore(backup, tmp_path / "then", "--to-time", text)["revision"]) == revision
    lived.expect(new_server, tmp_path / "then", revision)


def test_all_of_it(lived, new_server, tmp_path):
    """The whole of a backup, also from a tar file, and into an empty directory; answers to keys are part of it."""
    backup, last = lived.backups[-1], len(lived.events)
    archive = tmp_path / "backup.tar"
    with tarfile.open(archive, "w", format=tarfile.USTAR_FORMAT) as tar:
        tar.add(backup, arcname="somewhere/backup")
    subprocess.run(["tar", "-C", str(backup), "-cf", str(tmp_path / "plain.tar"), "."], check=True)
    (tmp_path / "empty").mkdir()
    same = restore(backup, tmp_path / "empty", "--same-store")
    assert same["store"] == verified(backup)["store_id"] == verified(tmp_path / "empty")["store_id"]
    for source in (archive, tmp_path / "plain.tar"):
        target = tmp_path / f"of-{source.stem}"
        told = restore(source, f"{target}/")
        assert int(told["revision"]) == last and told["records"] == same["records"]
        lived.expect(new_server, target, last)
    server = new_server(data=tmp_path / "empty")
    with server.connect() as connection:
        with refused("INVALID_ARGUMENT", "IDEMPOTENCY_KEY_REUSED"):
            create(connection, external_id=unique(), idempotency_key="first-0")


@pytest.fixture
def archive(lived, tmp_path):
    """The sealed segments of the whole history, as they were handed over."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for path in sealed(lived.server.data):
        shutil.copy(path, folder)
    assert len(list(folder.iterdir())) == 3
    return folder


def test_an_archive_goes_on_where_the_backup_ends(lived, archive, new_server, tmp_path):
    last = len(lived.events)
    first = int(verified(lived.backups[0])["revision"])
    assert first < last
    restore(lived.backups[0], tmp_path / "all", "--archive", archive)
    lived.expect(new_server, tmp_path / "all", last)
    revision = (first + last) // 2
    restore(lived.backups[0], tmp_path / "between", "--archive", archive, "--to-revision", revision)
    lived.expect(new_server, tmp_path / "between", revision)
    errors = restore(lived.backups[0], tmp_path / "short", "--to-revision", last, code=1)
    assert str(first) in errors and not (tmp_path / "short").exists()
    errors = restore(lived.backups[0], tmp_path / "short", "--archive", archive, "--to-revision", last + 1, code=1)
    assert str(last) in errors
    assert "by then" in restore(lived.backups[0], tmp_path / "short", "--to-time", "2001-01-01T00:00:00Z", code=1)


def test_what_does_not_belong_together_is_refused(lived, archive, new_server, tmp_path):
    first, second, third = sorted(archive.iterdir())
    content = second.read_bytes()
    target = tmp_path / "never"

    def expect_refusal(*names):
        errors = restore(lived.backups[0], target, "--archive", archive, code=4)
        assert any(name in errors for name in names), errors
        assert not target.exists()

    second.unlink()
    expect_refusal(third.name)  # a gap
    used = len(content.rstrip(b"\0"))
    second.write_bytes(content[: used // 2] + bytes([content[used // 2] ^ 1]) + content[used // 2 + 1 :])
    expect_refusal(second.name)  # damage
    second.write_bytes(content[: used // 2 // 4096 * 4096])
    expect_refusal(second.name, third.name)  # cut
    second.write_bytes(third.read_bytes())
    expect_refusal(second.name)  # another's name
    other = new_server(data=tmp_path / "other")
    with other.connect() as connection:
        create(connection)
    assert other.terminate() == 0
    shutil.copy(sealed(other.data)[0], second)
    expect_refusal(second.name)  # another store
    second.write_bytes(content)
    # Damage behind what is wanted does not matter; damage in one copy is made good by the other.
    third.write_bytes(third.read_bytes()[:5000] + b"?" + third.read_bytes()[5001:])
    restore(lived.backups[0], tmp_path / "before", "--archive", archive, "--to-revision", 5)
    first.write_bytes(first.read_bytes()[:5000] + b"?" + first.read_bytes()[5001:])
    restore(lived.backups[0], tmp_path / "again", "--archive", archive, "--to-revision", 5)


def test_a_backup_that_is_damaged_is_refused(lived, tmp_path):
    backup = lived.backups[1]
    segment = sealed(backup)[0]
    content = segment.read_bytes()
    segment.write_bytes(content[:9000] + bytes([content[9000] ^ 1]) + content[9001:])
    errors = restore(backup, tmp_path / "never", code=4)
    assert segment.name in errors
    (tmp_path / "nonsense.tar").write_bytes(os.urandom(4096))
    assert "tar" in restore(tmp_path / "nonsense.tar", tmp_path / "never", code=4)
    assert not (tmp_path / "never").exists()


def test_nothing_is_put_in_the_place_of_anything(lived, tmp_path):
    target = tmp_path / "full"
    target.mkdir()
    (target / "thesis.txt").write_text("mine")
    assert "thesis.txt" in restore(lived.backups[0], target, code=1)
    assert os.listdir(target) == ["thesis.txt"]
    left = tmp_path / "new.restoring"
    left.mkdir()
    (left / "half").write_text("of a store")
    assert "--yes" in run("restore", lived.backups[0], tmp_path / "new", code=1)
    assert (left / "half").exists() and not (tmp_path / "new").exists()
    restore(lived.backups[0], tmp_path / "new", "--yes")
    for words in (["--to-revision", "1", "--to-time", "2026-01-01T00:00:00Z"], ["--to-time", "noon"]):
        run("restore", lived.backups[0], tmp_path / "other", *words, code=2)
    run("restore", lived.backups[0], ".", code=2)
    run("restore", tmp_path / "nowhere", tmp_path / "other", code=5)


@pytest.mark.timeout(180)
def test_a_log_whose_beginning_was_let_go(new_server, tmp_path):
    archive = tmp_path / "archive"
    archive.mkdir()
    server = new_server(
        "--retain", "1", "--idempotency-window", "1s", "--archive", str(archive), data=tmp_path / "origin")
    keep_going(server)
    with server.connect() as connection:
        customers = list_all(connection, page_size=1000)
        last = max(customer.revision for customer in customers)
    assert server.terminate() == 0
    lines = [json.loads(line) for line in run("dump", server.data).splitlines()]
    oldest = lines[0]["revision"]
    assert oldest > 1 and lines[-1]["revision"] == last

    # From a snapshot and the log behind it; the history goes back as far as before.
    told = restore(server.data, tmp_path / "all")
    assert (int(told["revision"]), int(told["oldest"])) == (last, oldest)
    again = [json.loads(line) for line in run("dump", tmp_path / "all").splitlines()]
    assert [line["customer"] for line in again] == [line["customer"] for line in lines]
    with new_server(data=tmp_path / "all").connect() as connection:
        assert list_all(connection, page_size=1000) == customers
        with refused("OUT_OF_RANGE", "REVISION_COMPACTED", oldest=str(oldest)):
            watch_all(connection, 0, until=last)

    # Earlier moments: as far as the snapshots allow, and any with the archive.
    restore(server.data, tmp_path / "late", "--to-revision", last - 1)
    assert "oldest" in restore(server.data, tmp_path / "early", "--to-revision", 1, code=1)
    for revision in (1, oldest - 1, oldest, last):
        target = tmp_path / f"archived-{revision}"
        told = restore(server.data, target, "--archive", archive, "--to-revision", revision)
        assert int(told["revision"]) == revision and "oldest" not in told
        dumped = [json.loads(line) for line in run("dump", target).splitlines()]
        assert [line["revision"] for line in dumped] == list(range(1, revision + 1))
        common = [line["customer"] for line in lines if line["revision"] <= revision]
        assert [line["customer"] for line in dumped[oldest - 1 :]] == common
