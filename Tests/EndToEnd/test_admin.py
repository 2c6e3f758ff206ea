"""What whoever runs the server asks of it: how it is, and snapshots."""

import json
import pathlib
import subprocess

from gatehouse_client import WriteRefusal
from harness import BINARY, active, create, list_all
from load import start_load


def status(server):
    with server.connect() as connection:
        return connection.admin.get_status()


def gatehouse(server, *arguments, code=0, **options):
    """Runs the command line against a server: what it printed, and what it complained of."""
    done = subprocess.run(
        [str(BINARY), *arguments, "--server", server.listen], capture_output=True, text=True, timeout=60, **options
    )
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done


def test_an_empty_server(new_server):
    server = new_server()
    found = status(server)
    assert len(found.store_id) == 16 and found.version
    assert (found.customers, found.log.durable_revision, found.log.decided_revision) == (0, 0, 0)
    assert (found.log.sequence, found.log.segments, found.log.oldest_revision) == (0, 1, 1)
    assert found.log.recovery_estimate_seconds == 0 and not found.snapshots
    assert found.write_refusal == WriteRefusal.UNSPECIFIED and not found.HasField("write_refusal_since")
    assert found.connections == 1 and found.flush.life.count == 0
    resident = server.resident_bytes()
    assert abs(found.resident_bytes - resident) < 4 << 20
    assert 0 < found.recovery.duration_us < 10_000_000 and found.recovery.records == 0


def test_the_status_is_right_before_and_after_load_and_a_restart(new_server):
    server = new_server()
    before = status(server)
    told = [loader.finish() for loader in start_load(server, connections=4, total=500)]
    changes = sum(len(each.customers) for each in told)
    found = status(server)
    with server.connect() as connection:
        customers = len(list_all(connection, page_size=1000))
    assert found.customers == customers
    assert found.log.durable_revision == found.log.decided_revision == changes
    assert found.log.events_since_snapshot == changes and found.log.waiting_bytes == 0
    assert found.log.bytes_since_snapshot == found.log.bytes - 4096 * found.log.segments
    assert found.log.chain != before.log.chain and found.store_id == before.store_id
    for figures in (found.flush.life, found.flush.recent):
        assert figures.count == found.log.sequence > 0
        assert 0 < figures.p50_us <= figures.p99_us <= figures.max_us
    assert found.calls > changes and found.uptime_us > before.uptime_us

    server.restart()
    again = status(server)
    for field in ("durable_revision", "sequence", "chain", "events_since_snapshot"):
        assert getattr(again.log, field) == getattr(found.log, field), field
    assert again.customers == customers and again.store_id == found.store_id
    assert again.recovery.blocks == found.log.sequence and again.recovery.records >= changes
    assert again.recovery.bytes == found.log.bytes_since_snapshot
    assert again.recovery.cut_bytes == 0 and again.recovery.quarantine_file == ""
    assert again.flush.life.count == 0 and again.uptime_us < found.uptime_us


def test_a_cut_tail_is_told(new_server):
    server = new_server()
    with server.connect() as connection:
        create(connection)
    server.kill()
    segment = min(pathlib.Path(server.data).glob("segment-*.log"))
    content = bytearray(segment.read_bytes())
    used = (len(bytes(content).rstrip(b"\0")) + 4095) // 4096 * 4096
    content[used : used + 512] = b"Z" * 512
    segment.write_bytes(content)
    server.start()
    recovery = status(server).recovery
    assert recovery.cut_bytes == 512 and pathlib.Path(recovery.quarantine_file).read_bytes() == b"Z" * 512


def test_a_snapshot_when_asked_for(new_server):
    server = new_server()
    with server.connect() as connection:
        active(connection)
        taken = connection.admin.take_snapshot()
        assert taken.snapshot.revision == 4 and taken.duration_us > 0
        active(connection)
        found = connection.admin.get_status()
        assert list(found.snapshots) == [taken.snapshot] and found.log.events_since_snapshot == 4
        again = connection.admin.take_snapshot()
        assert again.snapshot.revision == 8
        assert list(connection.admin.get_status().snapshots) == [taken.snapshot, again.snapshot]
    file = server.data / again.snapshot.file
    assert file.stat().st_size == again.snapshot.bytes
    server.restart()
    found = status(server)
    assert found.recovery.snapshot_revision == 8 and found.recovery.records == 0
    assert found.customers == 2 and found.log.events_since_snapshot == 0


def test_the_command_line_tells_the_same(new_server):
    server = new_server()
    with server.connect() as connection:
        active(connection)
    taken = json.loads(gatehouse(server, "log", "snapshot", "--json").stdout)
    found = json.loads(gatehouse(server, "log", "status", "--json").stdout)
    wire = status(server)
    assert found["snapshots"] == [taken["snapshot"]] and taken["snapshot"]["revision"] == 4
    assert found["store_id"] == wire.store_id.hex() and int(found["log"]["chain"], 16) == wire.log.chain
    for name in ("durable_revision", "sequence", "segments", "bytes", "oldest_revision"):
        assert found["log"][name] == getattr(wire.log, name), name
    assert found["write_refusal"] == "UNSPECIFIED" and found["customers"] == 1
    page = gatehouse(server, "log", "status").stdout
    for part in (found["store_id"], found["log"]["chain"], "taken", "revision 4", taken["snapshot"]["file"], "p99"):
        assert part in page, (part, page)
    assert "\x1b" not in page
    assert taken["snapshot"]["file"] in gatehouse(server, "log", "snapshot").stdout
