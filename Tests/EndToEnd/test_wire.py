"""Peers that break the wire protocol, or are slow, silent, greedy or gone: refused clearly, at nobody else's cost."""

import resource
import socket
import struct
import threading
import time

import pytest

from gatehouse_client import CUSTOMERS, Closed, Frame, encode_frame, request
from harness import create, list_all, random_wallet_text, refused, unique


def hello(version=1):
    frame = Frame()
    frame.hello.version = version
    frame.hello.agent = "test/1"
    return frame


def call(stream, path=f"{CUSTOMERS}/GetCustomer", payload=b""):
    frame = Frame(stream=stream)
    frame.call.method = path
    frame.call.payload = payload
    return frame


def raw(server, *pieces):
    """A connection without a Hello, on which the bytes given were sent."""
    connection = server.connect(hello=False)
    for piece in pieces:
        connection.send_raw(piece if isinstance(piece, bytes) else encode_frame(piece))
    return connection


def expect_violation(connection, code="INVALID_ARGUMENT"):
    refusal = connection.wait_closed()
    assert refusal is not None, "closed without a GoAway"
    assert refusal.code == code, refusal
    assert refusal.reason == "PROTOCOL_VIOLATION", refusal
    assert len(refusal.message) >= 10
    return refusal


def frame_bytes(body):
    return struct.pack(">I", len(body)) + body


def test_hello_answers_hello(shared_server):
    with shared_server.connect() as connection:
        answer = connection.wait_hello()
        assert answer.version == 1 and len(answer.store_id) == 16 and answer.authorization == ""
        assert "/" in answer.agent and answer.limits.max_frame_bytes == 1 << 20
        assert answer.limits.max_streams > 0
        first = connection.customers.watch(after_revision=0, progress_interval_ms=10).next()
        assert first.store_id == answer.store_id


