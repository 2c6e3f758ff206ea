"""A data directory that is not as it should be: a clear message, the right exit code, and nothing on disk changed."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from gatehouse_client import CUSTOMERS, request
from harness import (
    BINARY, NotStarted, create, fingerprint, list_all, log_verify, random_wallet_text, unique, watch_all)
from load import start_load


def refused_start(new_server, *flags, code, **options):
    with pytest.raises(NotStarted) as caught:
        new_server(*flags, **options)
    assert caught.value.code == code, caught.value
    assert len(caught.value.errors) > 10, "it says why"
    assert "Fatal error" not in caught.value.errors and "Current stack trace" not in caught.value.errors
    return caught.value.errors


def filled(new_server, events=300):
    """A directory with some history in it, the server stopped."""
    server = new_server()
    for loader in start_load(server, connections=1, total=events):
        loader.finish()
    with server.connect() as connection:
        listed = list_all(connection, page_size=1000)
    assert server.terminate() == 0
    return server, listed


def log_segments(data):
    """The files that hold the log: the greatest ones."""
    files = [path for path in pathlib.Path(data).rglob("*") if path.is_file()]
    return [path for path in files if path.stat().st_size >= 1 << 20]


def test_two_servers_on_one_directory(new_server):
    first = new_server()
    errors = refused_start(new_server, code=3)
    assert str(first.data) in errors
    with first.connect() as connection:
        assert create(connection).customer.id
    assert first.terminate() == 0
    assert new_server().terminate() == 0


def bypasses_the_cache(server):
    """Of each segment that the server has open to write, whether it writes past the page cache."""
    process = pathlib.Path("/proc") / str(server.process.pid)
    found = {}
    for link in (process / "fd").iterdir():
        try:
            name = pathlib.Path(os.readlink(link)).name
            information = (process / "fdinfo" / link.name).read_text()
        except FileNotFoundError:
            continue  # closed since it was listed, as a connection is whose client has just gone
        if name.startswith("segment-"):
            flags = int(re.search(r"flags:\s+(\d+)", information).group(1), 8)
            if flags & os.O_ACCMODE != os.O_RDONLY:
                found[name] = bool(flags & os.O_DIRECT)
    return found


def test_the_log_goes_past_the_page_cache_where_it_can(new_server, tmp_path):
    try:
        os.close(os.open(tmp_path / "probe", os.O_WRONLY | os.O_CREAT | os.O_DIRECT))
    except OSError:
        pytest.skip("the file system has no O_DIRECT")
    # The second start goes on in a segment that the first one made ahead.
    for _ in range(2):
        server = new_server(data=tmp_path / "data")
        with server.connect() as connection:
            assert create(connection).customer.id
        found = bypasses_the_cache(server)
        assert found and all(found.values()), found
        assert server.terminate() == 0


def test_a_directory_that_is_made(new_server, tmp_path):
    server = new_server(data=tmp_path / "fresh")
    assert (tmp_path / "fresh").is_dir()
    assert server.terminate() == 0


def test_a_file_in_its_place(new_server, tmp_path):
    (tmp_path / "data").write_text("mine")
    refused_start(new_server, code=5)
    assert (tmp_path / "data").read_text() == "mine"


def test_somebody_else_s_directory(new_server, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "thesis.txt").write_text("ten years of work")
    before = fingerprint(data)
    with pytest.raises(NotStarted) as caught:
        new_server()
    assert caught.value.code in (4, 5), caught.value
    assert str(data) in caught.value.errors
    assert fingerprint(data) == before and os.listdir(data) == ["thesis.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_directory_that_cannot_be_written(new_server, tmp_path):
    data = tmp_path / "data"
    data.mkdir(mode=0o500)
    refused_start(new_server, code=5)


def test_a_directory_below_nothing_that_can_be_written(new_server):
    errors = refused_start(new_server, data="/proc/gatehouse-data", code=5)
    assert "/proc/gatehouse-data" in errors


def test_an_unknown_version(new_server):
    server, _ = filled(new_server, 20)
    manifests = [path for path in pathlib.Path(server.data).rglob("*") if "manifest" in path.name.lower()]
    assert len(manifests) == 1
    manifest = manifests[0]
    whole = manifest.read_bytes()
    manifest.write_bytes(bytes(byte ^ 0xFF for byte in whole))
    before = fingerprint(server.data)
    errors = refused_start(new_server, code=4)
    assert manifest.name in errors
    assert fingerprint(server.data) == before
    manifest.write_bytes(whole)
    assert new_server().terminate() == 0


def test_no_manifest_is_not_a_new_store(new_server):
    server, _ = filled(new_server, 20)
    manifest = next(path for path in pathlib.Path(server.data).rglob("*") if "manifest" in path.name.lower())
    manifest.unlink()
    before = fingerprint(server.data)
    with pytest.raises(NotStarted) as caught:
        new_server()
    assert caught.value.code in (4, 5)
    assert fingerprint(server.data) == before


def test_a_missing_segment(new_server):
    server, _ = filled(new_server, 20)
    segment = min(log_segments(server.data))
    segment.unlink()
    before = fingerprint(server.data)
    errors = refused_start(new_server, code=4)
    assert segment.name in errors
    assert fingerprint(server.data) == before


@pytest.mark.timeout(180)
def test_a_flipped_byte_in_the_log(new_server, tmp_path):
    """Every sampled byte of what was acknowledged, early and late: refused, file and offset named, nothing changed."""
    server, listed = filled(new_server, 300)
    segment = min(log_segments(server.data))
    content = segment.read_bytes()
    used = len(content.rstrip(b"\0"))
    assert used > 10_000
    pristine = tmp_path / "pristine"
    shutil.copytree(server.data, pristine)
    # The watermark of a block attests the blocks before it, so damage anywhere but in the last blocks is told from a
    # torn tail.
    for offset in (0, 5, 40, 200, used // 4, used // 3, used // 2, used // 2 + 1, used * 2 // 3):
        damaged = bytearray(content)
        damaged[offset] ^= 0x10
        segment.write_bytes(damaged)
        before = fingerprint(server.data)
        try:
            again = new_server()
        except NotStarted as refusal:
            assert refusal.code == 4, refusal
            assert segment.name in refusal.errors and re.search(r"\d", refusal.errors)
            assert fingerprint(server.data) == before, f"changed on disk at offset {offset}"
        else:
            # A byte that nothing depends on: the fill between two blocks.
            assert content[offset] == 0, f"the flipped byte at {offset} goes unnoticed"
            with again.connect() as connection:
                assert list_all(connection, page_size=1000) == listed
            assert again.terminate() == 0
            shutil.rmtree(server.data)
            shutil.copytree(pristine, server.data)
    segment.write_bytes(content)
    with new_server().connect() as connection:
        assert list_all(connection, page_size=1000) == listed


def test_verify_says_what_a_start_would(new_server):
    server, listed = filled(new_server, 100)
    code, found, errors = log_verify(server.data)
    assert (code, found["verdict"], errors) == (0, "sound", "")
    assert int(found["revision"]) >= len(listed)
    segment = min(log_segments(server.data))
    content = segment.read_bytes()
    used = len(content.rstrip(b"\0"))
    # The last of its blocks is attested by the watermark, so any damage is told from a torn tail.
    for offset in (3, 4100, used // 2, used - 1):
        segment.write_bytes(content[:offset] + bytes([content[offset] ^ 1]) + content[offset + 1 :])
        code, found, errors = log_verify(server.data)
        assert code == 2 and found["verdict"] == "refused" and segment.name in found["file"], found
        assert segment.name in errors and segment.name in refused_start(new_server, code=4)
    segment.write_bytes(content)
    assert log_verify(server.data)[0] == 0


def test_verify_reports_a_torn_tail(new_server):
    """It says what the next start does."""
    server, listed = filled(new_server, 50)
    segment = min(log_segments(server.data))
    content = segment.read_bytes()
    start = (len(content.rstrip(b"\0")) + 4095) // 4096 * 4096
    segment.write_bytes(content[:start] + bytes(range(256)) * 2 + content[start + 512 :])
    code, found, errors = log_verify(server.data)
    assert (code, found["verdict"], int(found["torn_offset"])) == (1, "torn", start), (found, errors)
    assert segment.name in found["torn_file"] and segment.name in errors
    with new_server().connect() as connection:
        assert list_all(connection, page_size=1000) == listed


def test_verify_beside_a_running_server(new_server):
    server = new_server()
    loaders = start_load(server, connections=2, depth=64, total=40_000)
    for _ in range(5):
        done = subprocess.run(
            [str(BINARY), "log", "verify", str(server.data)], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
    for loader in loaders:
        assert not loader.finish().failures


def test_a_torn_tail_is_set_aside(new_server):
    """Garbage behind the last block, as a crash in mid-write leaves it: reported, kept aside, and served without."""
    server, listed = filled(new_server, 50)
    segment = min(log_segments(server.data))
    content = segment.read_bytes()
    used = len(content.rstrip(b"\0"))
    start = (used + 4095) // 4096 * 4096
    damaged = bytearray(content)
    damaged[start : start + 512] = bytes(range(256)) * 2
    segment.write_bytes(damaged)
    again = new_server()
    with again.connect() as connection:
        assert list_all(connection, page_size=1000) == listed
        create(connection)
    assert again.terminate() == 0
    assert list((pathlib.Path(server.data) / "quarantine").iterdir())
    third = new_server()
    with third.connect() as connection:
        assert len(list_all(connection, page_size=1000)) == len(listed) + 1


def test_a_port_that_is_taken(new_server, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [BINARY, "serve", "--listen", f"127.0.0.1:{port}", "--data", tmp_path / "data"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
    assert done.returncode not in (0, 2, 3, 4) and done.returncode < 128
    assert str(port) in done.stderr and done.stdout == ""


@pytest.mark.parametrize(
    "flags",
    [
        ["--no-such-flag"],
        ["--listen"],
        ["--listen", "nonsense"],
        ["--listen", "127.0.0.1:99999"],
        ["--listen", "127.0.0.1"],
        ["--listen", "0.0.0.0:0"],
        ["--challenge-ttl", "0"],
        ["--challenge-ttl", "-5"],
        ["--challenge-ttl", "soon"],
        ["--challenge-statement", "line\nbreak"],
        ["--challenge-statement", "naïve"],
        ["--challenge-statement", 'say "hi"'],
        ["--challenge-domain", "a b"],
        ["--challenge-domain", ""],
        ["--challenge-uri", "not a uri"],
        ["--sandbox-screening", "maybe"],
        ["--sandbox-verification", "maybe"],
        ["--log-format", "xml"],
        ["stray"],
    ],
)
def test_bad_flags(flags, tmp_path):
    command = [BINARY, "serve", "--listen", "127.0.0.1:0", "--data", tmp_path / "data", "--sandbox", *flags]
    if flags[0] == "--listen":
        command[2:4] = []
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert done.stderr and done.stdout == ""
    assert not (tmp_path / "data").exists(), "nothing is made before the flags are right"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_stop_it_gracefully(new_server, number):
    server = new_server()
    server.process.send_signal(number)
    assert server.process.wait(20) == 0


def test_every_flag_has_an_environment_variable(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "GATEHOUSE_LISTEN": "127.0.0.1:0",
        "GATEHOUSE_DATA": str(tmp_path / "env"),
    }
    process = subprocess.Popen(
        [BINARY, "serve"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment
    )
    try:
        assert process.stdout.readline().startswith(b"gatehouse: listening on 127.0.0.1:")
        assert (tmp_path / "env").is_dir()
    finally:
        process.terminate()
        assert process.wait(20) == 0
        process.stdout.close()
        process.stderr.close()


@pytest.mark.timeout(300)
def test_a_hundred_thousand_customers(new_server):
    total, window = 100_000, 1000  # a connection may have 1024 calls open
    server = new_server()
    empty = server.resident_bytes()
    path = f"{CUSTOMERS}/CreateCustomer"
    with server.connect() as connection:
        streams = []
        began = time.monotonic()
        for number in range(total):
            message = request(path, wallet=random_wallet_text(), external_id=unique())
            streams.append(connection.begin(path, message, buffered=True))
            if len(streams) == window:
                connection.flush()
                for stream in streams:
                    assert connection.reply(stream).status.code == 0
                    connection.calls.pop(stream)
                streams.clear()
        seconds = time.monotonic() - began
    grown = server.resident_bytes() - empty
    print(f"{total} customers in {seconds:.1f} s over one connection; resident memory grew by {grown} bytes")
    assert server.terminate() == 0
    server.start()
    print(f"started again in {server.startup:.3f} s with {server.resident_bytes()} bytes resident")
    assert server.startup < 5
    with server.connect() as connection:
        customers = list_all(connection, page_size=1000)
        assert len(customers) == total and [each.revision for each in customers] == list(range(1, total + 1))
        tail = watch_all(connection, total - 1000, until=total)
        assert [event.customer for event in tail] == customers[-1000:]
