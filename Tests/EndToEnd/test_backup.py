"""A backup of a running server is a sound data directory, true of one revision, whatever comes between."""

import io
import json
import pathlib
import signal
import subprocess
import tarfile
import time

import pytest

from gatehouse_client import Refusal
from harness import BINARY, active, create, fingerprint, list_all, present_revision, watch_all
from load import start_load
from proxy import Proxy
from test_admin import gatehouse

PIECE = 128 << 10

TABLE = []
for index in range(256):
    value = index
    for _ in range(8):
        value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    TABLE.append(value)


def crc32c(data):
    value = 0xFFFFFFFF
    for byte in data:
        value = TABLE[(value ^ byte) & 0xFF] ^ value >> 8
    return value ^ 0xFFFFFFFF


@pytest.fixture
def loaded(new_server):
    """A server with some megabytes of log in several segments, and a snapshot on the way."""
    server = new_server()
    for loader in start_load(server, connections=4, total=2500):
        loader.finish()
    with server.connect() as connection:
        connection.admin.take_snapshot()
    for loader in start_load(server, connections=4, total=2500):
        loader.finish()
    return server


class Received:
    """What has arrived of a backup."""

    def __init__(self):
        self.plan, self.files, self.complete = None, [], None
        self.messages = 0

    def take(self, message):
        kind = message.WhichOneof("kind")
        self.messages += 1
        if kind == "plan":
            assert self.plan is None or message.plan == self.plan
            self.plan = message.plan
            self.files = self.files or [bytearray() for _ in message.plan.files]
        elif kind == "data":
            piece = message.data
            assert piece.offset == len(self.files[piece.file]) and 0 < len(piece.data) <= PIECE
            if self.messages % 8 == 0:
                assert crc32c(piece.data) == piece.checksum
            self.files[piece.file] += piece.data
        else:
            self.complete = message.complete
            assert self.complete.bytes == sum(file.bytes for file in self.plan.files)

    def position(self):
        """The first byte that is missing: file and offset."""
        for number, file in enumerate(self.plan.files):
            if len(self.files[number]) < file.bytes:
                return number, len(self.files[number])
        return len(self.files), 0

    def read(self, stream, messages=None):
        """Takes so many messages, or all up to the end of the stream."""
        try:
            while messages is None or messages > 0:
                message = stream.next()
                assert message is not None, "nothing comes"
                self.take(message)
                stream.grant(1)
                messages = None if messages is None else messages - 1
        except Refusal as end:
            assert end.code == "OK", end
        return self

    def write(self, directory):
        directory.mkdir()
        for file, content in zip(self.plan.files, self.files):
            assert len(content) == file.bytes
            (directory / file.name).write_bytes(content)
        return directory