BROKEN_AFTER_HELLO = {
    "not a message": frame_bytes(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
    "truncated field": frame_bytes(b"\x1a\x7f\x0a"),
    "field number 0": frame_bytes(b"\x00\x01"),
    "unmatched group": frame_bytes(b"\x0b"),
    "stray end of group": frame_bytes(b"\x0c"),
    "wire type 6": frame_bytes(b"\x0e\x00"),
    "11-byte varint": frame_bytes(b"\x08" + b"\x80" * 10 + b"\x01"),
    "empty frame": frame_bytes(b""),
    "no kind": frame_bytes(b"\x08\x01"),
    "unknown kind": frame_bytes(b"\x08\x01\xa2\x06\x00"),
    "bad UTF-8 in the method": frame_bytes(b"\x08\x01\x1a\x04\x0a\x02\xc3\x28"),
    "nesting of 200": frame_bytes(b"\x0b" * 200 + b"\x0c" * 200),
    "one byte too long": struct.pack(">I", (1 << 20) + 1),
    "16 MiB": struct.pack(">I", 1 << 24),
    "4 GiB": b"\xff\xff\xff\xff",
    "HTTP": b"GET / HTTP/1.1\r\n\r\n",
    "a second hello": encode_frame(hello()),
    "stream 0": encode_frame(call(0)),
}


def reply_frame():
    frame = Frame(stream=1)
    frame.reply.payload = b"x"
    return frame


def go_away_frame():
    frame = Frame()
    frame.go_away.last_stream = 1
    return frame


BROKEN_AFTER_HELLO["a reply"] = encode_frame(reply_frame())
BROKEN_AFTER_HELLO["a go_away"] = encode_frame(go_away_frame())


@pytest.mark.parametrize("name", BROKEN_AFTER_HELLO)
def test_broken_frames_close_the_connection(shared_server, name):
    with raw(shared_server, hello(), BROKEN_AFTER_HELLO[name]) as connection:
        expect_violation(connection)
        assert connection.hello is not None
    with shared_server.connect() as other:
        other.ping()


@pytest.mark.parametrize(
    "first",
    [
        call(1),
        reply_frame(),
        frame_bytes(b""),
        frame_bytes(b"\xff"),
        struct.pack(">I", 1 << 22) + b"x",
    ],
    ids=["call", "reply", "empty", "garbage", "too long"],
)
def test_what_comes_before_hello(shared_server, first):
    with raw(shared_server, first) as connection:
        expect_violation(connection)


@pytest.mark.parametrize(
    "first", [b"GET / HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\n", b"\x16\x03\x01\x00\x05hello", b"\xff" * 64]
)
def test_other_protocols_are_shown_the_door(shared_server, first):
    with raw(shared_server, first) as connection:
        connection.wait_closed()


@pytest.mark.parametrize("version", [0, 2, 2**32 - 1])
def test_another_version(shared_server, version):
    with raw(shared_server, hello(version)) as connection:
        refusal = connection.wait_closed()
        assert refusal is not None and "version" in refusal.message.lower(), refusal


def test_used_stream_ids(shared_server):
    for second in (5, 4, 1):
        with raw(shared_server, hello(), call(5), call(second)) as connection:
            expect_violation(connection)
    with raw(shared_server, hello(), call(2**32 - 1)) as connection:
        assert connection.reply(2**32 - 1).status.code == 3


def test_go_away_names_the_last_stream(shared_server):
    with raw(shared_server, hello(), call(7), frame_bytes(b"")) as connection:
        expect_violation(connection)
        assert connection.go_away.last_stream == 7


def test_frames_of_streams_that_ended_are_harmless(connection):
    customer = create(connection).customer
    for frame in (Frame(stream=1), Frame(stream=1)):
        frame.cancel.SetInParent()
        connection.send(frame)
        frame.credit.messages = 5
        connection.send(frame)
    pong = Frame()
    pong.pong.nonce = 77
    connection.send(pong)
    assert connection.customers.get_customer(customer_id=customer.id).customer == customer


def test_one_byte_at_a_time(shared_server):
    creation = request(f"{CUSTOMERS}/CreateCustomer", wallet=random_wallet_text(), external_id=unique())
    data = encode_frame(hello()) + encode_frame(call(1, f"{CUSTOMERS}/CreateCustomer", creation.SerializeToString()))
    with shared_server.connect(hello=False) as connection:
        for index in range(len(data)):
            connection.send_raw(data[index : index + 1])
            time.sleep(0.0005)
        assert connection.reply(1).status.code == 0


def test_the_greatest_frame_is_taken(connection):
    path = f"{CUSTOMERS}/CreateCustomer"
    creation = request(path, wallet=random_wallet_text(), external_id=unique())
    padding = (1 << 20) - len(encode_frame(call(1, path, creation.SerializeToString()))) - 16
    payload = creation.SerializeToString() + b"\xfa\x7f" + varint(padding) + bytes(padding)
    assert (1 << 20) - 32 < len(encode_frame(call(1, path, payload))) - 4 <= 1 << 20
    assert connection.finish(connection.begin(path, payload)).customer.external_id == creation.external_id


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def test_pipelined_right_behind_hello(shared_server):
    frames = [hello()] + [call(number, "grpc.health.v1.Health/Check") for number in range(1, 101)]
    with raw(shared_server, b"".join(map(encode_frame, frames))) as connection:
        for number in range(1, 101):
            assert connection.reply(number).status.code == 0


def test_ping(connection):
    for nonce in (0, 1, 2**64 - 1):
        assert connection.ping(nonce) < 5


def test_cancel_ends_a_stream_with_cancelled(connection):
    stream = connection.customers.watch()
    assert stream.next().HasField("progress")
    stream.cancel()
    ended = stream.end()
    assert (ended.code, ended.reason) == ("CANCELLED", "CANCELLED")
    connection.cancel(stream.number)
    connection.ping()


def test_a_deadline_ends_a_stream(connection):
    stream = connection.customers.watch(timeout_us=200_000)
    began = time.monotonic()
    ended = stream.end()
    assert (ended.code, ended.reason) == ("DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED")
    assert 0.15 < time.monotonic() - began < 5


def test_a_deadline_that_cannot_be_met(connection):
    outcomes = set()
    for _ in range(200):
        stream = connection.begin(
            f"{CUSTOMERS}/CreateCustomer",
            request(f"{CUSTOMERS}/CreateCustomer", wallet=random_wallet_text(), external_id=unique()),
            timeout_us=1,
        )
        outcomes.add(connection.reply(stream).status.code)
    assert 4 in outcomes and outcomes <= {0, 4}
    assert create(connection).customer.id


def test_a_generous_deadline_is_no_hindrance(connection):
    stream = connection.begin("grpc.health.v1.Health/Check", b"", timeout_us=2**64 - 1)
    assert connection.reply(stream).status.code == 0
    stream = connection.begin("grpc.health.v1.Health/Check", b"", timeout_us=60_000_000)
    assert connection.reply(stream).status.code == 0


def test_streams_are_limited(shared_server):
    with shared_server.connect() as connection:
        limit = connection.wait_hello().limits.max_streams
        watches = [connection.health.watch() for _ in range(limit + 5)]
        refusals = []
        for watch in watches[-5:]:
            while watch.status is None:
                assert connection.pump(time.monotonic() + 10)
            refusals.append(watch.end())
        assert {(each.code, each.reason) for each in refusals} == {("RESOURCE_EXHAUSTED", "TOO_MANY_STREAMS")}
        assert all("limit" in each.metadata for each in refusals)
        connection.ping()


def test_disappearing_in_the_middle_of_a_frame(shared_server):
    data = encode_frame(hello()) + encode_frame(call(1))
    for cut in range(1, len(data)):
        raw(shared_server, data[:cut]).close()
    for cut in range(5, len(data), 7):
        connection = raw(shared_server, data[:cut])
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    with shared_server.connect() as other:
        other.ping()


def test_half_closing_still_gets_answers(shared_server):
    with shared_server.connect() as connection:
        streams = [connection.begin("grpc.health.v1.Health/Check", b"") for _ in range(10)]
        connection.socket.shutdown(socket.SHUT_WR)
        try:
            for stream in streams:
                assert connection.reply(stream).status.code == 0
        except Closed:
            pytest.fail("answers are owed to a client that only stopped sending")


@pytest.mark.timeout(120)
def test_a_client_that_never_reads(new_server):
    """What is queued for it is bounded: the server stops reading from it, and others do not notice."""
    server = new_server()
    with server.connect() as worker:
        for _ in range(100):
            create(worker)
        path = f"{CUSTOMERS}/ListCustomers"
        piece = b"".join(
            encode_frame(call(number, path, request(path, page_size=100).SerializeToString()))
            for number in range(1, 100_001)
        )
        before = server.resident_bytes()
        greedy = server.connect()
        greedy.socket.settimeout(3)
        sent = 0
        try:
            while sent < len(piece):
                sent += greedy.socket.send(piece[sent : sent + 65536])
        except (TimeoutError, socket.timeout, ConnectionError):
            pass
        assert sent < len(piece), "the server swallows everything from a client that reads nothing"
        grown = server.resident_bytes() - before
        print(f"sent {sent} bytes unread; resident memory grew by {grown} bytes")
        assert grown < 64 << 20
        for _ in range(50):
            create(worker)
        assert worker.ping() < 1
        greedy.close()


@pytest.mark.timeout(120)
def test_a_thousand_silent_connections(new_server):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    server = new_server()
    before = server.resident_bytes()
    silent = [socket.create_connection(server.address) for _ in range(1000)]
    try:
        with server.connect() as worker:
            began = time.monotonic()
            for _ in range(100):
                create(worker)
            assert time.monotonic() - began < 20
        print(f"resident memory for 1000 silent connections: {server.resident_bytes() - before} bytes")
        assert server.resident_bytes() - before < 100 << 20
        # The server allows ten seconds to say Hello.
        deadline = time.monotonic() + 30
        for each in silent[::100]:
            each.settimeout(max(0.1, deadline - time.monotonic()))
            while each.recv(4096):
                pass
    finally:
        for each in silent:
            each.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_cancelling_storms(shared_server):
    """Streams that are opened and cancelled at once free what they held (CVE-2023-44487 and its like)."""
    with shared_server.connect() as connection:
        path = f"{CUSTOMERS}/Watch"
        for _ in range(20):
            data = bytearray()
            for _ in range(200):
                connection.last_stream += 1
                data += encode_frame(call(connection.last_stream, path))
                cancel = Frame(stream=connection.last_stream)
                cancel.cancel.SetInParent()
                data += encode_frame(cancel)
            connection.send_raw(bytes(data))
            connection.ping()
        connection.finished.clear()
        assert create(connection).customer.id
    with shared_server.connect() as other:
        assert other.ping() < 1


def test_sigterm_finishes_what_was_begun(new_server):
    server = new_server()
    connection = server.connect()
    watch = connection.customers.watch()
    assert watch.next().HasField("progress")
    path = f"{CUSTOMERS}/CreateCustomer"
    streams = [
        connection.begin(path, request(path, wallet=random_wallet_text(), external_id=unique()), buffered=True)
        for _ in range(1000)
    ]
    connection.flush()
    connection.reply(streams[0])
    exit_code = []
    stopper = threading.Thread(target=lambda: exit_code.append(server.terminate()))
    stopper.start()
    codes = {}
    try:
        while connection.pump(time.monotonic() + 15):
            pass
    except Closed as closed:
        assert closed.refusal.code == "UNAVAILABLE" and closed.refusal.reason == "SHUTTING_DOWN"
        last = closed.go_away.last_stream
    else:
        pytest.fail("the connection stays open")
    stopper.join()
    assert exit_code == [0]
    for stream in streams[1:]:
        if stream in connection.finished:
            codes[stream] = connection.finished[stream].status.code
    assert set(codes.values()) <= {0, 14}
    assert all(stream in codes for stream in streams[1:] if stream <= last), "every call that was taken is answered"
    assert watch.end().code == "UNAVAILABLE"
    done = {stream for stream, code in codes.items() if code == 0} | {streams[0]}
    server.start()
    with server.connect() as again:
        assert len(list_all(again, page_size=1000)) == len(done)


def test_no_new_connections_after_sigterm(new_server):
    server = new_server()
    assert server.terminate() == 0
    with pytest.raises(ConnectionError):
        server.connect()


def test_reasons_of_the_wire_have_their_details(connection):
    with refused("UNIMPLEMENTED", "METHOD_UNKNOWN", method="a/b"):
        connection.finish(connection.begin("a/b", b""))
