"""Tokens: who is let in, who no longer is, and that nothing tells them."""

import os
import signal
import socket
import subprocess

import pytest

from access import TokenServer, Tokens, new_token
from gatehouse_client import CUSTOMERS, Frame, encode_frame
from harness import (
    BINARY,
    NotStarted,
    Server,
    Wallet,
    active,
    check_refusal,
    create,
    create_request,
    history,
    random_wallet_text,
    refused,
    unique,
)


@pytest.fixture
def guarded(tmp_path):
    """A server with tokens of its own for each test."""
    tokens = Tokens(
        tmp_path / "tokens",
        ("shop", "acme", "partner"),
        ("eyes", "acme", "observer"),
        ("other", "globex", "partner"),
        ("ops", "*", "platform"),
    )
    with Server(tmp_path / "data", "--tokens", str(tokens.path)) as server:
        yield TokenServer(server, tokens)


def refused_hello(server, token):
    """What the GoAway says to a client with this token."""
    with server.connect(token=token) as connection:
        return connection.wait_closed()


def test_only_known_tokens_are_let_in(guarded):
    known = guarded.tokens.of["shop"]
    for token in [None, "", "x", known[:-1], known + "0", known.upper(), " " + known, "0" * 64, "é" * 40, "x" * 100_000]:
        check_refusal(refused_hello(guarded.server, token), "UNAUTHENTICATED", "TOKEN_INVALID")
    with guarded.connect("shop") as connection:
        assert connection.wait_hello().version == 1
        create(connection)


def test_calls_behind_a_hello_that_is_refused_do_nothing(guarded):
    """A client may send calls without waiting for the server's hello: none of them is carried out."""
    with guarded.connect("ops") as ops:
        frame = Frame()
        frame.hello.version = 1
        frame.hello.authorization = "Bearer nobody"
        call = Frame(stream=1)
        call.call.method = f"{CUSTOMERS}/CreateCustomer"
        request = create_request(wallet=random_wallet_text(), external_id=unique(), tenant="acme")
        call.call.payload = request.SerializeToString()
        with socket.create_connection(guarded.server.address) as raw:
            raw.sendall(encode_frame(frame) + encode_frame(call))
            while raw.recv(65536):
                pass
        assert not ops.customers.list_customers().customers


def test_no_token_reaches_the_log_or_the_disk(guarded, tmp_path):
    with guarded.connect("shop") as connection:
        create(connection)
    refused_hello(guarded.server, "gatehouse_wrong")
    guarded.read_again()
    assert guarded.server.terminate() == 0
    written = guarded.server.errors + b"".join(p.read_bytes() for p in (tmp_path / "data").rglob("*") if p.is_file())
    for token in [*guarded.tokens.of.values(), "gatehouse_wrong"]:
        assert token.encode() not in written
        assert token.encode() not in guarded.tokens.path.read_bytes()
    assert b"shop" in written


def test_every_event_names_its_principal(guarded):
    with guarded.connect("shop") as shop, guarded.connect("ops") as ops:
        customer = active(shop)
        shop.customers.deactivate(customer_id=customer.id, reason="lost")
        ops.customers.activate(customer_id=customer.id)
        ops.reviews.reject(customer_id=customer.id, reason="fraud", evidence="case 7")
        principals = [event.cause.principal for event in history(shop, customer.id)]
        # The sandbox screens by itself; what the simulator did is the cause of who asked for it.
        assert principals == ["shop", "shop", "sandbox", "shop", "shop", "ops", "ops"]


def test_a_revoked_token_ends_its_streams_and_nobody_elses(guarded):
    with guarded.connect("shop") as shop, guarded.connect("eyes") as eyes, guarded.connect("ops") as ops:
        create(shop)
        streams = [shop.customers.watch(), shop.customers.watch_stats(), shop.health.watch()]
        starved = shop.customers.watch(after_revision=0, credit=1)
        others = eyes.customers.watch()
        for stream in [*streams, starved, others]:
            stream.next()
        guarded.tokens.revoke(guarded.tokens.of["shop"])
        guarded.tokens.write()
        guarded.read_again()
        for stream in [*streams, starved]:
            check_refusal(stream.end(), "UNAUTHENTICATED", "TOKEN_INVALID")
        check_refusal(shop.wait_closed(), "UNAUTHENTICATED", "TOKEN_INVALID")
        check_refusal(refused_hello(guarded.server, guarded.tokens.of["shop"]), "UNAUTHENTICATED", "TOKEN_INVALID")
        # The others were not even disturbed.
        customer = create(ops, tenant="acme").customer
        message = others.next()
        while not message.events:
            message = others.next()
        assert message.events[0].customer.id == customer.id


