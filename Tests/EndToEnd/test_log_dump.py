"""`gatehouse log dump`: what a data directory holds, as JSON lines."""

import json
import pathlib
import shutil
import subprocess

from harness import (
    BINARY, Wallet, active, create, fingerprint, history, list_all, prove, refused, verifying, watch_all)
from load import start_load


def dump(data, *flags, code=0):
    """The lines, and what went to standard error; checks that nothing was changed."""
    done = subprocess.run(
        [str(BINARY), "log", "dump", str(data), *flags], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n") if line], done.stderr


def watched(server, count):
    """The lines of `watch --json` from the very first event on."""
    done = subprocess.run(
        [str(BINARY), "watch", "--json", "--server", server.listen, "--after", "0", "--count", str(count)],
        capture_output=True, text=True, timeout=60, check=True)
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def lived(new_server):
    """A server with a history of every kind in it."""
    server = new_server()
    with server.connect() as connection:
        first = active(connection)
        connection.customers.deactivate(customer_id=first.id, reason="lost card", private_detail="seen twice")
        verifying(connection)
        wallet = Wallet()
        response = create(connection, wallet.on(), external_id="zoë \u2028", labels={"tier": "gold"})
        with refused("PERMISSION_DENIED", "SIGNATURE_MISMATCH", attempts_left=...):
            prove(connection, Wallet(), response, idempotency_key="wrong-key")
        # A report about an attempt that is over is recorded, and changes nothing.
        connection.reviews.report_screening(customer_id=first.id, attempt=1, outcome=1, provider="late")
        events = watch_all(connection, 0, until=max(each.revision for each in list_all(connection)))
    return server, first, len(events)


def test_a_dump_says_what_watch_says(new_server):
    server, customer, count = lived(new_server)
    expected = watched(server, count)
    beside, errors = dump(server.data)
    assert beside == expected and errors == ""
    with server.connect() as connection:
        own = [event.revision for event in history(connection, customer.id)]
    assert server.terminate() == 0
    before = fingerprint(server.data)
    assert dump(server.data)[0] == expected
    assert dump(server.data, "--from", "3", "--to", "7")[0] == expected[2:7]
    assert dump(server.data, "--from", str(count + 1))[0] == []
    of_customer = dump(server.data, "--customer", customer.id)[0]
    assert [line["revision"] for line in of_customer] == own
    lines = dump(server.data, "--notes")[0]
    assert [line for line in lines if line["kind"] == "event"] == expected
    notes = [line for line in lines if line["kind"] == "note"]
    assert [note["report"]["provider"] for note in notes if "report" in note] == ["late"]
    assert all(note["customer_id"] and note["at"] and note["after_revision"] for note in notes)
    assert fingerprint(server.data) == before


def test_a_dump_of_blocks(new_server):
    server, _, count = lived(new_server)
    assert server.terminate() == 0
    blocks = dump(server.data, "--raw")[0]
    assert [block["sequence"] for block in blocks] == list(range(1, len(blocks) + 1))
    assert blocks[-1]["last_revision"] == count and all(block["attested"] for block in blocks)
    verified = subprocess.run(
        [str(BINARY), "log", "verify", "--json", str(server.data)], capture_output=True, text=True, check=True)
    assert blocks[-1]["chain"] == json.loads(verified.stdout)["chain"]
    content = pathlib.Path(blocks[0]["file"]).read_bytes()
    assert content[blocks[0]["offset"] :].startswith(b"GATEBLCK")


def test_a_dump_beside_a_running_server(new_server):
    """Whatever is printed is durable, dense from the first on, and grows from dump to dump."""
    server = new_server()
    loaders = start_load(server, connections=2, depth=64, total=20_000)
    seen = 0
    for _ in range(4):
        lines, errors = dump(server.data)
        assert errors == "" and [line["revision"] for line in lines] == list(range(1, len(lines) + 1))
        assert len(lines) >= seen
        seen = len(lines)
    for loader in loaders:
        assert not loader.finish().failures
    with server.connect() as connection:
        events = watch_all(connection, 0, until=seen) if seen else []
    assert [event.customer.id for event in events[:seen]] == [line["customer"]["id"] for line in lines]


def test_a_dump_of_a_damaged_log(new_server, tmp_path):
    """All that is whole before the damage, then file and offset and exit code 2."""
    server, _, count = lived(new_server)
    expected = watched(server, count)
    assert server.terminate() == 0
    blocks = dump(server.data, "--raw")[0]
    for block in blocks[:: max(1, len(blocks) // 5)]:
        data = tmp_path / f"damaged-{block['sequence']}"
        shutil.copytree(server.data, data)
        segment = data / pathlib.Path(block["file"]).name
        content = bytearray(segment.read_bytes())
        content[block["offset"] + 130] ^= 4
        segment.write_bytes(content)
        before = fingerprint(data)
        lines, errors = dump(data, code=2)
        assert lines == expected[: block["first_revision"] - 1]
        assert segment.name in errors and str(block["offset"]) in errors
        assert fingerprint(data) == before


def test_what_is_no_data_directory(tmp_path):
    for path in (tmp_path / "empty", tmp_path / "other"):
        path.mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("mine")
    for path in (tmp_path / "empty", tmp_path / "other"):
        for command in ("dump", "verify"):
            done = subprocess.run(
                [str(BINARY), "log", command, str(path)], capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 2 and "MANIFEST" in done.stderr and "()" not in done.stderr, done.stderr
    assert "no store was ever made" in dump(tmp_path / "empty", code=2)[1]
    assert dump(tmp_path / "missing", code=5)[0] == []
