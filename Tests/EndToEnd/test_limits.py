"""What one principal may do, so that it takes the server from nobody else."""

import itertools
import time

import pytest

from access import TokenServer, Tokens
from gatehouse_client import HEALTH, Refusal, request
from harness import Server, Wallet, check_refusal, create, refused


@pytest.fixture
def limited(tmp_path):
    """Makes a server with limits, and two principals."""
    tokens = Tokens(
        tmp_path / "tokens",
        ("shop", "acme", "partner"),
        ("shop", "acme", "observer", "shop's other token"),
        ("other", "globex", "partner"),
    )
    servers = []

    def make(*flags):
        server = Server(tmp_path / "data", "--tokens", str(tokens.path), *flags)
        servers.append(server)
        return TokenServer(server.start(), tokens)

    yield make
    for server in servers:
        if server.process.poll() is None:
            assert server.terminate() == 0


def check_health(connection, count):
    """Calls all at once: how many were answered, and how the others were refused."""
    path = f"{HEALTH}/Check"
    streams = [connection.begin(path, request(path), buffered=True) for _ in range(count)]
    connection.flush()
    refusals = []
    for stream in streams:
        try:
            connection.finish(stream)
        except Refusal as refusal:
            refusals.append(refusal)
    return count - len(refusals), refusals


def test_calls_a_second(limited):
    server = limited("--max-calls", "5")
    with server.connect("shop") as shop, server.connect("shop's other token") as same, server.connect("other") as other:
        began = time.monotonic()
        answered, refusals = check_health(shop, 200)
        took = time.monotonic() - began
        assert answered >= 5 and refusals
        # Five at once and five a second, however slow the machine.
        assert answered <= 5 + 5 * took + 1
        for refusal in refusals:
            check_refusal(refusal, "RESOURCE_EXHAUSTED", "RATE_LIMITED", limit="5")
            assert 0 < refusal.retry_seconds <= 0.2
        # The principal's other token has no calls of its own; the other principal has.
        assert check_health(other, 5) == (5, [])
        deadline = time.monotonic() + 30
        while True:
            answered, refusals = check_health(same, 1)
            if answered:
                break
            assert time.monotonic() < deadline
            time.sleep(refusals[0].retry_seconds)


def test_streaming_calls_are_calls(limited):
    server = limited("--max-calls", "2")
    with server.connect("shop") as shop:
        ends = []
        for stream in [shop.health.watch() for _ in range(50)]:
            try:
                stream.next(5)
            except Refusal as refusal:
                ends.append(refusal)
        assert ends
        for refusal in ends:
            check_refusal(refusal, "RESOURCE_EXHAUSTED", "RATE_LIMITED", limit="2")


def test_streams_over_all_connections(limited):
    server = limited("--max-principal-streams", "3")
    with server.connect("shop") as one, server.connect("shop's other token") as two, server.connect("other") as other:
        streams = [one.customers.watch(), one.customers.watch_stats(), two.health.watch()]
        for stream in streams:
            stream.next()
        for connection in (one, two):
            check_refusal(connection.customers.watch().end(), "RESOURCE_EXHAUSTED", "TOO_MANY_STREAMS", limit="3")
        for stream in [other.customers.watch() for _ in range(3)]:
            stream.next()
        # Unary calls are not streams.
        create(one)
        # A stream that ends makes room, whether it was cancelled …
        streams[0].cancel()
        streams[0].end()
        stream = two.customers.watch()
        stream.next()
        check_refusal(one.customers.watch().end(), "RESOURCE_EXHAUSTED", "TOO_MANY_STREAMS", limit="3")
        # … or its connection is gone …
        two.close()
        deadline = time.monotonic() + 30
        opened = []
        while len(opened) < 2:
            stream = one.customers.watch()
            try:
                stream.next()
                opened.append(stream)
            except Refusal as refusal:
                check_refusal(refusal, "RESOURCE_EXHAUSTED", "TOO_MANY_STREAMS", limit="3")
                assert time.monotonic() < deadline
        check_refusal(one.customers.watch().end(), "RESOURCE_EXHAUSTED", "TOO_MANY_STREAMS", limit="3")
        # … or it is over by itself: a refused one never counted.
        for _ in range(10):
            assert one.customers.watch(after_revision=1 << 60).end().reason in ("TOO_MANY_STREAMS", "REVISION_IN_FUTURE")
        opened[0].cancel()
        opened[0].end()
        for _ in range(10):
            assert one.customers.watch(after_revision=1 << 60).end().reason == "REVISION_IN_FUTURE"


def test_wrong_signatures_over_all_customers(limited):
    server = limited("--max-mismatches", "3")
    with server.connect("shop") as shop, server.connect("other") as other:
        wallet, stranger, chains = Wallet(), Wallet(), itertools.count(1)

        def submit(connection, signer):
            made = create(connection, wallet.on(next(chains)))
            return connection.customers.submit_challenge(
                customer_id=made.customer.id, signature=signer.sign(made.challenge.message)
            )

        for _ in range(5):
            submit(shop, wallet)
        for _ in range(3):
            with refused("PERMISSION_DENIED", "SIGNATURE_MISMATCH"):
                submit(shop, stranger)
        for signer in (stranger, wallet):
            with refused("RESOURCE_EXHAUSTED", "TOO_MANY_ATTEMPTS", limit="3") as caught:
                submit(shop, signer)
            assert 0 < caught.refusal.retry_seconds <= 1200
        submit(other, wallet)


def test_limits_hold_without_tokens(tmp_path):
    with Server(tmp_path / "data", "--max-principal-streams", "1") as server, server.connect() as connection:
        stream = connection.customers.watch()
        stream.next()
        check_refusal(connection.customers.watch().end(), "RESOURCE_EXHAUSTED", "TOO_MANY_STREAMS", limit="1")


def test_a_revoked_tokens_streams_count_no_more(limited):
    server = limited("--max-principal-streams", "2")
    tokens = server.tokens
    with server.connect("shop") as shop:
        for stream in [shop.customers.watch() for _ in range(2)]:
            stream.next()
        tokens.revoke(tokens.of["shop"])
        tokens.write()
        server.read_again()
        shop.wait_closed()
        with server.connect("shop's other token") as same:
            for stream in [same.customers.watch() for _ in range(2)]:
                assert stream.next() is not None