def test_a_token_with_another_role_comes_in_again(guarded):
    """Whoever holds a token that stands for somebody else from now on does not go on as who they were."""
    with guarded.connect("shop") as shop:
        stream = shop.customers.watch()
        stream.next()
        text = guarded.tokens.path.read_text().replace("shop acme partner", "shop acme observer")
        guarded.tokens.write(text)
        guarded.read_again()
        check_refusal(stream.end(), "UNAUTHENTICATED", "TOKEN_INVALID")
    with guarded.connect("shop") as shop, refused("PERMISSION_DENIED", "ROLE_NOT_ALLOWED", role="observer"):
        create(shop)


def test_a_token_can_be_replaced_without_a_gap(guarded):
    old = guarded.tokens.of["shop"]
    with guarded.connect("shop") as before:
        guarded.tokens.add("shop", "acme", "partner")
        guarded.tokens.write()
        guarded.read_again()
        with guarded.connect("shop") as after:
            customer = create(after, idempotency_key="k", external_id="e", wallet=f"eip155:1:0x{'1' * 40}").customer
            # The same principal: the same idempotency keys.
            again = create(before, idempotency_key="k", external_id="e", wallet=f"eip155:1:0x{'1' * 40}").customer
            assert again == customer
            guarded.tokens.revoke(old)
            guarded.tokens.write()
            guarded.read_again()
            before.wait_closed()
            create(after)