def verify(directory):
    done = subprocess.run(
        [str(BINARY), "log", "verify", "--json", str(directory)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    found = json.loads(done.stdout)
    assert found["verdict"] == "sound"
    return found


def events_of(server):
    with server.connect() as connection:
        revision = present_revision(connection)
        return watch_all(connection, 0, until=revision, wait=30) if revision else []


def check_is_the_store_at(new_server, directory, source, revision):
    """Serves a backup with the real binary: the same history up to its revision, and every customer as it was then."""
    history = events_of(source)[:revision]
    assert [event.revision for event in history] == list(range(1, revision + 1))
    then = {event.customer.id: event.customer for event in history}
    copy = new_server(data=directory)
    with copy.connect() as connection:
        assert present_revision(connection) == revision
        listed = list_all(connection, page_size=1000)
        assert len(listed) == len(then) > 0
        for customer in listed:
            assert customer == then[customer.id]
        # It goes on as the same history.
        assert create(connection).customer.revision == revision + 1
    assert events_of(copy)[:revision] == history
    assert copy.terminate() == 0


@pytest.mark.parametrize(("messages", "within"), [(12, "snapshot-"), (30, "segment-")])
def test_under_full_load_cut_and_gone_on_with(new_server, loaded, tmp_path, messages, within):
    loaders = start_load(loaded, connections=4)
    received = Received()
    with loaded.connect() as connection:
        received.read(connection.admin.backup(credit=2), messages=messages)
    number, offset = received.position()
    assert received.plan.files[number].name.startswith(within) and offset > 0
    with loaded.connect() as connection:
        stream = connection.admin.backup(plan=received.plan, file=number, offset=offset, credit=4)
        received.read(stream)
        assert present_revision(connection) > received.plan.revision
    told = [loader.finish() for loader in loaders]
    assert all(not each.failures for each in told)
    assert received.complete is not None
    assert any(file.name.startswith("snapshot-") for file in received.plan.files)
    directory = received.write(tmp_path / "backup")
    found = verify(directory)
    assert int(found["revision"]) == received.plan.revision and int(found["chain"], 16) == received.plan.chain
    check_is_the_store_at(new_server, directory, loaded, received.plan.revision)


def test_the_command_goes_on_when_the_connection_is_lost(new_server, loaded, tmp_path):
    loaders = start_load(loaded, connections=2)
    with Proxy(loaded.address, limits=[300_000, 1_000_001, 50, 700_000]) as proxy:
        done = gatehouse(proxy, "log", "backup", "--to", str(tmp_path / "backup"), "--json")
        assert proxy.connections == 5
    for loader in loaders:
        loader.finish()
    result = json.loads(done.stdout)
    assert done.stderr == "" and result["verified"] is True
    assert not (tmp_path / "backup" / "BACKUP.partial").exists()
    assert sum(path.stat().st_size for path in (tmp_path / "backup").iterdir()) == result["bytes"]
    found = verify(tmp_path / "backup")
    assert int(found["revision"]) == result["revision"] and found["chain"] == result["chain"]
    check_is_the_store_at(new_server, tmp_path / "backup", loaded, result["revision"])


def test_a_connection_that_is_lost_again_and_again_is_given_up(loaded, tmp_path):
    with Proxy(loaded.address, limits=[300_000] + [50] * 20) as proxy:
        done = gatehouse(proxy, "log", "backup", "--to", str(tmp_path / "backup"), code=1)
        assert "UNAVAILABLE" in done.stderr and 3 <= proxy.connections <= 6
    again = gatehouse(loaded, "log", "backup", "--to", str(tmp_path / "backup"), code=1)
    assert "unfinished" in again.stderr and "--resume" in again.stderr
    gatehouse(loaded, "log", "backup", "--to", str(tmp_path / "backup"), "--resume")
    verify(tmp_path / "backup")


def start_and_kill(server, place, after):
    """Kills the command when so many bytes have come, and it has noted that it began."""
    index = place / "BACKUP.partial" if place.suffix == "" else pathlib.Path(f"{place}.BACKUP.partial")
    with Proxy(server.address, limits=[after], stalls=True) as proxy:
        command = [str(BINARY), "log", "backup", "--to", str(place), "--server", proxy.listen]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        proxy.wait_passed(after)
        deadline = time.monotonic() + 30
        while not index.exists():
            assert time.monotonic() < deadline, "the backup does not begin"
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        return process.returncode


@pytest.mark.parametrize("name", ["backup", "backup.tar"])
def test_a_killed_command_goes_on_behind_a_restart_of_the_server(new_server, loaded, tmp_path, name):
    place = tmp_path / name
    assert start_and_kill(loaded, place, after=2_300_000) == -signal.SIGKILL
    unfinished = place if name == "backup" else tmp_path
    assert [path.name for path in unfinished.iterdir() if path.name.endswith("BACKUP.partial")]
    assert not place.is_file()
    plain = gatehouse(loaded, "log", "backup", "--to", str(place), code=1)
    assert "--resume" in plain.stderr
    # An unfinished backup is no data directory: nobody takes it for one.
    if name == "backup":
        refused = subprocess.run(
            [str(BINARY), "log", "verify", str(place)], capture_output=True, timeout=60, check=False)
        assert refused.returncode == 2
    loaded.kill()
    loaded.start()
    for loader in start_load(loaded, connections=2, total=200):
        loader.finish()
    done = gatehouse(loaded, "log", "backup", "--to", str(place), "--resume", "--json")
    result = json.loads(done.stdout)
    assert result["verified"] is True
    if name == "backup.tar":
        assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("backup")) == ["backup.tar"]
        place = unpack(place.open("rb"), tmp_path / "unpacked")
    assert verify(place)["chain"] == result["chain"]
    check_is_the_store_at(new_server, place, loaded, result["revision"])
    again = gatehouse(loaded, "log", "backup", "--to", str(tmp_path / name), "--resume", code=1)
    assert "go on with" in again.stderr or "there already" in again.stderr


def unpack(stream, directory):
    """Unpacks an archive with Python's tarfile, which checks every header."""
    directory.mkdir()
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        members = archive.getmembers()
        assert all(member.isreg() and member.mode == 0o640 and "/" not in member.name for member in members)
        assert members[0].name == "MANIFEST" and members[0].mtime > 1_700_000_000
        archive.extractall(directory, filter="data")
    return directory


def test_archives(new_server, loaded, tmp_path):
    with Proxy(loaded.address, limits=[1_000_000]) as proxy:
        piped = subprocess.run(
            [str(BINARY), "log", "backup", "--to", "-", "--server", proxy.listen, "--json"],
            capture_output=True, timeout=60, check=True)
        assert proxy.connections == 2
    result = json.loads(piped.stderr)
    assert result["to"] == "-" and len(piped.stdout) % 10240 == 0
    gatehouse(loaded, "log", "backup", "--to", str(tmp_path / "backup.tar"))
    file = (tmp_path / "backup.tar").read_bytes()
    directory = unpack(io.BytesIO(piped.stdout), tmp_path / "piped")
    assert fingerprint(directory) == fingerprint(unpack(io.BytesIO(file), tmp_path / "file"))
    assert verify(directory)["chain"] == result["chain"]
    check_is_the_store_at(new_server, directory, loaded, result["revision"])


def test_damage_is_never_copied(loaded, tmp_path):
    segment = min(pathlib.Path(loaded.data).glob("segment-*.log"))
    content = segment.read_bytes()
    place = content.index(b"GATEBLCK", 1_000_000)
    with segment.open("r+b") as file:
        file.seek(place + 200)
        file.write(bytes([content[place + 200] ^ 0x40]))
    done = gatehouse(loaded, "log", "backup", "--to", str(tmp_path / "backup"), code=1)
    for part in ("DATA_LOSS", "JOURNAL_DAMAGED", segment.name, str(place)):
        assert part in done.stderr, done.stderr
    copied = tmp_path / "backup" / f"{segment.name}.partial"
    assert copied.stat().st_size <= place and content.startswith(copied.read_bytes())
    with segment.open("r+b") as file:
        file.seek(place + 200)
        file.write(content[place + 200 : place + 201])
    gatehouse(loaded, "log", "backup", "--to", str(tmp_path / "backup"), "--resume")
    verify(tmp_path / "backup")


def test_what_cannot_be_gone_on_with(new_server, loaded, tmp_path):
    start_and_kill(loaded, tmp_path / "backup", after=300_000)
    other = new_server(data=tmp_path / "other")
    done = gatehouse(other, "log", "backup", "--to", str(tmp_path / "backup"), "--resume", code=1)
    assert "STORE_CHANGED" in done.stderr
    with loaded.connect() as connection:
        for _ in range(2):
            active(connection)
            connection.admin.take_snapshot()
    done = gatehouse(loaded, "log", "backup", "--to", str(tmp_path / "backup"), "--resume", code=1)
    assert "BACKUP_STALE" in done.stderr and "snapshot" in done.stderr
    index = tmp_path / "backup" / "BACKUP.partial"
    content = bytearray(index.read_bytes())
    content[20] ^= 1
    index.write_bytes(content)
    done = gatehouse(loaded, "log", "backup", "--to", str(tmp_path / "backup"), "--resume", code=1)
    assert "damaged" in done.stderr and str(index) in done.stderr


def test_where_a_backup_does_not_go(loaded, tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    (full / "thesis.txt").write_text("ten years of work")
    before = fingerprint(tmp_path)
    for place in (full, full / "thesis.txt" / "x"):
        gatehouse(loaded, "log", "backup", "--to", str(place), code=5 if place.name == "x" else 1)
    (tmp_path / "there.tar").write_text("mine")
    done = gatehouse(loaded, "log", "backup", "--to", str(tmp_path / "there.tar"), code=1)
    assert "there already" in done.stderr
    gatehouse(loaded, "log", "backup", "--to", "-", "--resume", code=2)
    gatehouse(loaded, "log", "backup", code=2)
    (tmp_path / "there.tar").unlink()
    after = {name: digest for name, digest in fingerprint(tmp_path).items() if not name.startswith("data/")}
    assert after == {name: digest for name, digest in before.items() if not name.startswith("data/")}


def test_a_backup_of_a_backup(new_server, loaded, tmp_path):
    gatehouse(loaded, "log", "backup", "--to", str(tmp_path / "first"))
    copy = new_server(data=tmp_path / "first")
    gatehouse(copy, "log", "backup", "--to", str(tmp_path / "second"))
    assert verify(tmp_path / "second")["chain"] == verify_after(copy)["chain"]


def verify_after(server):
    assert server.terminate() == 0
    return verify(server.data)


def test_a_reader_that_stops_costs_a_piece(loaded):
    before = loaded.resident_bytes()
    connections = [loaded.connect() for _ in range(4)]
    streams = [connection.admin.backup(credit=2) for connection in connections]
    for stream in streams:
        assert stream.next().HasField("plan") and stream.next().HasField("data")
    with loaded.connect() as connection:
        with pytest.raises(Refusal) as refusal:
            connection.admin.backup().next()
        assert refusal.value.reason == "OVERLOADED" and refusal.value.retry_seconds > 0
        create(connection)
    grown = loaded.resident_bytes() - before
    assert grown < 16 << 20, grown
    for connection in connections:
        connection.close()
    # What a closed connection held is free again.
    with loaded.connect() as connection:
        for _ in range(1000):
            try:
                assert connection.admin.backup().next().HasField("plan")
                break
            except Refusal as refusal:
                assert refusal.reason == "OVERLOADED"
        else:
            raise AssertionError("backups of closed connections are still under way")