BROKEN = {
    "three words": "sha256:{0} shop acme",
    "no digest": "{0} shop acme partner",
    "no role": "sha256:{0} shop acme owner",
    "platform of a tenant": "sha256:{0} shop acme platform",
    "cut": "sha256:{0} sho",
    "not text": "sha256:{0} sh\udcffop acme partner",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_changes_nothing(guarded, name):
    line = BROKEN[name].format("0a" * 32)
    right = next(iter(guarded.tokens.lines.values()))
    with guarded.connect("eyes") as eyes:
        stream = eyes.customers.watch()
        stream.next()
        new = guarded.tokens.path.with_suffix(".new")
        new.write_text(f"{right}\n{line}\n", errors="surrogateescape")
        os.replace(new, guarded.tokens.path)
        guarded.read_again("the tokens stay as they were")
        guarded.server.await_log("line 2: ")
        # Whoever the broken file leaves out is still in, and may come again.
        with guarded.connect("ops") as ops:
            create(ops, tenant="acme")
        assert stream.next() is not None
        guarded.tokens.path.unlink()
        guarded.read_again("the tokens stay as they were")
        with guarded.connect("shop") as shop:
            create(shop)
        guarded.tokens.write()
        guarded.read_again()


@pytest.mark.parametrize("name", BROKEN)
def test_a_server_does_not_start_on_a_broken_file(tmp_path, name):
    path = tmp_path / "tokens"
    path.write_text("# tokens\n" + BROKEN[name].format("0a" * 32) + "\n", errors="surrogateescape")
    with pytest.raises(NotStarted) as caught:
        Server(tmp_path / "data", "--tokens", str(path)).start()
    assert caught.value.code == 1 and "line 2: " in caught.value.errors
    assert not (tmp_path / "data").exists()


def test_a_server_does_not_start_without_the_file_that_it_is_told(tmp_path):
    with pytest.raises(NotStarted) as caught:
        Server(tmp_path / "data", "--tokens", str(tmp_path / "nothing")).start()
    assert caught.value.code == 1 and "nothing" in caught.value.errors


def test_a_file_without_tokens_lets_nobody_in(guarded):
    with guarded.connect("shop") as shop:
        shop.wait_hello()
        guarded.tokens.write("# nobody\n")
        guarded.read_again()
        check_refusal(shop.wait_closed(), "UNAUTHENTICATED", "TOKEN_INVALID")
    check_refusal(refused_hello(guarded.server, guarded.tokens.of["ops"]), "UNAUTHENTICATED", "TOKEN_INVALID")


def test_a_token_is_revoked_under_load(guarded):
    """Calls that are under way when their token goes are carried out or not, and the server goes on."""
    with guarded.connect("ops") as ops:
        for _ in range(5):
            token = guarded.tokens.add("shop", "acme", "partner")
            guarded.tokens.write()
            guarded.read_again()
            with guarded.connect("shop") as shop:
                shop.wait_hello()
                for _ in range(200):
                    request = create_request(wallet=random_wallet_text(), external_id=unique())
                    shop.begin(f"{CUSTOMERS}/CreateCustomer", request, buffered=True)
                shop.flush()
                guarded.tokens.revoke(token)
                guarded.tokens.write()
                guarded.read_again()
                check_refusal(shop.wait_closed(), "UNAUTHENTICATED", "TOKEN_INVALID")
        create(ops, tenant="acme")


def test_sighup_without_tokens_does_nothing(tmp_path):
    with Server(tmp_path / "data") as server, server.connect() as connection:
        connection.wait_hello()
        server.signal(signal.SIGHUP)
        server.await_log("no tokens file is in use")
        assert create(connection).customer.tenant == "default"


def test_tokens_open_other_addresses(tmp_path):
    """With tokens a server may be reached from other machines; `--insecure` is for those without."""
    tokens = Tokens(tmp_path / "tokens", ("ops", "*", "platform"))
    command = [BINARY, "serve", "--listen", "0.0.0.0:0", "--data", tmp_path / "data"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2 and "--tokens" in done.stderr
    process = subprocess.Popen([*command, "--tokens", tokens.path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout.readline().startswith(b"gatehouse: listening on 0.0.0.0:")
    finally:
        process.terminate()
        assert process.wait(30) == 0
        process.stdout.close()


# -- the command line


def run(server, *arguments, code=0, **environment):
    settings = {"PATH": os.environ["PATH"], "GATEHOUSE_SERVER": server.listen} | environment
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=30, env=settings, check=False)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done


def test_client_commands_take_a_token(guarded):
    token = guarded.tokens.of["shop"]
    wallet = Wallet()
    arguments = ["create", "--wallet", wallet.on(), "--external-id", "alice"]
    for given in (run(guarded.server, *arguments, code=1), run(guarded.server, *arguments, "--token", "x", code=1)):
        assert "UNAUTHENTICATED TOKEN_INVALID" in given.stderr
    run(guarded.server, *arguments, "--token", token)
    listed = run(guarded.server, "get", "--external-id", "alice", GATEHOUSE_TOKEN=token).stdout
    assert "acme" in listed
    assert "ROLE_NOT_ALLOWED" in run(guarded.server, "log", "status", code=1, GATEHOUSE_TOKEN=token).stderr
    run(guarded.server, "log", "status", GATEHOUSE_TOKEN=guarded.tokens.of["ops"])
    # The platform has no tenant of its own, and says so.
    ops = guarded.tokens.of["ops"]
    assert "tenant" in run(guarded.server, "get", "--external-id", "alice", "--token", ops, code=1).stderr
    run(guarded.server, "get", "--external-id", "alice", "--tenant", "acme", "--token", ops)


def test_watch_says_that_its_token_was_revoked(guarded):
    environment = {"PATH": os.environ["PATH"], "GATEHOUSE_SERVER": guarded.server.listen}
    command = [BINARY, "watch", "--progress", "--progress-interval", "20ms", "--token", guarded.tokens.of["eyes"]]
    watch = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    watch.stdout.readline()
    guarded.tokens.revoke(guarded.tokens.of["eyes"])
    guarded.tokens.write()
    guarded.read_again()
    _, errors = watch.communicate(timeout=30)
    assert watch.returncode == 1 and "UNAUTHENTICATED TOKEN_INVALID" in errors


def test_new_tokens_are_all_different_and_unguessable():
    tokens = [new_token("p", "t", "partner")[0] for _ in range(20)]
    assert len(set(tokens)) == 20
    for token in tokens:
        assert token.startswith("gatehouse_") and len(token) == len("gatehouse_") + 64
